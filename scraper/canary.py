"""The canary: does a site still look as its layouts say? Judgement over what one run saw, and nothing else.

Site rot is the usual death of archivers: a template changes, and what is read is nothing, or the wrong
thing, without any error. Each run is therefore held against what was usual:

    list         a channel's newest list names a small part of what it did
    unreadable   far more pages gave no article than used to
    vanished     far more articles that were held are gone, all at once
    empty        far more bodies show nothing at all than used to
    short        bodies of a layout are far shorter than those it used to have
    repeated     one body stands under many addresses
    renamed      what is new is what is held, under other addresses

What is far more is said by chance: an alarm is what would happen once in ten thousand runs if nothing had
changed (the binomial tail). What a single page does is no alarm, and a site's own habit is none either.
"""

from __future__ import annotations

from collections import Counter
from math import exp, lgamma, log, log1p
from typing import TYPE_CHECKING, Literal, TypeAlias

from scraper.messages import say
from scraper.text import visible_text
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scraper.urls import Url

Sign: TypeAlias = Literal["list", "unreadable", "vanished", "empty", "short", "repeated", "renamed"]

CHANCE = 1e-4  # of a wrong alarm, for each sign and run
REPEATS = (
    3  # addresses under which one body makes an alarm: two are the site's own copies (1 real pair in 265)
)
_LEAST_SHARE = 0.02  # that is always taken as usual: a few odd pages are on every site
_MARGIN = 2.0  # times the usual share
_SHORTEST = 0.1  # of a layout's bodies are its short ones
_FRACTION = 0.125  # of the median, which a short body does not reach either
_SHORT_SHARE = 0.2  # that is taken as usual of them: short ones come in runs, as news of one kind do
_SAMPLE = 30  # bodies from which on it is known what is usual
_SHORT_TEXT = 120  # characters, below which a text may change altogether
_SHRUNK = 8  # times: a text that is so much shorter than before is another one
_PIECE = 4  # characters: texts on other things have hardly such a piece in common, names apart
_IN_COMMON = 0.15  # of the shorter text's pieces, which a revised text keeps
_LIST = 10  # rows, from which on a list that shrinks is a sign
_SHRUNK_LIST = 3  # times
_MEMORY = 2000  # answers after which the past counts half


class Page(Value, frozen=True, kw_only=True):
    """A page that shows what is wrong."""

    url: Url
    said: str  # what was wrong with it, in the words of its error; "": nothing was


class Alarm(Value, frozen=True, kw_only=True):
    """One thing in which a site no longer looks as it did."""

    sign: Sign
    message: str
    page: Page


class Sightings(Value, kw_only=True):
    """What one run saw of one site."""

    lists: list[Page] = field(default_factory=list)  # channels' indexes that name far less than before
    layouts: Counter[str] = field(default_factory=Counter)  # answers that gave an article
    unreadable: list[Page] = field(default_factory=list)  # answers that gave none, and should have
    asked_again: int = 0  # articles that were held, and were looked at again
    vanished: list[Page] = field(default_factory=list)  # of these, those that are gone
    empty: list[Page] = field(default_factory=list)  # articles whose body shows nothing
    lengths: dict[str, list[int]] = field(default_factory=dict)  # of new bodies, in characters, by layout
    shortest: dict[str, Page] = field(default_factory=dict)  # by layout
    repeated: dict[str, list[Page]] = field(
        default_factory=dict
    )  # by the body's digest, those that were refused

    renamed: list[Page] = field(
        default_factory=list
    )  # "new" articles that are held already, and were refused

    def saw_index(self, url: Url, rows: int, before: int) -> None:
        """Take in a channel's newest list: how many articles it names, and how many it named before."""
        if before >= _LIST and rows * _SHRUNK_LIST < before:
            said = f"the list names {rows} articles, and named {before} the last time"
            self.lists.append(Page(url=url, said=said))

    def saw_body(self, layout: str, url: Url, characters: int, *, is_empty: bool) -> None:
        """Take in an article that was read for the first time."""
        lengths = self.lengths.setdefault(layout, [])
        if not lengths or characters < min(lengths):
            self.shortest[layout] = Page(url=url, said=f"its body shows {characters} characters")
        lengths.append(characters)
        if is_empty:
            self.empty.append(Page(url=url, said="its body shows nothing"))

    @property
    def read(self) -> int:
        """Return how many answers gave an article."""
        return self.layouts.total()


class Past(Value, frozen=True, kw_only=True):
    """What was usual for a site, from the runs that gave no alarm."""

    read: float = 0  # answers that gave an article
    unreadable: float = 0
    asked_again: float = 0
    vanished: float = 0
    bodies: float = 0  # that were read for the first time
    empty: float = 0
    lengths: Mapping[str, Sequence[int]] = field(default_factory=dict)  # of bodies that are held, by layout


def no_list(url: Url, said: str) -> Alarm:
    """Return the alarm for a channel's newest list that is none, or names nothing any more."""
    return Alarm(sign="list", message=said, page=Page(url=url, said=said))


def judge(seen: Sightings, past: Past) -> tuple[Alarm, ...]:
    """Return in what the site no longer looks as it did; nothing: it does."""
    return (
        *(Alarm(sign="list", message=f"{page.url}: {page.said}", page=page) for page in seen.lists),
        *_unreadable(seen, past),
        *_vanished(seen, past),
        *_empty(seen, past),
        *_short(seen, past),
        *_repeated(seen),
        *_renamed(seen),
    )


def remember(past: Past, seen: Sightings) -> Past:
    """Return what is usual after a run that gave no alarm. Lengths are not remembered: the state has them."""
    faded = 0.5 if past.read > _MEMORY else 1.0
    return Past(
        read=past.read * faded + seen.read,
        unreadable=past.unreadable * faded + len(seen.unreadable),
        asked_again=past.asked_again * faded + seen.asked_again,
        vanished=past.vanished * faded + len(seen.vanished),
        bodies=past.bodies * faded + sum(map(len, seen.lengths.values())),
        empty=past.empty * faded + len(seen.empty),
    )


# ── the signs ─────────────────────────────────────────────────────────────────────────────────────────────


def _unreadable(seen: Sightings, past: Past) -> Iterator[Alarm]:
    count, all_ = len(seen.unreadable), len(seen.unreadable) + seen.read
    if is_unusual(count, all_, past.unreadable, past.unreadable + past.read):
        good = say("; {layouts} are still read", layouts=_layouts(seen.layouts)) if seen.layouts else ""
        usual = _share(past.unreadable, past.unreadable + past.read)
        message = say(
            "{count} of {all_} pages give no article, usual is {usual}{good}",
            count=count,
            all_=all_,
            usual=usual,
            good=good,
        )
        yield _alarm("unreadable", message, seen.unreadable)


def _vanished(seen: Sightings, past: Past) -> Iterator[Alarm]:
    count = len(seen.vanished)
    if is_unusual(count, seen.asked_again, past.vanished, past.asked_again):
        usual = _share(past.vanished, past.asked_again)
        message = say(
            "{count} of {asked} articles that were there are gone at once, usual is {usual}",
            count=count,
            asked=seen.asked_again,
            usual=usual,
        )
        yield _alarm("vanished", message, seen.vanished)


def _empty(seen: Sightings, past: Past) -> Iterator[Alarm]:
    count, all_ = len(seen.empty), sum(map(len, seen.lengths.values()))
    if is_unusual(count, all_, past.empty, past.bodies):
        usual = _share(past.empty, past.bodies)
        yield _alarm("empty", f"{count} of {all_} bodies show nothing, usual is {usual}", seen.empty)


def _short(seen: Sightings, past: Past) -> Iterator[Alarm]:
    for layout, lengths in seen.lengths.items():
        usual = sorted(past.lengths.get(layout, ()))
        if len(usual) < _SAMPLE:
            continue
        limit = min(usual[int(len(usual) * _SHORTEST)], usual[len(usual) // 2] * _FRACTION)
        count = sum(length < limit for length in lengths)
        if tail(count, len(lengths), _SHORT_SHARE) < CHANCE:
            middle = usual[len(usual) // 2]
            message = (
                f"layout {layout}: {count} of {len(lengths)} bodies show less than {limit:.0f} characters, "
                f"usual are {middle}"
            )
            yield Alarm(sign="short", message=message, page=seen.shortest[layout])


def _repeated(seen: Sightings) -> Iterator[Alarm]:
    for pages in seen.repeated.values():
        if len(pages) + 1 >= REPEATS:
            message = say(
                "one page under {count} addresses or more, and the lists call each otherwise",
                count=len(pages) + 1,
            )
            yield _alarm("repeated", message, pages)


def _renamed(seen: Sightings) -> Iterator[Alarm]:
    if seen.renamed:
        message = say(
            "{count} articles that look new are held already, under other addresses", count=len(seen.renamed)
        )
        yield _alarm("renamed", message, seen.renamed)


def _alarm(sign: Sign, message: str, pages: Sequence[Page]) -> Alarm:
    """Show the page whose error is the most frequent one: what most of them lack."""
    kinds = Counter(_kind(page) for page in pages)
    common = kinds.most_common(1)[0][0]
    page = next(page for page in pages if _kind(page) == common)
    said = f": {page.said}" if page.said else ""
    return Alarm(sign=sign, message=f"{message}; such as {page.url}{said}", page=page)


def _kind(page: Page) -> str:
    return page.said.replace(page.url, "").partition(":")[0]


def _layouts(layouts: Counter[str]) -> str:
    return ", ".join(f"{count} of {layout}" for layout, count in layouts.most_common())


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "not known yet"


# ── likeness ──────────────────────────────────────────────────────────────────────────────────────────────


def same_title(listed: str | None, shown: str | None) -> bool | None:
    """Say whether a page has the title that its row in the list shows, perhaps cut; None: no row has one."""
    if listed is None or shown is None:
        return None
    row, page = (visible_text(title).rstrip(".…") for title in (listed, shown))
    return bool(row) and (page.startswith(row) or row.startswith(page)) if row else None


def is_replaced(before: str, after: str) -> bool:
    """Say whether a text has nothing left of what it was: another page stands in its place.

    Both without white space. A text that was short before may change altogether without being another one.
    """
    if len(before) < _SHORT_TEXT:
        return False
    if len(after) * _SHRUNK < len(before):
        return True
    old, new = _pieces(before), _pieces(after)
    return bool(new) and len(old & new) < _IN_COMMON * min(len(old), len(new))


def _pieces(text: str) -> set[str]:
    return {text[at : at + _PIECE] for at in range(len(text) - _PIECE + 1)}


# ── chance ────────────────────────────────────────────────────────────────────────────────────────────────


def is_unusual(count: int, of: int, usual: float, usual_of: float) -> bool:
    """Say whether so many are far more than usual: too many to be chance, at twice the usual share."""
    share = max(_LEAST_SHARE, _MARGIN * usual / usual_of if usual_of else 0.0)
    return tail(count, of, share) < CHANCE


def tail(count: int, of: int, share: float) -> float:
    """Return the chance of `count` or more of so many, each at a chance of `share`."""
    if count <= 0 or share >= 1 or count > of:
        return 1.0
    total = 0.0
    for number in range(count, of + 1):
        term = exp(_log_choose(of, number) + number * log(share) + (of - number) * log1p(-share))
        total += term
        if number > of * share and term < total * 1e-12:
            break
    return total


def _log_choose(of: int, number: int) -> float:
    return lgamma(of + 1) - lgamma(number + 1) - lgamma(of - number + 1)
