"""Where the program starts, as `nankai-archive` and as `python -m scraper`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Without `argv`, the process's own arguments are meant."""
    if argv is None and sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        _start_again_in_utf8()
    from scraper import cli  # noqa: PLC0415 - after the restart, which would throw the import away

    return cli.main(sys.argv[1:] if argv is None else argv)


def _start_again_in_utf8() -> None:
    """Replace this process by one that speaks UTF-8, whatever the locale: file names of the archive are."""
    arguments = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
    os.execv(sys.executable, arguments)  # noqa: S606 - ourselves, with our own arguments, and no shell


if __name__ == "__main__":
    sys.exit(main())
