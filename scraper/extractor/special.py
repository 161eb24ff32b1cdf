"""The elements of a body that mean something else than their tag says, and the handler of each.

Most bodies have none, so each kind is looked for only where the survey of the body shows a word of it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from scraper import dom, text
from scraper.extractor import (
    carried,
    elements,
    embeds,
    files,
    formulas,
    navigation_lines,
    pictures,
    script_words,
    styles,
    symbols,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from scraper.extractor.account import Rule
    from scraper.extractor.addresses import Addresses
    from scraper.extractor.survey import Survey
    from scraper.extractor.walk import Handler, Walk

    Found = Iterator[tuple[dom.Node, Handler]]

_LOOKS: Final = ("line-through", "font-weight", "white-space", "vertical-align", "font-style")
_SIGNS: Final = ("ingdings", "ebdings", "ymbol")  # of names of fonts
_HIDES: Final = ("display", "visibility")
_BENEATH: Final = "url("
_BOLD: Final = frozenset(["b", "strong"])
_SLOPED: Final = frozenset(["em", "i"])
_INVISIBLE: Final = "hidden"
_FEW: Final = 0.5  # of a container's characters; an invisible part with more is what a script reveals


def hidden(surveys: Iterable[Survey], drop: tuple[str, ...], reveal: tuple[str, ...] = ()) -> dict[int, Rule]:
    """Return the elements below that are hidden and not revealed, or dropped, by their `mem_id`."""
    found: dict[int, Rule] = {}
    for survey in surveys:
        root = survey.root
        for node, _ in survey.with_any("hidden"):
            found[node.mem_id] = "hidden-text"
        if any([mark in survey.styles for mark in _HIDES]):  # noqa: C419 - a generator takes longer
            for style, nodes in survey.styled.items():
                if styles.may_hide(style):
                    hides = styles.hides(style)
                    found.update(
                        (node.mem_id, "hidden-text")
                        for node in nodes
                        if hides or _is_invisible(node, style, root)
                    )
        if reveal:
            for node in dom.select(root, ", ".join(reveal)):
                found.pop(node.mem_id, None)
        if drop:
            found.update((node.mem_id, "dropped") for node in dom.select(root, ", ".join(drop)))
    return found


def _is_invisible(node: dom.Node, style: str, root: dom.Node) -> bool:
    """Tell a word that keeps its place and is not seen from a container that a script reveals."""
    if styles.declarations(style).get("visibility") not in {_INVISIBLE, "collapse"}:
        return False
    if dom.first(node, '[style*="visible" i], img, video, iframe') is not None:
        return False
    own = len(text.visible_text(dom.text_of(node)))
    return own <= _FEW * len(text.visible_text(dom.text_of(root)))


def handlers(
    surveys: Sequence[Survey], addresses: Addresses, left_out: Mapping[int, Rule]
) -> dict[int, Handler]:
    """Return the handler of each element that is not read as its tag says, by its `mem_id`."""
    found: dict[int, Handler] = {}
    for survey in surveys:
        for kind in _KINDS:
            for node, handler in kind(survey, addresses):
                found[node.mem_id] = handler  # of an element of two kinds the later knows more
    for player in (node for survey in surveys for node in embeds.disguised(survey)):
        found[player.mem_id] = embeds.media
    found.update((mem_id, partial(elements.leave, rule=rule)) for mem_id, rule in left_out.items())
    return found


def _looks(survey: Survey, _addresses: Addresses) -> Found:
    """Yield the elements whose style says what their tag does not."""
    shown = survey.styles
    if not any([mark in shown for mark in _LOOKS]):  # noqa: C419 - a generator takes longer than the searches
        return
    looks = [(styles.look_of(style), nodes) for style, nodes in survey.styled.items()]
    bold = any(look.strong is False for look, _ in looks) and _may_stand_in(survey, _BOLD)
    sloped = any(look.emphasis is False for look, _ in looks) and _may_stand_in(survey, _SLOPED)
    for look, nodes in looks:
        if look is not styles.PLAIN:
            for node in nodes:
                if _changes(look, node, bold=bold, sloped=sloped):
                    yield node, partial(elements.looking, look=look)


def _changes(look: styles.Look, node: dom.Node, *, bold: bool, sloped: bool) -> bool:
    """Tell whether a look matters: weight and slope do on what may be bold or in italics alone.

    `bold`, `sloped`: whether anything of the container may be.
    """
    if look.struck or look.lines is not None:
        return True
    if look.raised is not None and node.tag in {"span", "font"}:
        return True
    return (bold and look.strong is False and _stands_in(node, _BOLD)) or (
        sloped and look.emphasis is False and _stands_in(node, _SLOPED)
    )


def _may_stand_in(survey: Survey, tags: frozenset[str]) -> bool:
    """Tell whether a container holds one of some tags, or stands in one."""
    return not tags.isdisjoint(survey.tags) or _stands_in(survey.root, tags)


def _stands_in(node: dom.Node, tags: frozenset[str]) -> bool:
    """Tell whether an element is one of some tags, or stands in one."""
    here: dom.Node | None = node
    while here is not None and here.tag not in tags:
        here = here.parent
    return here is not None


def _backgrounds(survey: Survey, addresses: Addresses) -> Found:
    """Yield the elements that show nothing but the picture beneath them."""
    laid: list[tuple[dom.Node, str | None]] = [*survey.with_any("background")]
    if _BENEATH in survey.styles:
        for style, nodes in survey.styled.items():
            reference = pictures.background(style)
            laid += [(node, reference) for node in nodes]
    for node, reference in laid:
        if not reference:
            continue
        if _shows_nothing(node) and addresses.picture(reference) is not None:
            yield node, partial(elements.backed, reference=reference)
        else:
            yield node, partial(_beneath, reference=reference)


def _shows_nothing(node: dom.Node) -> bool:
    own = dom.first(node, "img, video, audio, iframe, embed, object, image, input") is None
    return own and not text.visible_text(dom.text_of(node))


def _beneath(walk: Walk, node: dom.Node, reference: str) -> None:
    """Read an element over a picture: what lies beneath words is decoration."""
    walk.account.note(reference, "decoration")
    walk.usual(node)


def _scripts(survey: Survey, _addresses: Addresses) -> Found:
    """Yield the scripts that name files, players or pictures, and those that hold a formula."""
    for node in survey.tagged("script"):
        if dom.attribute(node, "type").lower().startswith("math/tex"):
            yield node, formulas.script
            continue
        code = node.text(deep=True) or ""
        named, words = files.named_in(code), script_words.of(node)
        if named or words or embeds.plays_by_number(node):
            yield node, partial(_script, named=named, words=words)
        elif (shown := script_words.markup_of(code)) is not None:
            yield node, partial(_written, shown=shown)


def _script(walk: Walk, node: dom.Node, named: files.Named, words: tuple[str, ...]) -> None:
    """Read what a script shows where it stands; its words are left out but for those of its files."""
    embeds.script(walk, node, named)
    told = {*named.words.values()}
    for each in words:
        if each not in told:
            walk.account.note(each, "script-text")
    if not any(named) and embeds.plays_by_number(node):
        walk.account.leave(node, "player")


def _written(walk: Walk, _node: dom.Node, shown: str) -> None:
    """Read a script that writes what it puts together: nobody but the script knows its address."""
    walk.account.note(shown, "script-file")


def _clicked(survey: Survey, addresses: Addresses) -> Found:
    """Yield the elements that open a file when they are clicked; links are read as such."""
    for node, script in survey.with_any("onclick"):
        url = files.opened_by(script, addresses)
        if url is not None and node.tag != "a" and dom.first(node, "a[href]") is None:
            yield node, partial(embeds.called, url=url)


def _of_signs(survey: Survey, _addresses: Addresses) -> Found:
    """Yield the elements in a font of signs, whose letters are told as the signs that they show."""
    fonts = "\n".join((survey.styles, *[face for _, face in survey.with_any("face")]))
    if not any([mark in fonts for mark in _SIGNS]):  # noqa: C419 - likewise
        return
    for node, _, attributes in survey.raw.elements:
        told = styles.declarations(attributes.get("style") or "")
        font = symbols.font_of(told.get("font-family") or attributes.get("face") or "")
        signs = symbols.signs_of(dom.text_of(node), font) if font is not None else None
        if signs is not None and signs.strip() and dom.first(node, "img, a, br, table, video") is None:
            yield node, partial(_sign, signs=signs)


def _sign(walk: Walk, node: dom.Node, signs: str) -> None:
    walk.account.leave(node, "symbol")
    walk.add(signs)


def _formulas(survey: Survey, _addresses: Addresses) -> Found:
    for node in formulas.with_tex(survey):
        yield node, formulas.named
    if "script" in survey.tags or "math" in survey.tags:
        for node in formulas.rendered(survey.root):
            yield node, partial(elements.leave, rule="formula")


def _navigation(survey: Survey, _addresses: Addresses) -> Found:
    for node in navigation_lines.lines(survey.root, survey.text):
        yield node, partial(elements.leave, rule="navigation")


_KINDS: Final[tuple[Callable[[Survey, Addresses], Found], ...]] = (
    *(_looks, _of_signs, _backgrounds, _scripts, _clicked, _formulas, _navigation, carried.elements),
)
