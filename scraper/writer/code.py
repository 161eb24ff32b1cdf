"""Preformatted text.

A fenced block, but where its text holds what Hugo or Hexo would act on even there (`{{<`, `{%`,
`<!--more-->`). Within a fence nothing can be escaped, so such a text becomes a paragraph of hard broken lines
whose blanks are no-break spaces: it reads the same, and is inert. So does a text within a list or quotation:
Hexo looks for fences line by line, and may take the closing one there for an opening one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scraper.blocks import Break, Text
from scraper.writer.inline import inline

if TYPE_CHECKING:
    from scraper.blocks import Code, Inline, Paragraph

_ACTING: Final = re.compile(r"\{[{%#]|<!--|<hexoPostRenderCodeBlock>", re.IGNORECASE)
_LINE_END: Final = re.compile(r"\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")
_TAB: Final = 4
_BLANKS: Final = re.compile(r"^ +| ( +)")
_INNER: Final = re.compile("( {2,})")
_NO_BREAK_SPACE: Final = "\xa0"


def lines(block: Paragraph) -> str:
    """Return a preformatted paragraph: its lines with every blank, those that indent as no-break spaces."""
    runs: list[Inline] = []
    begins = True
    for run in block.children:
        held = run
        if isinstance(run, Text):
            text = run.text.expandtabs(_TAB)
            indent = len(text) - len(text.lstrip(" ")) if begins else 0
            held = Text(text=_NO_BREAK_SPACE * indent + _INNER.sub(_not_breaking, text[indent:]))
        begins = isinstance(run, Break)
        runs.append(held)
    return inline(runs, "preformatted").replace(_NO_BREAK_SPACE, "&nbsp;")


def code(block: Code, *, nested: bool) -> str:
    """Return preformatted text as Markdown; "" where there is none."""
    text = _CONTROLS.sub("", _LINE_END.sub("\n", block.text)).strip("\n")
    if not text.strip():
        return ""
    if nested or _ACTING.search(text):
        return _as_paragraph(text)
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _as_paragraph(text: str) -> str:
    runs: list[Inline] = []
    for line in text.expandtabs(_TAB).split("\n"):
        runs += [Text(text=_BLANKS.sub(_not_breaking, line.rstrip()) or _NO_BREAK_SPACE), Break()]
    return inline(runs[:-1], "preformatted").replace(_NO_BREAK_SPACE, "&nbsp;")


def _not_breaking(blanks: re.Match[str]) -> str:
    """Return as many blanks, none of which is lost; where a line may break, it still may."""
    return _NO_BREAK_SPACE * len(blanks[0]) if blanks.start() == 0 else " " + _NO_BREAK_SPACE * len(blanks[1])
