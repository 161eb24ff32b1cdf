"""Where the body of a page stands that no layout describes, by the density of its text.

Every line of a page counts for or against what it stands in: sentences for, links and what tells about the
article or the site against, the rest nothing. The body is the element with the highest sum: a smaller one
would leave sentences out, a larger one would take links in. From its ends is cut what counts against it.

Says nothing of title and date, and does not judge whether it is an article at all; `generic` does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scraper import dom, text
from scraper.extractor.addresses import is_attachment
from scraper.extractor.body import LEFT_OUT
from scraper.families import generic as known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INLINE = frozenset(
    [
        *(
            "a",
            "abbr",
            "b",
            "bdi",
            "bdo",
            "big",
            "cite",
            "code",
            "data",
            "em",
            "font",
            "i",
            "img",
            "ins",
            "kbd",
        ),
        *("mark", "nobr", "o:p", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time"),
        *("tt", "u", "var", "wbr"),
    ]
)
_SENTENCE = re.compile(r"[。！？；，、：“”…]|[.!?,;:](?=\s|$)")
_ENDS = re.compile("[。！？；]")  # a sentence
_SMALL = re.compile(r"\s*(?:[1-9]|[1-5]\d)(?:px)?\s*")  # the width or height of an icon
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LINKED = 0.5  # the share of a line's characters in links from which it is one of links
_SOME, _BETWEEN = 4, 25  # links of a line; characters for each, below which it is one of links
_LONG = 40  # characters of a line that is prose without any mark of a sentence
_ABOUT = 160  # characters of a line that may tell about the article; a longer one is of it
_IMPRINT = 400  # characters of a line that may be the site's imprint
_MARKED_BODY = 0.6  # of the best sum: a container with a known name is believed from there on
_OWN = 0.5  # of a page's sentences: what holds more of them does not stand around the article
_PLAIN, _PICTURE = 0.2, 2.0  # what a character that is no sentence's counts, and a picture


@dataclass(slots=True)
class Place:
    """An element, and what counts for and against it."""

    node: dom.Node
    above: Place | None
    line: Place | None  # whose line its text belongs to; None: its own, it is a block
    marked: bool  # it stands around an article, by its name
    around: bool = False  # so does what it stands in, or it itself
    end: int = 0  # the number of the first place behind it and what it holds
    words: list[str] = field(default_factory=list)  # of its own line
    linked: int = 0  # characters of its own line that stand in links
    links: int = 0  # of its own line
    said: str = ""  # its own line, visible characters alone
    images: int = 0  # of its own line
    is_prose: bool = False  # of its own line
    is_about: bool = False  # likewise: it tells about the article or the site
    is_moment: bool = False  # likewise: it shows a date before the first sentence; later it signs a notice
    score: float = 0.0  # from here on with all that it holds
    prose: int = 0  # characters of sentences
    pictures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The body of a page, and what speaks for it."""

    root: dom.Node
    left_out: frozenset[int]  # `mem_id` of what in it is no part of the article
    prose: int  # characters of sentences
    around: int  # characters of the whole page that stand in links
    linked: float  # the share of its characters that stand in links


def find(page: dom.Node, title: str = "") -> Found | None:
    """Return where the body stands; None where nothing counts for any place. `title` is no part of it."""
    places = _places(dom.first(page, "body") or page)
    if not places:
        return None
    _weigh(places, text.visible_text(title))
    best = _best(places, page)
    if places[best].score <= 0:
        return None
    inner = places[best : places[best].end]
    left_out = frozenset(place.node.mem_id for place in _cut(best, places))
    return Found(
        root=places[best].node,
        left_out=left_out,
        prose=places[best].prose,
        around=sum(place.linked for place in places),
        linked=sum(place.linked for place in inner) / max(1, sum(len(place.said) for place in inner)),
    )


# ── the lines of a page ───────────────────────────────────────────────────────────────────────────────────


def _places(top: dom.Node) -> list[Place]:
    """Return the elements of a page that show something, in page order, each with its own line."""
    places: list[Place] = []
    waiting: list[tuple[dom.Node | Place, Place | None, bool]] = [(top, None, False)]
    while waiting:
        node, above, linked = waiting.pop()
        if isinstance(node, Place):
            node.end = len(places)
            continue
        if node.tag == "-text":
            _add(node.text_content or "", above, linked=linked)
        elif not _is_unseen(node):
            place = _place(node, above)
            places.append(place)
            if _is_link(node):
                linked = True
                (place.line or place).links += 1
            waiting.append((place, None, False))
            waiting.extend((child, place, linked) for child in reversed(dom.children(node)))
    return places


def _place(node: dom.Node, above: Place | None) -> Place:
    inline = above is not None and node.tag in _INLINE
    place = Place(
        node=node, above=above, line=(above.line or above) if inline and above else None, marked=False
    )
    if node.tag == "img" and above is not None:
        place.images = int(
            not any(_SMALL.fullmatch(dom.attribute(node, side)) for side in ("width", "height"))
        )
    elif not inline and above is not None:
        named = f"{dom.attribute(node, 'class')} {dom.attribute(node, 'id')}"
        place.marked = node.tag in known.AROUND_TAGS or known.SURROUNDINGS.search(named) is not None
    return place


def _add(words: str, place: Place | None, *, linked: bool) -> None:
    """Add what is said in a place to the line that it belongs to."""
    if place is None:
        return
    line = place.line or place
    line.words.append(words)
    line.linked += len(text.visible_text(words)) if linked else 0


def _is_unseen(node: dom.Node) -> bool:
    return node.tag in LEFT_OUT or _HIDDEN.search(dom.attribute(node, "style")) is not None


def _is_link(node: dom.Node) -> bool:
    """Say whether a node leads about the site; files and addresses that are told are the article's own."""
    href = dom.attribute(node, "href") if node.tag == "a" else ""
    shows_itself = bool(href) and dom.text_of(node).lstrip().startswith(("http", "www."))
    return (
        bool(href)
        and not shows_itself
        and not is_attachment(href if href.startswith("http") else f"http://{href}")
    )


# ── what counts ───────────────────────────────────────────────────────────────────────────────────────────


def _weigh(places: Sequence[Place], title: str) -> None:
    """Give every place its sums."""
    said = 0  # characters of sentences so far
    for place in places:
        place.said = text.visible_text("".join(place.words))
        place.is_about = _is_about(place)
        place.is_moment = not place.is_about and said < _LONG and _is_moment(place)
        place.is_prose = _is_prose(place)
        place.prose = len(place.said) if place.is_prose else 0
        said += place.prose
    _sum_up(places, "prose")
    _unmark(places)
    for place in places:
        place.around = place.marked or (place.above is not None and place.above.around)
        place.pictures = 0 if place.around else place.images
        place.score = _count(place, title)
    _sum_up(places, "score")
    _sum_up(places, "pictures")


def _sum_up(places: Sequence[Place], name: str) -> None:
    """Add to every place what those within it have."""
    for place in reversed(places):
        if place.above is not None:
            setattr(place.above, name, getattr(place.above, name) + getattr(place, name))


def _unmark(places: Sequence[Place]) -> None:
    """Take the mark off what holds most of the page's sentences: it is named so, and is not so."""
    for place in places:
        if place.marked and place.prose > _OWN * places[0].prose:
            place.marked = False


def _is_prose(place: Place) -> bool:
    said = place.said
    if not said or _is_linked(place) or place.is_about or place.is_moment or _is_contact(place):
        return False
    return len(said) >= _LONG or _SENTENCE.search(said) is not None


def _is_contact(place: Place) -> bool:
    return len(place.said) <= _ABOUT and known.CONTACT.search(text.fold("".join(place.words))) is not None


def _is_moment(place: Place) -> bool:
    """Say whether a line shows a date first and no sentence: that of an article, or the one that ends it."""
    line = text.fold("".join(place.words))
    return len(place.said) <= _ABOUT and known.MOMENT.search(line) is not None and not _ENDS.search(line)


def _is_linked(place: Place) -> bool:
    """Say whether a line is one of links: mostly in links, or one link after another."""
    size = len(place.said)
    return place.linked > _LINKED * size or (place.links > _SOME and size < _BETWEEN * place.links)


def _is_about(place: Place) -> bool:
    """Say whether a line tells about the article or the site."""
    if not 0 < len(place.said) <= _IMPRINT:
        return False
    line = text.fold("".join(place.words))
    if known.IMPRINT.search(line) is not None:
        return True
    if len(place.said) > _ABOUT or (_ENDS.search(line) and len(place.said) > _LONG):
        return False
    return known.ABOUT.search(line) is not None


def _count(place: Place, title: str) -> float:
    """Return what a place's own line counts."""
    said = place.said
    if place.around or (said and said == title) or place.is_about or place.is_moment:
        return -float(len(said))
    if _is_contact(place):
        return 0.0
    if _is_linked(place):
        return -float(place.linked)
    if place.is_prose:
        return float(len(said))
    return _PLAIN * len(said) + _PICTURE * place.images


# ── the body ──────────────────────────────────────────────────────────────────────────────────────────────


def _best(places: Sequence[Place], page: dom.Node) -> int:
    """Return the number of the place with the highest sum, or of a known container that comes near it."""
    best = max(range(len(places)), key=lambda at: places[at].score)
    numbers = {place.node.mem_id: at for at, place in enumerate(places)}
    for selector in known.BODIES:
        for node in dom.select(page, selector):
            at = numbers.get(node.mem_id)
            if at is not None and places[at].score >= _MARKED_BODY * places[best].score:
                return at
    return best


def _cut(best: int, places: Sequence[Place]) -> Iterator[Place]:
    """Yield what of the best place is no part of the article: what stands around, and its ends."""
    yield from (place for place in places[best + 1 : places[best].end] if place.marked)
    yield from _end(best, places, first=True)
    yield from _end(best, places, first=False)


def _end(at: int, places: Sequence[Place], *, first: bool) -> Iterator[Place]:
    """Yield what counts against a place at its beginning or its end, ever deeper."""
    while not places[at].is_prose:
        held = list(_held(at, places))
        held = held if first else held[::-1]
        outer = next((n for n, each in enumerate(held) if places[each].score > 0), len(held))
        against = [n for n in range(outer) if places[held[n]].score < 0]
        for n in range(max(against, default=-1) + 1):
            if not places[held[n]].pictures:
                yield places[held[n]]
        if outer == len(held):
            return
        at = held[outer]


def _held(at: int, places: Sequence[Place]) -> Iterator[int]:
    """Yield the numbers of the places directly in a place."""
    below = at + 1
    while below < places[at].end:
        yield below
        below = places[below].end
