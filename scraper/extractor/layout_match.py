"""Which layout a page wears: its family's newest whose marks are all there, with the config's overrides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import families
from scraper.errors import NotAnArticle, UnknownLayout
from scraper.extractor import generic, page_kind
from scraper.families.generic import GENERIC as BY_DENSITY
from scraper.model import Selectors
from scraper.values import Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.extractor.generic import Found
    from scraper.extractor.page import Page
    from scraper.families.family import Family, Layout
    from scraper.model import Site

GENERIC = "generic"
_NONE_NAMED = Selectors()
_FEW = 120  # characters of sentences on a page that looks like a list and has no head
_NEAREST = 3  # layouts named when none fits

_BY_SELECTORS = replace(BY_DENSITY, name="selectors")
"""What a site without a family is read by, where its selectors leave a part open."""


class LayoutMatch(Value, frozen=True, kw_only=True):
    """A layout that fits a page, and whose it is."""

    family: str
    layout: Layout
    title: str | None = None  # None: the layout says where it stands
    found: Found | None = None  # the body of a page that no layout describes; None: the layout says where

    @property
    def is_generic(self) -> bool:
        """True where no layout of a family describes the page."""
        return self.family == GENERIC or self.found is not None

    @property
    def cut(self) -> tuple[str, ...]:
        """The lines that were cut off the body as it was found."""
        return self.found.cut if self.found is not None else ()

    @property
    def left_out(self) -> frozenset[int]:
        """What in the body, as it was found, is no part of the article."""
        return self.found.left_out if self.found is not None else frozenset()


def worn_by(page: Page, site: Site) -> LayoutMatch:
    """Return the layout of a page.

    Raises `NotAnArticle` where the page says what else it is, else `UnknownLayout` with the missing marks.
    """
    family = families.by_name(site.family) if site.family else families.recognise(page.root, page.url)
    try:
        return _worn_by(page, site, family)
    except UnknownLayout as error:
        rows = None if families.is_article(family, page.url) else page_kind.of_rows(page)
        if rows is None:
            raise
        raise _refusal(page, rows) from error


def _worn_by(page: Page, site: Site, family: Family | None) -> LayoutMatch:
    layouts = family.layouts if family else ()
    name = family.name if family is not None and family.by_density else GENERIC
    for layout in layouts:
        if all(_has(page, layout, mark) for mark in layout.marks):
            return LayoutMatch(
                family=family.name if family else GENERIC, layout=_overridden(layout, site.selectors)
            )
    selectors = site.selectors
    if selectors.body is not None and page.first(selectors.body) is not None:
        return LayoutMatch(family=name, layout=_overridden(_BY_SELECTORS, selectors))
    instead = page_kind.of_page(page, family)
    if (family is not None and not family.by_density) or selectors.body is not None:
        if instead is not None:
            raise _refusal(page, instead)
        raise UnknownLayout(_complaint(page, family, selectors))
    found = _found(page, instead, titled=selectors.title is not None)
    return LayoutMatch(
        family=name,
        layout=_overridden(BY_DENSITY, selectors),
        title=None if selectors.title is not None else found.title,
        found=found,
    )


def _has(page: Page, layout: Layout, mark: str) -> bool:
    """Tell whether a mark is on a page; where the mark is the body itself, all of it is found at once."""
    return bool(page.all(mark)) if mark in layout.body else page.first(mark) is not None


def _found(page: Page, instead: page_kind.Verdict | None, *, titled: bool) -> Found:
    """Return the article on a page, though it may look like a list, a wall or an error by its words.

    What it shows decides: a page that has a head, or a list's many links and an article, is an article.
    """
    if instead is not None and instead.is_sure:
        raise _refusal(page, instead)
    try:
        found = generic.find(page, titled=titled)
    except (NotAnArticle, UnknownLayout) as error:
        if instead is not None:
            raise _refusal(page, instead) from error
        raise
    if instead is not None and not found.headed and (instead.kind != "list" or found.prose < _FEW):
        raise _refusal(page, instead)
    return found


def _refusal(page: Page, instead: page_kind.Verdict) -> NotAnArticle:
    return NotAnArticle(f"{instead.words}: {page.url}", what=instead.kind, leads_to=instead.leads_to)


def _missing(page: Page, layout: Layout) -> tuple[str, ...]:
    return tuple(mark for mark in layout.marks if page.first(mark) is None)


def _overridden(layout: Layout, selectors: Selectors) -> Layout:
    """Return a layout with the parts that the config names in the place of its own."""
    if selectors == _NONE_NAMED:
        return layout
    return replace(
        layout,
        title=selectors.title or layout.title,
        published=selectors.date or layout.published,
        source=selectors.source or layout.source,
        body=(selectors.body,) if selectors.body else layout.body,
        only_first=layout.only_first and not selectors.body,
        drop=(*layout.drop, selectors.drop) if selectors.drop else layout.drop,
    )


def _complaint(page: Page, family: Family | None, selectors: Selectors) -> str:
    """Say which marks were missing, of the layouts that come nearest."""
    lacks = [f"selectors.body lacks {selectors.body}"] if selectors.body else []
    if family is None:
        return f"no layout fits: {page.url}: {'; '.join(lacks)}"
    if not family.layouts:
        return f"no layout fits: {page.url}: none of {family.name}'s articles is known"
    nearest = sorted(family.layouts, key=lambda layout: len(_missing(page, layout)))[:_NEAREST]
    lacks.extend(f"{layout.name} lacks {_listed(_missing(page, layout))}" for layout in nearest)
    return f"no layout of {family.name} fits: {page.url}: {'; '.join(lacks)}"


def _listed(marks: Iterable[str]) -> str:
    return " and ".join(marks)
