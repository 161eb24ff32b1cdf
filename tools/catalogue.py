"""The catalogue of what is said to a person: made from the source, completed by hand, compiled for gettext.

    python tools/catalogue.py    # update nankai-archive.po in scraper/locale, and compile it

Every literal that is given to `say` or `say_count` is an entry, and so are argparse's own sentences. Entries
that the source no longer holds are dropped; new ones have no translation yet, and a test says so.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "scraper" / "locale" / "zh" / "LC_MESSAGES" / "nankai-archive.po"
MO = PO.with_suffix(".mo")
_SAYERS = {"say": 1, "say_count": 2}  # how many of the first arguments are templates
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # instead of now, so that the same entries give the same file


def templates() -> list[str]:
    """Return every template of the source, in the order of files and lines, each once."""
    found = [text for file in sorted((ROOT / "scraper").rglob("*.py")) for text in _said_in(file)]
    return list(dict.fromkeys([*found, *_said_by_argparse()]))


def _said_in(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        for argument in node.args[: _SAYERS.get(name, 0)]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def _said_by_argparse() -> Iterator[str]:
    """Yield the sentences that argparse looks up by gettext."""
    for node in ast.walk(ast.parse(inspect.getsource(argparse))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"_", "ngettext"}
        ):
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def read(file: Path = PO) -> Catalog:
    """Return the catalogue as it stands."""
    with file.open("rb") as stream:
        return read_po(stream, locale="zh", charset="utf-8")


def updated(before: Catalog) -> Catalog:
    """Return the catalogue of today's source, with the translations that are there."""
    catalogue = Catalog(locale="zh", charset="utf-8", fuzzy=False, project="nankai-archive", version="1")
    catalogue.mime_headers  # noqa: B018 - made now, so that the same source gives the same file
    for text in templates():
        old = before.get(text)
        catalogue.add(text, string=old.string if old is not None else "")
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    """Return the catalogue as gettext reads it."""
    catalogue.creation_date = catalogue.revision_date = _NEVER
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def written(catalogue: Catalog) -> bytes:
    """Return the catalogue as people write it, without a date: only what is said changes it."""
    stream = io.BytesIO()
    write_po(stream, catalogue, width=110, omit_header=True)
    header = b'msgid ""\nmsgstr ""\n"Language: zh\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return header + stream.getvalue().lstrip()


def main() -> int:
    """Update both files; say what is still without a translation."""
    before = read() if PO.exists() else Catalog(locale="zh")
    PO.write_bytes(written(updated(before)))
    catalogue = read()
    MO.write_bytes(compiled(catalogue))
    missing = [message.id for message in catalogue if message.id and not message.string]
    print(f"{len(catalogue)} entries, {len(missing)} without a translation", file=sys.stderr)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
