"""The state within another program: what that told `sqlite3` of its own values stays."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sqlite3, sys
if "own" in sys.argv:
    sqlite3.register_adapter(bytes, lambda value: "mine: " + value.decode())
    sqlite3.register_adapter(type(None), lambda value: "nothing")
import scraper.stores.state
print(*sqlite3.connect(":memory:").execute("SELECT ?, ?", (b"a", None)).fetchone(), sep=", ")
"""


@pytest.mark.parametrize(("arguments", "said"), [(["own"], "mine: a, nothing"), ([], "b'a', None")])
def test_adapters_of_the_program_around_it_stay(arguments: list[str], said: str) -> None:
    told = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", PROGRAM, *arguments], check=True, capture_output=True, text=True
    )
    assert told.stdout.strip() == said
