"""Formulas: the TeX that a page carries beside what it shows, else MathML in one line.

KaTeX, MathJax and editors tell a formula two or three times: for machines, for the eye, for those who hear.
It is told once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scraper import dom, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.extractor.survey import Survey
    from scraper.extractor.walk import Walk

_RENDERED: Final = (
    ".katex-html, .MathJax_Preview, .MathJax, .MathJax_Display, .MathJax_SVG, .MathJax_SVG_Display, "
    ".MathJax_CHTML, .mjx-chtml, .MJXc-display, mjx-math, mjx-container > svg, .MathJax > nobr, .mjx-math"
)
_ASSISTIVE: Final = ".MJX_Assistive_MathML math, .MathJax_MathML math, mjx-assistive-mml math"
_NAMED: Final = ("data-formula", "data-tex", "data-latex", "data-math", "data-equation")
_NO_MATHML: Final = (
    "a, img, table, p, div, ul, ol, li, tr, td, h1, h2, blockquote, svg, video, audio, iframe, object"
)
_TEX: Final = re.compile(r"tex|latex", re.IGNORECASE)
_DISPLAY: Final = re.compile(r"mode\s*=\s*display", re.IGNORECASE)
_SIMPLE: Final = re.compile(r"\w*")
_DEEPEST: Final = 60  # elements within each other; deeper ones are told flat


def math(walk: Walk, node: dom.Node) -> None:
    """Read a `<math>`: its TeX where it carries one, else its parts in a line."""
    if dom.first(node, _NO_MATHML) is not None:  # a page that never closed it
        walk.enter(node)
        return
    annotation = next((each for each in dom.select(node, "annotation") if _is_tex(each)), None)
    display = dom.attribute(node, "display") == "block" or _stands_in(node, "katex-display")
    if annotation is not None and (tex := dom.text_of(annotation).strip()):
        for part in dom.select(node, "math > *, semantics > *"):
            if part.tag not in {"semantics", "annotation"}:
                walk.account.leave(part, "formula")
        for other in dom.select(node, "annotation, annotation-xml"):
            if other.mem_id != annotation.mem_id:
                walk.account.leave(other, "formula")
        walk.add(_in_dollars(tex, display=display))
        return
    for other in dom.select(node, "annotation, annotation-xml"):
        walk.account.leave(other, "formula")
    if tex := dom.attribute(node, "alttext").strip():
        walk.account.leave(node, "formula")
        walk.add(_in_dollars(tex, display=display))
        return
    walk.add(text.fold(linear(node)))


def script(walk: Walk, node: dom.Node) -> None:
    """Read the TeX that MathJax keeps in a script."""
    tex = (node.text(deep=True) or "").strip().removeprefix("% <![CDATA[").removesuffix("%]]>").strip()
    if tex:
        walk.add(_in_dollars(tex, display=bool(_DISPLAY.search(dom.attribute(node, "type")))))


def named(walk: Walk, node: dom.Node) -> None:
    """Read an element that an attribute gives the TeX of, such as `data-formula`."""
    tex = next(filter(None, (dom.attribute(node, name).strip() for name in _NAMED)), "")
    walk.account.leave(node, "formula")
    walk.add(_in_dollars(tex, display=False))


def rendered(root: dom.Node) -> Iterator[dom.Node]:
    """Yield the elements that show again what another one tells: what MathJax and KaTeX draw."""
    if dom.first(root, f'script[type^="math/tex"], .katex-mathml math, {_ASSISTIVE}') is not None:
        yield from (node for node in dom.select(root, _RENDERED) if not _holds_source(node))
    if dom.first(root, 'script[type^="math/tex"]') is not None:
        yield from dom.select(root, ".MJX_Assistive_MathML, .MathJax_MathML")


def _holds_source(node: dom.Node) -> bool:
    """Tell an element around the source itself; its parts are looked at one by one."""
    return dom.first(node, f".katex-mathml, {_ASSISTIVE}") is not None


def with_tex(survey: Survey) -> Iterator[dom.Node]:
    """Yield the elements that an attribute gives the TeX of, but for pictures: these are shown."""
    for node, tex in survey.with_any(*_NAMED):
        if node.tag != "img" and tex.strip():
            yield node


def _is_tex(annotation: dom.Node) -> bool:
    return _TEX.search(dom.attribute(annotation, "encoding")) is not None


def _stands_in(node: dom.Node, name: str) -> bool:
    above = node.parent
    for _ in range(4):
        if above is None:
            return False
        if name in dom.attribute(above, "class"):
            return True
        above = above.parent
    return False


def _in_dollars(tex: str, *, display: bool) -> str:
    sign = "$$" if display else "$"
    bare = text.fold(tex).strip("$").strip()
    return f"{sign}{bare}{sign}"


# ── MathML in one line ────────────────────────────────────────────────────────────────────────────────────


def linear(node: dom.Node, depth: int = 0) -> str:
    """Return MathML in a line that keeps fractions, roots, powers and indices: `(a+b)/2`, `√2`, `r^2`."""
    tag = node.tag or ""
    if tag == "-text":
        return text.fold(node.text_content or "")
    if tag in dom.UNSEEN or tag in {"annotation", "annotation-xml", "mphantom"}:
        return ""
    if depth > _DEEPEST:
        return text.fold(dom.text_of(node))
    parts = [linear(child, depth + 1) for child in dom.children(node) if _says(child)]
    return _composed(tag, parts, node)


def _says(child: dom.Node) -> bool:
    return child.tag != "-text" or bool((child.text_content or "").strip())


def _composed(tag: str, parts: list[str], node: dom.Node) -> str:
    if tag == "mfenced":
        opening, closing = (dom.attribute(node, name) for name in ("open", "close"))
        return f"{opening or '('}{', '.join(parts)}{closing or ')'}"
    if tag in _OF_PARTS and len(parts) == _OF_PARTS[tag][0]:
        return _OF_PARTS[tag][1](parts)
    return _OF_ANY[tag](parts) if tag in _OF_ANY else "".join(parts)


def _grouped(part: str) -> str:
    """Return a part in brackets where it is more than one word or number."""
    return (
        part
        if _SIMPLE.fullmatch(part) or (part[:1] == "(" and part.find(")") == len(part) - 1)
        else f"({part})"
    )


_OF_PARTS: Final[dict[str, tuple[int, Callable[[list[str]], str]]]] = {
    "mfrac": (2, lambda parts: f"{_grouped(parts[0])}/{_grouped(parts[1])}"),
    "mroot": (2, lambda parts: f"{_grouped(parts[0])}^(1/{parts[1]})"),
    **dict.fromkeys(("msup", "mover"), (2, lambda parts: f"{parts[0]}^{_grouped(parts[1])}")),
    **dict.fromkeys(("msub", "munder"), (2, lambda parts: f"{parts[0]}_{_grouped(parts[1])}")),
    **dict.fromkeys(
        ("msubsup", "munderover"),
        (3, lambda parts: f"{parts[0]}_{_grouped(parts[1])}^{_grouped(parts[2])}"),
    ),
}
"""Elements of a fixed number of parts."""

_OF_ANY: Final[dict[str, Callable[[list[str]], str]]] = {
    "msqrt": lambda parts: f"√{_grouped(''.join(parts))}",
    **dict.fromkeys(("mtr", "mlabeledtr"), ", ".join),
    "mtable": lambda parts: f"[{'; '.join(parts)}]",
    "mtext": lambda parts: f" {''.join(parts)} ",
}
