"""What a row of a list says of its article: a title and a date.

The title is a help for the reader of a report; an article's own title wins later. The date decides what
`--since` asks for, so a date within a title must not be taken for the row's.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from scraper import dom
from scraper.discovery.rowdate import row_date
from scraper.text import fold

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scraper.dom import Node
    from scraper.families.family import Rows

_HEADINGS = "h1, h2, h3, h4, h5, h6, [class*=title], [class*=Title], .tit, .t"
_DATE_ONLY = re.compile(r"[\d\s\-/.:年月日\[\]（）()]*")
_EDGE_DATE = re.compile(
    r"^[\s\[(（]*(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?[\s\])）]*"
    r"|(?<![\s\[(（])[\s\[(（]*+(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?[\s\])）]*$"
)


def read_row(
    link: Node, row: Node, behind: str, template: Rows, tz: ZoneInfo, *, day_first: bool | None = None
) -> tuple[str | None, datetime | None]:
    """Return the title and the date of a row, each None where it shows none."""
    parts = pieces(link)
    heading = _heading(link, row, template)
    title = _title(link, parts, heading)
    if template.date is not None:
        shown = " ".join(" ".join(pieces(node)) for node in dom.select(row, template.date))
        return title, row_date(shown, tz, day_first=day_first)
    around = " ".join(part for part in _without(pieces(row), parts))
    inside = " ".join(_without(parts, pieces(heading) if heading is not None else [title or ""]))
    texts = (around, inside if len(parts) > 1 else "", behind)
    return title, next(
        (date for text in texts if (date := row_date(text, tz, day_first=day_first)) is not None), None
    )


def pieces(node: Node) -> list[str]:
    """Return the runs of text in a node, in order, blanks folded, without scripts and styles."""
    return [run for text in dom.texts(node) if (run := fold(text))]


def _heading(link: Node, row: Node, template: Rows) -> Node | None:
    if template.title is not None:
        return dom.first(row, template.title)
    return dom.first(link, _HEADINGS)


def _title(link: Node, parts: list[str], heading: Node | None) -> str | None:
    """Return the title: the heading in the link, or its text; the `title` attribute where that says more."""
    text = " ".join(pieces(heading)) if heading is not None else ""
    if not text:
        said = [part for part in parts if not _DATE_ONLY.fullmatch(part)]
        text = "".join(said) if len(said) == len(parts) else " ".join(said)
        text = text if len(parts) == 1 else _EDGE_DATE.sub("", text)
    attribute = fold(dom.attribute(link, "title"))
    if attribute and (not text or attribute.startswith(_uncut(text))):
        return attribute
    return text or attribute or None


def _uncut(text: str) -> str:
    """Return a title without the dots that say that it was cut."""
    bare = text.rstrip()
    dots = "…" if bare.endswith("…") else "." if bare.endswith("..") else ""
    return bare.rstrip(dots).rstrip() if dots else text


def _without(runs: list[str], taken: list[str]) -> list[str]:
    """Return the runs but for one of each that is taken."""
    left = Counter(taken)
    rest = []
    for run in runs:
        if left[run] > 0:
            left[run] -= 1
        else:
            rest.append(run)
    return rest
