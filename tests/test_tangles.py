"""Pages that the parser would be lost in are refused, by a count that is never too low; real ones pass."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scraper import dom, tangles
from scraper.errors import NotAnArticle

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = (
    *(
        "a",
        "b",
        "font",
        "i",
        "nobr",
        "p",
        "div",
        "span",
        "li",
        "ul",
        "dd",
        "table",
        "tr",
        "td",
        "th",
        "caption",
    ),
    *(
        "tbody",
        "thead",
        "colgroup",
        "object",
        "select",
        "option",
        "optgroup",
        "button",
        "form",
        "h1",
        "h2",
        "svg",
    ),
    *(
        "th",
        "caption",
        "svg",
        "g",
        "title",
        "math",
        "noscript",
        "section",
        "hr",
        "br",
        "script",
        "label",
        "ruby",
        "rt",
        "marquee",
    ),
    *("template", "style", "xmp", "textarea", "image", "input", "center"),
)
_P = "<p>a" * 2_500
BOMBS = {
    "closers in comments": "".join(f"<b x={n}><!--</b>-->" for n in range(2_500)) + _P,
    "closers in scripts": "".join(f"<b x={n}><script></b></script>" for n in range(2_500)) + _P,
    "closers in a title": "".join(f"<b x={n}><title></b></title>" for n in range(2_500)) + _P,
    "closers in a text field": "".join(f"<i x={n}><textarea></i></textarea>" for n in range(2_500)) + _P,
    "closers in attributes": "".join(f"<b x={n}><i =y='></b></i>'>" for n in range(2_500)) + _P,
    "closers in CDATA": "".join(f"<b x={n}><svg><![CDATA[></b>]]></svg>" for n in range(2_500)) + _P,
    "closers out of scope": "".join(f"<b x={n}><object></b></object>" for n in range(2_500)) + _P,
    "closers in a double escaped script": (
        "".join(f"<b x={n}><script><!--<script></script></b>--></script>" for n in range(2_500)) + _P
    ),
    "closers behind nine blocks": "".join(f"<b x={n}>{'<div>' * 9}</b>" for n in range(2_500)) + _P,
    "ordinary elements around blocks": "<span><div></span></div>" * 9_000,
    "depth that comments close": "<div><!--</div>-->" * 9_000,
    "depth behind a select": "<select><option></select><div><select></div></select>" * 9_000,
    "attributes of one element": f"<p {' '.join(f'a{n}' for n in range(9_000))}>",
    "attributes behind a comment that holds a quote": (
        f'<!-- <p a=" --><p {" ".join(f"a{n}" for n in range(90_000))}>'
    ),
    "attributes behind a sign in quotes": f'<p x="y" z=">" {" ".join(f"a{n}" for n in range(90_000))}>',
    "attributes of many bodies": "".join(f"<body a{n}>" for n in range(9_000)),
    "an unquoted end": "<b " * 2_500 + _P * 4 + "<div>" * 9_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_or_costs_little(name: str) -> None:
    """In a process of its own with 400 MB of address space and two seconds of CPU."""
    program = (
        "import sys\nfrom scraper import dom\nfrom scraper.errors import NotAnArticle\n"
        "try:\n    dom.parse(sys.stdin.read())\nexcept NotAnArticle:\n    pass\n"
    )

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (5, 5))

    page = f"<!doctype html><html><body>{BOMBS[name]}</body></html>"
    done = subprocess.run(  # noqa: S603 - this interpreter, this program
        [sys.executable, "-c", program],
        input=page.encode(),
        preexec_fn=bound,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]


@pytest.mark.parametrize("seed", range(60))
def test_no_more_is_open_than_was_counted(seed: int) -> None:
    """Whatever tags follow each other: the tree is no deeper, and has no more elements, than was counted."""
    chance = random.Random(seed)  # noqa: S311 - the same each time
    for _ in range(20):
        names = chance.sample(NAMES, chance.choice([2, 3, 4, 6]))
        text = _soup(chance, names, 4) + _soup(chance, names, chance.choice([3, 5, 8, 12])) * 40
        deepest, copies, tags = _counted(text)
        real_depth, elements = _real(text)
        assert real_depth <= 3 * deepest + 8, text
        assert elements <= 3 * tags + 2 * copies + 10, text
        assert elements <= 3 * tags + 2 * tangles._copies(text) + 10, text  # noqa: SLF001 - a first look


@pytest.mark.parametrize(
    "page",
    [
        "<p>" + "".join(f"<B x={n}>" for n in range(100)) + "</p>" + "<p>甲</p>" * 100,
        "<p>" + "".join(f"<td><font x={n}><a>" for n in range(100)) + "</p>" + "<p>甲</p>" * 100,
        "<p>甲</p>" * 50 + "<p>" + "".join(f"<i x={n}>" for n in range(100)) + "</p>" + "<p>甲</p>" * 100,
    ],
)
def test_what_a_first_look_sums_up_is_no_less_than_what_the_parser_repeats(page: str) -> None:
    """Each paragraph repeats what was left open before it: far more elements than the page has tags."""
    _, elements = _real(page)
    assert 10 * page.count("<") < elements <= 3 * page.count("<") + tangles._copies(page)  # noqa: SLF001


@pytest.mark.parametrize("left_open", ["<{tag} x={n}>", "<td><A x={n}><{tag} y={n}>", "<Object><A x={n}>"])
def test_what_is_left_open_early_is_refused_where_many_paragraphs_follow(left_open: str) -> None:
    """Five hundred formatting elements and paragraphs make a quarter of a million nodes."""
    begun = "".join(left_open.format(tag="Font", n=n) for n in range(500))
    with pytest.raises(NotAnArticle, match="left open"):
        dom.parse(f"<p>{begun}</p>{'<p>甲</p>' * 500}")


@pytest.mark.parametrize(
    "page",
    [
        "<table>" + "<tr><td><font size=2><b>甲</b><a href=x>乙</a>" * 3_000 + "</table>",
        "<ul>" + "<li><a href=x><span>甲</span></a>" * 5_000 + "</ul>",
        "<p><span><b>甲</b></span>" * 5_000,
        "<div><p>甲<br>乙<img src=x><font><strong>丙</strong></font></p></div>" * 4_000,
        "<div><a href=x><div><h3>甲</h3><svg><path d=''/></svg></div></a></div>" * 2_000,
        "<svg>" + "<path d=''/>" * 9_000 + "</svg>甲",
        "<select>" + "<option value=x>甲" * 9_000 + "</select>",
        "<table><tr><form><td>甲</form>" * 500,
    ],
)
def test_long_honest_pages_are_read(page: str) -> None:
    """Unclosed paragraphs, rows, cells and items of thousands, as editors leave them."""
    assert dom.text_of(dom.parse(f"<html><body>{page}</body></html>"))


def test_many_short_attributes_are_refused_on_a_page_of_forty_thousand_characters() -> None:
    """The parser compares each with all others: these cost a second, a page of 30,000 a third of one."""
    with pytest.raises(NotAnArticle, match="attributes"):
        tangles.check(f"<p {' '.join(map(chr, range(0x4E00, 0x4E00 + 20_000)))}>")


def test_the_refusal_says_what_was_too_much() -> None:
    """It is a failure of that page alone, in words."""
    with pytest.raises(NotAnArticle, match="too tangled to be read"):
        dom.parse("<div>" * 20_000)


def _soup(chance: random.Random, names: Sequence[str], length: int) -> str:
    parts = []
    for _ in range(length):
        name, kind = chance.choice(names), chance.random()
        if kind < 0.5:
            parts.append(f"<{name}>" if chance.random() < 0.8 else f"<{name} x={chance.randrange(9)}>")
        elif kind < 0.88:
            parts.append(f"</{name}>")
        else:
            parts.append(chance.choice(["<!--</b></div>-->", '<b =a="></b></div>">', "t"]))
    return "".join(parts)


def _counted(text: str) -> tuple[int, int, int]:
    """Return the deepest, the copies and the tags that the guard counts."""
    count, at, deepest, copies, tags = tangles._Count(), 0, 0, 0, 0  # noqa: SLF001 - the bound itself
    while (tag := tangles._TAG.search(text, at)) is not None:  # noqa: SLF001
        tags += 1
        copies += count._formatting  # noqa: SLF001
        at = count._meet(tag, text)  # noqa: SLF001
        deepest = max(deepest, len(count._open) + count._formatting + count._stuck)  # noqa: SLF001
    return deepest, copies, tags


def _real(text: str) -> tuple[int, int]:
    """Return the depth of the tree that the parser makes, and its elements."""
    deepest = elements = 0
    waiting = [(dom.parse(text), 1)]
    while waiting:
        node, depth = waiting.pop()
        if node.tag not in {"-text", "-comment"}:
            elements += 1
            deepest = max(deepest, depth)
        waiting.extend((child, depth + 1) for child in dom.children(node))
    return deepest, elements
