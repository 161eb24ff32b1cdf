"""The rules of the house, read off the source: who may know whom, and who keeps what.

Imports go down only; rooms on one line do not know each other; every outside library has one keeper; what is
below the line of floor 2 is pure; modules and functions stay small.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "scraper"

# From the roof down. A room is a module or package of scraper/; those on one line do not know each other.
LINES: tuple[tuple[str, ...], ...] = (
    ("__main__",),
    ("cli",),
    ("manual",),
    ("parser",),
    ("commands", "library"),
    ("serve", "website", "demo"),
    ("app",),
    ("display", "logs"),
    ("cluster",),
    ("console", "help_text", "language"),
    ("audit", "crawl", "export"),
    ("crawler",),
    # ═══ the capture: above it what asks, below it nothing that asks ═══
    ("ingest",),
    ("parallel",),
    ("stores",),
    # ═══ below this line: no I/O, no clock, no randomness, no logging ═══
    ("config", "policy", "robots", "canary", "search", "adoption"),
    ("discovery",),
    ("extractor",),
    ("rendering",),
    ("writer",),
    ("families", "link_encoding"),
    ("dom",),
)
GROUND = {
    "model",
    "blocks",
    "urls",
    "dates",
    "text",
    "errors",
    "report",
    "report_text",
    "article_record",
    "page_words",
    "charset",
    "content_encoding",
    "exit_codes",
    "durations",
    "columns",
    "line_differences",
    "line_pieces",
    "spans",
    "mementos",
    "messages",
    "notices",
    "foreign_json",
    "lazy",
    "numbers",
    "tangles",
    "progress",
    "redaction",
    "values",
    "",
}
FIRST_PURE_LINE = next(height for height, line in enumerate(LINES) if "config" in line)

# What a room may not know though it stands above it: the capture is all that passes between them.
NEVER = {
    "crawler": {"ingest", "stores"},
    "audit": {"crawler"},
}

# Whoever else is allowed to know a room that all others above it may not know.
ONLY_KNOWN_TO = {"demo": {"commands.demo"}, "serve": {"commands.serve"}, "website": {"commands.site"}}

KEEPERS = {
    "httpx": {"crawler.httpx_library"},
    "certifi": {"crawler.trust"},
    "tenacity": {"crawler.retry"},
    "protego": {"robots"},
    "sqlite3": {"stores.state", "stores.search_index", "stores.catalogue", "stores.elsewhere.catalogue"},
    "selectolax": {"dom"},
    "frontmatter": {"writer.frontmatter"},
    "yaml": {"app", "writer.frontmatter"},
    "rich": {"display"},
    "apprise": {"app.notifying"},
    "argcomplete": {"cli", "parser"},
    "pyarrow": {"export.parquet"},
    "cmarkgfm": {"writer.commonmark"},
    "pagefind_bin": {"website.pagefind"},
    "markdown_it": {"rendering.document"},
    "starlette": {"serve"},
    "uvicorn": {"serve.server"},
    "jinja2": {"serve.answers"},
    "markupsafe": {"serve"},
    "brotli": {"content_encoding"},
    "zstandard": {"content_encoding", "cluster.page_delta"},
    "obstore": {"stores.elsewhere.object_store"},
    "psycopg": {"cluster.database"},
    "procrastinate": {"cluster.queue"},
    "webencodings": {"charset", "link_encoding"},
    "msgspec": {"values"},
    "multiprocessing": {"parallel"},
    "logging": {"crawl", "ingest", "logs", "cluster", "app.followed_config"},
}

IMPORTED_AS = {
    "python-frontmatter": "frontmatter",
    "pyyaml": "yaml",
    "markdown-it-py": "markdown_it",
    "pagefind-bin": "pagefind_bin",
}

SEEN_BY_OTHERS = {"tzdata", "hugo"}  # looked for by others; a binary: no import names it

IMPURE = {
    *("asyncio", "fcntl", "glob", "http", "logging", "multiprocessing", "os", "pathlib", "random", "secrets"),
    *("select", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading"),
    *("time", "urllib.request", "uuid"),
}
CLOCK = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}

LONGEST_MODULE = 500
LONGEST_FUNCTION = 40


class Import(NamedTuple):
    """One import statement's target, as seen from one module."""

    target: str  # dotted; within the package without its name: "families.ecms"
    outside: bool
    runtime: bool  # False: for the type checker alone
    at_once: bool  # False: within a function
    line: int


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the package by its name without `scraper.`; the package itself is ""."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(file.read_text(encoding="utf-8"), str(file))
    return found


def test_imports_go_down_only_and_rooms_on_one_line_do_not_know_each_other() -> None:
    """Each breach is named: who, whom, where."""
    breaches = [
        f"{name or 'scraper'}:{found.line} may not know {found.target}"
        for name in modules()
        for found in imports_of(name)
        if not found.outside and not _may_know(name, found.target)
    ]
    assert breaches == []


def test_what_a_capture_comes_to_reaches_nothing_that_asks() -> None:
    """By file, along every import: `ingest` reaches no network, `audit` neither the crawl nor the network."""
    for room, strangers in (("ingest", {"crawler", "crawl"}), ("audit", {"crawler", "crawl"})):
        met = set().union(*(_reached(name) for name in modules() if _within(name, room)))
        assert {name for name in met if name.partition(".")[0] in strangers} == set()


def test_the_page_on_the_architecture_draws_the_house_as_it_is() -> None:
    """The floors of docs/architecture.md are these, and the rooms that it tells of are there."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = re.findall(r"```floors\n(.*?)```", page, re.DOTALL)[0].splitlines()
    assert tuple(tuple(line.split(" · ")) for line in drawn) == LINES
    told = {name for line in page.splitlines() if line.startswith("| `") for name in _named(line)}
    assert told <= {room for line in LINES for room in line}
    files = {name for name in re.findall(r"`([a-z_]+\.[a-z_]+)", page) if "/" not in name}
    assert {name for name in files if name.partition(".")[0] in told} <= set(modules()) | {
        f"{name}.{node.name}"
        for name in modules()
        for node in modules()[name].body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def _named(line: str) -> list[str]:
    return re.findall(r"`([a-z_]+)`", line.split("|")[1])


def test_every_room_has_its_place() -> None:
    """A new room is put on a floor before it is used."""
    placed = GROUND | {room for line in LINES for room in line} | {"__init__"}
    assert {name.partition(".")[0] for name in modules()} - placed == set()


def test_every_outside_library_has_one_keeper() -> None:
    """A library that nobody keeps, or that a stranger uses, is named."""
    breaches = [
        f"{name}:{found.line} uses {found.target}, which {' and '.join(KEEPERS.get(root, {'nobody'}))} keeps"
        for name in modules()
        for found in imports_of(name)
        if found.outside
        if _needs_keeper(root := found.target.partition(".")[0])
        if not any(_within(name, keeper) for keeper in KEEPERS.get(root, ()))
        if not _within(name, "demo")
    ]
    assert breaches == []


def test_processes_that_share_work_have_one_keeper() -> None:
    """Threads wait in several rooms; a pool of processes is started in `parallel` alone."""
    pools = {"ProcessPoolExecutor", "multiprocessing"}
    keepers = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        if pools & {alias.name.rpartition(".")[2] for alias in node.names}
    }
    assert keepers == {"parallel"}


def test_every_dependency_is_used_and_every_library_used_is_one() -> None:
    """`pyproject.toml` names what the keepers keep, and nothing else."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    extras = [
        lines
        for name, lines in project["optional-dependencies"].items()
        if name not in {"bench", "dev", "peers"}
    ]
    lines = [line for part in (project["dependencies"], *extras) for line in part]
    named = {re.split(r"[^\w-]", line)[0] for line in lines} - SEEN_BY_OTHERS
    used = {
        found.target.partition(".")[0] for name in modules() for found in imports_of(name) if found.outside
    }
    assert {IMPORTED_AS.get(name, name) for name in named} == used - sys.stdlib_module_names


def test_what_stands_below_the_line_is_pure() -> None:
    """No I/O, no clock, no randomness, no logging in the rooms that only make values of bytes."""
    breaches = [
        f"{name}:{found.line} imports {found.target}"
        for name in _pure_modules()
        for found in imports_of(name)
        if found.outside and found.runtime
        if {found.target, found.target.partition(".")[0]} & IMPURE
    ]
    breaches += [
        f"{name}:{node.lineno} reads the clock or opens a file"
        for name in _pure_modules()
        for node in ast.walk(modules()[name])
        if isinstance(node, ast.Call) and _touches_the_world(node.func)
    ]
    assert breaches == []


def test_values_are_structs() -> None:
    """A class that `dataclasses` makes costs each start a millisecond, each of its objects seven of ours."""
    assert [found for name in modules() for found in imports_of(name) if found.target == "dataclasses"] == []


def test_modules_do_not_import_each_other_in_circles() -> None:
    """Circles that only the type checker sees are none."""
    edges = {
        name: {
            _module_of(found.target)
            for found in imports_of(name)
            if not found.outside and found.runtime and found.at_once
        }
        for name in modules()
    }
    assert [" → ".join(circle) for circle in _circles(edges)] == []


@pytest.mark.parametrize("name", sorted(modules()))
def test_modules_and_functions_stay_small(name: str) -> None:
    """A module of at most 500 lines, a function of at most 40."""
    tree = modules()[name]
    lines = max((node.end_lineno or 0 for node in tree.body), default=0)
    assert lines <= LONGEST_MODULE
    long = [
        f"{node.name} ({size} lines)"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (size := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_the_table_of_the_house_names_no_breach_as_allowed() -> None:
    """The rule itself can fail: a room does not know one above it or beside it."""
    assert not _may_know("writer.hugo", "crawler.fetcher")
    assert not _may_know("crawler.fetcher", "stores.state")
    assert not _may_know("commands.run", "demo")
    assert not _may_know("ingest.replay", "crawler.network")
    assert not _may_know("audit.status", "crawl.session")
    assert not _may_know("audit.status", "crawler.pacer")
    assert not _may_know("urls", "dom")
    assert _may_know("commands.demo", "demo.site")
    assert _may_know("extractor.body", "families")


# ── reading the source ────────────────────────────────────────────────────────────────────────────────────


def imports_of(name: str) -> list[Import]:
    """Return what a module imports, in the order of the source."""
    found: list[Import] = []
    _collect(modules()[name], found, runtime=True, at_once=True)
    return found


def _collect(node: ast.AST, found: list[Import], *, runtime: bool, at_once: bool) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            for target in _targets(child):
                inside = target == "scraper" or target.startswith("scraper.")
                short = target.removeprefix("scraper").removeprefix(".") if inside else target
                found.append(Import(short, not inside, runtime, at_once, child.lineno))
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            _collect(child, found, runtime=False, at_once=at_once)
        else:
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            _collect(child, found, runtime=runtime, at_once=at_once and not function)


def _targets(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    module = node.module or ""
    deeper = [f"{module}.{alias.name}" for alias in node.names]
    return [full if full.removeprefix("scraper.") in modules() else module for full in deeper]


def _reached(name: str) -> set[str]:
    """Return every module that one imports, itself or through others."""
    met: set[str] = set()
    waiting = [name]
    while waiting:
        fresh = _imported(waiting.pop()) - met
        met |= fresh
        waiting += fresh
    return met


@cache
def _imported(name: str) -> frozenset[str]:
    """Return every module of the package that one imports itself."""
    return frozenset(_module_of(found.target) for found in imports_of(name) if not found.outside) - {""}


def _module_of(target: str) -> str:
    while target not in modules():
        target = target.rpartition(".")[0]
    return target


def _may_know(name: str, target: str) -> bool:
    here, there = name.partition(".")[0], target.partition(".")[0]
    if here == there or there in GROUND:
        return True
    if there in ONLY_KNOWN_TO and name not in ONLY_KNOWN_TO[there]:
        return False
    if there in NEVER.get(here, ()):
        return False
    return here not in GROUND and _height(here) < _height(there)


def _height(room: str) -> int:
    return next((height for height, line in enumerate(LINES) if room in line), len(LINES))


def _within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def _needs_keeper(root: str) -> bool:
    return root in KEEPERS or root not in sys.stdlib_module_names


def _pure_modules() -> list[str]:
    pure = GROUND | {room for line in LINES[FIRST_PURE_LINE:] for room in line}
    return [name for name in modules() if name.partition(".")[0] in pure]


def _touches_the_world(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in {"open", "print", "input", "eval", "exec"}
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return (function.value.id, function.attr) in CLOCK
    return False


def _circles(edges: dict[str, set[str]]) -> list[list[str]]:
    found: list[list[str]] = []
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> None:
        if name in path:
            found.append([*path[path.index(name) :], name])
        elif name not in done:
            for target in sorted(edges[name]):
                walk(target, [*path, name])
            done.add(name)

    for name in sorted(edges):
        walk(name, [])
    return found
