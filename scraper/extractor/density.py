"""Where the body of a page stands that no layout describes, by the density of its text.

Every line of a page counts for or against what it stands in: sentences for, links and what tells about the
article or the site against, the rest little. The body is the block with the highest sum: a smaller one would
leave sentences out, a larger one would take links in. `trim` cuts from its ends what is no part of it.

Says nothing of title and date, and does not judge whether it is an article at all; `generic` does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper import dom
from scraper.families import generic as known

if TYPE_CHECKING:
    from scraper.extractor.page_lines import Line, PageLines, Place

_SENTENCE = re.compile(r"[。！？；，、：“”…]|[.!?,;:](?=\s|$)")
_ENDS = re.compile("[。！？；]")  # a sentence
_LINKED = 0.5  # the share of a line's characters in links from which it is one of links
_SOME, _BETWEEN = 4, 25  # links of a line; characters for each, below which it is one of links
_LONG = 40  # characters of a line that is prose without any mark of a sentence
_LABELS = 2  # of a line that tells about the article
_ABOUT = 160  # characters of a line that may tell about the article; a longer one is of it
_IMPRINT = 400  # characters of a line that may be the site's imprint
_MARKED_BODY = 0.6  # of the best sum: a container with a known name is believed from there on
_BELOW, _BEGINS = 3, 25  # lines below a day, in which an article begins; characters of its first sentence
_OWN = 0.5  # of a page's sentences: what holds more of them does not stand around the article
_PLAIN, _PICTURE, _FILE = 0.2, 2.0, 8.0  # what a character that is no sentence's counts, a picture, a file


def weigh(page: PageLines) -> None:
    """Give every line what it counts, and every block its sums."""
    said = 0  # characters of sentences so far
    for line in page.lines:
        line.is_about = _is_about(line)
        line.is_moment = not line.is_about and said < _LONG and shows_moment(line)
        line.is_prose = _is_prose(line)
        said += len(line.said) if line.is_prose else 0
        page.places[line.place].prose += len(line.said) if line.is_prose else 0
    for place in reversed(page.places):
        if place.above is not None:
            page.places[place.above].prose += place.prose
    plain = _plain(page) if page.places and not page.places[0].prose else []
    whole = plain[0] if plain else page.places[0].prose if page.places else 0
    begun = _begun(page)
    for number, place in enumerate(page.places):
        own = plain[number] if plain else place.prose
        is_behind = begun is not None and begun < place.first
        place.marked = place.marked and (own <= _OWN * whole or is_behind)  # else it is named so alone
        place.around = place.marked or (place.above is not None and page.places[place.above].around)
    for line in page.lines:
        line.around = page.places[line.place].around
        line.value = _count(line)
        page.places[line.place].score += line.value
    for place in reversed(page.places):
        if place.above is not None:
            page.places[place.above].score += place.score


def _begun(page: PageLines) -> int | None:
    """Return the number of the first line of an article right below its day; None where none is so clear."""
    day = -_BELOW
    for number, line in enumerate(page.lines):
        if (line.is_about or line.is_moment) and not line.linked and known.DAY.search(line.plain):
            day = number
        elif line.is_prose and len(line.said) >= _BEGINS:
            return number if number - day < _BELOW and _ENDS.search(line.shown) else None
    return None


def _plain(page: PageLines) -> list[int]:
    """Return how many characters each block of a page without any sentence holds outside of links."""
    sizes = [0] * len(page.places)
    for line in page.lines:
        sizes[line.place] += 0 if line.is_about or _is_contact(line) else len(line.said) - line.linked
    for number in range(len(sizes) - 1, 0, -1):
        above = page.places[number].above
        if above is not None:
            sizes[above] += sizes[number]
    return sizes


def best(page: PageLines, root: dom.Node) -> Place | None:
    """Return the block with the highest sum, or a known container that comes near it; None: none counts."""
    found = max(page.places, key=lambda place: place.score, default=None)
    if found is None or found.score <= 0:
        return None
    places = {place.node.mem_id: place for place in page.places}
    for selector in known.BODIES:
        for node in dom.select(root, selector):
            place = places.get(node.mem_id)
            if place is not None and place.score >= _MARKED_BODY * found.score:
                return place
    return found


def _is_prose(line: Line) -> bool:
    said = line.said
    if not said or is_linked(line) or line.is_about or line.is_moment or _is_contact(line):
        return False
    return len(said) >= _LONG or _SENTENCE.search(said) is not None


def _is_contact(line: Line) -> bool:
    return len(line.said) <= _ABOUT and known.CONTACT.search(line.plain) is not None


def shows_moment(line: Line) -> bool:
    """Say whether a line shows a date first and no sentence: that of an article, or the one that ends it."""
    return (
        len(line.said) <= _ABOUT
        and known.MOMENT.search(line.plain) is not None
        and not _ENDS.search(line.shown)
    )


def is_linked(line: Line) -> bool:
    """Say whether a line is one of links: mostly in links, or one link after another."""
    size = len(line.said)
    return line.linked > _LINKED * size or (line.links > _SOME and size < _BETWEEN * line.links)


def _is_about(line: Line) -> bool:
    """Say whether a line tells about the article or the site."""
    if not 0 < len(line.said) <= _IMPRINT:
        return False
    if known.IMPRINT.search(line.plain) is not None:
        return True
    if len(line.said) > _ABOUT or (_ENDS.search(line.shown) and len(line.said) > _LONG):
        return False
    return known.ABOUT.search(line.plain) is not None or len(known.LABELS.findall(line.plain)) >= _LABELS


def _count(line: Line) -> float:
    """Return what a line counts."""
    size = len(line.said)
    if line.around or line.is_about or line.is_moment:
        return -float(size)
    if _is_contact(line):
        return 0.0
    if is_linked(line):
        return -float(line.linked) + _FILE * line.files
    if line.is_prose:
        return float(size)
    return _PLAIN * size + _PICTURE * line.images + _FILE * line.files
