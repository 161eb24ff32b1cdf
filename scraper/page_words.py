"""The words and marks by which a page that says little shows what it is, for whoever judges one.

`extractor.page_kind` judges pages that came as they should, `crawler.refusal` those that came with an error:
one table for both. Each is searched in what a page shows and in its `<title>`, but for the marks of scripts.
"""

from __future__ import annotations

import re
from typing import Final

CHALLENGE: Final = re.compile(
    r"人机(?:身份)?(?:验证|校验|识别)|安全(?:验证|检查|校验)|访问验证|滑动验证|请?(?:完成|通过)(?:以下)?验证|输入验证码(?:后)?继续"
    r"|(?:访问|操作|请求)(?:过于|太|次数过于)?频繁|访问(?:次数|频率)(?:过多|过高|超限)"
    r"|访问(?:被|已被|受到?)(?:拦截|阻断|限制|拒绝)|请求(?:存在威胁|可能.{0,12}威胁|被拦截)"
    r"|异常(?:流量|访问)|不是机器人|(?:不合法|非法)参数.{0,20}拦截|IP(?:地址)?.{0,4}被(?:禁止|封禁|限制)"
    r"|请(?:启用|开启|打开)\s?(?:Cookie|JavaScript)|you have been blocked|unusual traffic|enable cookies"
    r"|checking your browser|are you (?:a )?(?:human|robot)|verify (?:that )?you are (?:a )?human"
    r"|too many requests",
    re.IGNORECASE,
)
"""A check whether somebody is human, or a firewall that has kept somebody out."""

MAY_BE_CHALLENGE: Final = re.compile(
    r"验证码|安全(?:检测|防护)|网站防火墙|创宇盾|云锁|安全狗|加速乐|浏览器.{0,6}(?:检查|验证)", re.IGNORECASE
)
"""What stands on pages too that have something to read: beside a mail login, in a foot."""

STRANGERS: Final = re.compile(
    r"(?:仅|只)(?:允许|供|限)(?:于)?(?:校园网|校内|本校|内网|内部网)|限(?:校园网|校内)(?:用户|访问|IP)|请(?:使用|连接|通过)(?:校园网|校内|VPN)"
    r"|非(?:校园网|校内)(?:用户|IP)?.{0,6}(?:不能|无法|禁止)|(?:校园网|校内)(?:用户|IP).{0,4}(?:才能|方可|可以)访问",
    re.IGNORECASE,
)
"""A page for those within the university."""

LOGIN: Final = re.compile(
    r"统一身份认证|请先登[录陆]|请登[录陆]|扫码登[录陆]|登[录陆]超时|身份验证|caslogin", re.IGNORECASE
)

PORTAL: Final = re.compile(r"APP_NAME\s*:\s*['\"]飞连|FeiLian", re.IGNORECASE)
"""In the source: the page of a VPN portal."""

MISSING: Final = re.compile(
    r"访问地址无效|找不到对应的栏目|错误的栏目参数|操作失败|页面不存在|您访问的页面|您要访问的|文章不存在|文章已删除|信息不存在"
    r"|(?:内容|信息|文章|新闻)(?:不存在|已?被?(?:发布者|作者|管理员)?(?:删除|下线|撤销|移除)|已(?:经)?(?:过期|失效|下线))"
    r"|系统提示|出错了|404 Not Found|Page Not Found",
    re.IGNORECASE,
)
"""A page that says that nothing is there, or that only such pages say."""

TROUBLE: Final = re.compile(
    r"服务器内部错误|服务器错误|系统错误|数据库连接|无权访问|拒绝访问|没有(?:访问)?权限"
    r"|权限不足|403 Forbidden"
    r"|Access Denied|Bad Gateway|Service (?:Temporarily )?Unavailable|Internal Server Error"
    r"|Gateway Time-?out",
    re.IGNORECASE,
)
"""A page of a server that cannot or will not show what is there: it says nothing of whether it is there."""

MAY_BE_MISSING: Final = re.compile(r"找不到对应的|没有找到|not found", re.IGNORECASE)
MAY_BE_TROUBLE: Final = re.compile(r"\berror\b|(?:系统|网站|服务器)(?:正在)?维护|暂时无法访问", re.IGNORECASE)
"""What articles say too: a page that shows a head and a text besides is one."""

LEAVES: Final = re.compile(r"\blocation(?:\.href)?\s*=(?!=)|\blocation\.(?:reload|replace|assign)\s*\(")
"""In the source: a script that leads on, or asks again."""

SCRIPTS: Final = re.compile(
    r"__jsl_clearance|acw_sc__v2|\$_ts\b|cf[-_]chl|challenge-platform|captcha|geetest|waf\b|_guard/|probe\.js|_____tmd_____",
    re.IGNORECASE,
)
"""In the source: scripts that only a browser passes."""

COOKIE: Final = "document.cookie"
"""In the source: a script that sets a cookie, before it asks again."""
