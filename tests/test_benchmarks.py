"""The benchmarks run: what they measure is another matter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
NAMES = [file.stem.removeprefix("measure_") for file in sorted(BENCHMARKS.glob("measure_*.py"))]


@pytest.mark.parametrize("name", NAMES)
def test_a_measure_gives_figures_and_compares_them_with_an_earlier_run(name: str, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    command = [sys.executable, str(BENCHMARKS / "bench.py"), "--small", "--only", name, "--json", str(file)]
    command += ["--docs", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own script
    figures = json.loads(file.read_text(encoding="utf-8"))["figures"]
    assert figures
    assert all(figure["value"] > 0 for figure in figures)
    repeated = [*command, "--base", str(file)]
    again = subprocess.run(repeated, check=True, capture_output=True, text=True)  # noqa: S603 - likewise
    assert figures[0]["name"] in (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert all(file.read_text(encoding="utf-8").startswith("<svg") for file in tmp_path.glob("*.svg"))
    assert figures[0]["name"] in again.stdout.split("| now / before |")[1]
