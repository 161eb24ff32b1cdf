"""The picture of a coverage: articles a month over the years, what is missing in another colour. SVG.

Written by hand: no script, no font, nothing fetched. A screen reader hears the title and the numbers of
each year; each bar tells its own when it is pointed at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.audit.coverage import SiteCoverage
    from scraper.audit.months import Month

_LEFT, _TOP, _BOTTOM, _RIGHT = 56, 44, 34, 16
_HEIGHT = 180  # of the bars
_WIDTH = 960
_WIDEST = 24.0  # of one bar
_GRID = 4  # lines
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:14px;font-weight:600}"
    ".held{fill:#2a6f97}.missing{fill:#d1495b}.grid{stroke:#ddd}.thin{fill:none;stroke:#d1495b}"
    "@media(prefers-color-scheme:dark){svg{background:#161b22}text{fill:#ddd}.grid{stroke:#444}"
    ".held{fill:#61a5c2}.missing{fill:#ff7b86}}"
)


class _Scale(Value, frozen=True):
    """From months and counts to places."""

    top: int  # of the panel
    bar: float  # width of a month
    most: int  # the count that fills the height

    def x(self, at: float) -> float:
        return _LEFT + at * self.bar

    def y(self, count: float) -> float:
        return self.top + _TOP + _HEIGHT * (1 - count / self.most)


def draw(sites: Sequence[SiteCoverage]) -> str:
    """Return the picture of some sites, a panel each, as an SVG document."""
    panel = _TOP + _HEIGHT + _BOTTOM
    height = panel * max(len(sites), 1)
    names = ", ".join(site.title for site in sites)
    said = " ".join(_summary(site) for site in sites)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
            f'height="{height}" role="img" aria-labelledby="title desc">'
        ),
        f'<title id="title">{escape(f"Articles a month: {names}")}</title>',
        f'<desc id="desc">{escape(said)}</desc>',
        f"<style>{_STYLE}</style>",
        *(line for at, site in enumerate(sites) for line in _panel(site, at * panel)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _summary(site: SiteCoverage) -> str:
    years: dict[str, list[int]] = {}
    for month in site.months:
        year = years.setdefault(month.month[:4], [0, 0])
        year[0] += month.held
        year[1] += month.listed
    told = "; ".join(f"{year}: {held} of {listed}" for year, (held, listed) in years.items())
    return f"{site.title}: {site.held} of {site.listed} listed articles are held. {told}."


def _panel(site: SiteCoverage, top: int) -> Iterator[str]:
    months = site.months
    room = _WIDTH - _LEFT - _RIGHT
    scale = _Scale(
        top, min(room / max(len(months), 1), _WIDEST), _round_up(max((m.listed for m in months), default=1))
    )
    lost = site.listed - site.held
    yield f'<text class="title" x="{_LEFT}" y="{top + 20}">{escape(site.title)}</text>'
    yield from _legend(f"held {site.held}", f"missing {lost}", top)
    yield from _grid(scale)
    yield from _years(months, scale)
    thin = {month.month for month in site.thin}
    for at, month in enumerate(months):
        yield from _bar(at, month, scale, thin=month.month in thin)


def _legend(held: str, missing: str, top: int) -> Iterator[str]:
    for at, (name, text) in enumerate((("held", held), ("missing", missing))):
        x = _WIDTH - _RIGHT - 260 + at * 130
        yield f'<rect class="{name}" x="{x}" y="{top + 10}" width="12" height="12"/>'
        yield f'<text x="{x + 18}" y="{top + 20}">{text}</text>'


def _grid(scale: _Scale) -> Iterator[str]:
    for line in range(_GRID + 1):
        count = scale.most * line / _GRID
        y = scale.y(count)
        yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{count:g}</text>'


def _years(months: Sequence[Month], scale: _Scale) -> Iterator[str]:
    """Yield the names of years below the bars, as many as have room."""
    starts = [
        (at, month.month[:4]) for at, month in enumerate(months) if at == 0 or month.month.endswith("-01")
    ]
    free = 0.0
    for at, year in starts:
        x = scale.x(at)
        if x >= free:
            free = x + 40
            yield f'<text x="{x:.1f}" y="{scale.top + _TOP + _HEIGHT + 18}">{year}</text>'


def _bar(at: int, month: Month, scale: _Scale, *, thin: bool) -> Iterator[str]:
    lost = month.listed - month.held
    note = ", thinner than its neighbours" if thin else ""
    yield f"<g><title>{month.month}: {month.held} held, {lost} missing{note}</title>"
    for name, low, high in (("held", 0, month.held), ("missing", month.held, month.listed)):
        if high > low:
            yield _rectangle(name, at, scale, low, high)
    if thin:
        yield _rectangle("thin", at, scale, 0, scale.most)
    yield "</g>"


def _rectangle(name: str, at: int, scale: _Scale, low: int, high: int) -> str:
    y, width = scale.y(high), max(scale.bar * 0.86, 0.5)
    height = scale.y(low) - y
    return (
        f'<rect class="{name}" x="{scale.x(at):.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}"/>'
    )


def _round_up(count: int) -> int:
    """Return a round number, not less than a count, that four lines divide well."""
    step = 1
    while True:
        for factor in (4, 8, 12, 20):
            if count <= factor * step:
                return factor * step
        step *= 10 if step != 1 else 5
