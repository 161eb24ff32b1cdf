"""Preformatted text.

A fenced block, but where its text holds what Hugo or Hexo would act on even there (`{{<`, `{%`,
`<!--more-->`). Within a fence nothing can be escaped, so such a text becomes a paragraph of hard broken lines
whose blanks are no-break spaces: it reads the same, and is inert. So does a text within a list or quotation:
Hexo looks for fences line by line, and may take the closing one there for an opening one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scraper.blocks import Text
from scraper.writer.flanking import reference
from scraper.writer.inline import inline

if TYPE_CHECKING:
    from scraper.blocks import Code

_ACTING: Final = re.compile(r"\{[{%#]|<!--|<hexoPostRenderCodeBlock>", re.IGNORECASE)
_LINE_END: Final = re.compile(r"\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")
_TAB: Final = 4
_NO_BREAK_SPACE: Final = "&nbsp;"


def code(block: Code, *, nested: bool) -> str:
    """Return preformatted text as Markdown; "" where there is none."""
    text = _CONTROLS.sub("", _LINE_END.sub("\n", block.text)).strip("\n")
    if not text.strip():
        return ""
    if nested or _ACTING.search(text):
        return "\\\n".join(_as_paragraph(line) for line in text.split("\n"))
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _as_paragraph(line: str) -> str:
    line = line.expandtabs(_TAB).rstrip()
    indent = len(line) - len(line.lstrip())
    written = inline((Text(text=line),))
    if written.endswith("\\"):  # two backslashes, before the one that makes the hard break
        written = written[:-2] + reference("\\")
    return _NO_BREAK_SPACE * (indent if written else 1) + re.sub(" {2,}", _widened, written)


def _widened(blanks: re.Match[str]) -> str:
    return " " + _NO_BREAK_SPACE * (len(blanks[0]) - 1)
