"""What stands between a reader and a page: a login, a check whether one is human, a refusal to strangers.

One room for lists and articles alike. A page that shows a password box beside something to read is no wall.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from scraper import dom, text

if TYPE_CHECKING:
    from scraper.dom import Node

_PORTAL = re.compile(r"APP_NAME\s*:\s*['\"]飞连|FeiLian", re.IGNORECASE)
_CHECKED = re.compile(
    r"人机(?:身份)?(?:验证|校验|识别)|安全(?:验证|检查|校验)|访问验证|滑动验证|请?(?:完成|通过)(?:以下)?验证|输入验证码(?:后)?继续"
    r"|(?:访问|操作|请求)(?:过于|太|次数过于)?频繁|访问(?:次数|频率)(?:过多|过高|超限)"
    r"|仅限(?:于)?(?:校园网|校内|本校|内网)|限(?:校园网|校内)(?:用户|访问|IP)|请(?:使用|连接|通过)(?:校园网|校内|VPN)"
    r"|非(?:校园网|校内)(?:用户|IP)?.{0,6}(?:不能|无法|禁止)|(?:校园网|校内)(?:用户|IP).{0,4}(?:才能|方可|可以)访问"
    r"|checking your browser|are you (?:a )?(?:human|robot)|verify (?:that )?you are (?:a )?human"
    r"|too many requests",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"统一身份认证|请先登[录陆]|请登[录陆]|扫码登[录陆]|登[录陆]超时|身份验证|caslogin")
_AGAIN = re.compile(r"\blocation\.(?:reload|replace|assign)\s*\(|\blocation(?:\.href)?\s*=(?!=)")
_TITLE, _TITLES = 8, 4  # characters of a link that is worth reading, and so many of these, that show a page
_LITTLE = 400  # visible characters; a wall says no more
_NOTHING = 80  # visible characters; a page that a script leaves at once says no more


def wall_of(html: str, page: Node, shown: str | None = None) -> str | None:
    """Return what stands in place of a page, in words; None where nothing does.

    `shown` is what the page shows, where that was read already.
    """
    shown = text.fold(dom.text_of(page)) if shown is None else shown
    if len(shown) > _LITTLE:
        return None
    if _PORTAL.search(html):
        return "a login wall: the page of a VPN portal"
    title = dom.first(page, "title")
    said = f"{shown} {text.fold(title.text()) if title is not None else ''}"
    login = _LOGIN.search(html if len(shown) <= _NOTHING else said)
    word = _CHECKED.search(said) or login
    if word is not None:
        return f"a {'login wall' if word is login else 'challenge page'}: it says {word[0]}"
    if dom.first(page, 'input[type="password" i]') is not None and not _leads_on(page):
        return "a login wall: it asks for a password"
    if len(shown) <= _NOTHING and "document.cookie" in html and _AGAIN.search(html):
        return "a challenge page: a script sets a cookie and asks again"
    return None


def _leads_on(page: Node) -> bool:
    """Tell whether a page has links that are worth reading: its password box stands beside them."""
    links = (
        link for link in dom.select(page, "a[href]") if len(text.visible_text(dom.text_of(link))) >= _TITLE
    )
    return len(list(islice(links, _TITLES))) == _TITLES
