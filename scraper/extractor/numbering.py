"""The numbers of a list as its page shows them: which one an item has, and how it is written.

Markdown numbers upwards from one number, in digits. What it cannot number so is written as text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from scraper import dom
from scraper.extractor.styles import declarations
from scraper.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Attributes = Mapping[str, str | None]

_INTEGER: Final = re.compile(r"\s*([+-]?[0-9]+)")
_OF_EDITORS: Final = re.compile(r"(?:^|\s)custom_(cn|num)([12]?)(?:\s|$)")  # UEditor's own lists
_LAST_NUMBER: Final = 2**31 - 1  # as browsers have it
_DIGITS: Final = "零一二三四五六七八九"
_FORMAL: Final = "零壹贰叁肆伍陆柒捌玖"
_ROMAN: Final = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_MOST_ROMAN: Final = 3_999
_CIRCLED: Final = range(1, 21)
_MOST_CHINESE: Final = 9_999
_TYPES: Final = {
    "a": "lower-alpha",
    "A": "upper-alpha",
    "i": "lower-roman",
    "I": "upper-roman",
    "1": "decimal",
}
_BULLETS: Final = frozenset(["disc", "circle", "square"])
_GREEK: Final = "αβγδεζηθικλμνξοπρστυφχψω"


class Style(NamedTuple):
    """How a list writes its numbers."""

    write: Callable[[int], str] | None  # None: in digits, with a point: as Markdown does
    shown: bool = True  # False: the list shows none


def number_of(value: str | None) -> int | None:
    """Return an attribute's number as HTML reads it; None where there is none."""
    found = _INTEGER.match(value or "")
    if found is None:
        return None
    number = whole(found[1].lstrip("+-"), _LAST_NUMBER)
    return -number if number is not None and found[1].startswith("-") else number


def style_of(attributes: Attributes, inherited: str | None = None) -> Style:
    """Return how an `<ol>`, or an item of one, writes its numbers."""
    editor = _OF_EDITORS.search(attributes.get("class") or "")
    if editor is not None:
        return Style(_of_editor(editor[1], editor[2]))
    style = declarations(attributes.get("style") or "")
    shape = style.get("list-style-type") or _shape_in(style.get("list-style", ""))
    kind = shape or _TYPES.get((attributes.get("type") or "").strip()) or inherited or "decimal"
    if kind == "none":
        return Style(None, shown=False)
    if kind in {"cn", "num", "cn1", "cn2", "num1", "num2"}:  # UEditor's, where its class is lost
        return Style(_of_editor(kind.rstrip("12"), kind[-1] if kind[-1] in "12" else ""))
    return Style(_WRITERS.get(kind))


def counts(node: dom.Node) -> bool:
    """Tell whether a list shows numbers: an `<ol>` does and a `<ul>` does not, unless its style says so.

    An `<ol>` of which each item says that it has a bullet shows none.
    """
    is_ordered = node.tag == "ol"
    words = _shapes(node)
    if is_ordered:
        return _BULLETS.isdisjoint(words) and not _are_bulleted(node)
    return any(word not in _BULLETS and (word in _WRITERS or word == "decimal") for word in words)


def _shapes(node: dom.Node) -> list[str]:
    """Return the words of what an element says of its number's shape."""
    said = dom.attribute(node, "style")
    if "list-style" not in said.lower():
        return []
    style = declarations(said)
    return f"{style.get('list-style-type', '')} {style.get('list-style', '')}".split()


def _are_bulleted(node: dom.Node) -> bool:
    first = dom.first(node, "li[style*=list-style i]")
    items = [child for child in dom.children(node) if child.tag == "li"] if first is not None else []
    return bool(items) and not any(_BULLETS.isdisjoint(_shapes(item)) for item in items)


def _shape_in(shorthand: str) -> str | None:
    return next((word for word in shorthand.split() if word in _WRITERS or word in {"none", "decimal"}), None)


def _of_editor(kind: str, form: str) -> Callable[[int], str]:
    digits = chinese if kind == "cn" else str
    if form == "2":
        return lambda number: f"（{digits(number)}）" if kind == "cn" else f"({digits(number)})"
    return lambda number: f"{digits(number)}{')' if form == '1' else '，' if kind == 'cn' else ','}"


def chinese(number: int, digits: str = _DIGITS, tens: str = "十百千") -> str:
    """Return a number in Chinese numerals, as lists have them: 十一, 二十, 一百零五."""
    if not 0 < number <= _MOST_CHINESE:
        return digits[0] if number == 0 else str(number)
    written = ""
    for place, digit in enumerate(map(int, str(number)[::-1])):
        if digit:
            written = digits[digit] + (tens[place - 1] if place else "") + written
        elif written and not written.startswith(digits[0]):
            written = digits[0] + written
    is_ten = digits == _DIGITS and written.startswith("一十")
    return written.removeprefix("一") if is_ten else written


def roman(number: int) -> str:
    """Return a number in Roman numerals, in digits beyond them."""
    if not 0 < number <= _MOST_ROMAN:
        return str(number)
    written = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        written += letters * count
    return written


def letters(number: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz") -> str:
    """Return a number in letters: a to z, then aa."""
    if number <= 0:
        return str(number)
    written = ""
    while number:
        number, rest = divmod(number - 1, len(alphabet))
        written = alphabet[rest] + written
    return written


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if number in _CIRCLED else f"{number}."


def _parted(write: Callable[[int], str], sign: str = ". ") -> Callable[[int], str]:
    return lambda number: f"{write(number)}{sign}"


_IN_CHINESE: Final = _parted(chinese, "、")
_FORMALLY: Final = _parted(lambda number: chinese(number, _FORMAL, "拾佰仟"), "、")
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"

_WRITERS: Final[dict[str, Callable[[int], str]]] = {
    "lower-alpha": _parted(letters),
    "lower-latin": _parted(letters),
    "upper-alpha": _parted(lambda number: letters(number).upper()),
    "upper-latin": _parted(lambda number: letters(number).upper()),
    "lower-roman": _parted(roman),
    "upper-roman": _parted(lambda number: roman(number).upper()),
    "lower-greek": _parted(lambda number: letters(number, _GREEK)),
    "decimal-leading-zero": _parted(lambda number: f"{number:02}"),
    **dict.fromkeys(
        ("cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal", "chinese", "japanese-informal"),
        _IN_CHINESE,
    ),
    "cjk-decimal": _parted(
        lambda number: "".join("〇一二三四五六七八九"[int(digit)] for digit in str(abs(number))), "、"
    ),
    "simp-chinese-formal": _FORMALLY,
    "trad-chinese-formal": _parted(lambda number: chinese(number, "零壹貳參肆伍陸柒捌玖", "拾佰仟"), "、"),
    "cjk-heavenly-stem": _parted(lambda number: letters(number, _STEMS), "、"),
    "cjk-earthly-branch": _parted(lambda number: letters(number, _BRANCHES), "、"),
    "circled-decimal": _circled,
    **dict.fromkeys(_BULLETS, lambda _number: "• "),  # of one item amid others that have numbers
}


class Numbers:
    """The numbers of one `<ol>`, given to its items in turn."""

    def __init__(self, node: dom.Node) -> None:
        """Take the list; one that is `reversed` counts down to 1, whatever it holds."""
        attributes = node.attributes
        self._down = "reversed" in attributes
        start = number_of(attributes.get("start"))
        if start is None:
            start = _items_of(node) if self._down else 1
        self.next = start
        self._style = style_of(attributes)

    def of(self, item: dom.Node) -> tuple[int | None, str | None]:
        """Return the number of the next item as Markdown counts, and as text where Markdown cannot."""
        attributes = item.attributes
        value = number_of(attributes.get("value")) if "value" in attributes else None
        number = self.next if value is None else value
        self.next = number - 1 if self._down else number + 1
        style = (
            style_of(attributes)
            if "type" in attributes or "list-style" in (attributes.get("style") or "")
            else self._style
        )
        if not style.shown:
            return None, ""
        if style.write is None and not self._down and number >= 0:
            return number, None
        write = style.write or (lambda count: f"{count}. ")
        return None, write(number)


def _items_of(node: dom.Node) -> int:
    """Return how many items a list has itself."""
    child, count = node.first_child, 0
    while child is not None:
        count += child.tag == "li"
        child = child.next
    return count
