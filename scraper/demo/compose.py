"""Bodies from numbers: what an article says, made up when it is asked for and the same each time."""

from __future__ import annotations

import hashlib
from random import Random
from typing import TYPE_CHECKING

from scraper.demo import pieces, words
from scraper.demo.story import Form

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.demo.pieces import Piece
    from scraper.demo.story import Story


def body_of(story: Story, home: str) -> tuple[Piece, ...]:
    """Return the story's own body, or compose one that fits its form; `home` is the site without a slash."""
    if story.body is not None:
        return story.body
    random = Random(f"{story.number} {story.revision}")  # noqa: S311 -- invented news, no secret
    match story.form:
        case Form.G3_AV | Form.G1_AV:
            return (_film(random, story, home),)
        case Form.G3_PHOTO | Form.G1_PHOTO:
            return _gallery(random, story, home)
        case Form.G3_TOPIC:
            return _topic(random, home)
        case _:
            return _article(random, story, home)


def picture_address(random: Random, home: str, form: Form) -> str:
    """Return an address of the shape that pictures of this generation have."""
    number = random.randint(10_000, 99_999)
    tail = hashlib.sha256(f"{number} {random.random()}".encode()).hexdigest()[:8]
    if form.generation < 2:  # noqa: PLR2004 -- until G2 pictures had other addresses
        old_tail = int(tail, 16) % 1_000_000
        return f"{home}/pic/0/00/{number // 1000:02}/{number % 100:02}/{number}_{old_tail:06}.jpg"
    return f"{home}/pic/003/000/{number // 100:03}/003000{number}_{tail}.jpg"


def film_address(random: Random, home: str, kind: str, suffix: str) -> str:
    """Return the address of a film or a sound."""
    number = random.randint(10_000, 99_999)
    return f"{home}/{kind}/003/000/{number // 100:03}/003000{number}_{number * 7919 % 2**32:08x}.{suffix}"


def _film(random: Random, story: Story, home: str) -> Piece:
    if story.form is Form.G1_AV:
        return pieces.flash(f"{home}/sys/player.swf", film_address(random, home, "video", "mp4"))
    if story.channel == "bcgb":
        return pieces.audio(film_address(random, home, "audio", "mp3"))
    address = film_address(random, home, "video", "mp4")
    return pieces.video(address, src=f" \t{address}" if random.random() < 0.5 else None)  # noqa: PLR2004 -- half


def _gallery(random: Random, story: Story, home: str) -> tuple[Piece, ...]:
    draw = pieces.old_picture if story.form.generation < 2 else pieces.picture  # noqa: PLR2004 -- see above
    shots = [
        draw(picture_address(random, home, story.form), words.caption(random))
        for _ in range(random.randint(3, 9))
    ]
    credit = pieces.lines(f"文/{words.person(random)}", f"图/{words.person(random)} {words.person(random)}")
    return (credit, pieces.paragraph(words.opening(random)), *shots)


def _topic(random: Random, home: str) -> tuple[Piece, ...]:
    links = [
        pieces.link("★", words.headline(random), f"{home}/bcyw/system/2021/01/0{day}/03004000{day}.shtml", "")
        for day in range(1, random.randint(4, 9))
    ]
    banner = pieces.picture(picture_address(random, home, Form.G3_TOPIC))
    return (banner, pieces.raw("<p></p>\n\n<p></p>"), *links)


def _article(random: Random, story: Story, home: str) -> tuple[Piece, ...]:
    """Return an opening, a few paragraphs, and one to three of what bodies also hold."""
    old = story.form.generation < 2  # noqa: PLR2004 -- see above
    draw = pieces.old_picture if old else pieces.picture
    lead = pieces.paragraph(f"{words.NEWSROOM}讯（记者 {words.person(random)}）{words.opening(random)}")
    middle = [pieces.paragraph(words.statement(random)) for _ in range(random.randint(2, 6))]
    for make in random.sample(_SPICES, random.randint(1, 3)):
        middle.insert(random.randint(0, len(middle)), make(random))
    for _ in range(random.choice((0, 1, 1, 2))):
        shot = draw(picture_address(random, home, story.form), random.choice(("", words.caption(random))))
        middle.insert(random.randint(0, len(middle)), shot)
    return (lead, *middle)


def _table(random: Random) -> Piece:
    rows = tuple(
        (random.choice(words.HOUSES), random.choice(words.EVENTS), f"{random.randint(1, 400)}人")
        for _ in range(3)
    )
    return pieces.table(("单位", "活动", "人数"), rows, f"合计{random.randint(401, 2000)}人")


def _bullets(random: Random) -> Piece:
    items = tuple(
        f"{random.choice(words.PLACES)}：{random.choice(words.EVENTS)}" for _ in range(random.randint(2, 5))
    )
    return pieces.bullets(*items, ordered=random.random() < 0.5)  # noqa: PLR2004 -- half


_SPICES: tuple[Callable[[Random], Piece], ...] = (
    lambda random: pieces.bold_lead(f"{random.choice(words.LEADS)}：", words.statement(random)),
    lambda random: pieces.bold_lead(f"“{random.choice(words.LEADS)}”", words.statement(random)),
    lambda random: pieces.bold_line(random.choice(words.LEADS)),
    lambda random: pieces.broken_bold(random.choice(words.LEADS), f"——{random.choice(words.FEELINGS)}"),
    lambda random: pieces.quote(words.statement(random)),
    lambda random: pieces.lines(*random.sample(words.LEADS, 3)),
    lambda random: pieces.divs(words.statement(random), words.statement(random)),
    _bullets,
    _table,
)
