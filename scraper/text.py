"""Characters: what of a string a reader sees, and how white space is folded.

Knows no HTML but how it folds. Three kinds of character are told apart: white space (as Unicode has it,
U+3000 and NBSP included), characters without width or face (zero-width spaces, direction marks, controls),
and the rest.
"""

from __future__ import annotations

import re

# Zero-width space, direction marks and embeddings, word joiner, byte order mark, the controls.
# U+200C and U+200D stay: they shape Persian and family emoji. A soft hyphen may be seen at a line's end.
_FACELESS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_HALVES = re.compile("[\ud800-\udfff]")
_JOINERS = re.compile("[\u200c\u200d]")
_HTML_SPACE = re.compile(r"[ \t\n\r\f]+")


def whole(text: str) -> str:
    """Return a text without halves of characters: each lone surrogate becomes U+FFFD, as in a browser.

    No file, database or other program takes them.
    """
    return _HALVES.sub("\ufffd", text) if not text.isascii() else text


def visible_text(text: str) -> str:
    """Return the characters that a reader sees: no white space, nothing without width.

    Two texts that differ only in how they were laid out are equal in this form.
    """
    if text.isprintable():  # no white space is but the blank
        return text.replace(" ", "")
    joined = "".join(text.split())
    return joined if joined.isprintable() else _JOINERS.sub("", _FACELESS.sub("", joined))


def is_seen(text: str) -> bool:
    """Tell whether a reader sees any character of a text."""
    core = text.strip()
    return bool(core) and (core[0].isprintable() or bool(visible_text(core)))


def fold(text: str) -> str:
    """Return a text as one line: runs of white space of any kind become one blank, none at the ends."""
    return " ".join(without_faceless(text).split())


def fold_html(text: str) -> str:
    """Fold white space as HTML does, and drop what has no face: U+3000 and NBSP stay, since they are seen."""
    plain = text.replace("\u3000", "").replace("\xa0", "")
    if plain.isprintable() and "  " not in text:  # as most texts are
        return text
    return _FACELESS.sub("", _HTML_SPACE.sub(" ", text))


def without_faceless(text: str) -> str:
    """Return a text without the characters that have neither width nor face."""
    return text if text.isprintable() else _FACELESS.sub("", text)
