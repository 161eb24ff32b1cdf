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

ABOUT = re.compile(
    r"^[\s|【\[（(]*(?:责任编辑|责编|编辑)\s*[:：]|^[\s|【\[]*(?:"
    r"(?:(?:信息|文章|新闻|稿件|文字)?来源|出处|作者|撰稿|责任编辑|责编|编辑|编审|审核|校对|录入|发布人|发布者|供稿|标签|关键词)\s*[:：丨|]"
    r"|(?:发布|发稿|更新|发表|编辑|创建)(?:时间|日期)\s*[:：]"
    r"|(?:时间|日期)\s*[:：].{0,40}(?:来源|作者|浏览|点击|阅读|字号|字体|编辑)"
    r"|(?:点击|浏览|阅读|访问)(?:次数|数量|量|数|率)?\s*[:：]|字号|字体\s*[:：【\[（(]"
    r"|(?:【|\[)?(?:打印|关闭|收藏|举报|纠错|复制链接)(?:本页|此页|窗口|页面|文章|本文|网址)?[\s】\])|]*(?:$|【|\[|打印|关闭|收藏)"
    r"|分享(?:到|至|本文)?\s*[:：]?(?:$|.{0,12}微[信博])|上一[篇条则页]|下一[篇条则页]|您?(?:现?在|当前|所在)的?位置|首页\s*[>»]"
    r"|相关(?:链接|阅读|新闻|文章|推荐)|延伸阅读|推荐阅读|扫一扫|热门(?:推荐|文章|新闻|标签)|返回(?:顶部|列表|首页)"
    r"|网友评论|发表评论|我要评论|已有\d+人"
    r"|©)",
    re.IGNORECASE,
)
"""How a line begins that tells about an article or the site; one that ends as a sentence does is no such."""

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

MOMENT = re.compile(r"^[\s（(\[]*(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")
"""How a line begins that shows a date first."""
