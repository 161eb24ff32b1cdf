"""The config on the disk, one file or a folder of them: to a `Config`, or to every slip with file and line.

In a folder every file adds its sites; `archive`, `network`, `defaults` and what else holds for all stand in
one of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scraper.app.config_yaml import ConfigFile, read_config_file
from scraper.config import Config, parse_config
from scraper.config.problems import dotted
from scraper.errors import ConfigError
from scraper.messages import say
from scraper.redaction import redacted_value
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DEFAULT: Final = Path("config.yaml")
_OF_ALL: Final = frozenset(
    ["archive", "archive_id", "cluster", "defaults", "feeds", "network", "notify", "ping"]
)
_SUFFIXES: Final = frozenset({".yaml", ".yml"})


def load_config(path: Path = DEFAULT) -> Config:
    """Return the config in a file, or in a folder of files; its archive lies beside the file, in the folder.

    Raises ConfigError, each slip as `file:line: key.path: what is wrong`.
    """
    files = _files(path)
    data, slips = _joined(files) if path.is_dir() else (files[0].data, [])
    try:
        config = parse_config(data)
    except ConfigError as error:
        slips.extend(_placed(error.slips, files, path))
    slips.extend(slip for file in files for slip in _placed(file.twice, [file], path))
    if slips:
        raise ConfigError(tuple(sorted(slips, key=lambda slip: _order(slip, files))))
    folder = path if path.is_dir() else path.parent
    return _with_paths(config, folder, path)


def _with_paths(config: Config, folder: Path, given: Path) -> Config:
    """Return the config with paths that hold from anywhere. Raises ConfigError for a missing file."""
    slips: list[str] = []

    def file(name: str | None, key: str) -> str | None:
        if name is None:
            return None
        found = folder / Path(name).expanduser()
        if not found.is_file():
            slips.append(
                say(
                    "{given}: {key}: there is no file {file}",
                    given=given,
                    key=key,
                    file=folder / redacted_value(name),
                )
            )
        return str(found)

    network = replace(config.network, ca_file=file(config.network.ca_file, "network.ca_file"))
    sites = tuple(
        replace(
            site,
            tls=replace(site.tls, ca_file=file(site.tls.ca_file, f"sites.{site.name}.tls.ca_file")),
        )
        for site in config.sites
    )
    if slips:
        raise ConfigError(tuple(slips))
    archive = str(folder / Path(config.archive).expanduser())
    return replace(config, archive=archive, network=network, sites=sites)


def _files(path: Path) -> list[ConfigFile]:
    """Read the one file, or those of a folder by name. Raises ConfigError, with the slips of all of them."""
    if not path.is_dir():
        return [read_config_file(path)]
    inside = (file for file in path.iterdir() if file.suffix in _SUFFIXES and not file.name.startswith("."))
    names = sorted(file for file in inside if not file.is_dir())
    if not names:
        raise ConfigError((say("{path}: there is no file in it whose name ends in .yaml", path=path),))
    files: list[ConfigFile] = []
    slips: list[str] = []
    for name in names:
        if name.exists() and not name.is_file():  # nobody waits for a pipe, nor passes a site over unsaid
            slips.append(say("{path}: cannot be read: {why}", path=name, why=say("it is no file")))
            continue
        try:
            files.append(read_config_file(name))
        except ConfigError as error:
            slips.extend(error.slips)
    if slips:
        raise ConfigError(tuple(slips))
    return files


def _joined(files: Sequence[ConfigFile]) -> tuple[dict[Any, Any], list[str]]:
    """Return what the files of a folder say together, and the slips of what several of them say."""
    joined: dict[Any, Any] = {}
    first: dict[tuple[Any, ...], ConfigFile] = {}
    slips: list[str] = []

    def add(into: dict[Any, Any], place: tuple[Any, ...], value: object, file: ConfigFile) -> None:
        before = first.setdefault(place, file)
        if before is file:
            into[place[-1]] = value
        else:
            name = dotted(map(str, place))
            slips.append(
                say(
                    "{place}: {name}: stands in {other} too",
                    place=_at(file, name),
                    name=name,
                    other=_at(before, name),
                )
            )

    for file in files:
        if not isinstance(file.data, dict):
            slips.append(say("{path}: must be a mapping of keys to values", path=file.path))
            continue
        slips.extend(_of_one_file(file))
        for key, value in file.data.items():
            if key == "sites" and isinstance(value, dict):
                sites = joined.setdefault("sites", {})
                for name, site in value.items():
                    add(sites, ("sites", name), site, file)
            elif key != "sites" or value is not None:
                add(joined, (key,), value, file)
    return joined, slips


def _of_one_file(file: ConfigFile) -> Iterator[str]:
    """Yield what a file of a folder may not set: what holds for all stands in `config.yaml` alone.

    Anybody may be given a file of his own there, for his site: nothing in it reaches another's.
    """
    if file.path.name == DEFAULT.name:
        return
    for key in file.data:
        if key in _OF_ALL:
            yield say(
                "{place}: {key}: holds for all sites: it stands in {config} of this folder",
                place=_at(file, str(key)),
                key=key,
                config=DEFAULT,
            )
    sites = file.data.get("sites")
    for name, site in sites.items() if isinstance(sites, dict) else ():
        if not isinstance(site, dict):
            continue
        path = site.get("path")
        if isinstance(path, str) and not path.startswith(("{site}/", f"{name}/")):
            place = f"sites.{name}.path"
            yield say(
                "{place}: {place2}: leaves the site's own folder: it begins with {{site}}/",
                place=_at(file, place),
                place2=place,
            )
        tls = site.get("tls")
        given = tls.get("ca_file") if isinstance(tls, dict) else None
        if isinstance(given, str) and not _is_within(given, file.path.parent):
            place = f"sites.{name}.tls.ca_file"
            yield say("{place}: {key}: leaves the folder of the config", place=_at(file, place), key=place)


def _is_within(path: str, folder: Path) -> bool:
    """Say whether a path given in a folder stays in it, through every symbolic link."""
    try:
        return not path.startswith("~") and (folder / path).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # a NUL, a circle of links
        return False


def _placed(slips: Iterable[str], files: Sequence[ConfigFile], path: Path) -> list[str]:
    """Return the slips, each with the file and the line of its key or of the nearest key around it."""
    return [say("{place}: {said}", place=_where(slip, files, path), said=slip) for slip in slips]


def _where(slip: str, files: Sequence[ConfigFile], path: Path) -> str:
    place = slip.partition(": ")[0]
    while place:
        for file in files:
            if place in file.lines:
                return _at(file, place)
        place = place.rpartition(".")[0]
    return str(path)


def _at(file: ConfigFile, place: str) -> str:
    line = file.lines.get(place)
    return f"{file.path}:{line}" if line else str(file.path)


def _order(slip: str, files: Sequence[ConfigFile]) -> tuple[int, int]:
    """Return where a slip belongs: in the order of the files and of their lines; of no file: first."""
    for number, file in enumerate(files):
        head, _, rest = slip.partition(f"{file.path}:")
        if not head and rest:
            line = rest.partition(":")[0]
            return number, int(line) if line.isdigit() else 0
    return -1, 0
