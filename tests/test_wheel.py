"""The wheel holds what runs: no invented site that no command reaches, and all that one does."""

from __future__ import annotations

import ast
from pathlib import Path

from test_house import _reached, modules

ROOT = Path(__file__).resolve().parents[1]


def left_out() -> set[str]:
    """Return the modules of `scraper.demo` that setup.py leaves out."""
    tree = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    (named,) = [node.value for node in tree.body if isinstance(node, ast.Assign)]
    found: set[str] = ast.literal_eval(named)
    return found


def test_the_wheel_leaves_out_the_worlds_that_no_command_reaches_and_no_others() -> None:
    doors = [name for name in modules() if name in {"__main__", "library"} or name.startswith("commands.")]
    reached = set().union(*(_reached(name) for name in doors))
    of_demo = {name.removeprefix("demo.") for name in modules() if name.startswith("demo.")}
    assert left_out() == {name for name in of_demo if f"demo.{name}" not in reached}
