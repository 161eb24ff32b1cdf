"""From loose pieces of a line to the inlines of `blocks`: folded, trimmed, merged, laid into each other.

While the body is walked, a line is a flat run of pieces, each with its style. Only when the line is complete
are the pieces laid into each other; so an emphasis is never empty, never within its like, and never begins
or ends with a blank, whatever the markup was.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from scraper import text
from scraper.blocks import Anchor, Break, CodeSpan, Emphasis, Inline, Picture, Strong, Struck, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Style(NamedTuple):
    """How a piece stands on the page."""

    strong: bool = False
    emphasis: bool = False
    anchor: int = 0  # the number of its link on the page; 0: none
    struck: bool = False
    code: bool = False

    def linked(self, number: int) -> Style:
        """Return the same style within a link; 0: within none."""
        return Style(self.strong, self.emphasis, number, self.struck, self.code)


PLAIN = Style()

Content: TypeAlias = str | Picture | Break
Piece: TypeAlias = tuple[Content, Style]

_BLANKS = re.compile(r" {2,}")
_BREAK = Break()
_HTML_SPACES = " \t\n\r\f"
_SPACES = frozenset(_HTML_SPACES)
_WIDE = {"\u3000": 2, "\u2003": 2, "\xa0": 1}
_LONGEST_BLANK = 1_000  # characters; a longer run of blanks says no more
_OUTERMOST_FIRST = ("anchor", "strong", "emphasis", "struck", "code")  # of styles that run as long
_INDENT = 4  # half-width blanks; a line so far in begins a paragraph


def paragraphs(pieces: list[Piece]) -> list[list[Piece]]:
    """Return the pieces of each paragraph of a line: blanks folded and given to their neighbours' style.

    Two line breaks in a row, or one before an indented line, divide paragraphs, as authors use them.
    """
    if len(pieces) == 1:  # as most lines are
        return [pieces] if (pieces := _alone(*pieces[0])) else []
    found: list[list[Piece]] = []
    current: list[Piece] = []
    blank, breaks = "", 0
    for content, style in pieces:
        core: Content = content
        trail = ""
        if isinstance(content, str):
            core, blank, trail = _trimmed(content, blank)
            if not core:
                continue
        elif type(content) is Break:
            breaks, blank = breaks + 1, ""
            continue
        if current and breaks and (breaks > 1 or _indent(blank) >= _INDENT):
            found.append(current)
            current = []
        if current and (breaks or blank):
            between: Content = _BREAK if breaks else _BLANKS.sub(" ", blank)
            current.append((between, _shared(current[-1][1], style)))
        current.append((core, style))
        blank, breaks = trail, 0
    return [*found, current] if current else found


def _alone(content: Content, style: Style) -> list[Piece]:
    """Return the one piece of a line, without the blanks at its edges; none where it shows nothing."""
    if isinstance(content, str):
        content = trimmed(content)
    return [(content, style)] if content and type(content) is not Break else []


def trimmed(content: str) -> str:
    """Return a text folded, without the blanks at its edges."""
    core = content.strip()
    if core.isprintable() and "  " not in core:  # as most texts are
        return core
    return text.fold_html(content.strip(_HTML_SPACES)).strip()


def _trimmed(content: str, blank: str) -> tuple[str, str, str]:
    """Return a text without the blanks at its edges, those before it (after `blank`), and those after it."""
    if content and content.isprintable() and content.strip() == content and "  " not in content:
        return content, blank[-_LONGEST_BLANK:], ""
    folded = text.fold_html(content.strip(_HTML_SPACES) or " ")
    core = folded.strip()
    lead, _, trail = folded.partition(core) if core else (folded, "", "")
    if content[:1] in _SPACES:
        lead = " " + lead
    if content[-1:] in _SPACES:
        trail += " "
    return core, (blank + lead)[-_LONGEST_BLANK:], trail if core else ""


def inlines(pieces: list[Piece], hrefs: list[str]) -> tuple[Inline, ...]:
    """Return a paragraph's pieces laid into each other; `hrefs` holds each link's address at its number."""
    content, style = pieces[0]
    if len(pieces) == 1 and (style == PLAIN or (isinstance(content, str) and not content.isspace())):
        return (_worn(content, style, hrefs),)
    return tuple(_nest(_settled(pieces), hrefs))


def _indent(blank: str) -> int:
    return sum(_WIDE.get(character, 0) for character in blank)


def _shared(before: Style, after: Style) -> Style:
    """Return the style of what stands between two pieces: what both of them have."""
    if PLAIN in (before, after):
        return PLAIN
    return Style(
        before.strong and after.strong,
        before.emphasis and after.emphasis,
        before.anchor if before.anchor == after.anchor else 0,
        before.struck and after.struck,
        before.code and after.code,
    )


def _settled(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces with pictures as emphasised as the text around them."""
    if Picture not in [type(content) for content, _ in pieces]:
        return pieces
    before = _nearest_texts(pieces)
    after = reversed(_nearest_texts(pieces[::-1]))
    return [
        (content, Style(*_shared(one, other)[:2], style.anchor, style.struck))
        if type(content) is Picture
        else (content, style)
        for (content, style), one, other in zip(pieces, before, after, strict=True)
    ]


def _nearest_texts(pieces: list[Piece]) -> list[Style]:
    """Return for each piece the style of the last text up to it; plain where there is none."""
    found, nearest = [], PLAIN
    for content, style in pieces:
        if isinstance(content, str) and not content.isspace():
            nearest = style
        found.append(nearest)
    return found


def _nest(pieces: list[Piece], hrefs: list[str]) -> list[Inline]:
    """Lay pieces into each other, at each place the longest run outermost, none with a blank at its edges."""
    found: list[Inline | str] = []
    at = 0
    while at < len(pieces):
        content, style = pieces[at]
        if style == PLAIN or _is_blank(content):
            found.append(content)
            at += 1
            continue
        if at + 1 == len(pieces) or pieces[at + 1][1] == PLAIN:  # as mostly
            found.append(_worn(content, style, hrefs))
            at += 1
            continue
        name, end = _longest(pieces, at)
        while _is_blank(pieces[end - 1][0]):
            end -= 1
        if name == "code":
            found.extend(_code(content for content, _ in pieces[at:end]))
            at = end
            continue
        run, rest = pieces[at:end], _without(style, name)
        if rest == PLAIN and all(own == style for _, own in run):  # as most are
            children = tuple(_joined([content for content, _ in run]))
        else:
            children = tuple(_nest([(part, _without(own, name)) for part, own in run], hrefs))
        match name:
            case "anchor":
                found.append(Anchor(href=hrefs[style.anchor], children=children))
            case "strong":
                found.append(Strong(children=children))
            case "struck":
                found.append(Struck(children=children))
            case _:
                found.append(Emphasis(children=children))
        at = end
    return _joined(found)


def _worn(content: Content, style: Style, hrefs: list[str]) -> Inline:
    """Return a piece within all that its own style says."""
    shown: Inline
    if not isinstance(content, str):
        shown = content
    else:
        shown = CodeSpan(text=content) if style.code else Text(text=content)
    if style.struck:
        shown = Struck(children=(shown,))
    if style.emphasis:
        shown = Emphasis(children=(shown,))
    if style.strong:
        shown = Strong(children=(shown,))
    return Anchor(href=hrefs[style.anchor], children=(shown,)) if style.anchor else shown


def _code(contents: Iterable[Content]) -> Iterator[Inline]:
    """Yield code, in one span up to the next picture or line break."""
    for is_text, group in groupby(contents, lambda content: isinstance(content, str)):
        if is_text:
            yield CodeSpan(text="".join(content for content in group if isinstance(content, str)))
        else:
            yield from (content for content in group if not isinstance(content, str))


def _joined(parts: list[Inline | str]) -> list[Inline]:
    """Return a run with the texts that follow each other as one."""
    found: list[Inline] = []
    loose: list[str] = []
    for part in parts:
        if isinstance(part, str):
            loose.append(part)
            continue
        if loose:
            found.append(Text(text="".join(loose)))
            loose.clear()
        found.append(part)
    return [*found, Text(text="".join(loose))] if loose else found


def _is_blank(content: Content) -> bool:
    return content.isspace() if isinstance(content, str) else type(content) is Break


@lru_cache(maxsize=256)
def _without(style: Style, name: str) -> Style:
    return style.linked(0) if name == "anchor" else style._replace(**{name: False})


def _longest(pieces: list[Piece], at: int) -> tuple[str, int]:
    """Return which of the styles at a place runs longest, and its end; a link is never cut in two."""
    style = pieces[at][1]
    names = [name for name in _OUTERMOST_FIRST if getattr(style, name)]
    if at + 1 == len(pieces):
        return names[0], at + 1
    best = ("", at)
    for name in names:
        value = getattr(style, name)
        end = at + 1
        while end < len(pieces) and getattr(pieces[end][1], name) == value:
            end += 1
        if name != "anchor":
            end = _before_cut_link(pieces, at, end)
        if end > best[1]:
            best = (name, end)
    return best


def _before_cut_link(pieces: list[Piece], at: int, end: int) -> int:
    """Return `end`, or the start of the link that `end` would cut; `at` where that link begins there."""
    if end == len(pieces) or not pieces[end][1].anchor or pieces[end - 1][1].anchor != pieces[end][1].anchor:
        return end
    link = pieces[end][1].anchor
    while end > at and pieces[end - 1][1].anchor == link:
        end -= 1
    return end
