"""The benchmarks run: what they measure is another matter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
NAMES = [file.stem.removeprefix("measure_") for file in sorted(BENCHMARKS.glob("measure_*.py"))]
NAMES.remove("instructions")  # which not every machine can count
PERF = """#!/bin/sh
while [ "$1" != -- ]; do shift; done
shift
"$@" && echo "$(($# * 1000)),,instructions:u,1,100.00,," >&2
"""


def bench(folder: Path, name: str, *more: str, path: str | None = None) -> tuple[list[dict[str, Any]], str]:
    """Run one measure on small inputs; return its figures and what it printed."""
    file = folder / "figures.json"
    command = [sys.executable, str(BENCHMARKS / "bench.py"), "--small", "--only", name, "--json", str(file)]
    command += ["--docs", str(folder), *more]
    environment = os.environ if path is None else {**os.environ, "PATH": path}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)  # noqa: S603 - our own script
    return json.loads(file.read_text(encoding="utf-8"))["figures"], done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_a_measure_gives_figures_and_tells_them_in_the_documents(name: str, tmp_path: Path) -> None:
    figures, _ = bench(tmp_path, name)
    assert figures
    assert all(figure["value"] > 0 for figure in figures)
    assert figures[0]["name"] in (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert all(file.read_text(encoding="utf-8").startswith("<svg") for file in tmp_path.glob("*.svg"))


def test_figures_are_compared_with_those_of_an_earlier_run(tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    before.write_text(json.dumps({"figures": bench(tmp_path, "growth")[0]}), encoding="utf-8")
    figures, told = bench(tmp_path, "growth", "--base", str(before))
    assert figures[0]["name"] in told.split("| now / before |")[1]


def test_a_step_takes_what_the_counter_says_of_it_beyond_the_start(tmp_path: Path) -> None:
    perf = tmp_path / "perf"
    perf.write_text(PERF, encoding="utf-8")  # says 1,000 for each word of the command
    perf.chmod(0o755)
    figures, _ = bench(tmp_path, "instructions", path=f"{tmp_path}:{os.defpath}")
    assert [(figure["value"], figure["floor"]) for figure in figures] == [(1, 1), (2, 1), (3, 1)]


def test_where_nothing_counts_instructions_there_is_no_figure_of_them(tmp_path: Path) -> None:
    assert bench(tmp_path, "instructions", path=str(tmp_path))[0] == []
