"""Secrets in what is told: the name and password within an address (its userinfo), shown as `***`.

Every error of ours passes here when it is made, so that state, reports, JSON and logs never hold one; the log
and the last door for errors of the program pass here again, since those are made by others.
"""

from __future__ import annotations

import re
from typing import Final

from scraper.messages import Message

HIDDEN: Final = "***"

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_USERINFO: Final = re.compile(r"(?<=://)[^\s/?#\"'<>]*@")
_BARE: Final = re.compile(r"(?<![^\s\"'<>])[^\s:/@\"'<>]+:[^\s/@\"'<>][^\s\"'<>]*@")  # `user:password@host`


def redacted(text: str) -> str:
    """Return a text without the userinfo of the addresses in it; a message stays one, in its template too."""
    return text if "@" not in text else _within(text)


def redacted_value(value: str) -> str:
    """Return a single value, as a config or the environment gives it, with nothing before its last `@`.

    A password may hold what ends an address elsewhere: blanks, slashes, quotes, another `@`. A mail address
    is left as it is.
    """
    head, at, rest = value.rpartition("@")
    if not at or ":" not in head:
        return value
    scheme = _SCHEME.match(head)
    return f"{scheme[0] if scheme else ''}{HIDDEN}@{rest}"


def replaced(text: str, secret: str, shown: str) -> str:
    """Return a text that says `shown` where it said `secret`; a message stays one."""
    if isinstance(text, Message):
        return Message(
            text.template, {name: _in_value(value, secret, shown) for name, value in text.values.items()}
        )
    return text.replace(secret, shown)


def _in_value(value: object, secret: str, shown: str) -> object:
    return replaced(str(value), secret, shown) if secret in str(value) else value


def _within(text: str) -> str:
    if isinstance(text, Message):
        return Message(text.template, {name: _plain(value) for name, value in text.values.items()})
    return _BARE.sub(f"{HIDDEN}@", _USERINFO.sub(f"{HIDDEN}@", text))


def _plain(value: object) -> object:
    """Return a value of a message; what only becomes text within it is text from here on."""
    said = value if isinstance(value, str) else str(value)
    return redacted(said) if "@" in said else value
