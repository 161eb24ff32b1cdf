"""The fixtures of the renderer: title, blocks in a plain notation, the Markdown expected."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from markup import blocks_of
from seen import said_by, seen_in

from scraper.writer import render

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "fixtures" / "writer"
CASE = re.compile(r"(?P<title>[^\n]+)\n\.\n(?P<blocks>.*?)\n\.\n(?P<markdown>.*?)\n\.(?:\n+|\Z)", re.DOTALL)


def cases() -> Iterator[object]:
    """Yield each case of each file, named by file and title."""
    for file in sorted(FOLDER.glob("*.md")):
        for case in CASE.finditer(file.read_text("utf-8")):
            yield pytest.param(case["blocks"], case["markdown"], id=f"{file.stem}: {case['title']}")


@pytest.mark.parametrize(("notation", "markdown"), list(cases()))
def test_blocks_are_written_as_this_markdown(notation: str, markdown: str) -> None:
    assert render(blocks_of(notation)) == markdown


@pytest.mark.parametrize(("notation", "markdown"), list(cases()))
def test_the_markdown_of_the_fixtures_says_what_the_blocks_say(notation: str, markdown: str) -> None:
    """The expectations themselves are held against a reader of Markdown."""
    seen = seen_in(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))
    said = said_by(blocks_of(notation))
    assert (seen.text, seen.characters) == (said.text, said.characters)


def test_no_case_of_the_files_is_overlooked() -> None:
    """A file's lines are all part of a case."""
    for file in FOLDER.glob("*.md"):
        assert CASE.sub("", file.read_text("utf-8")).strip() == ""
