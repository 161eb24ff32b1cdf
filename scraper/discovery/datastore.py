"""Rows that a page holds as records in a script, for another script to draw: JCMS and its `jpage`.

    <script type="text/xml"><datastore>
      <nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&…"></a>]]></nextgroup>
      <recordset><record><![CDATA[<li><a href="/art/…">…</a></li>]]></record>…</recordset>
    </datastore></script>

What the address of the next group answers is such a datastore again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGIN = re.compile(r"<record>\s{0,9}<!\[CDATA\[", re.IGNORECASE)
_END = "]]>"
_NEXT = re.compile(
    r"<nextgroup>\s{0,9}<!\[CDATA\[[^\]]{0,20}<a\s[^>\]]{0,200}?href=([\"'])([^\"'\]]{1,500})\1",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"(?:<totalrecord>|\btotalRecord[\"']?\s{0,9}:)\s{0,9}(\d{1,7})\b", re.IGNORECASE)
_MOST = 2_000  # records of one page


def shown(html: str) -> str:
    """Return a page with its records as a list behind it; the page itself where it holds none.

    The list stands in a `div.jpage-records`, the way to the next ones in an `a.jpage-next`; where they must
    be posted for, how many records there are in an `i.jpage-total`, and how many pages of so many in another.
    """
    if "<record>" not in html:
        return html
    rows = list(_records(html))
    if not rows:
        return html
    following, total = _NEXT.search(html), _TOTAL.search(html)
    behind = f'<a class="jpage-next" href="{following[2]}">下一页</a>' if following is not None else ""
    if total is not None and following is None:
        pages = -(-int(total[1]) // len(rows))
        behind = f'<i class="jpage-total">{int(total[1])}</i><i class="jpage-pages">{max(pages, 1)}</i>'
    return f'{html}<div class="jpage-records"><ul>{"".join(rows)}</ul></div>{behind}'


def _records(html: str) -> Iterator[str]:
    """Yield what the records hold, up to the first that does not end."""
    at = 0
    for _ in range(_MOST):
        begin = _BEGIN.search(html, at)
        end = html.find(_END, begin.end()) if begin is not None else -1
        if begin is None or end < 0:
            return
        yield html[begin.end() : end]
        at = end
