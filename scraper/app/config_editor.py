"""A site's block as it stands in a config, and its way into a file that people write.

The text is put below the last site, indented as the others are; comments, order and form of what stands there
stay byte for byte. What comes out is read as a config before it takes the file's place.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from typing import TYPE_CHECKING, NamedTuple

import yaml

from scraper.app.config_file import load_config
from scraper.errors import ConfigError, UsageError
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scraper.model import Channel, Site

_PLAIN = re.compile(r"[^\W\d_][\w·（）()《》-]*")  # what no reader of YAML takes for anything but text
_WORDS = frozenset(["true", "false", "yes", "no", "on", "off", "null", "y", "n"])
_NEW = "sites:\n"
_INDENT = "  "  # where no other site shows how deep


def block_of(site: Site, indent: str = _INDENT) -> str:
    """Return a site as it is written into a config: its name, title, home, family and channels."""
    lines = [
        f"{_key(site.name)}:",
        f"{indent}title: {_text(site.title)}",
        f"{indent}home: {site.home}",
        *([f"{indent}family: {site.family}"] if site.family is not None else []),
        *([f"{indent}channels:"] if site.channels else []),
        *(f"{indent * 2}{_key(channel.name)}: {_channel(channel)}" for channel in site.channels),
    ]
    return "".join(f"{indent}{line}\n" for line in lines)


def _channel(channel: Channel) -> str:
    named = [f"title: {_text(channel.title)}"]
    if channel.index not in (*channel.feeds, *channel.sitemaps):
        named.append(f"index: {_quoted(channel.index)}")
    named.extend(
        f"{key}: {_list(urls)}"
        for key, urls in (("feed", channel.feeds), ("sitemap", channel.sitemaps))
        if urls
    )
    return f"{{{', '.join(named)}}}"


def _list(urls: Sequence[str]) -> str:
    return _quoted(urls[0]) if len(urls) == 1 else f"[{', '.join(map(_quoted, urls))}]"


def _key(name: str) -> str:
    return _text(name)


def _text(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    """Return a text in double quotes: what JSON writes, YAML reads."""
    return json.dumps(text, ensure_ascii=False)


def add_to(path: Path, site: Site, *, begin: str = "") -> Path:
    """Write a site's block into a config file, or into a file of its own in a folder; return the file.

    A config that is not there begins with the text `begin`. Raises UsageError where the file has no room for
    a block, ConfigError where what came of it would be no config; nothing is written then.
    """
    if path.is_dir():
        file = path / f"{site.name}.yaml"
        if file.exists():
            msg = say("{file}: is there already", file=file)
            raise UsageError(msg)
        _replace(file, _NEW + block_of(site), check=path)
        return file
    file = path.resolve()
    before = file.read_bytes().decode("utf-8") if file.exists() else begin
    mark = before[:1] if before.startswith("\ufeff") else ""
    _replace(file, mark + _with(before.removeprefix(mark), site, path), check=None)
    return path


def _with(text: str, site: Site, path: Path) -> str:
    """Return a config's text with a block below its last site."""
    newline = "\r\n" if "\r\n" in text else "\n"
    room = _room(text, path)
    before, after = text[: room.end], text[room.end :]
    while not room.is_new and before and (not (line := _last_line(before)).strip() or line.startswith("#")):
        before, after = before[: len(before) - len(line)], line + after
    if before and not before.endswith("\n"):
        before += newline
    block = (_NEW if room.is_new else "") + block_of(site, room.indent)
    return before + block.replace("\n", newline) + after


def _last_line(text: str) -> str:
    """Return the last line of a text, its end included."""
    return text[text.rfind("\n", 0, -1) + 1 :]


class _Room(NamedTuple):
    """Where a block belongs."""

    end: int  # characters before it, or before what stands between it and the next key
    indent: str
    is_new: bool = False  # True: there is no key `sites` yet


def _room(text: str, path: Path) -> _Room:
    """Return where a block belongs. Raises UsageError where the sites stand in braces: nothing can follow."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ConfigError((f"{path}: is not YAML: {' '.join(str(error).split())}",)) from error
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    for at, (key, value) in enumerate(pairs):
        if key.value != "sites":
            continue
        end = pairs[at + 1][0].start_mark.index if at + 1 < len(pairs) else len(text)
        if isinstance(value, yaml.ScalarNode) and not value.value:
            return _Room(end, _INDENT)
        if not isinstance(value, yaml.MappingNode) or value.flow_style or text.lstrip().startswith("{"):
            msg = say(
                "{path}: its sites stand in braces: no block can follow them; put it there yourself",
                path=path,
            )
            raise UsageError(msg)
        return _Room(end, " " * value.value[0][0].start_mark.column)
    return _Room(len(text), _INDENT, is_new=True)


def _replace(file: Path, text: str, *, check: Path | None) -> None:
    """Put a text in a file's place, once it can be read. Raises ConfigError, and leaves all as it was."""
    beside = file.with_name(f"{file.stem}.new-{os.getpid()}.yaml")
    try:
        beside.write_bytes(text.encode("utf-8"))
        if file.exists():
            beside.chmod(file.stat().st_mode & 0o7777)
        load_config(check or beside)
        beside.replace(file)
    except ConfigError as error:
        raise ConfigError(tuple(slip.replace(str(beside), str(file)) for slip in error.slips)) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
