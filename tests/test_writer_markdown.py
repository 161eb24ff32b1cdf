"""The Markdown of any tree of blocks says what the tree says, to every reader that the documents are for."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from builders import hexo_renders, hugo_renders
from forest import Forest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from seen import difference, said_by, seen_in

from scraper.blocks import (
    Anchor,
    Break,
    Cell,
    Code,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Rule,
    Strong,
    Struck,
    Table,
    Text,
)
from scraper.writer import render
from scraper.writer.inline import inline
from scraper.writer.normalize import normal

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.blocks import Block, Inline

TREES = 400
COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def forest(trees: int) -> list[tuple[Block, ...]]:
    """Return so many trees, the same in every run."""
    maker = Forest(random.Random(20260601))  # noqa: S311 -- nothing to guess
    return [maker.tree() for _ in range(trees)]


def paragraph(text: str) -> Paragraph:
    return Paragraph(children=(Text(text=text),))


@given(st.randoms(use_true_random=False))
@settings(deadline=None)
def test_any_tree_survives_markdown_it(chance: random.Random) -> None:
    """Characters, bold and italic runs, pictures, links, tables cell by cell, lists and quotations."""
    tree = Forest(chance).tree()
    markdown = render(tree)
    assert difference(said_by(tree), seen_in(COMMONMARK.render(markdown))) == "", markdown


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
@settings(deadline=None)
def test_any_text_survives_markdown_it(text: str) -> None:
    """No character acts, whatever Unicode has."""
    tree = (Paragraph(children=(Strong(children=(Text(text=text),)), Text(text=text))), paragraph(text))
    assert seen_in(COMMONMARK.render(render(tree))).text == said_by(tree).text


@given(st.lists(st.tuples(st.sampled_from(["text", "strong", "link"]), st.text("甲乙a“*_ \u3000\u200b\n"))))
def test_runs_that_are_in_form_already_are_written_as_all_others(told: list[tuple[str, str]]) -> None:
    """A break behind a line says nothing, and keeps it from the short way that plain lines go."""
    runs = tuple(_run(kind, text) for kind, text in told)
    assert normal((*runs, Break())) == (*normal(runs), Break())
    assert inline((*runs, Break())) == inline(runs)


def _run(kind: str, text: str) -> Inline:
    words = Text(text=text)
    if kind == "text":
        return words
    return Strong(children=(words,)) if kind == "strong" else Anchor(href="http://a.cn/", children=(words,))


def test_trees_survive_a_real_hexo(tmp_path: Path) -> None:
    """With marked as Hexo sets it up, Nunjucks and all of Hexo's filters."""
    trees = forest(TREES)
    pages = hexo_renders([render(tree) for tree in trees], tmp_path)
    assert _differences(trees, pages) == []


def test_trees_survive_a_real_hugo(tmp_path: Path) -> None:
    """With goldmark as Hugo sets it up, typographer, linkify and shortcodes included."""
    trees = forest(TREES)
    pages = hugo_renders([render(tree) for tree in trees], tmp_path)
    assert _differences(trees, pages) == []


def test_the_forest_is_nasty_enough() -> None:
    """Written without escapes the same trees do not survive: the tests above can fail."""
    trees = [
        Paragraph(children=(Text(text="文"), Strong(children=(Text(text="“引用”"),)), Text(text="后"))),
        paragraph("2020. 年"),
    ]
    naive = ["文**“引用”**后", "2020. 年"]
    assert [
        difference(said_by((tree,)), seen_in(COMMONMARK.render(text)))
        for tree, text in zip(trees, naive, strict=True)
    ] != [
        "",
        "",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2020年6月13日，北辰大学召开会议。",
        "“十四五”规划（2021—2025年）：第一，第二；第三、第四！《文件》……",
        "成果发表于Nature Communications 12卷，影响因子14.9，下降32.73%",
        "时间：8:30~11:30，地点：主楼#201室 & 东门",
        "a_b 与 3 * 4，（1）其一；1.其二；2、其三 A+B=C",
        "【通知】关于2024/2025学年的安排 [图] {附件}",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    """Byte for byte: an archive is read with grep too."""
    assert render([paragraph(text)]) == text


def test_a_list_below_a_list_stays_one_of_its_own() -> None:
    lists = [Listing(items=((paragraph("甲"),),)), Listing(items=((paragraph("乙"),),))]
    assert seen_in(COMMONMARK.render(render(lists))).elements["ul"] == 2


def test_a_text_that_hugo_or_hexo_would_act_on_is_no_code_block() -> None:
    assert "```" not in render([Code(text="{{< figure >}}")])
    assert render([Code(text="a < b")]) == "```\na < b\n```"


def test_a_rule_never_makes_a_heading_of_what_stands_above() -> None:
    assert seen_in(COMMONMARK.render(render([paragraph("甲"), Rule()]))).elements == {"hr": 1}


def test_lists_deeper_than_readers_follow_lose_nothing() -> None:
    """markdown-it drops what is nested too deep: below the sixth list or quotation blocks stand plainly."""
    tree: Block = paragraph("底")
    for level in range(24):
        tree = Quote(blocks=(paragraph(f"引{level}"), Listing(items=((paragraph(f"项{level}"), tree),))))
    assert seen_in(COMMONMARK.render(render([tree]))).text == said_by([tree]).text


def test_spans_without_end_make_no_table_without_end() -> None:
    """A page of a few kilobytes must not become a document of megabytes; no cell is lost for it."""
    cell = Cell(children=(Text(text="格"),), colspan=1000, rowspan=65534)
    markdown = render([Table(rows=((cell,) * 3,) * 50)])
    assert len(markdown) < 30_000
    assert markdown.count("格") == 150


@pytest.mark.parametrize("run", [" ", "[", "<", "*", "~ ", "a@", "&a", "- ", "](", "甲“"])
def test_long_runs_of_anything_are_written_in_one_pass(run: str) -> None:
    """A pattern that looks at each character again for each would take hours for these."""
    text = f"甲{run * (200_000 // len(run))}乙"
    assert len(render([paragraph(text), Heading(level=1, children=(Text(text=text),))])) > 4


def _differences(trees: list[tuple[Block, ...]], pages: list[str]) -> list[str]:
    found = (difference(said_by(tree), seen_in(page)) for tree, page in zip(trees, pages, strict=True))
    return [told for told in found if told]


@pytest.mark.parametrize("text", ["  甲", "      甲 乙"])
def test_a_preformatted_line_of_one_text_keeps_the_blanks_that_indent_it(text: str) -> None:
    block = Paragraph(children=(Text(text=text),), preformatted=True)
    shown = COMMONMARK.render(render((block,))).removeprefix("<p>").rstrip("\n").removesuffix("</p>")
    assert shown.replace("\xa0", " ") == text


def test_what_must_be_a_reference_on_account_of_one_delimiter_is_looked_at_by_the_one_before() -> None:
    strong = Strong(children=(Text(text="！讯"),))
    block = Paragraph(children=(Text(text="字"), Struck(children=(Text(text="大"), strong, Text(text="。")))))
    shown = COMMONMARK.render(render((block,)))
    assert shown == "<p>字<s>大<strong>！讯</strong>。</s></p>\n"
