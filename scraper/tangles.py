"""Whether a page can be parsed at all: what its tree would cost, bounded by one pass over its tags.

The parser is quadratic in the depth of a tree and in the attributes of one element, and one `<p>` after
another repeats every formatting element left open before: a page of 40 kB can ask for gigabytes. What is
counted here is never less than what the parser would do. So an end tag counts only where the HTML standard's
tree construction is sure to obey it: what stands in comments, attributes and raw text closes nothing, nor
does what is out of scope (`<b><object></b>`), and in a `<select>` or in foreign content nothing is sure.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from scraper.errors import NotAnArticle
from scraper.messages import say

_FEW_TAGS: Final = 1_500  # so few cannot make a tree that is dear
_FEW_CHARACTERS: Final = 30_000  # so few hold attributes for a third of a second at most
_MOST_TAGS: Final = 500_000  # of one page
_MOST_WORK: Final = 8_000_000  # open elements, summed over the tags: what scope checks walk over
_MOST_COPIES: Final = 200_000  # open formatting elements, summed likewise: the nodes that might be added
_MOST_ATTRIBUTES: Final = 512  # of one element; the richest of 7,155 real pages has some dozens
_LONG_TAG: Final = 1_024  # characters, below which no tag holds that many attributes

_SPACE: Final = r"[ \t\n\r\f]"
_ATTRIBUTE: Final = re.compile(  # a name, which may begin with "=", and its value
    rf"""(?:=[^ \t\n\r\f/>=]*+|[^ \t\n\r\f/>=]++)
    (?:{_SPACE}*+={_SPACE}*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^ \t\n\r\f>"'][^ \t\n\r\f>]*+)?)?+""",
    re.VERBOSE,
)
_TAG: Final = re.compile(
    rf"""<(?:
        (?P<end>/?)(?P<name>[a-zA-Z][^ \t\n\r\f/>]*+)(?P<rest>(?:[ \t\n\r\f/]++|{_ATTRIBUTE.pattern})*+)
      | !--(?P<comment>)                             # its end is looked for where it is met
      | (?P<bogus>[!?/])[^>]*+                       # ends at the first ">", whatever it holds
    )""",
    re.VERBOSE,
)
_SHORT: Final = 300  # characters of a tag that is surely looked at at once
_DOUBTFUL: Final = (
    re.compile(  # where a tag may begin that is a root's, or not short, or not surely ended by the next ">"
        rf"""</?+(?=[a-zA-Z])(?!(?![Hh][Tt][Mm][Ll]|[Bb][Oo][Dd][Yy])(?:
        [a-zA-Z0-9]{{1,{_SHORT - 1}}}+>              # most tags; of the others' attributes most are as here:
      | (?=[^>]{{0,{_SHORT}}}+>) [^ \t\n\r\f/>]++ (?:[ ][a-z]++="[^">]*+")*+
        (?:> | (?: [ \t\n\r\f/]++
                 | [^ \t\n\r\f/>="']++
                   (?:{_SPACE}*+={_SPACE}*+(?:"[^">]*+"|'[^'>]*+'|[^ \t\n\r\f>"'][^ \t\n\r\f>]*+)?+)?+
               )*+>)
    ))""",
        re.VERBOSE,
    )
)
_COMMENT_END: Final = re.compile(r"-->|--!>")
_BEGUN: Final = re.compile(r"<([A-Za-z]{1,8})[ \t\n\r\f/>]")  # as long as the names that are counted
_EACH: Final = re.compile(rf"(?:{_BEGUN.pattern}|<)")  # whatever else a tag begins is ""
_MOST_LOOKED_AT: Final = 24  # open elements, for what keeps an item open
_MOST_ALIKE: Final = 3  # formatting elements of one kind that the parser keeps apart (the Noah's Ark clause)
_MOST_MENDED: Final = 8  # blocks within a formatting element, beyond which its end tag leaves it open

_FORMATTING: Final = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
_ROOTS: Final = frozenset(["html", "body"])  # each further one gives its attributes to the first
_VOID: Final = _ROOTS | {
    *("area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "head", "hr", "image", "img"),
    *("input", "keygen", "link", "meta", "param", "source", "track", "wbr"),
}
_RAW: Final = {
    name: re.compile(rf"</{name}(?=[ \t\n\r\f/>])", re.IGNORECASE)
    for name in ("iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp")
}
_CELLS: Final = frozenset(["caption", "td", "th"])
_MARKERS: Final = _CELLS | {"applet", "marquee", "object"}
_PARTING: Final = _MARKERS | {"template"}  # links before and behind such a one can both be open
_BARRIERS: Final = _MARKERS | {"table", "svg", "select"}  # end tags reach no further
_SECTIONS: Final = frozenset(["tbody", "tfoot", "thead"])
_ABOVE: Final = {  # a part of a table, and what it stands in
    **dict.fromkeys(("td", "th"), frozenset(["tr"])),
    "tr": _SECTIONS,
    **dict.fromkeys((*_SECTIONS, "caption", "colgroup"), frozenset(["table"])),
}
_IMPLIED: Final = {"td": "tr", "th": "tr", "tr": "tbody"}
_HEADINGS: Final = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_BLOCKS: Final = _HEADINGS | {  # they close a paragraph, and their end tags what stands in them
    *("address", "article", "aside", "blockquote", "center", "details", "dir", "div", "dl", "fieldset"),
    *("figcaption", "figure", "footer", "header", "hgroup", "listing", "main", "menu", "nav", "ol", "p"),
    *("pre", "section", "summary", "ul", "li", "dd", "dt"),
}
_SPECIAL: Final = _BARRIERS | _BLOCKS | _ABOVE.keys() | {"button", "form", "noscript"}
_NEXT: Final = {"li": ("li",), "dd": ("dd", "dt"), "dt": ("dd", "dt")}  # what the next of its kind closes
_IMPLIED_ENDS: Final = frozenset(["dd", "dt", "li", "optgroup", "option", "p"])
_UNSURE: Final = frozenset(["dialog", "frameset", "math", "plaintext", "search", "template"])
_RUBY: Final = frozenset(["rb", "rp", "rt", "rtc"])
_IN_SELECT: Final = frozenset(["option", "optgroup", "select"])
_DRAWING: Final = frozenset(  # what a drawing holds that is no door back to HTML
    [
        *("svg", "g", "path", "circle", "rect", "line", "polyline", "polygon", "ellipse", "use", "defs"),
        *("symbol", "lineargradient", "radialgradient", "stop", "clippath", "mask", "text", "tspan"),
    ]
)


def check(text: str) -> None:
    """Raise `NotAnArticle` for a page whose tree would be too dear."""
    most = text.count("<")
    if most <= _FEW_TAGS and len(text) <= _FEW_CHARACTERS:
        return
    if most > _MOST_TAGS:
        msg = say("too tangled to be read: more than {most_tags} tags", most_tags=_MOST_TAGS)
        raise NotAnArticle(msg)
    dear = most * most > 2 * _MOST_WORK or (
        most * most > _MOST_COPIES
        and _formatting(text) * most > _MOST_COPIES
        and _copies(text) > _MOST_COPIES
    )
    if dear or _may_have_many_attributes(text):
        _Count().read(text)


def _formatting(text: str) -> int:
    """Return how many formatting elements can be open at most; a link closes the one before it."""
    links = markers = others = 0
    for written, times in Counter(_BEGUN.findall(text)).items():
        name = written.lower()
        if name == "a":
            links += times
        elif name in _FORMATTING:
            others += times
        elif name in _PARTING:
            markers += times
    return min(links, 1 + markers) + others


def _copies(text: str) -> int:
    """Return how many of them can be open at each tag, summed over the tags: those that begin before it.

    Closer than the most of them at every tag, and far quicker than `_Count`.
    """
    names = _EACH.findall(text)
    copies, free, left = 0, 1, len(names)  # `free`: places beside markers where no link is open yet
    for written in names:
        left -= 1
        name = written.lower()
        if name in _PARTING:
            free += 1
        elif name == "a":
            copies += left if free else 0
            free -= free > 0
        elif name in _FORMATTING:
            copies += left
    return copies


def _may_have_many_attributes(text: str) -> bool:
    """Say whether anything looks like an element with too many attributes, if only in a script.

    Every "<" is looked at, since what seems to stand in a tag may stand behind a comment that holds its
    beginning. What is long is read again, as often as makes the page once more.
    """
    left, of_roots = len(text), 0
    for doubtful in _DOUBTFUL.finditer(text):
        tag = _TAG.match(text, doubtful.start())
        if tag is None:
            continue
        size = tag.end() - tag.start()
        left -= size
        of_roots += size if tag["name"][:4].lower() in _ROOTS else 0
        if (
            left < 0
            or of_roots > _LONG_TAG
            or (size > _LONG_TAG and len(_ATTRIBUTE.findall(tag["rest"])) > _MOST_ATTRIBUTES)
        ):
            return True
    return False


def _counted_attributes(tag: re.Match[str], of_roots: int) -> int:
    """Return the attributes of all root tags so far. Raises `NotAnArticle` for too many of one element."""
    name = (tag["name"] or "").lower()
    found = len(_ATTRIBUTE.findall(tag["rest"] or ""))
    of_roots += found if name in _ROOTS else 0
    if max(found, of_roots) > _MOST_ATTRIBUTES:
        msg = say(
            "too tangled to be read: a <{name}> with more than {most_attributes} attributes",
            name=name,
            most_attributes=_MOST_ATTRIBUTES,
        )
        raise NotAnArticle(msg)
    return of_roots


class _Count:
    """Follows the tags of a page as the parser would, and adds up what each of them costs.

    Below `_floor` nobody knows which elements are still open, so none of those is closed any more; once
    `_sure` is False none is at all. What is counted as open is never less than what is.
    """

    def __init__(self) -> None:
        self._open: list[str] = []  # all but formatting elements, outermost first
        self._places: dict[str, list[int]] = {}  # in `_open`, by name
        self._barriers: list[int] = [-1]  # places of what end tags do not reach past
        self._specials: list[int] = [-1]  # likewise, of the end tags of ordinary elements
        self._formats: list[dict[str, list[int]]] = [{}]  # since each barrier: depths of those open, by name
        self._formatting = 0  # elements that the next paragraph repeats
        self._stuck = 0  # formatting elements that were closed, and may still be open
        self._many = False  # some element was formatted alike more often than the parser keeps apart
        self._links_left = 1  # that can be open at once, once nothing is sure
        self._in_form = False
        self._floor = 0
        self._sure = True
        self._of_roots = 0  # attributes

    def read(self, text: str) -> None:
        """Raise `NotAnArticle` as soon as a page has become too dear."""
        work = copies = at = 0
        while (tag := _TAG.search(text, at)) is not None:
            work += len(self._open) + self._formatting + self._stuck
            copies += self._formatting
            if work > _MOST_WORK or copies > _MOST_COPIES:
                msg = say(
                    "too tangled to be read: {count} deep, {formatting} left open",
                    count=len(self._open),
                    formatting=self._formatting,
                )
                raise NotAnArticle(msg)
            at = self._meet(tag, text)

    def _meet(self, tag: re.Match[str], text: str) -> int:
        """Take in a tag or a comment; return where the next one may begin."""
        if tag["name"] is None:
            if tag["comment"] is not None:
                return _after_comment(text, tag.end())
            self._sure &= not text.startswith("<![CDATA[", tag.start()) or self._last("svg") < 0
            return tag.end()
        name = tag["name"].lower()
        if name in _ROOTS or tag.end() - tag.start() > _LONG_TAG:
            self._of_roots = _counted_attributes(tag, self._of_roots)
        if tag["end"]:
            self._end(name)
            return tag.end()
        if name in _RAW and self._sure and self._last_of("svg", "select") < 0:
            return self._raw(name, text, tag.end())
        self._start(name, closed=tag["rest"].endswith("/"))
        return tag.end()

    def _raw(self, name: str, text: str, at: int) -> int:
        """Return where raw text ends: at its own end tag, or with the page."""
        if name == "xmp":
            self._close_paragraph()
        end = _RAW[name].search(text, at)
        place = len(text) if end is None else end.start()
        if name == "script" and (comment := text.find("<!--", at, place)) >= 0:
            self._sure &= "<script" not in text[comment:place].lower()  # it may not end here after all
        return place

    def _last(self, name: str) -> int:
        """Return where the last of this name is open; -1: none is."""
        places = self._places.get(name)
        return places[-1] if places else -1

    def _last_of(self, *names: str) -> int:
        """Return where the last of any of these is open; -1: none is."""
        return max(map(self._last, names))

    # ── start tags ────────────────────────────────────────────────────────────────────────────────────────

    def _start(self, name: str, *, closed: bool) -> None:
        self._doubt(name)
        if self._open and self._open[-1] == "colgroup" and name != "col" and self._sure:
            self._close_at(len(self._open) - 1)
        if not self._sure:
            self._start_unsure(name)
        elif self._places.get("svg") or name == "svg":
            if not closed:
                self._push(name)
        elif name in _FORMATTING:
            self._format(name)
        elif name in _ABOVE:
            self._part_of_table(name)
        elif name == "hr":
            self._close_paragraph()
        elif name not in _VOID and not (name == "form" and self._in_form):
            self._close_before(name)
            self._push(name)

    def _doubt(self, name: str) -> None:
        """Be sure of nothing any more once a tag was met that changes the rules."""
        in_select = bool(self._places.get("select")) and name not in _IN_SELECT
        in_drawing = bool(self._places.get("svg")) and name not in _DRAWING
        if name in _UNSURE or in_select or in_drawing:
            self._sure = False

    def _start_unsure(self, name: str) -> None:
        in_drawing = self._last_of("math", "svg") >= 0  # where any name nests
        self._links_left += name in _MARKERS or name == "template"
        if name == "a":
            self._formatting += self._links_left > 0  # a link closes the one before it, but for markers
            self._links_left = max(self._links_left - 1, 0)
        elif name in _FORMATTING:
            self._formatting += 1
        if in_drawing or name not in _FORMATTING | _VOID:
            self._push(name)

    def _format(self, name: str) -> None:
        depths = self._formats[-1].setdefault(name, [])
        if name == "a" and depths:  # as if its end tag stood here
            self._end_format(name)
        depths.append(len(self._open))
        self._many |= len(depths) > _MOST_ALIKE
        self._formatting += 1

    def _part_of_table(self, name: str) -> None:
        """Open a row, a cell and so on, with what it must stand in; outside a table it is passed over."""
        table = self._last("table")
        if table < 0:
            return
        wanted = _ABOVE[name]
        above = max(table, *map(self._last, wanted))
        self._close_at(above + 1)
        if self._open[-1] not in wanted and name in _IMPLIED:
            self._part_of_table(_IMPLIED[name])
        self._push(name)

    def _close_before(self, name: str) -> None:
        """Close what cannot hold this element."""
        if name == "table":
            self._close_before_table()
        elif name in _IN_SELECT:
            self._close_before_option(name)
        elif name in _NEXT:
            self._close_item(_NEXT[name])
        elif name == "button" and self._last("button") > self._barriers[-1]:
            self._close_at(self._last("button"))
        elif name == "form":
            self._in_form = True
        if name in _BLOCKS or name == "form":
            self._close_paragraph()
        if name in _RUBY or (name in _HEADINGS and self._open and self._open[-1] in _HEADINGS):
            self._floor = len(self._open)  # it may close what is open, if that is no formatting element

    def _close_before_option(self, name: str) -> None:
        select = self._last("select")
        if name == "select":
            self._sure &= select < 0  # parsers differ
            return
        over = self._last_of("option", "optgroup") if name == "optgroup" else self._last("option")
        if select >= 0:
            self._close_at(over if over > select else len(self._open))
        elif self._open and self._open[-1] == "option":
            self._floor = len(self._open)

    def _close_before_table(self) -> None:
        table = self._last("table")
        if table > self._last_of(*_CELLS):
            self._close_at(table)
        elif self._last("p") > self._barriers[-1]:
            self._floor = len(self._open)  # closed or not, as the page's doctype says

    def _close_paragraph(self) -> None:
        paragraph = self._last("p")
        if paragraph > max(self._barriers[-1], self._last("button")):
            self._close_at(paragraph)

    def _close_item(self, kinds: tuple[str, ...]) -> None:
        """Close the item before this one, unless something stands between that keeps it open."""
        for place in reversed(self._specials[-_MOST_LOOKED_AT:]):
            if place < 0 or self._open[place] in kinds:
                if place >= 0:
                    self._close_at(place)
                return
            if self._open[place] not in {"address", "div", "p"}:
                return
        self._floor = len(self._open)

    def _push(self, name: str) -> None:
        place = len(self._open)
        self._open.append(name)
        self._places.setdefault(name, []).append(place)
        if name in _BARRIERS:
            self._barriers.append(place)
            self._formats.append({})
        if name in _SPECIAL:
            self._specials.append(place)

    # ── end tags ──────────────────────────────────────────────────────────────────────────────────────────

    def _end(self, name: str) -> None:
        in_select = bool(self._places.get("select")) and name not in _IN_SELECT
        in_drawing = bool(self._places.get("svg")) and name not in _DRAWING
        self._sure &= not (in_select or in_drawing)
        if not self._sure:
            return
        if name in _FORMATTING:
            self._end_format(name)
        elif name == "form":
            self._end_form()
        else:
            place = self._last_of(*_HEADINGS) if name in _HEADINGS else self._last(name)
            if place > self._reach(name, place):
                self._close_at(place)

    def _reach(self, name: str, place: int) -> int:
        """Return the place that an end tag does not reach."""
        if name in _ABOVE or name == "table":
            return self._last("table") - (name == "table")
        if name in _BARRIERS:
            return self._barriers[-1] - 1
        if name == "li":
            return max(self._barriers[-1], self._last_of("ol", "ul"))
        if name == "p":
            return max(self._barriers[-1], self._last("button"))
        if name in _BLOCKS or name == "button":
            return self._barriers[-1]
        return self._specials[-1] - (place == self._specials[-1])

    def _end_form(self) -> None:
        """Close a form: it leaves open what stands in it."""
        form = self._last("form")
        if not self._in_form or form <= self._barriers[-1]:
            self._in_form = False
            return
        self._in_form = False
        if self._floor <= form and all(name in _IMPLIED_ENDS for name in self._open[form + 1 :]):
            self._close_at(form)
        else:
            self._floor = len(self._open)

    def _end_format(self, name: str) -> None:
        """Close a formatting element; ordinary elements in it are closed too, blocks stay open."""
        depths = self._formats[-1].get(name)
        if not depths:
            return
        within = self._open[depths[-1] :] if len(self._open) - depths[-1] < _MOST_MENDED else None
        if within is None:
            self._floor = len(self._open)
            return
        self._formatting -= 1
        depth = depths.pop()
        self._stuck += bool(within) and self._many
        if within and not any(each in _SPECIAL for each in within):
            self._close_at(depth)
        elif not all(each in _SPECIAL for each in within):
            self._floor = len(self._open)

    def _close_at(self, place: int) -> None:
        """Close an element and what stands in it, where it is known to be open."""
        if place < self._floor:
            self._floor = len(self._open)
            return
        closed = [self._pop() for _ in range(len(self._open) - place)]
        if _BARRIERS.isdisjoint(closed):
            return
        held = [name for name in closed if name in _BARRIERS]  # innermost first
        markers = [name for name in held if name in _MARKERS]
        cleared = not markers or (len(markers) == 1 and (held[0] in _CELLS or held == closed[-1:]))
        self._sure &= cleared  # else a formatting element outlives the cell or object that it stands in

    def _pop(self) -> str:
        name = self._open.pop()
        self._places[name].pop()
        if name in _SPECIAL:
            self._specials.pop()
        if name in _BARRIERS:
            self._barriers.pop()
            inside = self._formats.pop()
            if name in _MARKERS:
                self._formatting -= sum(map(len, inside.values()))
                return name
            for kind, depths in inside.items():  # what a table leaves open goes on behind it
                self._formats[-1].setdefault(kind, []).extend(depths)
        return name


def _after_comment(text: str, at: int) -> int:
    """Return where a comment ends; `<!-->` and `<!--->` are whole."""
    for short in (">", "->"):
        if text.startswith(short, at):
            return at + len(short)
    end = _COMMENT_END.search(text, at)
    return len(text) if end is None else end.end()
