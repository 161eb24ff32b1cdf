"""Kinds of markup in which text, pictures or files used to vanish: told, or named as left out.

Each kind is held three ways: what is told of it; that nothing of it is lost; and that the witness, asked
before anybody told anything, names what is there to be lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from article_cases import read_body

from scraper import dom, urls
from scraper.extractor import witness
from scraper.extractor.raw_body import RawBody
from scraper.model import Loss
from scraper.writer import loss_of, render

HOST = "http://news.qingcheng.example"
PNG = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4"
    "//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg=="
)
DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A body, and what is told of it."""

    body: str
    markdown: str | None = None
    files: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    seen: Loss  # what the witness names where nobody tells anything


KINDS = {
    # ── files and media ───────────────────────────────────────────────────────────────────────────────────
    "a PDF that a script shows": Kind(
        body='<p><script>showVsbpdfIframe("/__local/A/zc.pdf","100%","600","0","");</script></p>',
        markdown=f"[zc.pdf]({HOST}/__local/A/zc.pdf)",
        files=("/__local/A/zc.pdf",),
        seen=Loss(files=1),
    ),
    "in the words of an attribute with a long name": Kind(
        body=f"<p data-{'n' * 60}-title='见附件 a.doc'>字</p>", seen=Loss(characters=1)
    ),
    "in single quotes, slashes escaped": Kind(
        body="<div id=v></div><script>PDFObject.embed('\\/files\\/a.pdf', '#v')</script>",
        files=("/files/a.pdf",),
        seen=Loss(files=1),
    ),
    "with its pages as pictures beside it": Kind(
        body='<script>var vsb_pdf_image_data = ["/p/1.jpg", "/p/2.jpg"]; showVsbpdfIframe("/a.pdf")</script>',
        files=("/a.pdf",),
        images=("/p/1.jpg", "/p/2.jpg"),
        seen=Loss(files=1, images=2),
    ),
    "a player that a script makes": Kind(
        body="<script>new DPlayer({video: {url: '/v.mp4', pic: '/poster.jpg'}})</script>",
        media=("/v.mp4",),
        left_out=("script-file",),
        seen=Loss(files=1, images=1),
    ),
    "a player of jwplayer": Kind(
        body='<script>jwplayer("x").setup({file: "/v.m3u8"})</script>',
        media=("/v.m3u8",),
        seen=Loss(files=1),
    ),
    "a viewer with the file in its address": Kind(
        body='<iframe src="/pdfjs/web/viewer.html?file=%2Ffiles%2Fzc.pdf"></iframe>',
        markdown=f"[zc.pdf]({HOST}/files/zc.pdf)",
        files=("/files/zc.pdf",),
        seen=Loss(files=1),
    ),
    "a viewer of another house": Kind(
        body='<iframe src="https://view.officeapps.live.com/op/embed.aspx?src=http%3A%2F%2Fx.example%2Fa.docx">'
        "</iframe>",
        files=("http://x.example/a.docx",),
        seen=Loss(files=1),
    ),
    "a file in an object": Kind(
        body='<object data="/a.pdf" type="application/pdf">请安装阅读器</object>',
        files=("/a.pdf",),
        left_out=("fallback",),
        seen=Loss(files=1),
    ),
    "a link without words": Kind(
        body='<a class="media" href="/files/a.pdf"></a>',
        markdown=f"[a.pdf]({HOST}/files/a.pdf)",
        files=("/files/a.pdf",),
        seen=Loss(files=1),
    ),
    "a link that shows an icon alone": Kind(
        body='<p><a href="/a.docx"><img src="/fileTypeImages/icon_doc.gif"></a></p>',
        markdown=f"[a.docx]({HOST}/a.docx)",
        files=("/a.docx",),
        left_out=("decoration",),
        seen=Loss(files=1, images=1, links=1),
    ),
    "a file that a click opens": Kind(
        body="<p><span onclick=\"window.open('/files/a.pdf')\">查看全文</span></p>",
        markdown=f"[查看全文]({HOST}/files/a.pdf)",
        files=("/files/a.pdf",),
        seen=Loss(characters=4, files=1),
    ),
    "a link by script": Kind(
        body="<p><a href=\"javascript:window.open('/files/a.xlsx')\">名单</a></p>",
        markdown=f"[名单]({HOST}/files/a.xlsx)",
        files=("/files/a.xlsx",),
        seen=Loss(characters=2, files=1),
    ),
    "a file by the words of its link": Kind(
        body='<p><a href="/down.asp?id=7">报名表.doc（点击下载）</a></p>',
        files=("/down.asp?id=7",),
        seen=Loss(characters=13, links=1),
    ),
    "a file in an attribute of nobody's name": Kind(
        body='<div class="reader" data-pdf-path="/files/a.pdf"></div>',
        markdown=f"[a.pdf]({HOST}/files/a.pdf)",
        files=("/files/a.pdf",),
        seen=Loss(files=1),
    ),
    "a lazy picture under any name": Kind(
        body=(
            '<p><img src="/loading.gif" data-echo-src="/q.jpg">'
            '<img class="lazy" src="/s.gif" data-x="/r.png"></p>'
        ),
        images=("/q.jpg", "/r.png"),
        seen=Loss(images=2),
    ),
    "a placeholder that is the page itself": Kind(
        body='<p><img src="#" data-original="/q.jpg"></p>', images=("/q.jpg",), seen=Loss(images=1)
    ),
    "a local copy beside a foreign original": Kind(
        body='<p><img src="/a.jpg" data-src="https://far.example/b.jpg"></p>',
        images=("/a.jpg",),
        seen=Loss(images=1),
    ),
    "a set of sources": Kind(
        body='<p><img srcset="/a.jpg 1x, /b.jpg 2x"><picture><source srcset="/c.webp"><img></picture></p>',
        images=("/b.jpg", "/c.webp"),
        seen=Loss(images=2),
    ),
    "addresses with commas in a set": Kind(
        body="<p><img srcset='/w_300,h_200/a.jpg 300w, /w_900,h_600/a.jpg 900w'></p>",
        images=("/w_900,h_600/a.jpg",),
        seen=Loss(images=1),
    ),
    "a place kept by a picture called none": Kind(
        body="<p><img src='/static/image/common/none.gif' file='/a/4.jpg' lazyload=true></p>",
        images=("/a/4.jpg",),
        seen=Loss(images=1),
    ),
    "for who has no scripts": Kind(
        body=f'<p><img class="lazy" src="{DOT}"><noscript><img src="/d.jpg"></noscript></p>',
        images=("/d.jpg",),
        left_out=("placeholder",),
        seen=Loss(images=1),
    ),
    "for who has none, again": Kind(
        body='<p><img data-src="/d.jpg"><noscript><img src="/d.jpg"></noscript></p>',
        images=("/d.jpg",),
        seen=Loss(images=2),
    ),
    "within a drawing": Kind(
        body='<svg><image xlink:href="/g.jpg"/><foreignObject><p>框中一句话</p></foreignObject></svg>',
        markdown=f"![图]({HOST}/g.jpg)\n\n框中一句话",
        images=("/g.jpg",),
        seen=Loss(characters=5, images=1),
    ),
    "within what Word left": Kind(
        body='<p><v:shape><v:imagedata src="file:///C:/a.png"><img src="/f.jpg"></v:imagedata></v:shape></p>',
        images=("/f.jpg",),
        left_out=("drawing",),
        seen=Loss(images=1),
    ),
    "beneath an element that shows nothing": Kind(
        body="<section style=\"background-image: url('/b.jpg'); height: 200px\"></section>",
        images=("/b.jpg",),
        seen=Loss(images=1),
    ),
    "beneath words": Kind(
        body="<section style='background: url(/paper.png)'>字</section>",
        markdown="字",
        left_out=("decoration",),
        seen=Loss(characters=1, images=1),
    ),
    "counters and spacers": Kind(
        body='<p>字<img src="/count.jsp" width="1" height="1"><img src="/images/spacer.gif"></p>',
        markdown="字",
        left_out=("decoration",),
        seen=Loss(characters=1, images=2),
    ),
    # ── named otherwise ───────────────────────────────────────────────────────────────────────────────────
    "files that a script names with their titles": Kind(
        body="""<script>list([{"name":"名单.pdf","url":"\\/u\\/1.pdf"},{url:'/u/2.doc',name:'表.doc'}])</script>""",
        markdown=f"[名单.pdf]({HOST}/u/1.pdf)\n\n[表.doc]({HOST}/u/2.doc)",
        files=("/u/1.pdf", "/u/2.doc"),
        seen=Loss(files=4),
    ),
    "a link that a script writes": Kind(
        body="<script>document.write(\"<a href='/u/1.docx'>附件一</a>\")</script>",
        markdown=f"[附件一]({HOST}/u/1.docx)",
        files=("/u/1.docx",),
        seen=Loss(files=1),
    ),
    "an address that a script holds escaped": Kind(
        body='<script>showPdf("http%3A%2F%2Fx.example%2Fa.pdf")</script>',
        files=("http://x.example/a.pdf",),
        seen=Loss(files=1),
    ),
    "a viewer with the file behind the mark": Kind(
        body='<iframe src="/pdfjs/web/viewer.html#file=/files/zc.pdf"></iframe>',
        files=("/files/zc.pdf",),
        seen=Loss(files=1),
    ),
    "a link whose file stands in another attribute": Kind(
        body='<p><a href="javascript:;" data-href="/u/a.docx">申报书</a></p>',
        markdown=f"[申报书]({HOST}/u/a.docx)",
        files=("/u/a.docx",),
        seen=Loss(characters=3, files=1),
    ),
    "a button in a field": Kind(
        body="<p><input type=button value='下载名单' onclick=\"location.href='/u/a.pdf'\"></p>",
        markdown=f"[下载名单]({HOST}/u/a.pdf)",
        files=("/u/a.pdf",),
        seen=Loss(files=1),
    ),
    "a button that opens no file": Kind(
        body="<p>字<input type=button value='报名'></p>", left_out=("form",), seen=Loss(characters=1)
    ),
    "files to choose from": Kind(
        body="<select><option value='/u/a.pdf'>一号<option value='/u/b.pdf'>二号</select>",
        markdown=f"[一号]({HOST}/u/a.pdf)\n\n[二号]({HOST}/u/b.pdf)",
        files=("/u/a.pdf", "/u/b.pdf"),
        left_out=("form",),
        seen=Loss(characters=4, files=2),
    ),
    "pieces of a picture": Kind(
        body=(
            "<img src='/m.jpg' usemap='#m'><map name=m><area href='/u/a.pdf' alt='名单'>"
            "<area href='/2.htm' title='第二版'><area href='/3.htm'></map>"
        ),
        markdown=f"![图]({HOST}/m.jpg)\n\n[名单]({HOST}/u/a.pdf)\n\n[第二版]({HOST}/2.htm)",
        images=("/m.jpg",),
        files=("/u/a.pdf",),
        left_out=("navigation",),
        seen=Loss(images=1, links=3, files=1),
    ),
    "a sound of WeChat": Kind(
        body='<mpvoice name="校歌" voice_encode_fileid="Mz5" src="/cgi-bin/tmpl/audio"></mpvoice>',
        markdown="[音频：校歌](https://res.wx.qq.com/voice/getvoice?mediaid=Mz5)",
        media=("https://res.wx.qq.com/voice/getvoice?mediaid=Mz5",),
        seen=Loss(),
    ),
    "a card of WeChat": Kind(
        body='<p>字<mp-common-profile data-nickname="星桥"></mp-common-profile></p>',
        markdown="字",
        left_out=("player",),
        seen=Loss(characters=1),
    ),
    "a film of another house, by its number": Kind(
        body="<p>字</p><script>new tvp.VideoInfo().setVid('a1b2')</script>",
        markdown="字",
        left_out=("player",),
        seen=Loss(characters=1),
    ),
    "a player whose source waits": Kind(
        body="<audio><source data-src='/a.mp3'></audio>", media=("/a.mp3",), seen=Loss(files=1)
    ),
    "a player that only its fallback names": Kind(
        body="<video><a href='/v.mp4'>下载</a></video>",
        media=("/v.mp4",),
        left_out=("fallback",),
        seen=Loss(files=1),
    ),
    "a link without words to a film": Kind(
        body="<a id=player href='/v.flv'></a>", media=("/v.flv",), seen=Loss(files=1)
    ),
    "a player that names nothing": Kind(
        body="<p>字</p><video></video>", markdown="字", left_out=("player",), seen=Loss(characters=1)
    ),
    "a player described in an attribute": Kind(
        body="""<div data-setup='{"src": "/a.mp3"}'></div>""", media=("/a.mp3",), seen=Loss(files=1)
    ),
    "songs of a list": Kind(
        body="<ul><li data-src='/a.mp3'>第一首<li data-src='/b.mp3'>第二首</ul>",
        markdown=f"- [第一首]({HOST}/a.mp3)\n- [第二首]({HOST}/b.mp3)",
        media=("/a.mp3", "/b.mp3"),
        seen=Loss(characters=6, files=2),
    ),
    "a picture in an object": Kind(
        body="<object data='/x.png' type='image/png'></object>", images=("/x.png",), seen=Loss(images=1)
    ),
    "a click that names its file twice": Kind(
        body="<p><a href='javascript:;' onclick=\"down('/u/a.pdf','通知.pdf')\">通知</a></p>",
        markdown=f"[通知]({HOST}/u/a.pdf)",
        files=("/u/a.pdf",),
        seen=Loss(characters=2, files=2),
    ),
    "a file whose name holds a blank": Kind(
        body="<p><a href='/u/名 单.docx'>名单</a></p>",
        markdown=f"[名单]({HOST}/u/名%20单.docx)",
        files=("/u/名%20单.docx",),
        seen=Loss(characters=2, links=1, files=1),
    ),
    "a picture that an element waits for": Kind(
        body=(
            "<div class=lazy data-bg='url(/a.jpg)'></div><div data-src='/b.jpg'></div>"
            "<img class=lazy data-img='/show?id=5'><table background='/c.jpg'><tr><td></table>"
        ),
        images=("/a.jpg", "/b.jpg", "/show?id=5", "/c.jpg"),
        seen=Loss(images=4),
    ),
    "a picture beneath a link": Kind(
        body="<a href='/big.htm' style='background: url(/s.jpg); display: block'></a>",
        markdown=f"[![图]({HOST}/s.jpg)]({HOST}/big.htm)",
        images=("/s.jpg",),
        seen=Loss(images=1),
    ),
    "a picture that nothing names": Kind(
        body="<p>字<img alt='校徽'></p>", markdown="字", left_out=("placeholder",), seen=Loss(characters=1)
    ),
    "words that a script writes": Kind(
        body="<p>字</p><script>document.write('本文由脚本写出。'); alert('请先登录系统')</script>",
        markdown="字",
        left_out=("script-text",),
        seen=Loss(characters=1),
    ),
    "words that an attribute keeps": Kind(
        body="<p>字</p><div data-content='由脚本显示的一段文字，总要多说几句才是。'></div>",
        markdown="字",
        left_out=("script-text",),
        seen=Loss(characters=1),
    ),
    "pictures whose addresses a script puts together": Kind(
        body="<p>字</p><script>h += '<img src=\"/book/' + i + '.jpg\">'; $('#x').html(h)</script>",
        markdown="字",
        left_out=("script-file",),
        seen=Loss(characters=1),
    ),
    "a file that only a script can find": Kind(
        body="<p><a href='javascript:;' onclick=\"down('3344')\">报名表.docx</a>，<a>名单.pdf</a></p>",
        markdown="报名表.docx，名单.pdf",
        left_out=("script-file",),
        seen=Loss(characters=15),
    ),
    "names of files that no script hides": Kind(
        body=(
            "<p><a name='f'>附件一：报名表.docx</a>，<a href='#f'>附件二：汇总表.xlsx</a></p>"
            "<script>document.write('<iframe src=\"/ad/' + n + '.html\"></iframe>')</script>"
            "<script>document.write('<img src=\"/count?id=7\" alt=\"' + n + '\">')</script>"
        ),
        markdown="附件一：报名表.docx，附件二：汇总表.xlsx",
        seen=Loss(characters=25),
    ),
    "a link that downloads": Kind(
        body="<p><a href='/api/file/88' download>下载表格</a><a href='/n/1.htm' download>页</a></p>",
        files=("/api/file/88",),
        seen=Loss(characters=5, links=2),
    ),
    "a template": Kind(
        body="<p>字</p><template><p>模板里的话</p></template>",
        markdown="字",
        left_out=("script-text",),
        seen=Loss(characters=1),
    ),
    "words of the style sheet": Kind(
        body="<style>.q::before { content: '重要提示：' }</style><p class=q>字</p>",
        markdown="字",
        left_out=("style-text",),
        seen=Loss(characters=1),
    ),
    "for old browsers": Kind(
        body="<p>字</p><noframes><p>无框</p></noframes>",
        markdown="字",
        left_out=("fallback",),
        seen=Loss(characters=10),
    ),
    "a numbered list in a table": Kind(
        body="<table border=1><tr><td>项<td><ol start=3><li>甲<li>乙</ol><tr><td>一<td>二</table>",
        markdown="| 项 | 3. 甲 4. 乙 |\n| --- | --- |\n| 一 | 二 |",
        seen=Loss(characters=5),
    ),
    "a cell as wide as can be": Kind(
        body="<table border=1><tr><td colspan=99999>甲<tr><td>一<td>二</table>",
        markdown="| 甲 |  |\n| --- | --- |\n| 一 | 二 |",
        seen=Loss(characters=3),
    ),
    "a formula that MathJax has drawn": Kind(
        body=(
            '<p>由<span class="MathJax"><nobr>a2</nobr><span class="MJX_Assistive_MathML"><math><msup>'
            '<mi>a</mi><mn>2</mn></msup></math></span></span><script type="math/tex">a^2</script>得</p>'
        ),
        markdown="由$a^2$得",
        left_out=("formula",),
        seen=Loss(characters=6),
    ),
    # ── words ─────────────────────────────────────────────────────────────────────────────────────────────
    "code with Chinese in it": Kind(
        body='<pre>def f(x):\n    return "你好，世界"</pre>',
        markdown='```\ndef f(x):\n    return "你好，世界"\n```',
        seen=Loss(characters=21),
    ),
    "a line for each code": Kind(
        body="<pre><code>let a = 1</code><code>let b = 2</code></pre>",
        markdown="```\nlet a = 1\nlet b = 2\n```",
        seen=Loss(characters=12),
    ),
    "prose with indents and a link": Kind(
        body="<pre>一、报名，\n    （一）见<a href='/x'>此</a>。</pre>",
        markdown=f"一、报名，\\\n&nbsp;&nbsp;&nbsp;&nbsp;（一）见[此]({HOST}/x)。",
        seen=Loss(characters=11, links=1),
    ),
    "lines by style in capitals": Kind(
        body="<p STYLE='WHITE-SPACE: PRE-LINE'>湖上有风\n岸上有人</p>",
        markdown="湖上有风\\\n岸上有人",
        seen=Loss(characters=8),
    ),
    "lines by style": Kind(
        body="<p style='white-space: pre-wrap'>湖上有风\n岸上有人</p>",
        markdown="湖上有风\\\n岸上有人",
        seen=Loss(characters=8),
    ),
    "old tags of lines": Kind(
        body="<xmp>a <b>\n  c</xmp>", markdown="```\na <b>\n  c\n```", seen=Loss(characters=5)
    ),
    "code in a line": Kind(
        body="<p>用<code>a_b*c*</code>登录</p>", markdown="用`a_b*c*`登录", seen=Loss(characters=9)
    ),
    "struck out": Kind(
        body="<p><del>6月1日</del>6月8日，<span style='text-decoration: line-through'>逾期</span></p>",
        markdown="~~6月1日~~6月8日，~~逾期~~",
        seen=Loss(characters=11),
    ),
    "bold that is none": Kind(
        body=(
            "<b style='font-weight: normal'>全文<strong>这里</strong></b>"
            "<b style='mso-bidi-font-weight:normal'>真</b>"
        ),
        markdown="全文**这里真**",
        seen=Loss(characters=5),
    ),
    "marks of a quotation": Kind(
        body="<p>他说<q>好</q>。</p>", markdown="他说“好”。", seen=Loss(characters=4)
    ),
    "a reading": Kind(
        body="<p><ruby>汉<rp>(</rp><rt>hàn</rt><rp>)</rp></ruby>字</p>",
        markdown="汉(hàn)字",
        seen=Loss(characters=5),
    ),
    "small digits": Kind(
        body="<p>10<sup>6</sup>，H<sub>2</sub>O，Ca<sup>2+</sup>，文<sup>[1]</sup></p>",
        markdown="10⁶，H₂O，Ca²⁺，文[1]",
        seen=Loss(characters=17),
    ),
    "expressions above and below": Kind(
        body=(
            "<p>x<sup>n+1</sup>，10<sup>n</sup>，2<sup><i>k</i>-1</sup>，10<sup>1.5</sup>，a<sub>i,j</sub>，"
            "f<sub>max</sub>，21<sup>st</sup>，文<sup>注</sup>，"
            "y<span style='VERTICAL-ALIGN: super'>ab</span></p>"
        ),
        markdown="x^(n+1)，10^n，2^(*k*-1)，10^(1.5)，a\\_(i,j)，fmax，21st，文注，y^(ab)",
        seen=Loss(characters=41),
    ),
    "what is raised and no power": Kind(
        body=(
            "<p>90<sup>O</sup>，25<sup>o</sup>C，105<sup>TH</sup>，2<sup>ND</sup>，N<sup>o</sup>5，M<sup>me</sup>，"
            "Li Na<sup>a,b</sup>，Wei<sup>1,2</sup>，Xu<sup>a</sup>，Lake<sup>new</sup>，"
            "Lake<sup>(TM)</sup>，<i>x</i><sup>T</sup></p>"
        ),
        markdown=("90O，25oC，105TH，2ND，No5，Mme，Li Naa,b，Wei1,2，Xua，Lakenew，Lake(TM)，*x*^T"),
        seen=Loss(characters=65),
    ),
    "readings behind all words": Kind(
        body="<ruby><rb>南</rb><rb>开</rb><rp>(</rp><rt>nán</rt><rt>kāi</rt><rp>)</rp></ruby>",
        markdown="南(nán)开(kāi)",
        seen=Loss(characters=8),
    ),
    "a formula told twice": Kind(
        body=(
            '<p>公式<span class="katex"><span class="katex-mathml"><math><semantics><mrow><mi>E</mi></mrow>'
            '<annotation encoding="application/x-tex">E_0</annotation></semantics></math></span>'
            '<span class="katex-html" aria-hidden="true">E0</span></span>。</p>'
        ),
        markdown="公式$E_0$。",
        left_out=("formula",),
        seen=Loss(characters=9),
    ),
    "a formula in a script": Kind(
        body=(
            '<p>由<span class="MathJax_Preview"></span><span class="MathJax">a2</span>'
            '<script type="math/tex">a^2</script>得</p>'
        ),
        markdown="由$a^2$得",
        left_out=("formula",),
        seen=Loss(characters=4),
    ),
    "a formula in elements": Kind(
        body=(
            "<p>占<math><mfrac><mn>1</mn><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow></mfrac></math>，"
            "根<math><msqrt><mn>2</mn></msqrt></math></p>"
        ),
        markdown="占1/(a+b)，根√2",
        seen=Loss(characters=8),
    ),
    "numbers of a list": Kind(
        body="<ol><li value=5>五<li>六<li value=9>九</ol>",
        markdown="5. 五\n6. 六\n\n9) 九",
        seen=Loss(characters=3),
    ),
    "numbers that Markdown has not": Kind(
        body=(
            "<ol type=A><li>甲<li>乙</ol><ol reversed><li>丙<li>丁</ol>"
            "<ol style='list-style-type: cjk-ideographic'><li>戊</ol><ol class='custom_cn2'><li>己</ol>"
        ),
        markdown="A. 甲\n\nB. 乙\n\n2\\. 丙\n\n1\\. 丁\n\n一、戊\n\n（一）己",
        seen=Loss(characters=6),
    ),
    "a list that counts by its style alone, and one that does not": Kind(
        body=(
            "<ul style='list-style-type: decimal'><li>甲<li>乙</ul><p>间</p>"
            "<ol style='LIST-STYLE: disc'><li>丙</ol>"
        ),
        markdown="1. 甲\n2. 乙\n\n间\n\n- 丙",
        seen=Loss(characters=4),
    ),
    "lists that say that they have bullets": Kind(
        body=(
            "<ul style='list-style-type: disc'><li>甲<ul style='list-style-type:circle'><li>乙<li>丙</ul>"
            "<li>丁</ul><p>间</p>"
            "<ol><li style='list-style-type: disc'>戊<li style='list-style-type: disc'>己</ol>"
        ),
        markdown="- 甲\n  - 乙\n  - 丙\n- 丁\n\n间\n\n- 戊\n- 己",
        seen=Loss(characters=7),
    ),
    "a list in a list that says nothing": Kind(
        body="<ul><li><ol><li>甲<li>乙</ol></li></ul>", markdown="1. 甲\n2. 乙", seen=Loss(characters=2)
    ),
    "a table with a player": Kind(
        body=(
            "<table border=1><tr><th>课<th>录像<tr><td>高数<td><video src='/v.mp4'></video>"
            "<tr><td>线代<td>无</table>"
        ),
        markdown=(f"| 课 | 录像 |\n| --- | --- |\n| 高数 | [{HOST}/v.mp4]({HOST}/v.mp4) |\n| 线代 | 无 |"),
        media=("/v.mp4",),
        seen=Loss(characters=8, files=1),
    ),
    "a foot of a table above its rows": Kind(
        body=(
            "<table border=1><tfoot><tr><td>合计<td>3</tfoot><tbody><tr><td>甲<td>1<tr><td>乙<td>2</tbody>"
            "<thead><tr><th>项<th>数</thead></table>"
        ),
        markdown="| 项 | 数 |\n| --- | --- |\n| 甲 | 1 |\n| 乙 | 2 |\n| 合计 | 3 |",
        seen=Loss(characters=9),
    ),
    "several heads and feet of a table": Kind(
        body=(
            "<table border=1><thead><tr><th>学院<th>人数</thead><tbody><tr><td>文<td>1</tbody>"
            "<tfoot><tr><td>合<td>1</tfoot><thead><tr><th>部门<th>电话</thead><tbody><tr><td>教务<td>2</tbody>"
            "<tfoot><tr><td>合<td>2</tfoot></table>"
        ),
        markdown=(
            "| 学院 | 人数 |\n| --- | --- |\n| 文 | 1 |\n| 部门 | 电话 |\n| 教务 | 2 |\n| 合 | 2 |\n"
            "| 合 | 1 |"
        ),
        seen=Loss(characters=17),
    ),
    "a heading in a table of data": Kind(
        body="<table border=1><tr><td><h3>题</h3>文<td>乙<tr><td>丙<td><blockquote>引</blockquote></table>",
        markdown="| 题 文 | 乙 |\n| --- | --- |\n| 丙 | 引 |",
        seen=Loss(characters=5),
    ),
    "rows to the end of their group": Kind(
        body="<table border=1><tr><td rowspan=0>甲<td>一<tr><td>二<tr><td>三</table>",
        markdown="| 甲 | 一 |\n| --- | --- |\n|  | 二 |\n|  | 三 |",
        seen=Loss(characters=4),
    ),
    "signs of other fonts": Kind(
        body="<p><font face='Wingdings 2'>R</font>甲<span style='FONT-FAMILY: Webdings'>a</span>乙</p>",
        markdown="☑甲✓乙",
        left_out=("symbol",),
        seen=Loss(characters=4),
    ),
    "signs of a font": Kind(
        body="<p><span style='font-family: Wingdings'>l</span>甲<font face='Wingdings'>ü</font>乙</p>",
        markdown="●甲✓乙",
        left_out=("symbol",),
        seen=Loss(characters=4),
    ),
    "a word that is not seen": Kind(
        body="<p>明明白白<span style='visibility: hidden'>暗</span></p>",
        markdown="明明白白",
        left_out=("hidden-text",),
        seen=Loss(characters=5),
    ),
    "a container that a script reveals": Kind(
        body="<div style='visibility: hidden; opacity: 0'><p>正文</p></div>",
        markdown="正文",
        seen=Loss(characters=2),
    ),
    # ── the page as a whole ───────────────────────────────────────────────────────────────────────────────
    "the way to other articles": Kind(
        body=(
            "<p>正文。</p><p>上一条：<a href='/1'>旧闻</a></p><p>下一条：<a href='/2'>新闻</a></p>"
            "<p>【<a href='javascript:print()'>打印</a>】【<a href='javascript:close()'>关闭</a>】</p>"
            "<p>分享到：</p>"
        ),
        markdown="正文。",
        left_out=("navigation",),
        seen=Loss(characters=27, links=2),
    ),
    "the size of the letters": Kind(
        body="<p>【字体：<a href='javascript:a(1)'>大</a> <a href='javascript:'>小</a>】</p><p>正文。</p>",
        markdown="正文。",
        left_out=("navigation",),
        seen=Loss(characters=10),
    ),
    "the way to other articles, in English": Kind(
        body="<p>Text.</p><p>Previous: <a href='/1'>Old news</a></p><p>Next: <a href='/2'>New</a></p>",
        markdown="Text.",
        left_out=("navigation",),
        seen=Loss(characters=29, links=2),
    ),
    "sentences that begin alike": Kind(
        body="<p>上一条路走不通，<a href='/x'>打印</a>社也关闭了。</p>",
        markdown=f"上一条路走不通，[打印]({HOST}/x)社也关闭了。",
        seen=Loss(characters=16, links=1),
    ),
    "fields": Kind(
        body="<p>字</p><form><select><option>甲</select><textarea>乙</textarea></form>",
        markdown="字",
        left_out=("form",),
        seen=Loss(characters=3),
    ),
}


def whole(address: str) -> str:
    return address if address.startswith("http") else f"{HOST}{address}"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_is_told_or_named_as_left_out(kind: Kind) -> None:
    article = read_body(kind.body)
    markdown = render(article.body)
    if kind.markdown is not None:
        assert markdown == kind.markdown
    assert list(article.images) == [whole(image) for image in kind.images]
    assert list(article.attachments) == [whole(file) for file in kind.files]
    assert list(article.media) == [whole(played) for played in kind.media]
    assert tuple(one.what for one in article.left_out) == kind.left_out
    assert loss_of(article.shown, markdown, (*article.media, *article.attachments)) == Loss()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_witness_names_what_nobody_tells(kind: Kind) -> None:
    """Asked with no account and nothing told, as if the reader had seen none of it."""
    root = dom.parse(f"<div id=body>{kind.body}</div>")
    base = urls.parse(f"{HOST}/article.html")
    assert base is not None
    containers = [RawBody(node) for node in dom.select(root, "#body")]
    nothing = witness.Told(images=(), links=(), others=())
    shown = witness.testify(containers, urls.joining(base), nothing, {}, {}).shown
    assert loss_of(shown, "") == kind.seen


def test_a_picture_in_the_page_itself_is_kept_under_the_address_of_the_site() -> None:
    article = read_body(f"<p>截图：<img src='{PNG}'></p>")
    (picture,) = article.embedded
    assert article.images == (picture.address,)
    assert picture.address.startswith("/pictures/")
    assert picture.address.endswith(".png")
    assert picture.data.startswith(b"\x89PNG")
    assert loss_of(article.shown, render(article.body)) == Loss()


def test_a_shadow_root_that_the_page_itself_opens_is_read_where_it_stands() -> None:
    article = read_body(
        "<p>前。</p><x-note><template shadowrootmode=open><p>影中。</p></template></x-note><p>后。</p>"
    )
    assert render(article.body) == "前。\n\n影中。\n\n后。"
    assert article.left_out == ()
