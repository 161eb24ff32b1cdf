"""Inline runs brought to the form that Markdown can say: emphasis merged and trimmed, text cleaned.

Runs of one kind that touch become one, runs nested in their own kind dissolve, white space and breaks at
their ends move out, and a run without a visible character is none. Characters without width or face go.
Nothing that a reader sees is added, dropped or moved past anything else that he sees.
"""

from __future__ import annotations

import re
from itertools import chain, groupby, takewhile
from operator import is_
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from scraper.blocks import Anchor, Break, CodeSpan, Emphasis, Picture, Strong, Struck, Text
from scraper.text import visible_text, without_faceless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.blocks import Inline

    Emphasised: TypeAlias = Strong | Emphasis | Struck

_LINE_ENDS: Final = re.compile(r"[\t\n\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]+")


def normal(children: Iterable[Inline]) -> tuple[Inline, ...]:
    """Return the runs in that form."""
    runs = tuple(children)
    return runs if _is_normal(runs) else tuple(_normal(runs, frozenset()))


def _is_normal(runs: tuple[Inline, ...]) -> bool:
    """Tell whether runs are in that form already, of the kinds that most lines have."""
    before = None
    for run in runs:
        kind = run.__class__
        if kind is before:
            return False
        before = kind
        match run:
            case Text(text=text) if text.isprintable() and text:
                continue
            case Anchor(children=(Text(text=text),)) | Strong(children=(Text(text=text),)):
                if text.isprintable() and text.strip() == text and text:
                    continue
        return False
    return True


def cleaned(text: str) -> str:
    """Return a text on one line, without the characters that have neither width nor face."""
    return text if text.isprintable() else _LINE_ENDS.sub(" ", without_faceless(text))


def plain(children: Iterable[Inline]) -> str:
    """Return the text of the runs, without markup and pictures, breaks as line ends."""
    return "".join(_plain(child) for child in children)


def _plain(child: Inline) -> str:
    match child:
        case Text() | CodeSpan():
            return child.text
        case Strong() | Emphasis() | Struck() | Anchor():
            return plain(child.children)
        case Break():
            return "\n"
        case Picture():
            return ""
        case _:
            assert_never(child)


def _normal(children: Iterable[Inline], within: frozenset[type[Inline]]) -> list[Inline]:
    done: list[Inline] = []
    for child in _merged(list(_dissolved(children, within))):
        match child:
            case Text() | CodeSpan() | Picture() | Break():
                done.append(child)
            case Strong() | Emphasis() | Struck():
                kind = type(child)
                inner = _normal(child.children, within | {kind})
                done += _emphasised(kind, inner, by_line=Struck in within | {kind})
            case Anchor():
                lead, core, tail = _apart(_normal(child.children, within | {Anchor}))
                done += [*lead, Anchor(href=child.href, children=tuple(core)), *tail]
            case _:
                assert_never(child)
    return _merged(done)


def _dissolved(children: Iterable[Inline], within: frozenset[type[Inline]]) -> Iterator[Inline]:
    """Yield the runs, those that stand within their own kind replaced by what they hold; text cleaned."""
    for child in children:
        if isinstance(child, Text):
            if told := cleaned(child.text):
                yield child if told == child.text else Text(text=told)
        elif isinstance(child, Break) and {Struck, Anchor} <= within:
            yield Text(text=" ")
        elif isinstance(child, CodeSpan) and within:  # where marked may see none
            yield from _dissolved((Text(text=child.text),), within)
        elif isinstance(child, CodeSpan):
            yield from _code(_LINE_ENDS.sub(" ", without_faceless(child.text)))
        elif isinstance(child, Strong | Emphasis | Struck | Anchor) and type(child) in within:
            yield from _dissolved(child.children, within)
        else:
            yield child


def _code(cleaned: str) -> Iterator[Text | CodeSpan]:
    """Yield code, the blanks at its edges outside of it."""
    core = cleaned.strip()
    lead, _, trail = cleaned.partition(core) if core else (cleaned, "", "")
    yield from [Text(text=lead)] if lead else []
    yield from [CodeSpan(text=core)] if core else []
    yield from [Text(text=trail)] if trail else []


def _merged(runs: list[Inline]) -> list[Inline]:
    """Return the runs, neighbours of one kind joined."""
    kinds = list(map(type, runs))
    return list(_by_kind(runs)) if any(map(is_, kinds, kinds[1:])) else runs


def _by_kind(runs: list[Inline]) -> Iterator[Inline]:
    for kind, group in groupby(runs, type):
        if kind is Text:
            yield Text(text="".join(child.text for child in group if isinstance(child, Text)))
        elif kind is CodeSpan:
            yield CodeSpan(text="".join(child.text for child in group if isinstance(child, CodeSpan)))
        elif kind is Strong:
            yield Strong(children=_joined(group))
        elif kind is Emphasis:
            yield Emphasis(children=_joined(group))
        elif kind is Struck:
            yield Struck(children=_joined(group))
        else:
            yield from group


def _joined(group: Iterable[Inline]) -> tuple[Inline, ...]:
    return tuple(
        chain.from_iterable(
            child.children for child in group if isinstance(child, Strong | Emphasis | Struck)
        )
    )


def _emphasised(kind: type[Emphasised], children: Iterable[Inline], *, by_line: bool) -> Iterator[Inline]:
    """Yield a run of emphasis, divided at links that hold pictures: there it stands within the link.

    Around such a link goldmark before 1.5.5 (Hugo 0.111) loses the delimiters. `by_line`: divided at line
    breaks too, over which marked does not look for what is struck out.
    """
    held: list[Inline] = []
    for child in children:
        if type(child) is Anchor and hold_picture(child.children):
            yield from _trimmed(kind, held)
            inner = tuple(_emphasised(kind, child.children, by_line=by_line))
            yield Anchor(href=child.href, children=inner)
            held = []
        elif type(child) is Break and by_line:
            yield from (*_trimmed(kind, held), child)
            held = []
        else:
            held.append(child)
    yield from _trimmed(kind, held)


def hold_picture(runs: Iterable[Inline]) -> bool:
    """Tell whether a picture is among runs, or in one of them."""
    for run in runs:
        if type(run) is Text:  # as most are
            continue
        match run:
            case Picture():
                return True
            case Anchor() | Strong() | Emphasis() | Struck():
                if hold_picture(run.children):
                    return True
            case Text() | CodeSpan() | Break():
                pass
            case _:
                assert_never(run)
    return False


def _trimmed(kind: type[Emphasised], children: list[Inline]) -> list[Inline]:
    """Return a run of emphasis with the white space of its ends outside, or no such run at all."""
    lead, core, tail = _apart(children)
    if not visible_text(plain(core)):
        return children
    return [*lead, kind(children=tuple(core)), *tail]


def _apart(children: list[Inline]) -> tuple[list[Inline], list[Inline], list[Inline]]:
    """Divide runs into the white space and breaks before, what stands within, and those after."""
    if children and not (_has_space_at(children[0], 0) or _has_space_at(children[-1], -1)):
        return [], children, []
    lead = list(takewhile(_is_space, children))
    core = children[len(lead) :]
    tail = list(takewhile(_is_space, reversed(core)))[::-1]
    core = core[: len(core) - len(tail)]
    if core and isinstance(first := core[0], Text) and first.text[0].isspace():
        kept = first.text.lstrip()
        lead.append(Text(text=first.text[: -len(kept)]))
        core[0] = Text(text=kept)
    if core and isinstance(last := core[-1], Text) and last.text[-1].isspace():
        kept = last.text.rstrip()
        tail.insert(0, Text(text=last.text[len(kept) :]))
        core[-1] = Text(text=kept)
    return lead, core, tail


def _has_space_at(child: Inline, edge: int) -> bool:
    return child.text[edge].isspace() if type(child) is Text else type(child) is Break


def _is_space(child: Inline) -> bool:
    return child.text.isspace() if type(child) is Text else type(child) is Break
