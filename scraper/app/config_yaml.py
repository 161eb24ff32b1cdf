"""A file of the config: from YAML on the disk to what it says, and where each key of it stands.

Reads with the safe loader only, and nothing larger, deeper or more branched than a config can be.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

import yaml

from scraper.config.problems import dotted
from scraper.errors import ConfigError
from scraper.messages import say
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOST_BYTES: Final = 8 * 2**20
_MOST_REPEATED: Final = 20_000  # values that an alias repeats, every alias followed
_DEEPEST: Final = 30
_MERGE: Final = "tag:yaml.org,2002:merge"


class ConfigFile(Value, frozen=True, kw_only=True):
    """One file as it was read."""

    path: Path
    data: Any  # what the YAML says, not looked at yet
    lines: dict[str, int]  # of each key, by its path as slips name it
    twice: tuple[str, ...]  # slips: the keys that stand twice


def read_config_file(path: Path) -> ConfigFile:
    """Return a file of the config. Raises ConfigError."""
    data, lines, twice = _parse_yaml(_read(path), path)
    return ConfigFile(path=path, data=data, lines=lines, twice=tuple(twice))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            body = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(
            (say("{path}: there is no such file; --config names another one", path=path),)
        ) from None
    except OSError as error:
        raise ConfigError((say("{path}: cannot be read: {why}", path=path, why=error.strerror),)) from error
    if len(body) > _MOST_BYTES:
        raise ConfigError(
            (say("{path}: is larger than {most} bytes: that is no config", path=path, most=_MOST_BYTES),)
        )
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ConfigError((say("{path}:{line}: is not UTF-8", path=path, line=line),)) from error


def _parse_yaml(text: str, path: Path) -> tuple[Any, dict[str, int], list[str]]:
    """Return what the YAML says, the line of each key's path, and the keys that stand twice."""
    try:
        node = _composed(text)
        if node is None:
            raise ConfigError((say("{path}: is empty", path=path),))
        lines, twice = _survey(node, path)
        return yaml.SafeLoader("").construct_document(node), lines, twice
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise ConfigError(
            (say("{path}{line}: is not YAML: {why}", path=path, line=line, why=error.problem),)
        ) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # a forbidden character, a 13th month
        reason = " ".join(str(error).split())
        raise ConfigError((say("{path}: is not YAML: {reason}", path=path, reason=reason),)) from error
    except RecursionError as error:
        raise ConfigError((say("{path}: is nested too deeply", path=path),)) from error


def _composed(text: str) -> yaml.Node | None:
    """Return the tree of a YAML text; None: there is nothing in it. Raises YAMLError, RecursionError.

    libyaml is seven times as quick where PyYAML was built with it. It crashes on what is nested too deeply,
    and says less about what is wrong: in both cases the loader in Python has the word.
    """
    quick = getattr(yaml, "CSafeLoader", None)
    try:
        if quick is not None and _is_shallow(text, quick):
            return quick(text).get_single_node()  # type: ignore[no-any-return] # libyaml's loader has no types
    except yaml.YAMLError:
        pass  # told below, in better words
    node = yaml.SafeLoader(text).get_single_node()
    return node if isinstance(node, yaml.Node) else None


def _is_shallow(text: str, loader: Any) -> bool:  # noqa: ANN401 - either of PyYAML's loaders
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                return False
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return True


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
            raise ConfigError(
                (say("{path}: holds more than a config can, with every alias followed", path=path),)
            )
        seen: set[tuple[str, ...]] = set()
        for child_place, child, line in _children(place, node):
            name = dotted(child_place)
            if child_place in seen:
                twice.append(say("{name}: stands twice, again in line {line}", name=name, line=line))
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
