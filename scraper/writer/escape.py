r"""Characters of a page that would act as markup, made to stand for themselves.

Escapes what acts and nothing else, so that ordinary Chinese text stays as it is, byte for byte. "Acts" is said
of every reader that the documents are for: CommonMark, goldmark as Hugo sets it up (linkify, typographer,
footnotes, definition lists, task lists, heading attributes, strikethrough, shortcodes) and marked as Hexo does
(smartypants, autolink, description lists, Nunjucks tags). Where a backslash is enough it is a backslash; where
Hugo or Hexo look at the source or at the HTML before or after Markdown does, a character reference: `{{`, `<!`.

Works on the text of one whole block, in which markup is represented by the marks below: whether a character
acts depends on its neighbours, and neighbours may stand in another node of the tree.
"""

from __future__ import annotations

import re
from typing import Final

LINK_OPEN: Final = "\x01"
LINK_CLOSE: Final = "\x02"
MARKUP: Final = "\x03"  # any other: a delimiter of emphasis, a picture
MARKS: Final = LINK_OPEN + LINK_CLOSE + MARKUP

_ACTING: Final = re.compile(
    rf"""
      (?P<backslash>\\) | (?P<tick>`) | (?P<quote>["'])
    | (?P<star>\*+) | (?P<under>_+) | (?P<tilde>~+)
    | (?P<dash>-{{2,}}) | (?P<dots>\.{{3,}})             # the typographers' dashes and ellipses
    | (?P<less><(?=[A-Za-z/!?<{MARKS}])) | (?P<more>>{{2,}})
    | (?P<amp>&(?=\#?[0-9A-Za-z]+;))
    | (?P<brace>\{{(?=[{{%#]))                          # Nunjucks, shortcodes
    | (?P<bracket>[\[\]]) | (?P<bang>!(?={LINK_OPEN}))
    | (?P<link>(?<=[A-Za-z]):(?=//) | (?<=[Ww]{{3}})\. | (?<=[A-Za-z0-9._+-])@(?=[A-Za-z0-9-]))   # bare addresses
    | (?P<pipe>\|)
    """,
    re.VERBOSE,
)
_BRACKETS_ACT: Final = re.compile(rf"\][(:]|\[[\^!]|{LINK_OPEN}")
_TILDES: Final = re.compile(r"(?<!~)~+(?!~)")
_LINE_START: Final = re.compile(
    r"""^(?:
      \#{1,6}(?=\s|$) | > | [-+*](?=\s|$) | ~(?=~~)
    | [-_*=](?=(?:[ \t]*[-_*=])*\s*$)                # rules, and lines under a heading
    | [|:-](?=[|:\- \t]*$) | :(?=\s|$)               # the second line of a table, a definition
    | \[(?=[ xX]\](?:\s|$))                          # a task
    | [0-9]{1,9}(?=[.)](?:\s|$))
    )""",
    re.VERBOSE | re.MULTILINE,
)
_HEADING_END: Final = re.compile(r"(?:(?<=\s)|^)(?=#+\s*$)")


def escape(text: str) -> str:
    """Return the text of a paragraph, marks kept. Its lines are divided by line ends alone."""
    return _LINE_START.sub(lambda found: _line_start(found[0]), _inline(text))


def escape_cell(text: str) -> str:
    """Return the text of a table's cell, which is one line."""
    return _inline(text, pipes=True)


def escape_heading(text: str) -> str:
    """Return the text of a heading, which is one line and may end in what Hugo reads as attributes."""
    return _HEADING_END.sub(r"\\", _inline(text).replace("{", "&#123;"))


def _inline(text: str, *, pipes: bool = False) -> str:
    if _ACTING.search(text) is None:
        return text
    brackets = _BRACKETS_ACT.search(text) is not None
    tildes = len(_TILDES.findall(text)) > 1

    def written(found: re.Match[str]) -> str:
        run = found[0]
        match found.lastgroup:
            case "bracket":
                return f"\\{run}" if brackets else run
            case "tilde":
                return "\\~" * len(run) if tildes else run
            case "star" | "under":
                return run if _inert_run(found) else f"\\{run[0]}" * len(run)
            case "link":
                return run if _in_link(found) else f"\\{run}"
            case "pipe":
                return "&#124;" if pipes else run
            case "dash" | "dots" | "more":
                return run[0] + f"\\{run[0]}" * (len(run) - 1)
            case "less":
                return "&#60;"
            case "amp":
                return "&amp;"
            case "brace":
                return "&#123;"
            case _:
                return f"\\{run}"

    return _ACTING.sub(written, text)


def _inert_run(found: re.Match[str]) -> bool:
    """Tell whether a run of `*` or `_` can neither open nor close emphasis, by any reader's rules."""
    text = found.string
    before = text[found.start() - 1] if found.start() else " "
    after = text[found.end()] if found.end() < len(text) else " "
    if before.isspace() and after.isspace():
        return True
    return found[0][0] == "_" and before.isalnum() and after.isalnum()


def _in_link(found: re.Match[str]) -> bool:
    """Tell whether this stands in the text of a link, where no reader makes another link."""
    text, here = found.string, found.start()
    return text.rfind(LINK_OPEN, 0, here) > text.rfind(LINK_CLOSE, 0, here)


def _line_start(found: str) -> str:
    if found[0] == ":":
        return "&#58;"  # Hexo looks for `<br>: ` in the finished HTML
    return f"{found}\\" if found.isdigit() else f"\\{found}"
