"""What article bodies are made of: each piece is its markup and, beside it, what a reader sees of it.

The second half is the truth that the program's reading is held against. It is written down by whoever writes
the markup and is never read back from it.
"""

from __future__ import annotations

from html import escape

from scraper.values import Value

_ENTITIES = str.maketrans({"“": "&ldquo;", "”": "&rdquo;", "—": "&mdash;", "\xa0": "&nbsp;", "·": "&middot;"})
INDENT = "　　"


class Piece(Value, frozen=True, kw_only=True):
    """A part of a body."""

    html: str
    text: str = ""  # what is seen, in order; white space does not count
    images: tuple[str, ...] = ()  # absolute and cleaned, in order
    media: tuple[str, ...] = ()  # likewise
    links: tuple[str, ...] = ()  # the addresses that can be followed
    attachments: tuple[str, ...] = ()  # files, whether they stand among the links too or not
    outside: bool = False  # True: it stands beside the body, where the system puts its attachments


def marked(text: str) -> str:
    """Return text as the editors' tool writes it: escaped, quotes and dashes as named entities."""
    return escape(text, quote=False).translate(_ENTITIES)


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────


def paragraph(text: str, *, indent: str = INDENT) -> Piece:
    """Return a plain paragraph, indented with U+3000 as nearly all are."""
    return Piece(html=f"<p>{indent}{marked(text)}</p>", text=text)


def bold_lead(lead: str, rest: str) -> Piece:
    """Return a paragraph that begins bold and goes on without a blank: the case that Markdown loses."""
    return Piece(html=f"<p>{INDENT}<strong>{marked(lead)}</strong>{marked(rest)}</p>", text=lead + rest)


def bold_line(text: str) -> Piece:
    """Return a paragraph that is bold as a whole: what editors take for a heading."""
    return Piece(html=f"<p>{INDENT}<strong>{marked(text)}</strong></p>", text=text)


def heading(text: str) -> Piece:
    """Return a true heading."""
    return Piece(html=f"<h3>{marked(text)}</h3>", text=text)


def broken_bold(first: str, second: str) -> Piece:
    """Return bold runs as the tool leaves them: adjacent, nested, empty."""
    html = (
        f"<p>{INDENT}<strong>{marked(first)}</strong><strong><strong>{marked(second)}</strong></strong>"
        "<strong></strong><b>&nbsp;</b></p>"
    )
    return Piece(html=html, text=first + second)


def quote(text: str) -> Piece:
    """Return a block quotation."""
    return Piece(html=f"<blockquote><p>{marked(text)}</p></blockquote>", text=text)


def bullets(*items: str, ordered: bool = False) -> Piece:
    """Return a list; items of a numbered list have no visible number in the truth."""
    tag = "ol" if ordered else "ul"
    rows = "".join(f"<li>{marked(item)}</li>\n" for item in items)
    return Piece(html=f"<{tag}>\n{rows}</{tag}>", text="".join(items))


def lines(*texts: str) -> Piece:
    """Return lines parted by `<br />` within one centred paragraph."""
    html = "<br />\n".join(marked(text) for text in texts)
    return Piece(html=f'<p style="text-align: center;">{html}<br />\n&nbsp;</p>', text="".join(texts))


def divs(*texts: str) -> Piece:
    """Return paragraphs written as `div`, with leftovers of a word processor."""
    rows = "\n".join(f'<div style="text-indent: 2em;">{marked(text)}<o:p></o:p></div>' for text in texts)
    return Piece(html=f"<founder>{rows}</founder>", text="".join(texts))


def table(head: tuple[str, str, str], rows: tuple[tuple[str, str, str], ...], foot: str) -> Piece:
    """Return a table whose first column spans all rows and whose last row spans all columns."""
    cells = "".join(f"<td>{marked(cell)}</td>" for cell in head)
    first, *others = rows
    html = (
        '<table border="1" cellpadding="0" cellspacing="0" style="width: 600px;"><tbody>\n'
        f"<tr>{cells}</tr>\n"
        f'<tr><td rowspan="{len(rows)}">{marked(first[0])}</td><td>{marked(first[1])}</td>'
        f"<td>{marked(first[2])}</td></tr>\n"
        + "".join(f"<tr><td>{marked(row[1])}</td><td>{marked(row[2])}</td></tr>\n" for row in others)
        + f'<tr><td colspan="3"><strong>{marked(foot)}</strong></td></tr>\n</tbody></table>'
    )
    text = "".join(head) + "".join(first) + "".join(row[1] + row[2] for row in others) + foot
    return Piece(html=html, text=text)


def link(before: str, text: str, target: str, after: str, *, href: str | None = None) -> Piece:
    """Return a paragraph with a link; `href` is how the page spells it, where that differs from `target`."""
    spelled = escape(href if href is not None else target)
    anchor = f'<a href="{spelled}" target="_blank">{marked(text)}</a>'
    html = f"<p>{INDENT}{marked(before)}{anchor}{marked(after)}</p>"
    return Piece(html=html, text=before + text + after, links=(target,))


def dead_link(text: str, href: str) -> Piece:
    """Return a paragraph whose link leads nowhere: `http:`, a script, an empty address."""
    return Piece(html=f'<p>{INDENT}<a href="{escape(href)}">{marked(text)}</a></p>', text=text)


# ── pictures, video, sound ────────────────────────────────────────────────────────────────────────────────


def picture(address: str, caption: str = "", *, src: str | None = None, alt: str | None = None) -> Piece:
    """Return a picture of the newer templates, its caption in a paragraph of its own."""
    alternative = "" if alt is None else f' alt="{escape(alt)}"'
    image = f'<img border="0" height="533" src="{escape(src or address)}" width="800"{alternative} />'
    below = f"<p>{marked(caption)}</p>" if caption else "<p></p>"
    centred = f'<div align="center">{image}\n{below}\n</div>'
    html = f"<!-- image template start -->\n{centred}\n<!-- image template end-->"
    return Piece(html=html, text=caption, images=(address,))


def old_picture(address: str, caption: str = "") -> Piece:
    """Return a picture of the old system, nested as its tool does, between `<!--eps-->` and `<!--epe-->`."""
    image = f'<span><img border="0" height="429" id="no_img" src="{escape(address)}" width="650" /></span>'
    below = marked(caption) if caption else "&nbsp;"
    html = (
        '<p style="text-align: center"><!--eps--></p>\n'
        f'<div align="center">\n<div align="center">{image}</div>\n'
        f'<div align="center">{below}</div>\n</div>\n<p><!--epe--></p>\n'
        "<!--advertisement code begin--><!--advertisement code end-->"
    )
    return Piece(html=html, text=caption, images=(address,))


def picture_in_text(before: str, address: str, after: str) -> Piece:
    """Return a paragraph that holds a picture among its words, as 47 % of the real pictures stand."""
    html = f'<p>{INDENT}{marked(before)}<img src="{escape(address)}" border="0" />{marked(after)}</p>'
    return Piece(html=html, text=before + after, images=(address,))


def linked_picture(address: str, target: str) -> Piece:
    """Return a picture that is a link."""
    image = f'<img border="0" src="{escape(address)}" width="800" />'
    html = f'<center><a href="{escape(target)}">{image}</a></center>'
    return Piece(html=html, images=(address,), links=(target,))


def lost_picture(src: str = "file:///C:/Users/x/AppData/Local/Temp/tu.jpg") -> Piece:
    """Return a picture of the editor's own disk: it is no picture of the article."""
    return Piece(html=f'<p><img src="{escape(src)}" /></p>')


def video(address: str, *, src: str | None = None) -> Piece:
    """Return a video; `src` is how the page spells the address, with blanks and tabs."""
    html = (
        f'<div align="center">\n<video controls="" height="366" loop="" src="{src or address}" width="670">'
        '<source type="video/mp4"> </source></video>\n</div>'
    )
    return Piece(html=html, media=(address,))


def audio(address: str) -> Piece:
    """Return a sound in the player of the broadcasts."""
    html = (
        '<!--eps-->\n<div align="center">\n<div align="center"><span>'
        '<embed autostart="true" height="300" loop="-1" '
        f'name="MediaPlayer" showcontrols="1" showdisplay="0" showstatusbar="0" src="{address}" '
        'type="application/x-mplayer2" width="320"></embed></span></div>\n</div>\n<!--epe-->'
    )
    return Piece(html=html, media=(address,))


def flash(player: str, film: str) -> Piece:
    """Return a film of the flash years: its address stands within the player's."""
    html = (
        '<p style="text-align: center"><object align="middle" '
        'classid="clsid:d27cdb6e-ae6d-11cf-96b8-444553540000" height="400" id="flvplay" name="flvplay" '
        'width="500"><param name="allowScriptAccess" value="sameDomain" />'
        f'<param name="movie" value="{player}?autostart=true&amp;file={film}" />'
        '<param name="quality" value="high" />'
        '<param name="allowFullScreen" value="true" /></object></p>'
    )
    return Piece(html=html, media=(film,))


def raw(html: str, text: str = "") -> Piece:
    """Return markup as it stands, with what a reader sees of it."""
    return Piece(html=html, text=text)
