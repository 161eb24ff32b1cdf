"""Articles that real sites have and nobody expects: each one a lesson, with what is true of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.demo import pieces, words
from scraper.demo.pieces import Piece
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable


class Oddity(Value, frozen=True, kw_only=True):
    """One such article. `shift` is how far the date in its address is from the shown one."""

    lesson: str
    title: str
    body: Callable[[str], tuple[Piece, ...]]  # made for the site's home, without a slash
    title_html: str | None = None
    source: str | None = words.NEWSROOM
    shift: timedelta = timedelta(0)


def all_of_them() -> tuple[Oddity, ...]:
    """Return every oddity, always in this order."""
    return (*_in_titles(), *_in_addresses(), *_in_markup(), *_in_text())


def _plain(home: str) -> tuple[Piece, ...]:
    return (
        pieces.paragraph(f"{words.NEWSROOM}讯：河灯节在望河楼照常举行。"),
        pieces.paragraph(f"全文见{home[7:]}。"),
    )


def _in_titles() -> tuple[Oddity, ...]:
    return (
        Oddity(
            lesson="numeric entities in a title",
            title="“星图·潮汐”论坛——第二日",
            title_html="&#8220;星图&#183;潮汐&#8221;论坛&#8212;&#8212;第二日",
            body=_plain,
        ),
        Oddity(lesson="hyphens in a title", title="北辰-海潮-2021年度-北辰大学", body=_plain),
        Oddity(
            lesson="quotes, angle brackets and ampersands in a title",
            title="\"慢\" & '准' <一>：C++ 与 R&D 的{{周末}} #3",
            body=_plain,
        ),
        Oddity(lesson="a title that YAML takes for a number", title="1e5", body=_plain),
        Oddity(lesson="a title that YAML takes for nothing", title="null", body=_plain),
        Oddity(lesson="a title that begins like a list", title="- 河: 桥 # 船", body=_plain),
        Oddity(
            lesson="a title that lists cut",
            title="【走近河流研究院】从一粒种子开始：把声音留下来，慢一点准一点，让人愿意再等一个春天的校园植物普查",
            body=_plain,
        ),
        Oddity(lesson="no source", title="没有来源的一则消息", source=None, body=_plain),
        Oddity(lesson="a later address", title="昨天写的，今天上网", shift=timedelta(days=1), body=_plain),
        Oddity(lesson="an earlier address", title="后来改过发稿时间", shift=timedelta(days=-30), body=_plain),
    )


def _in_addresses() -> tuple[Oddity, ...]:
    def pictures(home: str) -> tuple[Piece, ...]:
        one, two, three, four = (f"{home}/pic/003/000/777/0030007770{n}_0ddba11{n}.jpg" for n in range(1, 5))
        return (
            pieces.paragraph("图片的地址写得五花八门。"),
            pieces.picture(one, src=f"\t{one}"),
            pieces.picture(two, "前有空格，后有空格", src=f" {two} "),
            pieces.lost_picture(),
            pieces.picture(three, src=three.removeprefix(home)),
            pieces.picture(f"{home}/pic/old%20name.jpg", src=f"{home}/pic/old name.jpg"),
            pieces.picture(four, src=four.removeprefix("http:"), alt="图"),
            pieces.picture(four, "同一张图再出现一次"),
            pieces.raw('<p><img src="" /><img /></p>'),
        )

    def links(home: str) -> tuple[Piece, ...]:
        target = f"{home}/bcyw/system/2020/12/08/030043123.shtml"
        return (
            pieces.link("见", "旧闻", target, "。"),
            pieces.link("见", "空格在主机名里", target, "。", href=target.replace("news.", "news. ")),
            pieces.dead_link("只有协议的链接", "http:"),
            pieces.dead_link("脚本链接", "javascript:void(0)"),
            pieces.dead_link("数据链接", "data:text/html,<p>x</p>"),
            pieces.dead_link("没有地址的链接", ""),
            pieces.link("末尾是", "另一家的文章", "https://paper.chaoxin.example/a?id=1&b=(2)", "。"),
        )

    return (
        Oddity(lesson="addresses of pictures", title="图片地址八种写法", body=pictures),
        Oddity(lesson="addresses of links", title="链接地址七种写法", body=links),
        Oddity(lesson="only a picture and a link", title="点开看图", source="潮信社", body=_only_a_picture),
        Oddity(
            lesson="no word at all",
            title="题目之下没有文字",
            body=lambda home: (pieces.picture(f"{home}/pic/003/000/500/00300050077_7a8b9c0d.jpg"),),
        ),
    )


def _only_a_picture(home: str) -> tuple[Piece, ...]:
    return (
        pieces.linked_picture(
            f"{home}/pic/003/000/555/00300055501_ca11ab1e.png", "https://mp.chaoxin.example/s/AbC-d_"
        ),
        pieces.link("", "点击查看公众号原文", "https://mp.chaoxin.example/s/AbC-d_", ""),
    )


def _in_markup() -> tuple[Oddity, ...]:
    return (
        Oddity(lesson="tables with spans, lists and pictures in cells", title="表格里什么都有", body=_tables),
        Oddity(lesson="nested, broken and mixed lists", title="列表套着列表", body=_lists),
        Oddity(lesson="unclosed and stray tags", title="标签没有关上", body=_unclosed),
        Oddity(lesson="style and script within the body", title="正文里的脚本", body=_scripts),
        Oddity(lesson="film, sound and text in one body", title="能看能听的一篇", body=_films),
    )


def _tables(home: str) -> tuple[Piece, ...]:
    picture = f"{home}/pic/003/000/666/00300066601_7ab1e000.jpg"
    cells = pieces.raw(
        '<table border="1"><tbody><tr><th colspan="2">项目｜竖线|在内</th></tr>'
        "<tr><td><ul><li>甲项</li><li>乙项</li></ul></td><td><p>第一段</p><p>第二段<br />换行</p></td></tr>"
        "<tr><td>&nbsp;</td><td></td></tr></tbody></table>",
        "项目｜竖线|在内甲项乙项第一段第二段换行",
    )
    shot = Piece(
        html=f'<table><tr><td><img src="{picture}" /></td></tr><tr><td>格子里的图注</td></tr></table>',
        text="格子里的图注",
        images=(picture,),
    )
    plain = pieces.table(
        ("单位", "活动", "人数"), (("甲院", "河灯节", "12"), ("甲院", "读书会", "7")), "合计19"
    )
    return (pieces.paragraph("三张表："), cells, shot, plain)


def _lists(_home: str) -> tuple[Piece, ...]:
    nested = pieces.raw(
        "<ol><li>一层<ul><li>二层甲</li><li>二层乙<ol><li>三层</li></ol></li></ul></li><li>又一层</li></ol>",
        "一层二层甲二层乙三层又一层",
    )
    broken = pieces.raw(
        "<ul>没有项的字<li>有项的字<p>项里的段</p><ul><li>直接套着</li></ul></ul>",
        "没有项的字有项的字项里的段直接套着",
    )
    numbered = pieces.divs("1. 第一条是写出来的", "2. 第二条也是", "2020. 年份打头的一行")
    return (nested, broken, numbered)


def _unclosed(_home: str) -> tuple[Piece, ...]:
    return (
        pieces.raw("<p>　　<strong>粗体没有关上<p>于是下一段也粗", "粗体没有关上于是下一段也粗"),
        pieces.raw("</strong></strong></font></span><p>多余的结束标签<o:p></o:p></p>", "多余的结束标签"),
        pieces.raw(
            "<p><p>段落里的段落</p></p><center>居中的一行<br/><br/><br/>三个换行之后</center>",
            "段落里的段落居中的一行三个换行之后",
        ),
        pieces.raw(
            "<p>H<sub>2</sub>O 与 x<sup>2</sup>，<u>下划线</u>、<del>删去</del>、<code>a_b*c</code></p>",
            "H2O与x2，下划线、删去、a_b*c",
        ),
    )


def _scripts(_home: str) -> tuple[Piece, ...]:
    return (
        pieces.raw("<style>.x{color:red}</style><script>document.write('不该出现')</script>"),
        pieces.paragraph("脚本和样式都不是正文。"),
        pieces.raw("<noscript>请打开脚本</noscript><!-- 注释也不是 --><p hidden></p>"),
    )


def _films(home: str) -> tuple[Piece, ...]:
    film, sound = (
        f"{home}/video/003/000/622/00300062256_0a988865.mp4",
        f"{home}/audio/003/000/367/00300036785_bff2.mp3",
    )
    return (
        pieces.paragraph("先看。"),
        pieces.video(film, src=f" \t{film}"),
        pieces.paragraph("再听。"),
        pieces.audio(sound),
        pieces.raw('<embed src="" /><p>完。</p>', "完。"),
    )


def _in_text() -> tuple[Oddity, ...]:
    return (
        Oddity(lesson="text that Markdown and its builders act on", title="会动手的文字", body=_active_text),
        Oddity(
            lesson="characters without width, and beyond the BMP",
            title="看不见的字与少见的字",
            body=_rare_characters,
        ),
        Oddity(lesson="emphasis beside punctuation", title="粗体与标点", body=_emphasis),
    )


def _active_text(_home: str) -> tuple[Piece, ...]:
    lines = (
        "# 不是标题",
        "- 不是列表",
        "> 不是引用",
        "1. 不是编号",
        "2020. 年也不是",
        "+ 加号",
        "---",
        "===",
        "***",
        "```",
    )
    texts = (
        *lines,
        "    四个空格",
        "*星* _线_ `钩` ~~划~~ [框](圆) ![叹](号) <b>尖</b> &amp; \\反斜",
        "{{ page }} {% raw %} {# 注 #} {{< x >}} {{% y %}}",
        "<!--more--> 与 <script>alert(1)</script>",
        "| 竖 | 线 |",
        "[转入文章首发地址](http://x.example/)",
        "http://bare.example/a_b_c",
    )
    return tuple(pieces.paragraph(text, indent="") for text in texts)


def _rare_characters(_home: str) -> tuple[Piece, ...]:
    return (
        pieces.raw("<p>零&#8203;宽&#xFEFF;字&zwnj;符在此</p>", "零宽字符在此"),
        pieces.paragraph("䶮、㙦、𠮷、🎏 与 ½ ™ é Ω，全角ＡＢＣ１２３。"),
        pieces.raw("<p>&nbsp;&ensp;&emsp;　各种空白　&emsp;&nbsp;</p>", "各种空白"),
    )


def _emphasis(_home: str) -> tuple[Piece, ...]:
    return (
        pieces.bold_lead("“引用”", "后文紧跟着。"),
        pieces.bold_lead("小标题：", "正文不空格。"),
        pieces.raw(
            "<p>前<strong>，逗号在内，</strong>后文<strong>（括号）</strong>后</p>",
            "前，逗号在内，后文（括号）后",
        ),
        pieces.raw(
            "<p><b>一</b><strong>二</strong> <strong> 三 </strong>四<em><strong>五</strong></em>六</p>",
            "一二三四五六",
        ),
        pieces.broken_bold("连着的", "粗体"),
    )
