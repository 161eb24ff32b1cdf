"""Lines within a body that lead away from it: to the article before and after, closing, printing, sharing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scraper import dom, text

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS: Final = (
    "关闭",
    "打印",
    "分享",
    "收藏",
    "返回",
    "字体",
    "字号",
    "Prev",
    "Next",
)  # what such a line holds, or
_NEIGHBOUR: Final = re.compile(r"一(?<=[上下前后]一)(?:[条篇页则]|\W|$)")

_LINES: Final = frozenset(
    [
        *("p", "div", "li", "ul", "td", "tr", "tbody", "table", "section"),
        "h3",
        "h4",
        "h5",
        "h6",
        "dl",
        "dd",
        "nav",
        "footer",
    ]
)
_LONGEST: Final = 240  # characters
_MOST_OF_LINE: Final = 600  # nodes
_TOWARDS: Final = re.compile(
    r"(?:[【\[〖<《]?(?:(?<!\s)\s++)?(?:上|下|前|后)一(?:条|篇|页|则)(?:新闻|文章|信息)?\s*+[】\]〗>》]?\s*+[:：]?"
    r"|(?:Prev(?:ious)?|Next)(?:\s(?:article|post|news|page|one|item))?\s?[:：])"
)
_ACTION: Final = re.compile(
    r"(?:[\s|｜·【\[〖（(】\]〗）)/、，:：+×xX→↑]"
    r"|我要|点击|一键"
    r"|字体|字号|放|默认|缩|[大中小]"
    r"|打印本页|打印此页|打印文章|打印|关闭窗口|关闭本页|关闭页面|关闭此页|关闭"
    r"|分享到|分享至|分享|收藏本页|加入收藏|收藏|返回列表|返回顶部|返回首页|返回上一页|返回"
    r"|(?:请(?:使)?用)?微信扫描|扫一扫|扫描|二维码"
    r"|微信好友|朋友圈|微信|新浪微博|腾讯微博|微博|QQ空间|QQ好友|空间|人人网|豆瓣"
    r")*"
)
_KEY: Final = re.compile("|".join(_KEYS))
_NONE: Final = re.compile(r"(?:没有了?|暂?无|已经?是最)")
_SIGNED: Final = re.compile(r"[【\[〖|｜:：]|分享到|本页|窗口|返回|扫描|扫一扫")


def lines(root: dom.Node, shown: str) -> Iterator[dom.Node]:
    """Yield the outermost elements below a container that are such a line and nothing else.

    `shown`: the characters of the container; what none of its lines can begin with is not looked for in each.
    """
    # One character is found far quicker than two are.
    words = [key for key in _KEYS if key[1] in shown and key[0] in shown and key in shown]
    words += {shown[at.start() - 1 : at.start() + 1] for at in _NEIGHBOUR.finditer(shown)}
    if not words:
        return
    taken: set[int] = set()
    known: dict[int, bool] = {}
    for node in dom.saying(root, words):
        found = None if dom.is_unseen(node, root) else _line_around(node, root, known)
        if found is not None and found.mem_id not in taken:
            taken.add(found.mem_id)
            yield found


def _line_around(node: dom.Node, root: dom.Node, known: dict[int, bool]) -> dom.Node | None:
    """Return the outermost such line that an element is, or stands in; None where there is none.

    `known`: of the elements that were looked at before, whether they are one.
    """
    found: dom.Node | None = None
    here: dom.Node | None = node
    while here is not None and here.mem_id != root.mem_id:
        if here.tag in _LINES:
            is_line = known.get(here.mem_id)
            if is_line is None:
                is_line = known[here.mem_id] = _is_line(here)
            if not is_line:
                break
            found = here
        here = here.parent
    return found


def _is_line(node: dom.Node) -> bool:
    told = dom.text_within(node, _MOST_OF_LINE)
    if told is None:
        return False
    shown = text.fold(told)
    return len(shown) <= _LONGEST and leads_away(shown, node)


def leads_away(shown: str, node: dom.Node) -> bool:
    """Tell a line of `上一条：…`, `【打印】【关闭】`, `分享到：` from one of the article."""
    found = _TOWARDS.match(shown)
    if found is not None:
        return _names_a_neighbour(found, node)
    if _ACTION.fullmatch(shown) is None or _KEY.search(shown) is None:
        return False
    return _SIGNED.search(shown) is not None or dom.first(node, "a, [onclick]") is not None


def _names_a_neighbour(found: re.Match[str], node: dom.Node) -> bool:
    """Tell the name of another article from a sentence that happens to begin alike."""
    rest = text.visible_text(found.string[found.end() :])
    if not rest or _NONE.match(rest):
        return True
    linked = "".join(text.visible_text(dom.text_of(link)) for link in dom.select(node, "a"))
    return bool(linked) and (rest in linked or found[0].strip()[-1] in ":：】]〗>》")
