"""What the tags within and around a line mean: text styles, links, pictures, headings, captions."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from scraper import dom, text
from scraper.blocks import Break, Code, Figure, Paragraph, Picture, Rule
from scraper.extractor import embeds, files, pictures, preformatted, tables

if TYPE_CHECKING:
    from scraper.extractor.account import Rule as LeftOutBy
    from scraper.extractor.inline_runs import Style
    from scraper.extractor.styles import Look
    from scraper.extractor.walk import Walk

HEADINGS = {f"h{level}": level for level in range(1, 7)}
_OF_CODE: Final = frozenset(
    [
        *(
            "b",
            "br",
            "code",
            "div",
            "em",
            "font",
            "i",
            "kbd",
            "p",
            "pre",
            "samp",
            "span",
            "strong",
            "tt",
            "u",
        ),
        *("listing", "mark", "plaintext", "var", "xmp", "ol", "ul", "li"),
    ]
)
_RAISED: Final = str.maketrans("0123456789+-−=()（）", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾⁽⁾")
_LOWERED: Final = str.maketrans("0123456789+-−=()（）", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎₍₎")
_SMALL: Final = re.compile(r"[0-9+\-−=()（）]{1,20}")
_BEFORE_SMALL: Final = re.compile(r"[A-Za-z0-9Α-Ωα-ω)\]）₀-₉⁰¹²³⁴-⁹℃°]")
_OF_SMALL: Final = frozenset(["sup", "sub", "span", "font", "b", "strong", "em", "i", "small"])
_DIGIT: Final = re.compile("[0-9]")
_EXPRESSION: Final = re.compile(
    r"(?=.*?[A-Za-z0-9Α-Ωα-ω])[A-Za-z0-9Α-Ωα-ω+\-−–=*/,.′'()（）|]{1,24}"
)  # above or below a letter
_SIGN: Final = re.compile(r"[+\-−–=/,|]")
_NO_EXPONENT: Final = frozenset(  # of ordinals and degrees; marks
    [
        *("st", "nd", "rd", "th", "er", "re", "me", "eme", "e", "o", "do", "ta", "to"),
        *("tm", "sm", "new", "hot", "beta", "pdf", "ref"),
    ]
)
_LETTERS: Final = re.compile("[A-Za-zΑ-Ωα-ω]")
_OF_WORD: Final = re.compile("[A-Za-z]{2}")


def leave(walk: Walk, node: dom.Node, rule: LeftOutBy) -> None:
    """Leave an element out, and say by which rule."""
    walk.account.leave(node, rule)


def strong(walk: Walk, node: dom.Node) -> None:
    """Read a bold run. Weight by style sheet alone is no emphasis: it is how a template looks."""
    walk.enter_styled(node, walk.style._replace(strong=True))


def emphasis(walk: Walk, node: dom.Node) -> None:
    """Read a run in italics."""
    walk.enter_styled(node, walk.style._replace(emphasis=True))


def struck(walk: Walk, node: dom.Node) -> None:
    """Read a run that is struck out."""
    walk.enter_styled(node, walk.style._replace(struck=True))


def code(walk: Walk, node: dom.Node) -> None:
    """Read code within a line; in preformatted text one after another is a line each."""
    if walk.keeps_lines:
        following = node.next
        is_line = following is not None and following.tag == "code"
        walk.enter(node, partial(walk.add, Break()) if is_line else None)
        return
    walk.enter_styled(node, walk.style._replace(code=True))


def quotation(walk: Walk, node: dom.Node) -> None:
    """Read a `<q>`, whose marks the browser sets."""
    walk.add("“")
    walk.enter(node, partial(walk.add, "”"))


def ruby(walk: Walk, node: dom.Node) -> None:
    """Read a ruby; of one whose words all stand before their readings each gets its own."""
    parts = [part for child in dom.children(node) for part in _parts_of_ruby(child)]
    bases, readings = ([part for part in parts if part.tag == tag] for tag in ("rb", "rt"))
    others = [part for part in parts if part.tag not in {"rb", "rt", "rp", "-comment"}]
    is_plain = all(part.tag == "-text" and not dom.all_text(part).strip() for part in others)
    if len(bases) <= 1 or len(bases) != len(readings) or not is_plain:
        walk.enter(node)
        return
    for base, reading in reversed(list(zip(bases, readings, strict=True))):
        walk.after(partial(reading_aid, walk, reading))
        walk.after(partial(walk.enter, base))


def _parts_of_ruby(child: dom.Node) -> list[dom.Node]:
    return dom.children(child) if child.tag in {"rbc", "rtc"} else [child]


def reading_aid(walk: Walk, node: dom.Node) -> None:
    """Read the `<rt>` of a ruby: how the word before it is read, in brackets."""
    if not text.visible_text(dom.text_of(node)):
        walk.enter(node)
        return
    walk.add("(")
    walk.enter(node, partial(walk.add, ")"))


def raised(walk: Walk, node: dom.Node, table: dict[int, int], sign: str) -> None:
    """Read what stands above or below the line, after a letter or digit.

    Digits and signs are told as small ones, other expressions behind a sign: 10⁶, x^(n+1), a_(i,j). A name
    below the line stays beside its letter, as in print of one size: fmax.
    """
    shown = dom.text_of(node).strip()
    if not (
        _BEFORE_SMALL.fullmatch(walk.last_character)
        and all(below.tag in _OF_SMALL for below in dom.select(node, "*"))
    ):
        walk.enter(node)
    elif _SMALL.fullmatch(shown) and _DIGIT.search(shown + "0"):
        walk.add(shown.translate(table))
    elif _EXPRESSION.fullmatch(shown) and (_is_power(walk, shown) if sign == "^" else _SIGN.search(shown)):
        is_one = len(shown) == 1 or shown[0] in "(（"
        walk.add(sign if is_one else f"{sign}(")
        walk.enter(node, None if is_one else partial(walk.add, ")"))
    else:
        walk.enter(node)


def _is_power(walk: Walk, shown: str) -> bool:
    """Tell what raises a number or letter from the end of an ordinal, a mark, and a note at a word."""
    if "," in shown or shown.strip("()（）.").lower() in _NO_EXPONENT:
        return False
    return _LETTERS.search(shown) is None or _OF_WORD.fullmatch(walk.last_characters) is None


superscript = partial(raised, table=_RAISED, sign="^")
subscript = partial(raised, table=_LOWERED, sign="_")


def anchor(walk: Walk, node: dom.Node) -> None:
    """Read a link; one that leads nowhere is the text that it shows."""
    attributes = node.attributes
    href = walk.addresses.link(attributes.get("href"))
    if href is None:
        script = f"{attributes.get('href') or ''} {attributes.get('onclick') or ''}"
        href = files.opened_by(script, walk.addresses) if len(script) > 1 else None
        if href is not None:
            walk.file_words.extend(name for name in files.strings(script) if "/" not in name)
        if href is None:
            words = text.fold(dom.text_of(node)) if (is_scripted := _is_scripted(attributes)) else ""
            if is_scripted and files.is_named_by(attributes, words):
                walk.account.note(words or attributes.get("title") or "", "script-file")
            walk.enter(node)
            return
    walk.hrefs.append(href)
    style = walk.style.linked(len(walk.hrefs) - 1)
    if files.is_plainly_page(href):  # as most do
        walk.enter_styled(node, style)
        return
    if files.is_attachment(href):
        _enter_file(walk, node, href, style)
        return
    if files.is_played_name(href) and not _shows(walk, node):
        embeds.put(walk, embeds.of_address(files.as_url(href)))
        return
    is_file = "download" in attributes and not files.is_page(href)
    if is_file or (files.may_be_program(href) and files.is_named_by(attributes, dom.text_of(node))):
        walk.files.append(files.as_url(href))
    walk.enter_styled(node, style)


def _is_scripted(attributes: dict[str, str | None]) -> bool:
    """Tell whether a click on a link runs a script."""
    return bool(attributes.get("onclick")) or (attributes.get("href") or "").strip().lower().startswith(
        "javascript"
    )


def _shows(walk: Walk, node: dom.Node) -> bool:
    """Tell whether a link has words of its own, or a picture that is none of an icon."""
    return bool(text.visible_text(dom.text_of(node))) or any(
        pictures.choose(image, walk.addresses)[0] for image in dom.select(node, "img")
    )


def _enter_file(walk: Walk, node: dom.Node, href: str, style: Style) -> None:
    """Read a link to a file; one that shows no words of its own, or an icon alone, has the file's name."""
    url = files.viewed(files.as_url(href))
    if url is not None:
        walk.files.append(url)
    if not _shows(walk, node) and not dom.select(node, "video, audio, iframe, object, embed"):
        before, walk.style = walk.style, style
        walk.add(files.name_of(href))
        walk.style = before
    walk.enter_styled(node, style)


def area(walk: Walk, node: dom.Node) -> None:
    """Read a piece of a picture that leads somewhere: a link called as the piece is, or as its file."""
    href = walk.addresses.link(dom.attribute(node, "href"))
    if href is None:
        return
    words = text.fold(dom.attribute(node, "alt") or dom.attribute(node, "title"))
    if files.is_attachment(href):
        walk.files.append(files.as_url(href))
        words = words or files.name_of(href)
    if not words:
        walk.account.leave(node, "navigation")
        return
    _line(walk, words, href)


def selection(walk: Walk, node: dom.Node) -> None:
    """Read a field to choose from: the files that it offers are links, all else is to be filled in."""
    for option in dom.select(node, "option[value]"):
        url = walk.addresses.file(dom.attribute(option, "value"))
        if url is not None and files.is_file_name(url):
            walk.files.append(url)
            _line(walk, text.fold(dom.text_of(option)) or files.name_of(url), url)
    walk.account.leave(node, "form")


def _line(walk: Walk, words: str, href: str) -> None:
    """Put a link on a line of its own."""
    walk.flush()
    walk.hrefs.append(href)
    before, walk.style = walk.style, walk.style.linked(len(walk.hrefs) - 1)
    walk.add(words)
    walk.style = before
    walk.flush()


def line_break(walk: Walk, node: dom.Node) -> None:
    """Read a `<br>`, and what a broken page hung below it."""
    walk.add(Break())
    walk.enter(node)


def image(walk: Walk, node: dom.Node) -> None:
    """Read a picture; one whose address cannot be asked for is not there."""
    attributes = node.attributes
    src, rule = pictures.chosen(node, attributes, walk.addresses)
    if src is None:
        walk.account.leave(node, rule)
        return
    walk.pictures.add(src)
    alt = attributes.get("alt")
    walk.add(Picture(src=src, alt=text.fold(alt) if alt else ""))


def backed(walk: Walk, node: dom.Node, reference: str) -> None:
    """Read an element that shows nothing but the picture beneath it."""
    src = walk.addresses.picture(reference)
    if src is not None:
        href = walk.addresses.link(dom.attribute(node, "href")) if node.tag == "a" else None
        before = walk.style
        if href is not None:
            walk.hrefs.append(href)
            walk.style = before.linked(len(walk.hrefs) - 1)
        walk.pictures.add(src)
        walk.add(Picture(src=src))
        walk.style = before
    walk.usual(node)


def fallback(walk: Walk, node: dom.Node) -> None:
    """Read a `<noscript>`: the pictures that a script would show, where it is the only one to name them."""
    told = False
    for each in dom.select(node, "img"):
        src, _ = pictures.choose(each, walk.addresses)
        if src is not None and src not in walk.pictures and not walk.is_shown_elsewhere(src):
            told = True
            image(walk, each)
        else:
            walk.account.leave(each, "fallback")
    if not told:
        walk.account.leave(node, "fallback")


def drawing(walk: Walk, node: dom.Node) -> None:
    """Read an `<svg>`: the pictures and the pieces of page within it, not its lines."""
    if dom.first(node, "image, foreignObject") is None:
        walk.account.leave(node, "drawing")
    else:
        walk.enter(node)


def drawn_image(walk: Walk, node: dom.Node) -> None:
    """Read the `<image>` of a drawing."""
    attributes = node.attributes
    src = walk.addresses.picture(attributes.get("href") or attributes.get("xlink:href"))
    if src is None:
        walk.account.leave(node, "picture")
        return
    walk.pictures.add(src)
    walk.add(Picture(src=src))


def drawn_text(walk: Walk, node: dom.Node) -> None:
    """Read a `<text>`: of a drawing it is a part of the drawing, elsewhere a tag that nobody knows."""
    above = node.parent
    while above is not None and above.tag not in {"svg", "foreignObject", "body"}:
        above = above.parent
    if above is not None and above.tag == "svg":
        walk.account.leave(node, "drawing")
    else:
        walk.enter(node)


def word_picture(walk: Walk, node: dom.Node) -> None:
    """Read what Word left for old browsers: no other one shows it, an `<img>` stands beside it or within."""
    if src := dom.attribute(node, "src"):
        walk.account.note(src, "drawing")
    walk.enter(node)


def rule(walk: Walk, _node: dom.Node) -> None:
    """Read an `<hr>`."""
    walk.flush()
    walk.blocks.append(Rule())


def heading(walk: Walk, node: dom.Node) -> None:
    """Read a heading of any level."""
    walk.flush()
    walk.after(partial(_close_heading, walk, walk.level))
    walk.level = HEADINGS[node.tag or "h6"]
    walk.enter(node)


def _close_heading(walk: Walk, level: int) -> None:
    walk.flush()
    walk.level = level


def pre(walk: Walk, node: dom.Node) -> None:
    """Read preformatted text: code where it looks so, else prose whose lines and blanks are kept."""
    if walk.keeps_blanks:  # one within another: it is looked at once, and not again for each that it holds
        keep_lines(walk, node, blanks=True)
        return
    walk.flush()
    shown = preformatted.characters(node)
    is_plain = all(below.tag in _OF_CODE and not walk.is_special(below) for below in dom.select(node, "*"))
    if is_plain and not walk.style.anchor and preformatted.is_code(shown):
        told = shown.replace("\xa0", " ").strip("\n").rstrip()
        if told.strip():
            walk.blocks.append(Code(text=told))
        return
    keep_lines(walk, node, blanks=True)


def keep_lines(walk: Walk, node: dom.Node, *, blanks: bool) -> None:
    """Read an element whose line ends count, and with `blanks` the blanks that indent its lines too."""
    walk.flush()
    walk.after(partial(_close_lines, walk, walk.keeps_lines, walk.keeps_blanks))
    walk.keeps_lines, walk.keeps_blanks = True, blanks
    walk.enter(node)


def _close_lines(walk: Walk, keeps_lines: bool, keeps_blanks: bool) -> None:  # noqa: FBT001 - the state to go back to
    walk.flush()
    walk.keeps_lines, walk.keeps_blanks = keeps_lines, keeps_blanks


def looking(walk: Walk, node: dom.Node, look: Look) -> None:
    """Read an element whose style says something else than its tag."""
    before = walk.style
    style = before
    if look.strong is False:
        style = style._replace(strong=False)
    if look.emphasis is False:
        style = style._replace(emphasis=False)
    if look.struck:
        style = style._replace(struck=True)
    keeps = (walk.keeps_lines, walk.keeps_blanks)
    walk.style = style
    walk.after(partial(_close_look, walk, before, keeps))
    if look.lines is not None:
        walk.keeps_lines, walk.keeps_blanks = True, look.lines
    if (look.strong is False and node.tag in {"b", "strong"}) or (
        look.emphasis is False and node.tag in {"em", "i", "cite", "dfn", "var"}
    ):
        walk.enter(node)
    elif look.raised is not None and node.tag in {"span", "font"}:
        (superscript if look.raised == "super" else subscript)(walk, node)
    else:
        walk.usual(node)


def _close_look(walk: Walk, style: Style, keeps: tuple[bool, bool]) -> None:
    walk.style = style
    walk.keeps_lines, walk.keeps_blanks = keeps


def caption(walk: Walk, node: dom.Node) -> None:
    """Read a `<figcaption>`: it belongs to the figure right above it, else it is a paragraph."""
    walk.open()
    walk.enter(node, partial(_close_caption, walk))


def _close_caption(walk: Walk) -> None:
    inner = walk.close()
    last = walk.blocks[-1] if walk.blocks else None
    if isinstance(last, Figure) and not last.caption and all(isinstance(part, Paragraph) for part in inner):
        told = tables.line_of(inner)
        walk.blocks[-1] = Figure(src=last.src, alt=last.alt, href=last.href, caption=told)
    else:
        walk.blocks.extend(inner)
