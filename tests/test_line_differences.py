"""What differs between two texts is told as `difflib` tells it, and within a bound of work."""

from __future__ import annotations

import difflib

import pytest
from effort import lines_run

from scraper import line_differences
from scraper.model import Shown
from scraper.urls import Url
from scraper.writer.loss import missing


def of_few_kinds(size: int) -> tuple[list[str], list[str]]:
    """Return two texts that have 150 lines again and again, in other orders: the dearest for `difflib`."""
    return [f"第{at % 150}条。" for at in range(size)], [f"第{at * 7 % 150}条。" for at in range(size)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("abcdef", "abcdef"),
        ("abcdef", "abXdef"),
        ("", "abc"),
        ("abcdefghijklmnopqrst", "abcdefgijklmnopXYqrst"),
    ],
)
def test_what_is_cheap_is_told_as_ever(before: str, after: str) -> None:
    told = line_differences.unified(list(before), list(after), ("a", "b"), around=2)
    assert list(told) == list(difflib.unified_diff(list(before), list(after), "a", "b", n=2, lineterm=""))


def test_what_is_dear_is_told_whole_and_costs_what_it_is_long() -> None:
    ours, theirs = of_few_kinds(10_000)
    before, after = ["一", "二", *ours, "三", "四"], ["一", "二", *theirs, "三", "四"]
    told: list[str] = []
    assert lines_run(lambda: told.extend(line_differences.unified(before, after, around=1))) < 400_000
    assert told[:3] == ["--- ", "+++ ", "@@ -3,10001 +3,10001 @@"]
    assert before[2:-1] == [line[1:] for line in told[3:] if line[0] in " -"]
    assert after[2:-1] == [line[1:] for line in told[3:] if line[0] in " +"]


def test_pictures_in_any_order_are_held_against_each_other_in_no_time() -> None:
    shown, told = (
        [f"http://news.qingcheng.example/{line[1:-2]}.png" for line in lines] for lines in of_few_kinds(4_000)
    )
    page = Shown(text="", images=tuple(map(Url, [*shown, "http://news.qingcheng.example/x.png"])))
    markdown = "\n\n".join(f"![图]({address})" for address in told)
    lost: list[str] = []
    assert lines_run(lambda: lost.extend(missing(page, markdown).images)) < 400_000
    assert "http://news.qingcheng.example/x.png" in lost
