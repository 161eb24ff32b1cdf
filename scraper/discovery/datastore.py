"""Rows that a page holds as records in a script, for another script to draw: JCMS and its `jpage`.

    <script type="text/xml"><datastore>
      <nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&…"></a>]]></nextgroup>
      <recordset><record><![CDATA[<li><a href="/art/…">…</a></li>]]></record>…</recordset>
    </datastore></script>

What the address of the next group answers is such a datastore again.
"""

from __future__ import annotations

import re

_RECORD = re.compile(r"<record>\s{0,9}<!\[CDATA\[(.*?)\]\]>", re.DOTALL | re.IGNORECASE)
_NEXT = re.compile(
    r"<nextgroup>\s{0,9}<!\[CDATA\[[^\]]{0,20}<a\s[^>\]]{0,200}?href=([\"'])([^\"'\]]{1,500})\1",
    re.IGNORECASE,
)
_MOST = 2_000  # records of one page


def shown(html: str) -> str:
    """Return a page with its records as a list behind it; the page itself where it holds none.

    The list stands in a `div.jpage-records`, the way to the next ones in an `a.jpage-next`.
    """
    if "<record>" not in html:
        return html
    closed = html[: html.rfind("]]>") + 3]  # what nobody closes is not looked for again and again
    rows = [match[1] for match, _ in zip(_RECORD.finditer(closed), range(_MOST), strict=False)]
    following = _NEXT.search(html)
    link = f'<a class="jpage-next" href="{following[2]}">下一页</a>' if following is not None else ""
    return f'{html}<div class="jpage-records"><ul>{"".join(rows)}</ul></div>{link}' if rows else html
