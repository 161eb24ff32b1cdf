"""What is known of pages of no known system: words and marks that articles and their surroundings share.

No family: it has no marks of its own, and any page of its sites may be an article. It is only what
`extractor.density` and `extractor.generic` weigh a page by.
"""

from __future__ import annotations

import re

from scraper.families.family import Layout

GENERIC = Layout(
    name="density",
    marks=(),
    title="h1",
    published='[itemprop="datePublished"]',
    body=(),
    nearby=True,
)

BODIES = (
    '[itemprop="articleBody"]',
    ".TRS_Editor",
    "#js_content",
    "#UCAP-CONTENT",
    "#artibody",
    "#zoom",
    "#vsb_newscontent",
)
"""Containers that several systems name so, and that hold a body and nothing else."""

SURROUNDINGS = re.compile(
    r"(?:^|[\s_-])(?:comments?|pinglun|related?|recommend\w*|tuijian|sidebar|side|aside|right(?:bar|box|con)?"
    r"|share\w*|bdshare\w*|social|nav\w*|menu\w*|bread\w*|crumbs?|footer|foot|copyright|rank\w*|hot\w*|advert\w*"
    r"|ads?|gg|search|pager?|paging|pagination|prev|next|xgxw|xgwz|login|toolbar|tags?|statement|disclaimer"
    r"|mianze|qrcode|ewm|erweima|bottom|friend\w*|links?|topbar|weizhi|position|location)(?:$|[\s_\d-])",
    re.IGNORECASE,
)
"""Classes and ids of what stands around an article."""

AROUND_TAGS = frozenset(["nav", "footer", "aside", "button", "label"])
"""Tags of what stands around an article."""

_AS_LABELS_HAVE_IT = str.maketrans(
    dict(
        zip(
            "關聞責編輯號來發佈時間閱讀點擊瀏覽評論轉載聲權頁條專題熱門薦鏈連結網誌貼複製標籤鍵詞調查錄審對撰攝圖書舉報錯閉檢視記實習許單從為"
            "創見稿處隱聯絡員廣應該內國後於",
            "关闻责编辑号来发布时间阅读点击浏览评论转载声权页条专题热门荐链连结网志贴复制标签键词调查录审对撰摄图书举报错闭检视记实习许单从为"
            "创见稿处隐联络员广应该内国后于",
            strict=True,
        )
    )
    | dict.fromkeys("∕⁄／", "/")
    | dict.fromkeys("：∶﹕︰", ":")
    | {chr(wide): chr(wide - 0xFEE0) for wide in range(ord("０"), ord("９") + 1)}
)
_DASHES = "‐‑‒–—―−﹣－─"
_DASHED = re.compile(
    rf"(?<!\d)((?:19|20)\d\d)\s?[{_DASHES}]\s?(1[0-2]|0?[1-9])\s?[{_DASHES}]\s?(3[01]|[12]\d|0?[1-9])(?!\d)"
)
_APART = re.compile(r"(?<!\w)(?:\w ){1,8}\w(?= ?:)")


def plain(said: str) -> str:
    """Return a line as labels are written: simplified characters, digits and the dashes of days in ASCII.

    Labels whose characters stand apart are joined: 发 布 时 间.
    """
    if said.isascii():
        return said
    told = _DASHED.sub(r"\1-\2-\3", said.translate(_AS_LABELS_HAVE_IT))
    return _APART.sub(lambda label: label[0].replace(" ", ""), told) if " " in told and ":" in told else told


_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s)?"
_NAMED_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
ABOUT = re.compile(
    r"^[\s|【\[（(]*(?:责任编辑|责编|编辑|实习编辑|本文来源|来源)\s*[:：]|^[\s|【\[]*(?:"
    r"(?:(?:信息|文章|新闻|稿件|文字|本文|图片)?来源|出处|作者|撰稿|责任编辑|责编|编辑|编审|审核|校对|录入|发布人|发布者|供稿|标签|关键词)\s*[:：丨|]"
    r"|责任编辑\s*\S{2,4}\s*(?:$|【)"
    r"|(?:发布|发稿|更新|发表|编辑|创建|入稿|上传|添加|录入|撰写|撰稿|稿件|刊登|公告|修订|成文|发文)(?:时间|日期)\s*[:：]"
    r"|(?:发布|发稿|更新|发表|编辑|入稿|上传|添加|录入|刊登)(?:时间|日期)\s*(?=(?:19|20)\d\d)"
    r"|(?:最后|最近)?(?:发布|发稿|发表|更新|上传|刊发)\s*(?:于|[:：])\s*(?:(?:19|20)\d\d|\d\d)\s?[-/.年]"
    r"|.{0,60}(?:发布|发稿|发表)(?:时间|日期)\s*[:：]\s*(?:19|20)\d\d\s?[-/.年]"
    r"|(?:日期|时间)\s*[:：]\s*(?:\d\d[-/.]\d{1,2}[-/.]\d{1,2}|(?:19|20)\d{6})[\s|\]】)）]*$"
    r"|日期\s*[:：]\s*(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?\s*[（(]?(?:(?:星期|周).)?[)）]?[\s|\]】)）]*$"
    r"|时间\s*[:：]\s*(?:19|20)\d\d-\d\d-\d\dT\d\d:\d\d\S{0,12}$"
    r"|(?:时间|日期)\s*[:：].{0,40}(?:来源|作者|浏览|点击|阅读|字号|字体|编辑|次|[文图摄]\s?[:/])"
    r"|(?:时间|日期)\s*[:：]\s*(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:\s+\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?[\s|\]】)）]*$"
    r"|(?:date|time|posted(?:\s+on)?|published(?:\s+on)?|release(?:d|\s+(?:date|time))?)\s*(?:[:：]\s*)?(?:(?:19|20)\d\d[-/.]|\d{1,2}\s+[a-z]{3}"
    r"|[a-z]{3,9}\.?\s+\d{1,2}).{0,40}$"
    r"|(?:date|time|(?:posted|published|released?|issued?|added|post|publish|publication|created?|upload(?:ed)?)(?:\s+(?:on|at|date|time))?)"
    rf"(?:\s*[:：]\s*|\s+){_WEEKDAY}(?:(?:19|20)\d\d[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:19|20)\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{_NAMED_MONTH},?\s+(?:19|20)\d\d|{_NAMED_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d).{{0,40}}$"
    r"|(?:点击|浏览|阅读|访问)(?:次数|数量|量|数|率)?\s*[:：]|(?:文字大小|字号|字体)\s*[:：【\[（(]|【?字号"
    r"|(?:【|\[)?(?:友善)?(?:打印|关闭|收藏|举报|纠错|复制链接|列印|转寄)(?:本页|此页|窗口|页面|文章|本文|网址)?[\s】\])|]*"
    r"(?:$|【|\[|打印|关闭|收藏)"
    r"|分享(?:到|至|本文)?\s*[:：]?(?:$|.{0,12}微[信博])|上一[篇条则页]|下一[篇条则页]|您?(?:现?在|当前|目前|所在)的?位置|首页[\]】)）]?\s*[>»＞]"
    r"|相关(?:链接|连结|阅读|新闻|文章|推荐|专题|报道|搜索)|延伸阅读|推荐阅读|扫一扫|热门(?:推荐|文章|新闻|标签)|返回(?:顶部|列表|首页)"
    r"|网友评论|发表评论|我要评论|已有\d+人|新闻热线|本文引用"
    r"|©)",
    re.IGNORECASE,
)
"""How a line begins that tells about an article or the site; one that ends as a sentence does is no such."""

ATTACHED = re.compile(r"^[\s【\[]*附件\s*\d{0,2}\s*[:：.、】\]]?\s*\S")
"""How a line begins that names a file of an article."""

COMMENTS = re.compile(
    r"(?:网友|读者|最新|全部|热门|发表)?(?:评论|留言|回复|跟帖)(?:列表|区)?\s*(?:[（(]?\d{0,6}[条个]?[）)]?)?\s*[:：]?|comments?|feedback",
    re.IGNORECASE,
)
"""A line that stands above what readers say."""

LABELS = re.compile(
    r"(?:发布|发稿|更新|发表|上传|添加|入稿)?(?:时间|日期)\s*[:：]\s*\d|(?:来源|作者|编辑|责编|记者|发布者|发布人|浏览|点击|阅读|访问|人气|分享|字号|字体|审[核稿校定](?=\s*[:：]\s*[^\d\s])|[初复终一二三]审(?=\s*[:：]\s*[^\d\s])|校对|供稿|撰稿"
    r"|通讯员|摄影|录入|(?:供稿|发布|来稿|撰稿)(?:单位|部门))(?:次数|数量|量|数)?\s*[:：]|【(?:打印|关闭|字体|字号)|我要评论|发表评论"
    r"|\b(?:source|author|editor|publisher|date|release\s+(?:date|time)|posted|published|updated|views?|clicks?|hits|reads)\s*[:：]",
    re.IGNORECASE,
)
"""What stands behind each other in a line that tells about an article: two of them are enough."""

BEHIND = re.compile(
    r"^[\s※◎■▼>【\[]*(?:相关(?:链接|连结|阅读|新闻|文章|推荐|专题|报道|资讯|内容|搜索)|延伸阅读|推荐阅读|更多(?:关于|新闻|精彩|阅读|内容)"
    r"|(?:热门|精彩|编辑|今日|猜你|为您)(?:推荐|文章|新闻|图片|评论|喜欢)|网友(?:评论|留言)|发表评论|我要评论|最新评论|评论\s*[（(]\d"
    r"|(?:免责|版权|特别|郑重|网站|本网|本站|重要|转载)?声明\s*(?:[:：]|$)|调查\s*$|分享(?:到|至|按钮)|上一[篇条则]|下一[篇条则]|返回(?:顶部|列表|首页)"
    r"|(?:责任编辑|责编)\s*[:：]|(?:其他|其它|更多|最新|热门|最热|今日|推荐)\S{0,6}(?:新闻|文章|报道|消息|资讯|图片|视频)\s*[>».]*$|(?:更多)?热点|频道推荐|新闻排行|本周(?:排行|热门)|标签\s*[:：]|关键[词字]\s*[:：]|附件下载\s*$)",
    re.IGNORECASE,
)
"""How a line begins behind which no article goes on."""

CONTACT = re.compile(
    r"^[\s|]*(?:联系|单位|通[信讯]|办公|学校|校园)?(?:地址|电话|邮编|邮政编码|传真|邮箱|电子邮[箱件]|E-?mail|新闻热线|热线|投稿|信箱|网址|主办|承办|协办"
    r"|主管|技术支持)[^\s:：]{0,6}\s*[:：]",
    re.IGNORECASE,
)
"""How a line begins that both articles and imprints have: it counts for neither."""

IMPRINT = re.compile(
    r"^(?:版权|免责|特别)?声明\s*[:：]|版权所有|All Rights? Reserved"
    r"|许可证|ICP备|公网安备|举报(?:电话|邮箱)|客服电话|Copyright\s"
    r"|未经.{0,12}(?:授权|许可|同意).{0,12}(?:转载|复制|使用)|不得转载",
    re.IGNORECASE,
)
"""What stands in a site's imprint, and in no article."""

_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
DAY = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d|\d\d)\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?!\d)"
    r"|(?<!\d)\d{1,2}月\s?\d{1,2}\s?[,，]\s(?:19|20)\d\d(?!\d|\s?[级届年学])"
    rf"|\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d|\b\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH},?\s(?:19|20)\d\d",
    re.IGNORECASE,
)
"""A day, with its year."""

MOMENT = re.compile(
    rf"^[\s（(\[|]*{_WEEKDAY}(?:(?:19|20)\d\d\s*[-/.年]\s*\d{{1,2}}\s*[-/.月]\s*\d{{1,2}}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d"
    r"|\d{1,2}月\s?\d{1,2}\s?[,，]\s(?:19|20)\d\d(?!\d|\s?[级届年学])"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[\s-]{_MONTH}[\s-](?:19|20)\d\d"
    rf"|(?:19|20)\d\d[\s-]{_MONTH}[\s-]\d{{1,2}}"
    r"|[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日[\s)）\]|]*$"
    r"|\d{1,2}日?\s?[/.-]?\s?(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}月?$"  # 05 | 2024-03
    r"|\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:\s\d{1,2}:\d\d)?[\s)）\]|]*$"  # 21-03-05
    r"|\d{1,4}\s?(?:秒|分钟|小时|天|周|个月)前$"
    r"|\d{1,2}[-/.月]\d{1,2}日?\s?(?:19|20)\d\d年?$)",  # 03-05 | 2024
    re.IGNORECASE,
)
"""How a line begins that shows a date first."""
