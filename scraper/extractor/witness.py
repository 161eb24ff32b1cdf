"""What a body shows, seen with other eyes than the reader's, and what of it nobody tells.

Shares no code with the walk that makes blocks, and none of its rules; what both begin from is the parser's
word alone (`raw_body`). It goes through the raw tree for texts, links and whatever can show a picture, and
through the markup as characters for every name of a file or picture, in attributes, styles and calls of
scripts alike. What the reader's account names is taken off, and listed; the rest is what a document must say.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from scraper import dom, text, urls
from scraper.extractor import witnessed_markup, witnessed_players
from scraper.model import LeftOut, Shown
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from scraper.extractor.raw_body import Attributes, Element, RawBody
    from scraper.urls import Url

    Join = Callable[[str], Url | None]

_NO_WORDS: Final = frozenset(
    [
        *("script", "style", "template", "head", "title", "meta", "link", "base", "-comment", "-doctype"),
        *("rp", "iframe", "video", "audio", "object", "embed", "canvas", "noscript", "picture"),
    ]
)
"""Elements whose characters no browser shows."""

_PICTURED: Final = frozenset(["img", "image"])
_LEADING: Final = frozenset(["a", "area", *_PICTURED])
_RAW: Final = frozenset(
    ["script", "style", "template", "iframe", "noembed", "noframes", "noscript", "plaintext", "xmp"]
)
"""Elements whose content the markup holds as it stands."""

_MOST_BLANKS: Final = 16  # in the name of a file
_ADDRESS: Final = re.compile(r"(?:https?:)?/|[^\s:]+\.\w{2,5}(?:$|[?#])|data:image", re.IGNORECASE)
_SRCSET: Final = re.compile(r"(?<!\s)\s++[\d.]++[xw]\s*+(?:,|$)|,\s++")
_NO_ADDRESS: Final = frozenset(["alt", "title", "class", "id"])
_ADDRESSES: Final = frozenset(["src", "href", "xlink:href"])
_SAMPLE: Final = 60  # characters
_SPEAKS_BY_ADDRESS: Final = frozenset(["canvas", "area", "input"])
_SPEAKS_BY_ATTRIBUTES: Final = frozenset(["player", "picture", "placeholder", "form", "script-text"])
_ALWAYS_TOLD: Final = frozenset(["player", "picture", "placeholder"])
_SAYS: Final = ("value", "alt", "title", "placeholder", "srcdoc", "data-nickname", "data-desc")
_TAG: Final = re.compile(r"<[^<>]{0,300}>")
_SHOWS_BY_ADDRESS: Final = frozenset(
    ["decoration", "placeholder", "picture", "hidden-text", "player", "dropped"]
)


class _Seen(Value, kw_only=True):
    """What was met so far."""

    texts: list[str] = field(default_factory=list)
    pictures: list[tuple[str, ...]] = field(
        default_factory=list
    )  # each by the values that may be its address
    links: list[str] = field(default_factory=list)
    left: list[tuple[str, dom.Node]] = field(default_factory=list)


class _Link(Value):
    """A link that is open; it is one if it shows anything of its own."""

    href: str
    shows: bool = False


class Told(Value, frozen=True, kw_only=True):
    """What the reader tells: its pictures and links, and all other addresses that it names."""

    images: Sequence[str]
    links: Sequence[str]
    others: Sequence[str]
    words: Sequence[str] = ()  # what scripts call files: names, and no addresses


class Testimony(Value, frozen=True, kw_only=True):
    """What the body shows, and what of it is left out by rule."""

    shown: Shown
    left_out: tuple[LeftOut, ...]


def testify(
    bodies: Sequence[RawBody],
    join: Join,
    told: Told,
    nodes: Mapping[int, str],
    addresses: Mapping[str, str],
) -> Testimony:
    """Return what the containers show, less what the account names by element (`mem_id`) or by address.

    `join`: `urls.join` on the page's own base, whatever base the reader took.
    """
    seen, naming = _Seen(), []
    for body in bodies:
        glance = _glance(body)
        naming += [body.root] if glance.names else []
        if nodes or glance.needs_a_walk:
            _look(body.root, join, nodes, seen)
        else:
            _look_at_once(body, glance.leading, join, seen)
    files, loose = _named(naming, seen, addresses, told)
    images = _identified(seen.pictures, loose, join, told)
    return Testimony(
        shown=Shown(
            text=text.visible_text("".join(seen.texts)),
            images=images,
            links=tuple(seen.links),
            files=tuple(dict.fromkeys(join(name) or urls.Url(name) for name in files)),
        ),
        left_out=tuple(_listed(seen.left, addresses)),
    )


# ── the tree ──────────────────────────────────────────────────────────────────────────────────────────────


class _Glance(Value, frozen=True, kw_only=True):
    """What one look over the elements of a container shows."""

    leading: list[Element]  # links and pictures
    needs_a_walk: bool  # some words are not shown, or a link stands in another
    names: bool  # anything but the address of an `<img>` may be the name of a file or picture


def _glance(body: RawBody) -> _Glance:
    """Look over the elements of a container."""
    elements, tags = body.elements, body.tags
    leading = [element for element in elements if element[1] in _LEADING]
    values = {
        value
        for _, tag, told in elements
        if told and tag != "img"
        for value in told.values()
        if value and "." in value
    }
    may_name = '"'.join((*values, *tags, ""))
    nests = "a" in tags and len(leading) > 1 and dom.first(body.root, "a a") is not None
    return _Glance(
        leading=leading,
        needs_a_walk=nests or not tags.isdisjoint(_NO_WORDS),
        names=not tags.isdisjoint(_RAW) or witnessed_markup.NAME.search(may_name) is not None,
    )


def _look_at_once(body: RawBody, leading: Iterable[Element], join: Join, seen: _Seen) -> None:
    """Note what `_look` does, of a container in which all words are shown and no link stands in another."""
    seen.texts.append(body.text)
    for node, tag, attributes in leading:
        if tag == "area":
            _piece(attributes, join, seen)
        elif tag != "a":
            _picture(attributes, [], seen)
        elif (href := _href(attributes, join)) is not None:
            shows = text.is_seen(dom.all_text(node)) or any(_pictured(node))
            seen.links.extend([href] if shows else [])


def _pictured(link: dom.Node) -> Iterator[str]:
    for node in dom.select(link, ", ".join(_PICTURED)):
        yield from _values(node.attributes)


def _look(root: dom.Node, join: Join, nodes: Mapping[int, str], seen: _Seen) -> None:
    waiting: list[dom.Node | _Link] = [root]
    links: list[_Link] = []  # those open, outermost first
    while waiting:
        node = waiting.pop()
        if isinstance(node, _Link):
            seen.links.extend([node.href] if links.pop().shows else [])
            continue
        if node is not root and (following := node.next) is not None:
            waiting.append(following)
        tag = node.tag
        if nodes and (rule := nodes.get(node.mem_id)) is not None:
            seen.left.append((rule, node))
        elif tag == "-text":
            _note(node.text_content or "", links, seen)
        elif tag in _NO_WORDS:
            _pictures_within(node, nodes, links, seen)
        else:
            if tag in _LEADING and (link := _led(node, join, links, seen)) is not None:
                waiting.append(link)
            waiting.extend([child] if (child := node.first_child) is not None else [])


def _led(node: dom.Node, join: Join, links: list[_Link], seen: _Seen) -> _Link | None:
    """Note a picture, or a piece of one that leads somewhere; return a link that opens here."""
    if node.tag in _PICTURED:
        _picture(node.attributes, links, seen)
    elif node.tag == "area":
        _piece(node.attributes, join, seen)
    elif (href := _href(node.attributes, join)) is not None:
        links.append(_Link(href))
        return links[-1]
    return None


def _note(characters: str, links: list[_Link], seen: _Seen) -> None:
    seen.texts.append(characters)
    if links and not links[-1].shows:
        links[-1].shows = text.is_seen(characters)


def _piece(attributes: Attributes, join: Join, seen: _Seen) -> None:
    """Note what a piece of a picture leads to."""
    if (href := _href(attributes, join)) is not None:
        seen.links.append(href)


def _pictures_within(node: dom.Node, nodes: Mapping[int, str], links: list[_Link], seen: _Seen) -> None:
    """Note the pictures of a `<picture>`, and those that a `<noscript>` holds for who has no scripts."""
    if node.tag not in {"picture", "noscript"}:
        return
    for image in dom.select(node, "img"):
        if (rule := nodes.get(image.mem_id)) is not None:
            seen.left.append((rule, image))
        else:
            beside = dom.select(node, "source") if node.tag == "picture" else ()
            _picture(image.attributes, links, seen, beside)


def _picture(told: Attributes, links: list[_Link], seen: _Seen, beside: Iterable[dom.Node] = ()) -> None:
    values = _values(told)
    for other in beside:
        values += _values(other.attributes)
    if values:
        seen.pictures.append(tuple(values))
        if links:
            links[-1].shows = True


def _values(attributes: Attributes) -> list[str]:
    """Return the values of an element's attributes that may be the address of a picture."""
    found: list[str] = []
    for name, value in attributes.items():
        if not value or name in _NO_ADDRESS:
            continue
        if name in _ADDRESSES:
            found.append(value.strip())
        elif "srcset" in name:
            found += [part.strip().partition(" ")[0] for part in _SRCSET.split(value) if part.strip()]
        elif not value.isdigit() and _ADDRESS.match(value.strip()):
            found.append(value.strip())
    return found


def _href(attributes: Attributes, join: Join) -> str | None:
    """Return what a link leads to outside the page; None where it leads nowhere."""
    reference = (attributes.get("href") or "").strip()
    scheme, colon, rest = reference.partition(":")
    if colon and scheme.lower() in {"mailto", "ftp"}:
        return f"{scheme.lower()}:{''.join(rest.split())}" if "@" in rest or scheme.lower() == "ftp" else None
    url = None if reference.startswith("#") or not reference else join(reference)
    if url is None:
        return None
    fragment = "".join(reference.partition("#")[2].split())
    return f"{url}#{fragment}" if fragment else url


# ── the markup ────────────────────────────────────────────────────────────────────────────────────────────


def _named(
    roots: Sequence[dom.Node], seen: _Seen, addresses: Mapping[str, str], told: Told
) -> tuple[list[str], list[str]]:
    """Return the names of files in the markup, and the names of pictures that no element shows."""
    every = [name for root in roots for name in witnessed_markup.names_in(root)]
    if not (every or seen.left):
        return [], []
    names = Counter(every)
    for rule, node in seen.left:
        offered = (
            {dom.attribute(each, "value") for each in dom.select(node, "option")} if rule == "form" else ()
        )
        names.subtract(name for name in witnessed_markup.names_in(node) if name[0] not in offered)
    known = {piece for address in (*told.images, *told.links, *told.others) for piece in _pieces(address)}
    shown = {value for values in seen.pictures for value in values}
    tails = {tail for address in known for tail in _behind_blanks(address)}
    noted = {piece for address in addresses for piece in _pieces(address)}
    files = list(witnessed_players.untold(seen.left, known))
    loose: list[str] = []
    for (name, is_picture), count in names.items():
        last = _last_of(name)
        if count <= 0 or last in noted or name in told.words or last in tails:
            continue
        if not is_picture:
            files.append(name)
        elif name not in shown and last not in known:
            loose.append(name)
    return files, loose


def _behind_blanks(name: str) -> Iterator[str]:
    """Yield the ends of a name that follow a blank, at which an address seems to begin."""
    at = name.rfind(" ")
    for _ in range(_MOST_BLANKS):
        if at < 0:
            break
        yield name[at + 1 :]
        at = name.rfind(" ", 0, at)


def _pieces(address: str) -> list[str]:
    return [piece for piece in witnessed_players.PIECES.split(unquote(address)) if piece]


def _last_of(name: str) -> str:
    """Return the last piece of an address; one that is no more than an ending (`?e=.pdf`) names nothing."""
    *before, last = _pieces(name) or [name]
    return last if last[:1] != "." else next((piece for piece in reversed(before) if "." in piece[1:]), last)


# ── what it comes to ──────────────────────────────────────────────────────────────────────────────────────


def _identified(
    pictures: Sequence[tuple[str, ...]], loose: Sequence[str], join: Join, told: Told
) -> tuple[Url, ...]:
    """Return each picture by the address that is told of it, else by its first that can be asked for.

    In the order in which they are told: another order is no loss. Those that are not told follow.
    """
    if not (pictures or loose):
        return ()
    first = [values[0] for values in pictures]
    leads = not loose and "data:" not in {value[:5] for value in first}  # such a one is long
    if leads and list(map(join, first)) == list(told.images):  # as on most pages
        return tuple(map(urls.Url, told.images))
    left, page = Counter(told.images), join("")
    found: list[str] = []
    untold: list[Url] = []
    for values in pictures:
        named = (join(value) for value in values if not value.startswith("data:"))
        own = [str(url) for url in named if url is not None and url != page]
        if any(value.startswith("data:") for value in values):
            own += [address for address in left if address.startswith("/")]
        same = next((address for address in own if left[address] > 0), None)
        if same is not None:
            left[same] -= 1
            found.append(same)
        elif own:
            untold.append(urls.Url(own[0]))
    untold += [url for name in loose if (url := join(name)) is not None]
    counts = Counter(found)
    return (*(urls.Url(address) for address in told.images if _taken(counts, address)), *untold)


def _taken(counts: Counter[str], address: str) -> bool:
    counts[address] -= 1
    return counts[address] >= 0


def _listed(left: Sequence[tuple[str, dom.Node]], addresses: Mapping[str, str]) -> Iterator[LeftOut]:
    """Yield what is left out, rule by rule, in the order in which each was first met."""
    samples: dict[str, list[str]] = {}
    for rule, node in left:
        sample = text.fold(dom.text_of(node)) if node.tag != "noscript" else ""
        if not text.visible_text(sample):
            sample = _address_of(node) if rule in _SHOWS_BY_ADDRESS or node.tag in _SPEAKS_BY_ADDRESS else ""
        sample = sample or _words_of(node, rule)
        if sample:
            samples.setdefault(rule, []).append(sample)
    for address, rule in addresses.items():
        samples.setdefault(rule, []).append(address)
    for rule, found in samples.items():
        yield LeftOut(what=rule, count=len(found), sample=found[0][:_SAMPLE])


def _address_of(node: dom.Node) -> str:
    """Return the address that an element without words names, or one within it."""
    attributes = node.attributes
    own = next((value for name, value in attributes.items() if value and name in {"src", "href", "data"}), "")
    if own:
        return own
    image = dom.first(node, "img[src]")
    if image is not None:
        return dom.attribute(image, "src")
    told = (value for name, value in attributes.items() if value and name not in {"xmlns", "xmlns:xlink"})
    return next((value for value in told if _ADDRESS.match(value.strip())), "")


def _words_of(node: dom.Node, rule: str) -> str:
    """Return what an element without text says by its attributes or its markup; "" where it is nothing."""
    tag = node.tag or ""
    if rule not in _SPEAKS_BY_ATTRIBUTES:
        return ""
    if tag in {"template", "script"}:
        return text.fold(_TAG.sub(" ", node.html or ""))
    if tag == "input" and dom.attribute(node, "type").lower() == "hidden":
        return ""
    said = next(filter(None, (text.fold(dom.attribute(node, name)) for name in _SAYS)), "")
    if not said:
        others = (value or "" for name, value in node.attributes.items() if name.startswith("data-"))
        said = next((text.fold(value) for value in others if len(value) > 1), "")
    return _TAG.sub(" ", said).strip() or (f"<{tag}>" if rule in _ALWAYS_TOLD else "")
