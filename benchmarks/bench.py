"""Every figure in one run: `make bench`.

    python benchmarks/bench.py [--small] [--only NAME] [--json FILE] [--base FILE]

Each `measure_*.py` beside this file measures one thing, next to its floor and its peers. `--small` tries only
whether they work; `--base` compares with the JSON of an earlier run.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from figures import Figure, compare, save, table

HERE = Path(__file__).parent


def main() -> int:
    """Measure, print the table, keep it as JSON where that is wanted."""
    names = [file.stem.removeprefix("measure_") for file in sorted(HERE.glob("measure_*.py"))]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", choices=names, action="append")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--base", type=Path, metavar="FILE")
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
    return 0


if __name__ == "__main__":
    sys.exit(main())
