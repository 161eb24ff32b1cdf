"""The measure of loss names what a document says less than its page, and nothing else."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from forest import Forest
from hypothesis import given, settings
from hypothesis import strategies as st
from seen import said_by

from scraper.model import Loss, Shown
from scraper.text import visible_text
from scraper.urls import Url
from scraper.writer import commonmark, loss_of, render
from scraper.writer.loss import missing, read_back

ONE, TWO = Url("http://a.example/1.jpg"), Url("http://a.example/2.jpg")
LINK = "http://a.example/x"


@given(st.randoms(use_true_random=False))
@settings(deadline=None)
def test_nothing_of_any_tree_is_lost(chance: random.Random) -> None:
    tree = Forest(chance).tree()
    said = said_by(tree)
    shown = Shown(text=said.text, images=tuple(map(Url, said.images)), links=tuple(said.links))
    assert loss_of(shown, render(tree)) == Loss()


@pytest.mark.parametrize(
    ("shown", "markdown", "loss"),
    [
        (Shown(text="甲乙丙"), "甲乙丙", Loss()),
        (Shown(text="甲乙丙"), "甲  \n**乙**\n\n- 丙", Loss()),
        (Shown(text="甲乙丙丁"), "甲丁", Loss(characters=2)),
        (Shown(text="甲乙丙"), "", Loss(characters=3)),
        (Shown(text="甲乙"), "乙甲", Loss()),  # another order is no loss
        (Shown(text="甲乙丙"), "丙甲", Loss(characters=1)),
        (Shown(text="甲乙", links=(LINK,)), f"甲[视频]({LINK})乙", Loss()),
        (Shown(text="甲<b>"), "甲<b>", Loss(characters=3)),
        (Shown(text="甲", images=(ONE, TWO)), f"甲![图]({ONE})", Loss(images=1)),
        (Shown(images=(ONE, TWO)), f"![图]({TWO})![图]({ONE})", Loss(images=1)),
        (Shown(images=(ONE, ONE)), f"![图]({ONE})", Loss(images=1)),
        (Shown(text="甲", links=(LINK, LINK)), f"[甲]({LINK})", Loss(links=1)),
        (
            Shown(text="甲", links=("http://a.example/中 文",)),
            "[甲](http://a.example/%E4%B8%AD%20文)",
            Loss(),
        ),
        (Shown(text="表"), "| 表 |\n| --- |", Loss()),
    ],
)
def test_loss_is_counted(shown: Shown, markdown: str, loss: Loss) -> None:
    assert loss_of(shown, markdown) == loss


def test_what_is_missing_is_named() -> None:
    shown = Shown(text="甲乙丙丁戊", images=(ONE, TWO), links=(LINK, "mailto:a@b.example"))
    lost = missing(shown, f"甲丁![图]({TWO})[己](mailto:a@b.example)")
    assert (lost.text, lost.images, lost.links) == (("乙丙", "戊"), (ONE,), (LINK,))


def test_markup_that_did_not_act_is_seen_by_the_reader() -> None:
    """What a converter without the flanking rules writes."""
    assert read_back("会议指出**“守正创新”**是关键").text == "会议指出**“守正创新”**是关键"


def test_single_losses_far_apart_are_counted_singly() -> None:
    """Though the characters beside them are the most frequent of the text."""
    text = "的甲" * 300
    assert loss_of(Shown(text=f"{text}丙{text}丁{text}"), "\n\n".join((text, f"{text}戊", text))) == Loss(
        characters=2
    )


def test_texts_that_differ_throughout_are_still_compared_in_time() -> None:
    chance = random.Random(1)  # noqa: S311 -- nothing to guess
    one, other = ("".join(map(chr, chance.choices(range(0x4E00, 0x9000), k=30_000))) for _ in range(2))
    assert loss_of(Shown(text=one), other).characters > 10_000


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_reading_any_text_never_fails(text: str) -> None:
    assert visible_text(read_back(text).text) == read_back(text).text


def test_many_documents_are_read_back_in_the_memory_of_one() -> None:
    def held() -> int:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE")

    text = "\n\n".join(f"**{number}** [字]({LINK}) 字 `码`" * 20 for number in range(50))
    read_back(text)
    before = held()
    for _ in range(100):
        read_back(text)
    assert held() - before < 100 * len(text)  # its tree alone is several times as much


def test_documents_read_in_several_threads_at_once_are_read_alike() -> None:
    text = (
        "\n\n".join(f"{number} **字** ~~删~~ [字]({LINK})" for number in range(20))
        + "\n\n|a|\n|-|\n|~~b~~|\n"
    )
    alone = commonmark.to_html(text)
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(commonmark.to_html, [text] * 4_000)) == {alone}


def test_a_build_that_hides_how_a_tree_is_freed_reads_documents_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone = commonmark.to_html("**字**")
    monkeypatch.setattr(commonmark, "_LIBRARY", object())
    assert commonmark.to_html("**字**") == alone == "<p><strong>字</strong></p>\n"
