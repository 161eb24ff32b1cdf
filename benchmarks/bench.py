"""Every figure in one run: `make bench`.

    python benchmarks/bench.py [--small] [--only NAME] [--json FILE] [--base FILE] [--docs FOLDER]

Each `measure_*.py` beside this file measures one thing, next to its floor and its peers. `--small` tries only
whether they work; `--base` compares with the JSON of an earlier run.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from drawing import bars
from figures import Figure, compare, save, table

HERE = Path(__file__).parent
_HEAD = """# What it costs

Written by `benchmarks/bench.py --docs`. Each figure stands beside its floor, what the same work costs at the
least, measured right beside it: the ratio is what can be compared between machines. Figures by the clock tell
of the machine and of what else it did, too.
"""


def main() -> int:
    """Measure, print the table, keep it as JSON where that is wanted."""
    names = [file.stem.removeprefix("measure_") for file in sorted(HERE.glob("measure_*.py"))]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", choices=names, action="append")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--base", type=Path, metavar="FILE")
    parser.add_argument("--docs", type=Path, metavar="FOLDER", help="for benchmarks.md")
    args = parser.parse_args()
    figures: list[Figure] = []
    for name in args.only or names:
        print(f"{name} …", file=sys.stderr)
        figures += importlib.import_module(f"measure_{name}").measure(small=args.small)
    print(table(figures))
    if args.base is not None:
        print(f"\n{compare(figures, args.base)}")
    if args.json is not None:
        save(figures, args.json)
    if args.docs is not None:
        _tell(figures, args.docs)
    return 0


def _tell(figures: list[Figure], folder: Path) -> None:
    """Write the table and its two pictures: what grows with the archive, and everything else."""
    growing = [figure for figure in figures if figure.name.endswith(" known")]
    others = [figure for figure in figures if figure not in growing]
    pictures = {
        "benchmarks-time.svg": bars("Measured, in floors: what the same work costs at the least", others),
        "benchmarks-growth.svg": bars("Growth: what it costs, in what it costs with the fewest", growing),
    }
    for name, picture in pictures.items():
        (folder / name).write_text(picture, encoding="utf-8")
    shown = "\n\n".join(f"![{name}]({name})" for name in pictures)
    text = f"{_HEAD}\n{table(figures)}\n\n{shown}\n"
    (folder / "benchmarks.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
