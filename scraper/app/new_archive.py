"""From nothing to an archive that can run: a config, its folder, what git leaves out, what starts runs."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from zlib import crc32

from scraper.app.config_editor import add_to
from scraper.errors import UsageError
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scraper.model import Site

Schedule: TypeAlias = Literal["none", "cron", "systemd"]
SCHEDULES: Final = ("none", "cron", "systemd")

_HEADER: Final = """\
# The config of nankai-archive; every key but `sites` may be left out. `nankai-archive check` says what is
# wrong with it, `nankai-archive add URL` puts another site below, `nankai-archive schema` is its JSON Schema.

archive: archive    # the folder of the documents, beside this file
contact: {contact}    # a page's or a mail address for web masters, put into the User-Agent

defaults:
  layout: hugo      # hugo | hexo
  delay: 1.0        # seconds between two requests to one host; a longer Crawl-delay wins

"""
_IGNORED: Final = ("archive/.scraper/",)
_LIMIT: Final = "50m"  # of an hourly run
_SERVICE: Final = """\
[Unit]
Description=Archive university news ({folder})
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={folder}
ExecStart={program} run -q --time-limit 50m
# 3: some articles failed and are tried again; 4: another run is at work; 6: the time was over
SuccessExitStatus=3 4 6
TimeoutStopSec=30
"""
_TIMER: Final = """\
[Unit]
Description=Archive university news, every hour

[Timer]
OnCalendar=hourly
RandomizedDelaySec=10m
Persistent=true

[Install]
WantedBy=timers.target
"""


def refuse_existing(config: Path) -> None:
    """Raise UsageError where the config is there already: nothing of it is to be lost."""
    if config.exists():
        raise UsageError(say("{config}: is there already; `add URL` puts a site into it", config=config))


def begin(config: Path, site: Site, contact: str | None) -> list[Path]:
    """Write the config with one site, make the archive's folder, keep captures out of git; return the files.

    Nothing that stands there is changed, but for lines put at the end of a `.gitignore`. Raises UsageError,
    ConfigError.
    """
    refuse_existing(config)
    config.parent.mkdir(parents=True, exist_ok=True)
    header = _HEADER.format(contact="null" if contact is None else f'"{contact}"')
    add_to(config, site, begin=header)
    folder = config.parent / "archive"
    folder.mkdir(exist_ok=True)
    return [config, folder, *_ignore(config.parent / ".gitignore")]


def cron_line(config: Path, program: str) -> str:
    """Return a line for crontab, at a minute of this folder's own: not all ask at the full hour."""
    folder = config.parent.resolve()
    minute = crc32(str(folder).encode("utf-8", "surrogateescape")) % 60
    command = f"{shlex.quote(program)} run -q --time-limit {_LIMIT}"
    return f"{minute} * * * * cd {shlex.quote(str(folder))} && {command}".replace("%", r"\%")


def write_units(config: Path, program: str) -> list[Path]:
    """Write a service and a timer for systemd beside the config; return the files. Raises UsageError."""
    folder = config.parent.resolve()
    texts = {
        "nankai-archive.service": _SERVICE.format(folder=str(folder).replace("%", "%%"), program=program),
        "nankai-archive.timer": _TIMER,
    }
    files = [config.parent / name for name in texts]
    for file in files:
        if file.exists():
            raise UsageError(say("{file}: is there already", file=file))
    for file in files:
        file.write_text(texts[file.name], encoding="utf-8")
    return files


def _ignore(file: Path) -> Sequence[Path]:
    """Put the captures' folder into a `.gitignore`, below what stands there."""
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    missing = [line for line in _IGNORED if line not in before.splitlines()]
    if not missing:
        return ()
    if before and not before.endswith("\n"):
        before += "\n"
    file.write_text(before + "".join(f"{line}\n" for line in missing), encoding="utf-8")
    return (file,)
