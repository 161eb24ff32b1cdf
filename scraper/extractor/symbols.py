"""Letters of a font of signs, as the signs that they show: those of Word's bullets and boxes.

The letters stand either as themselves or at U+F000 and above. Source: the mappings of Unicode to Wingdings
and to Adobe's Symbol encoding.
"""

from __future__ import annotations

from typing import Final

_PRIVATE: Final = 0xF000
_LETTERS: Final = range(0x20, 0x100)

_WINGDINGS: Final = {
    0x22: "✂",
    0x28: "☎",
    0x29: "✆",
    0x2A: "✉",
    0x46: "☞",
    0x4A: "☺",
    0x4B: "😐",
    0x4C: "☹",
    0x45: "☜",
    0x47: "☝",
    0x48: "☟",
    0x6C: "●",
    0x6D: "❍",
    0x6E: "■",
    0x6F: "□",
    0x70: "🞐",
    0x71: "❑",
    0x72: "❒",
    0x73: "⬧",
    0x74: "⧫",
    0x75: "◆",
    0x76: "❖",
    0x77: "⬥",
    0x78: "⌧",
    0x7B: "❀",
    0x7C: "✿",
    0xD8: "➢",
    0x9E: "·",
    0x9F: "•",
    0xA1: "○",
    0xA4: "◉",
    0xA7: "▪",
    0xA8: "◻",
    0xAB: "★",
    0xB2: "✧",
    0xB6: "★",
    0xDF: "←",
    0xE0: "→",
    0xE1: "↑",
    0xE2: "↓",
    0xE8: "➔",
    0xF0: "⇨",
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
    0x21: "✏",
    0x36: "⌛",
    0x3F: "✍",
    0x41: "✌",
    0x43: "👍",
    0x44: "👎",
    0x52: "☼",
    0x58: "✠",
    **{0x81 + n: chr(0x2460 + n) for n in range(9)},  # ① to ⑨
    **{0x8C + n: chr(0x2776 + n) for n in range(9)},  # ❶ to ❾
    0x8A: "⑩",
    0x95: "❿",
    0x80: "⓪",
    0x8B: "⓿",
    0xD6: "⌦",
    0x20: " ",
    0x49: "✋",
    0xA2: "⭘",
    0xA3: "⭕",
    0xAA: "✦",
    0xAE: "✹",
    0xE4: "↗",
    0xEF: "⇦",
    0xF1: "⇧",
    0xF2: "⇩",
}
_GREEK: Final = dict(
    zip(
        range(0x41, 0x5B),
        "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ",
        strict=True,
    )
) | dict(
    zip(
        range(0x61, 0x7B),
        "αβχδεφγηιϕκλμνοπθρστυϖωξψζ",
        strict=True,
    )
)
_SYMBOL: Final = {
    **_GREEK,
    **{
        code: chr(code)
        for code in (*range(0x28, 0x2A), 0x2B, 0x2C, 0x2E, 0x2F, *range(0x30, 0x40), 0x25, 0x5B, 0x5D)
    },
    0x20: " ",
    0x22: "∀",
    0x24: "∃",
    0x27: "∋",
    0x2A: "∗",
    0x2D: "−",
    0x40: "≅",
    0x5C: "∴",
    0x5E: "⊥",
    0xA3: "≤",
    0xA5: "∞",
    0xA7: "♣",
    0xA8: "♦",
    0xA9: "♥",
    0xAA: "♠",
    0xAB: "↔",
    0xAC: "←",
    0xAD: "↑",
    0xAE: "→",
    0xAF: "↓",
    0xB0: "°",
    0xB1: "±",
    0xB3: "≥",
    0xB4: "×",
    0xB5: "∝",
    0xB6: "∂",
    0xB7: "•",
    0xB8: "÷",
    0xB9: "≠",
    0xBA: "≡",
    0xBB: "≈",
    0xBC: "…",
    0xC5: "⊕",
    0xC6: "∅",
    0xC7: "∩",
    0xC8: "∪",
    0xCE: "∈",
    0xCF: "∉",
    0xD0: "∠",
    0xD1: "∇",
    0xD5: "∏",
    0xD6: "√",
    0xD7: "⋅",
    0xDE: "⇒",
    0xE5: "∑",
    0xF2: "∫",
    0xA2: "′",
    0xB2: "″",
    0xCC: "⊂",
    0xCD: "⊆",
    0xDB: "⇔",
    0xA0: "€",
}
_WINGDINGS_2: Final = {
    0x20: " ",
    0x4F: "✗",
    0x50: "✓",
    0x51: "☒",
    0x52: "☑",
    0x53: "☒",
    0x54: "☒",
    0x96: "•",
    0x97: "●",
    0xA3: "□",
}
_WINGDINGS_3: Final = {
    0x20: " ",
    **{0x70 + n: sign for n, sign in enumerate("▲▼△▽◀▶◁▷")},
    0x7C: "◀",
    0x7D: "▶",
}
_WEBDINGS: Final = {
    0x20: " ",
    0x33: "◀",
    0x34: "▶",
    0x35: "▲",
    0x36: "▼",
    0x61: "✓",
    0x63: "□",
    0x67: "■",
    0x6E: "●",
    0x72: "✗",
}
_FONTS: Final = {
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "wingdings 3": _WINGDINGS_3,
    "webdings": _WEBDINGS,
    "symbol": _SYMBOL,
}


def font_of(families: str) -> dict[int, str] | None:
    """Return the signs of the font that a list of families begins with; None for a font of letters."""
    return _FONTS.get(families.partition(",")[0].strip(" \t\r\n'\"").lower())


def signs_of(letters: str, font: dict[int, str]) -> str | None:
    """Return the signs that letters show in a font; None where any of them shows as itself."""
    shown = []
    for letter in letters:
        code = ord(letter)
        plain = code - _PRIVATE if code - _PRIVATE in _LETTERS else code
        if letter.isspace():
            shown.append(" ")
        elif plain in font:
            shown.append(font[plain])
        else:
            return None
    return "".join(shown)
