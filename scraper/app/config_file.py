"""The config file: from YAML on the disk to a `Config`, or to every slip of it with its line.

Reads with the safe loader only, and nothing larger, deeper or more branched than a config can be.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from scraper.config import Config, parse_config
from scraper.config.slips import dotted
from scraper.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DEFAULT: Final = Path("config.yaml")

_MOST_BYTES: Final = 8 * 2**20
_MOST_REPEATED: Final = 20_000  # values that an alias repeats, every alias followed
_DEEPEST: Final = 30
_MERGE: Final = "tag:yaml.org,2002:merge"


def load_config(path: Path = DEFAULT) -> Config:
    """Return the config in a file, its archive folder made relative to the file.

    Raises ConfigError, each slip as `file:line: key.path: what is wrong`.
    """
    text = _read(path)
    data, lines, twice = _parse_yaml(text, path)
    slips: tuple[str, ...] = ()
    try:
        config = parse_config(data)
    except ConfigError as error:
        slips = error.slips
    if twice or slips:
        raise ConfigError(_placed((*twice, *slips), path, lines))
    return replace(config, archive=str(path.parent / Path(config.archive).expanduser()))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            body = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError((f"{path}: there is no such file; --config names another one",)) from None
    except OSError as error:
        raise ConfigError((f"{path}: cannot be read: {error.strerror}",)) from error
    if len(body) > _MOST_BYTES:
        raise ConfigError((f"{path}: is larger than {_MOST_BYTES} bytes: that is no config",))
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ConfigError((f"{path}:{line}: is not UTF-8",)) from error


def _parse_yaml(text: str, path: Path) -> tuple[Any, dict[str, int], list[str]]:
    """Return what the YAML says, the line of each key's path, and the keys that stand twice."""
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            raise ConfigError((f"{path}: is empty",))
        lines, twice = _survey(node, path)
        return loader.construct_document(node), lines, twice
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise ConfigError((f"{path}{line}: is not YAML: {error.problem}",)) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # a forbidden character, a 13th month
        reason = " ".join(str(error).split())
        raise ConfigError((f"{path}: is not YAML: {reason}",)) from error
    except RecursionError as error:
        raise ConfigError((f"{path}: is nested too deeply",)) from error


def _survey(root: yaml.Node, path: Path) -> tuple[dict[str, int], list[str]]:
    """Walk over the values before they are made. Raises ConfigError where there are too many of them."""
    lines: dict[str, int] = {}
    twice: list[str] = []
    waiting: deque[tuple[tuple[str, ...], yaml.Node, int]] = deque([((), root, 0)])
    met: set[int] = set()
    repeated = 0
    while waiting:
        place, node, depth = waiting.popleft()
        repeated += id(node) in met
        met.add(id(node))
        if repeated > _MOST_REPEATED or depth > _DEEPEST:
            raise ConfigError((f"{path}: holds more than a config can, with every alias followed",))
        seen: set[tuple[str, ...]] = set()
        for child_place, child, line in _children(place, node):
            name = dotted(child_place)
            if child_place in seen:
                twice.append(f"{name}: stands twice, again in line {line}")
            seen.add(child_place)
            lines.setdefault(name, line)
            waiting.append((child_place, child, depth + 1))
    return lines, twice


def _children(place: tuple[str, ...], node: yaml.Node) -> Iterator[tuple[tuple[str, ...], yaml.Node, int]]:
    """Return what a value holds: each with its place, as slips name it, and its line."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            yield (*place, "<<" if key.tag == _MERGE else name), value, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            last = f"{place[-1] if place else ''}[{number}]"
            yield (*place[:-1], last), value, value.start_mark.line + 1


def _placed(slips: Iterable[str], path: Path, lines: dict[str, int]) -> tuple[str, ...]:
    """Return the slips in the file's order, each with the line of its key or of the nearest key around it."""
    found = sorted(((_line(slip, lines), slip) for slip in slips), key=lambda pair: pair[0])
    return tuple(f"{path}:{line}: {slip}" if line else f"{path}: {slip}" for line, slip in found)


def _line(slip: str, lines: dict[str, int]) -> int:
    place = slip.partition(": ")[0]
    while place and place not in lines:
        place = place.rpartition(".")[0]
    return lines.get(place, 0)
