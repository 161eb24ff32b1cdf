"""Draws figures as bars, in SVG: each beside its floor."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from figures import Figure

_ROW, _LEFT, _WIDTH = 26, 330, 420  # pixels


def bars(title: str, figures: Sequence[Figure]) -> str:
    """Return a picture of how many floors each figure is; those without a floor are left out."""
    ratios = [(figure.name, figure.ratio) for figure in figures if figure.ratio]
    most = max((ratio for _, ratio in ratios), default=1.0)
    height = _ROW * (len(ratios) + 1) + 14
    rows = [f'<text x="8" y="20" font-weight="bold">{escape(title)}</text>']
    for at, (name, ratio) in enumerate(ratios, start=1):
        y, width = at * _ROW + 8, max(ratio / most * _WIDTH, 1)
        rows += [
            f'<text x="8" y="{y + 15}">{escape(name)}</text>',
            f'<rect x="{_LEFT}" y="{y}" width="{width:.0f}" height="20" fill="#7e0c6e"/>',
            f'<text x="{_LEFT + width + 6:.0f}" y="{y + 15}">{ratio:.1f} ×</text>',
        ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDTH + 80}" height="{height}" '
        f'font-family="sans-serif" font-size="13">\n<rect width="100%" height="100%" fill="#fff"/>\n'
        + "\n".join(rows)
        + "\n</svg>\n"
    )
