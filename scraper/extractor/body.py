"""From the containers of a body to blocks: which tag is read how, which element otherwise, what is left out.

What is left out is written into the account under the rule that leaves it out; the `witness` holds the blocks
and the account against the page, with eyes of its own.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from scraper import dom
from scraper.extractor import containers, elements, embeds, formulas, pictures, special
from scraper.extractor.walk import Walk, as_block, as_inline, as_nothing
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scraper.blocks import Block
    from scraper.extractor.account import Account, Rule
    from scraper.extractor.addresses import Addresses
    from scraper.extractor.survey import Survey
    from scraper.extractor.walk import Handler
    from scraper.urls import Url

LEFT_OUT: Final = dom.UNSEEN | {
    "select",
    "textarea",
    "datalist",
    "svg",
    "canvas",
    "rp",
    "input",
    "annotation",
}
"""Tags whose text is no part of an article: scripts, styles, comments, form fields, drawings."""

_FORM: Final = ("select", "textarea", "datalist", "input")
_BLOCKS: Final = (
    *("address", "article", "aside", "body", "caption", "center", "col", "colgroup", "dd", "details"),
    *("dialog", "dir", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "header", "hgroup", "html"),
    *("legend", "main", "marquee", "nav", "p", "section", "summary", "tbody", "tfoot", "thead"),
)
_INLINE: Final = ("big", "font", "ins", "label", "mark", "nobr", "small", "span", "tt", "u")
_WHOLE: Final = frozenset(
    ["table", "ul", "ol", "pre", "blockquote", "figure", "img", "video", "h1", "h2", "h3"]
)
"""Tags that say something of their own when the body's selector names one of them."""

HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(_INLINE, as_inline),  # as is every tag that is not here: these are found by their numbers
    **dict.fromkeys(_BLOCKS, as_block),
    **dict.fromkeys(dom.UNSEEN | {"rp"}, as_nothing),
    **dict.fromkeys(_FORM, partial(elements.leave, rule="form")),
    **dict.fromkeys(("canvas", "defs", "desc"), partial(elements.leave, rule="drawing")),
    **dict.fromkeys(elements.HEADINGS, elements.heading),
    **dict.fromkeys(embeds.TAGS, embeds.media),
    **dict.fromkeys(("b", "strong"), elements.strong),
    **dict.fromkeys(("em", "i", "cite", "dfn", "var"), elements.emphasis),
    **dict.fromkeys(("del", "s", "strike"), elements.struck),
    **dict.fromkeys(("code", "kbd", "samp"), elements.code),
    **dict.fromkeys(("pre", "xmp", "listing", "plaintext"), elements.pre),
    **dict.fromkeys(("ul", "ol", "menu"), containers.listing),
    **dict.fromkeys(("td", "th"), containers.cell),
    "a": elements.anchor,
    "blockquote": containers.quote,
    "br": elements.line_break,
    "figcaption": elements.caption,
    "hr": elements.rule,
    "image": elements.drawn_image,
    "img": elements.image,
    "li": containers.item,
    "math": formulas.math,
    "noscript": elements.fallback,
    "area": elements.area,
    "select": elements.selection,
    "template": partial(elements.leave, rule="script-text"),
    **dict.fromkeys(("noframes", "noembed"), partial(elements.leave, rule="fallback")),
    **dict.fromkeys(embeds.CARDS, partial(elements.leave, rule="player")),
    "q": elements.quotation,
    "rt": elements.reading_aid,
    "ruby": elements.ruby,
    "sub": elements.subscript,
    "sup": elements.superscript,
    "svg": elements.drawing,
    "table": containers.table,
    "text": elements.drawn_text,
    "tr": containers.row,
    "v:imagedata": elements.word_picture,
}
_NUMBERED: Final = dom.by_number(HANDLERS)


class Reading(Value, frozen=True, kw_only=True):
    """What the containers of a body say."""

    blocks: tuple[Block, ...]
    files: tuple[Url, ...]  # known as files by more than their addresses
    played: tuple[Url, ...]  # by players, those in cells of tables too
    words: tuple[str, ...]  # what scripts call their files
    account: Account


def read(
    surveys: Sequence[Survey],
    addresses: Addresses,
    left_out: Mapping[int, Rule],
    beside: Iterable[str] = (),
) -> Reading:
    """Return what stands in the containers, in page order, without what `left_out` names by its `mem_id`.

    `beside`: words that the page's style sheet alone shows in them.
    """
    roots = [survey.root for survey in surveys]
    otherwise = special.handlers(surveys, addresses, left_out)
    walk = Walk(addresses, HANDLERS, _NUMBERED, otherwise, partial(_shown, roots, addresses))
    for words in beside:
        walk.account.note(words, "style-text")
    for root in roots:
        walk.read(root, whole=root.tag in _WHOLE)
    return Reading(
        blocks=tuple(walk.blocks),
        files=tuple(walk.files),
        played=tuple(walk.played),
        words=tuple(walk.file_words),
        account=walk.account,
    )


def _shown(roots: Sequence[dom.Node], addresses: Addresses) -> frozenset[Url]:
    """Return the pictures that the containers show without the help of a `<noscript>`."""
    hidden = {node.mem_id for root in roots for node in dom.select(root, "noscript img")}
    images = (node for root in roots for node in dom.select(root, "img") if node.mem_id not in hidden)
    chosen = (pictures.choose(image, addresses)[0] for image in images)
    return frozenset(src for src in chosen if src is not None)
