r"""Characters of a page that would act as markup, made to stand for themselves.

Escapes what acts and nothing else, so that ordinary Chinese text stays as it is, byte for byte. "Acts" is
said of every reader that the documents are for: CommonMark; goldmark as Hugo sets it up (linkify,
typographer, footnotes, definition lists, task lists, heading attributes, strikethrough, shortcodes); marked
as Hexo does (smartypants, autolink, description lists, Nunjucks tags). Where a backslash is enough it is a
backslash; where Hugo or Hexo look at the source or at the finished HTML, a character reference: `{{`, `<!`.

Works on the text of one whole block, in which markup is represented by the marks below: whether a character
acts depends on its neighbours, and neighbours may stand in another node of the tree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scraper.writer.flanking import reference

if TYPE_CHECKING:
    from collections.abc import Iterator

LINK_OPEN: Final = "\x01"
LINK_CLOSE: Final = "\x02"
MARKUP: Final = "\x03"  # any other: a delimiter of emphasis, a picture
STRIKE: Final = "\x04"  # a delimiter of what is struck out, or code: beside it a `~` alone may act
MARKS: Final = LINK_OPEN + LINK_CLOSE + MARKUP + STRIKE

_SUSPECT: Final = re.compile(r"[-\\`\"'*_~.<>&{\[\]!:@|xX]")  # what an acting piece begins with: far quicker
_ACTING: Final = re.compile(
    rf"""
      (?P<last_backslash>\\(?=\n)) | (?P<backslash>\\) | (?P<tick>`) | (?P<quote>["'])
    | (?P<star>\*+) | (?P<under>_+) | (?P<last_tilde>~(?=[{MARKS}])) | (?P<tilde>~)
    | (?P<dash>-{{2,}}) | (?P<dots>\.{{3,}})             # the typographers' dashes and ellipses
    | (?P<less><) | (?P<more>>{{2,}})
    | (?P<amp>&(?=\#?[0-9A-Za-z]+;))
    | (?P<brace>\{{(?=[{{%#]))                           # Nunjucks, shortcodes
    | (?P<open>\[) | (?P<close>\]) | (?P<bang>!(?={LINK_OPEN}))
    | (?P<link>(?<=[A-Za-z]):(?=//) | (?<=[Ww]{{3}})\. | (?<=[A-Za-z0-9._+-])@(?=[A-Za-z0-9-]))
    | (?P<box>(?<={LINK_OPEN})[xX](?={LINK_CLOSE}))     # goldmark sees a task in `[x](…)` too
    | (?P<pipe>\|)
    """,
    re.VERBOSE,
)
_REFERENCES: Final = {
    "less": "&#60;",
    "amp": "&amp;",
    "brace": "&#123;",
    "pipe": "&#124;",
    "tick": "&#96;",
    "open": "&#91;",
    "close": "&#93;",
    "last_tilde": "&#126;",
    "last_backslash": "&#92;",  # goldmark takes `\\\\` before a hard break's own for two
}
_BLANKS: Final = frozenset(" \u3000\xa0")
_TAKEN_APART: Final = {"dash", "dots", "more"}
_BRACKETS_ACT: Final = re.compile(rf"\][(:]|\[[\^!]|\[[\sxX]\]|{LINK_OPEN}")  # links, notes, alerts, tasks
_OPENS_HTML: Final = re.compile(rf"<[A-Za-z/!?<{MARKS}]")
_TILDES: Final = re.compile(r"(?<!~)~+(?!~)")
_LINE_START: Final = re.compile(
    r"""^(?:
      \#{1,6}(?=\s|$) | > | [-+*](?=\s|$) | ~(?=~~)
    | [-_*=](?=(?:[ \t]*[-_*=])*\s*$)                # rules, and lines under a heading
    | [|:-](?=[|:\- \t]*$) | :(?=\s|$)               # the second line of a table, a definition
    | [0-9]{1,9}(?=[.)](?:\s|$))
    )""",
    re.VERBOSE,
)
_STARTS: Final = frozenset("#>-+*~_=|:0123456789")  # what the pattern above begins with
_HEADING_END: Final = re.compile(r"(?:(?<=\s)|^)(?=#+\s*$)")


def is_plain(text: str) -> bool:
    """Tell whether a text shows something, and stands in a line as it is: nothing of it goes or can act."""
    return text.isprintable() and not text.isspace() and text != "" and _SUSPECT.search(text) is None


def escape(text: str) -> str:
    """Return the text of a paragraph, marks kept. Its lines are divided by line ends alone."""
    escaped = _inline(text)
    return "\n".join(map(_line, escaped.split("\n"))) if "\n" in escaped else _line(escaped)


def escape_cell(text: str) -> str:
    """Return the text of a table's cell, which is one line."""
    return _inline(text, pipes=True)


def escape_heading(text: str) -> str:
    """Return the text of a heading, which is one line and may end in what Hugo reads as attributes."""
    return _HEADING_END.sub(r"\\", _inline(text).replace("{", "&#123;"))


def _inline(text: str, *, pipes: bool = False) -> str:
    if _SUSPECT.search(text) is None:
        return text
    idle = {
        *(() if pipes else ("pipe",)),
        *(() if _BRACKETS_ACT.search(text) else ("open", "close")),
        *(() if STRIKE in text or _may_strike(text) else ("tilde", "last_tilde")),
    }
    last_more = text.rfind(">")
    links = _Links(text)
    parts: list[str] = []
    done = 0
    for found in _acting(text):
        kind = str(found.lastgroup)
        if kind in idle or _is_inert(kind, found, last_more, links):
            continue
        parts += text[done : found.start()], _written(kind, found[0])
        done = found.end()
    return "".join((*parts, text[done:])) if parts else text


def _may_strike(text: str) -> bool:
    """Tell whether runs of tildes may strike out what stands between them: one alone does nothing."""
    return text.count("~") > 1 and len(_TILDES.findall(text)) > 1


def _acting(text: str) -> Iterator[re.Match[str]]:
    """Yield what may act, from left to right: the whole pattern is tried only where a piece can begin."""
    done = 0
    while (suspect := _SUSPECT.search(text, done)) is not None:
        found = _ACTING.match(text, suspect.start())
        if found is not None:
            yield found
        done = suspect.end() if found is None else found.end()


def _written(kind: str, run: str) -> str:
    if kind in _REFERENCES:
        return _REFERENCES[kind]
    if kind == "box":
        return reference(run)
    if kind in _TAKEN_APART:
        return run[0] + f"\\{run[0]}" * (len(run) - 1)
    return f"\\{run[0]}" * len(run)


class _Links:
    """Where links are open, asked from left to right: what was passed is not looked at again."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._seen = 0
        self._open = False

    def is_open(self, here: int) -> bool:
        """Tell whether `here` stands in the text of a link, where no reader makes another link.

        After a picture in that text marked has forgotten that it is in one.
        """
        last = max(self._text.rfind(mark, self._seen, here) for mark in MARKS)
        if last >= 0:
            self._open = self._text[last] == LINK_OPEN
        self._seen = here
        return self._open


def _is_inert(kind: str, found: re.Match[str], last_more: int, links: _Links) -> bool:
    """Tell whether this does nothing where it stands, by any reader's rules."""
    text = found.string
    if kind == "less":  # marked sees no emphasis between `<` and any later `>`
        return found.start() > last_more and _OPENS_HTML.match(text, found.start()) is None
    if kind == "link":
        return links.is_open(found.start())
    if kind == "star":
        return _stands_alone(found)
    return kind == "under" and (_stands_alone(found) or _is_within_word(found))


def _stands_alone(found: re.Match[str]) -> bool:
    """Tell whether there is white space on both sides: no edge of a line, where rules and hard breaks are."""
    text = found.string
    return (
        text[found.start() - 1 : found.start()] in _BLANKS and text[found.end() : found.end() + 1] in _BLANKS
    )


def _is_within_word(found: re.Match[str]) -> bool:
    """Tell whether every reader sees letters on both sides: none that may yet become a reference."""
    before, after = (
        found.string[max(0, found.start() - 2) : found.start()],
        found.string[found.end() : found.end() + 2],
    )
    return _is_letter(before[-1:]) and _is_letter(after[:1]) and not set(before[:1] + after[1:]) & set(MARKS)


def _is_letter(character: str) -> bool:
    """Tell whether every reader sees a letter or digit here; JavaScript halves those beyond U+FFFF."""
    return character.isalnum() and character < "\U00010000"


def _line(line: str) -> str:
    found = _LINE_START.match(line) if line[:1] in _STARTS else None
    return line if found is None else _line_start(found[0]) + line[found.end() :]


def _line_start(found: str) -> str:
    if found[0] == ":":
        return "&#58;"  # Hexo looks for `<br>: ` in the finished HTML
    return f"{found}\\" if found.isdigit() else f"\\{found}"
