"""Nasty trees of blocks for the tests of the writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper.blocks import (
    Anchor,
    Block,
    Break,
    Cell,
    Code,
    CodeSpan,
    Emphasis,
    Figure,
    Heading,
    Inline,
    Listing,
    Media,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Strong,
    Struck,
    Table,
    Text,
)
from scraper.urls import Url

if TYPE_CHECKING:
    import random

_ATOMS: Final = (
    *"北辰大学新闻网讯记者，。：；！？“”（）《》—…★①、～·\u3000 ",
    *"aB1 9.,:;!?'\"()[]{}<>*_~`#+-=|\\/&@$%^",
    *(
        "\xa0",
        "\u200b",
        "\ufeff",
        "\ufffc",
        "\ue000",
        "\u2028",
        "\u3000\u3000",
        "é",
        "한",
        "😀",
        "𠮷",
        "👨\u200d👩",
    ),
    *(
        "--",
        "---",
        "...",
        ">>",
        "<<",
        "~~d~~",
        "**b**",
        "_i_",
        "*i*",
        "==m==",
        "++",
        "^s^",
        "$x$",
        "\\(",
        "(c)",
    ),
    *("http://a.cn/b", "https://x.cn/（", "ftp://a.b", "www.x.cn", "a@b.cn", "mailto:a@b.c", "//", "://"),
    *("&amp;", "&#35;", "&lt;", "{{ x }}", "{% y %}", "{# z #}", "{{< s >}}", "{{% s %}}", "{.c}", "{#i}"),
    *("<!--more-->", "<script>", "</p>", "<b>", "<a@b.cn>", "<http://x>", "<!--swig\ufffc0-->"),
    *("1. ", "2) ", "2020. ", "# ", "> ", "- ", "+ ", "* ", ": x", "===", "***", "```", "~~~", "|---|---"),
    *("[^1]", "[^1]: f", "[x]: /u", "[ ] t", "[x]", "x", "[x](http://q)", "![a](b)", "[!NOTE]", ":smile:"),
)
_HREFS: Final = (
    *("http://a.cn/x", "http://a.cn/?a=1&b=(2", "http://a.cn/a_b*c*", "https://a.cn/a(b)c", "ftp://a.cn/x"),
    *("http://a.cn/?x=&amp;y&copy;", "http://a.cn/中文路"),
)
_PICTURES: Final = (Url("http://p.cn/1.jpg"), Url("http://p.cn/a(1).png"), Url("http://p.cn/x_y_z.jpg"))


class Forest:
    """Makes trees out of one source of randomness; no block of them is without a visible character."""

    def __init__(self, chance: random.Random) -> None:
        """Take the source: the same gives the same trees."""
        self._chance = chance

    def tree(self) -> tuple[Block, ...]:
        """Return a few blocks."""
        return tuple(self._block(0) for _ in range(self._chance.randint(1, 4)))

    def paragraph(self) -> Paragraph:
        """Return one paragraph."""
        return Paragraph(children=self._sure())

    def text(self) -> str:
        """Return some characters that Markdown, Hugo or Hexo may take for something."""
        return "".join(self._chance.choices(_ATOMS, k=self._chance.randint(1, 6)))

    def _block(self, depth: int) -> Block:
        makers = (self._listing, self._quote, self._table, self._leaf)
        if depth > 2 or self._chance.random() < 0.5:
            return self.paragraph()
        return self._chance.choice(makers)(depth + 1)

    def _listing(self, depth: int) -> Listing:
        return Listing(
            items=tuple(self._few(depth) for _ in range(2)), start=self._chance.choice((None, 1, 99))
        )

    def _quote(self, depth: int) -> Quote:
        return Quote(blocks=self._few(depth))

    def _few(self, depth: int) -> tuple[Block, ...]:
        return tuple(self._block(depth) for _ in range(self._chance.choice((1, 1, 2))))

    def _table(self, _: int) -> Table:
        return Table(
            rows=tuple(tuple(self._cell() for _ in range(self._chance.randint(1, 3))) for _ in range(2))
        )

    def _cell(self) -> Cell:
        span, rows = self._chance.choices((1, 1, 2), k=2)
        return Cell(children=self._sure(), colspan=span, rowspan=rows)

    def _leaf(self, _: int) -> Block:
        leaves: tuple[Block, ...] = (
            Heading(level=self._chance.randint(1, 6), children=self._sure()),
            Figure(src=self._chance.choice(_PICTURES), caption=self._sure(), href="http://a.cn/big"),
            Media(kind="video", src=Url("http://v.cn/a.mp4"), title=self.text()),
            Code(text=f"{self.text()}\n  字{self.text()}"),
            Rule(),
        )
        return self._chance.choice(leaves)

    def _sure(self) -> tuple[Inline, ...]:
        """Return runs of text that a reader sees something of."""
        return (*self._runs(frozenset()), Text(text="字"), *self._runs(frozenset()))

    def _runs(self, within: frozenset[type]) -> tuple[Inline, ...]:
        return tuple(self._run(within) for _ in range(self._chance.randint(1, 3)))

    def _run(self, within: frozenset[type]) -> Inline:
        kinds = (Text, Text, Text, Text, Strong, Strong, Emphasis, Struck, Anchor, Picture, Break, CodeSpan)
        kind = self._chance.choice(kinds)
        if kind is Picture:
            return Picture(src=self._chance.choice(_PICTURES))
        if kind is Break:
            return Break()
        if kind in within or kind is Text:
            return Text(text=self.text())
        if kind is CodeSpan:
            return CodeSpan(text=self.text())
        children = self._runs(within | {kind})
        if kind is Anchor:
            return Anchor(href=self._chance.choice(_HREFS), children=children)
        emphasised: dict[type, type[Strong | Emphasis | Struck]] = {Strong: Strong, Struck: Struck}
        return emphasised.get(kind, Emphasis)(children=children)
