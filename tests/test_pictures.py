"""Pictures and files kept in the archive: `images: download`, against the fake sites, over loopback."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from archiving import Archive, only, opened
from gallery import CHANNEL, HOME, PICTURE, SECOND, asked, document, kept, place, publish, served, shown

from scraper.app.reextraction import changes
from scraper.audit.verification import Verified, verify
from scraper.audit.verify_captures import Damage
from scraper.demo import beichen, campus_sites, faults, pieces
from scraper.demo.ecms_world import EcmsWorld
from scraper.demo.exchange import Answer
from scraper.demo.server import serve
from scraper.ingest.article_decision import MOST_HOSTS
from scraper.progress import Unwatched
from scraper.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scraper.demo.campus import CampusWorld
    from scraper.demo.exchange import Ask
    from scraper.demo.server import Server

SITE = "beichen"


@pytest.fixture
def archive(tmp_path: Path, server: Server, world: EcmsWorld) -> Archive:
    return Archive(tmp_path, server, world, channel=CHANNEL, images="download")


# ── kept ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_pictures_are_kept_and_the_document_shows_them_from_there(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    publish(world, PICTURE, SECOND)
    report = archive.run()
    assert kept(archive) == {
        place(served(PICTURE), "jpg"): served(PICTURE),
        place(served(SECOND), "png"): served(SECOND),
    }
    assert shown(document(archive)) == [
        f"/{place(served(PICTURE), 'jpg')}",
        f"/{place(served(SECOND), 'png')}",
    ]
    assert "书院里的灯光" in document(archive)
    assert (report.exit_code, only(report).written, only(report).problems) == (0, 1, [])
    assert only(report).requests == len(server.log) == 5  # robots.txt, the list, the article, two pictures


def test_by_default_pictures_stay_where_they_are(tmp_path: Path, world: EcmsWorld, server: Server) -> None:
    archive = Archive(tmp_path, server, world, channel=CHANNEL)
    publish(world, PICTURE)
    archive.run()
    assert shown(document(archive)) == [PICTURE]
    assert kept(archive) == {}
    assert asked(server, PICTURE) == 0


def test_a_picture_of_two_articles_is_asked_for_once_and_is_one_file(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    publish(world, PICTURE, PICTURE)
    publish(world, PICTURE)
    archive.run()
    there = f"/{place(served(PICTURE), 'jpg')}"
    assert sorted(map(shown, archive.documents().values())) == [[there], [there, there]]
    assert (asked(server, PICTURE), len(kept(archive))) == (1, 1)


def test_the_same_bytes_under_two_addresses_are_one_file(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    publish(world, f"{HOME}/pic/1.gif", f"{HOME}/pic/2.gif")  # the fake site has one GIF
    archive.run()
    first, second = shown(document(archive))
    assert first == second
    assert (asked(server, f"{HOME}/pic/1.gif"), asked(server, f"{HOME}/pic/2.gif")) == (1, 1)
    assert len(kept(archive)) == 1


def test_a_picture_is_named_by_what_it_is_and_not_by_its_address(archive: Archive, world: EcmsWorld) -> None:
    publish(world, PICTURE)
    png = served(SECOND)
    world.fail(r"/pic/", lambda _ask, answer: replace(answer, body=png, headers=_html(answer)))
    report = archive.run()
    assert (report.exit_code, list(kept(archive))) == (0, [place(png, "png")])


def test_a_compressed_picture_is_kept_as_it_looks(archive: Archive, world: EcmsWorld) -> None:
    world.compress = True
    publish(world, PICTURE)
    archive.run()
    assert kept(archive) == {place(served(PICTURE), "jpg"): served(PICTURE)}


def test_a_second_run_asks_for_no_picture_and_rewrites_nothing(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    publish(world, PICTURE)
    archive.run()
    files = [
        archive.root / path for path in (*archive.documents(), *(f"{SITE}/{path}" for path in kept(archive)))
    ]
    before = [file.stat().st_mtime_ns for file in files]
    archive.run()
    assert asked(server, PICTURE) == 1
    assert [file.stat().st_mtime_ns for file in files] == before


def test_a_revised_article_gets_its_new_picture_and_the_old_one_stays(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    story = publish(world, PICTURE)
    archive.clock.now = story.published
    archive.run()
    world.stories[story.number] = replace(story, body=(pieces.picture(SECOND),), revision=1)
    archive.clock.wait(days=1, hours=1)
    assert only(archive.run()).revised == 1
    assert shown(document(archive)) == [f"/{place(served(SECOND), 'png')}"]
    assert (asked(server, PICTURE), asked(server, SECOND), len(kept(archive))) == (1, 1, 2)


@pytest.mark.parametrize("campus", [campus_sites.vsb, campus_sites.webplus])
def test_attachments_are_kept_and_linked_from_there(
    tmp_path: Path, campus: Callable[[], CampusWorld]
) -> None:
    world = campus()
    pdf = b"%PDF-1.4\n% an attachment\n%%EOF\n"
    world.fail(r"download\.jsp|\.(pdf|docx?|xlsx?)$", lambda _ask, _answer: Answer(status=200, body=pdf))
    with serve(world) as server:
        archive = Archive(tmp_path, server, world, images="download")
        assert archive.run().exit_code == 0
    texts = "".join(archive.documents().values())
    attachments = {file for truth in world.truths().values() for file in truth.attachments}
    held = {access.url for access in server.log} & attachments
    assert held
    assert not any(file in texts for file in held)
    assert f"](/{place(pdf, 'pdf')})" in texts


# ── not kept ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [404, 410])
def test_a_picture_that_is_gone_is_said_to_be_gone(
    archive: Archive, world: EcmsWorld, server: Server, status: int
) -> None:
    publish(world, PICTURE, SECOND)
    world.fail(re.escape(PICTURE), faults.status(status))
    report = archive.run()
    assert (report.exit_code, only(report).gone, only(report).problems) == (0, 0, [])
    assert shown(document(archive)) == [f"/{place(served(SECOND), 'png')}"]
    assert f"[图（已不存在）]({PICTURE})" in document(archive)
    archive.run()
    assert asked(server, PICTURE) == 1


def test_a_picture_that_is_gone_is_looked_for_once_more_and_never_again(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    publish(world, PICTURE)
    world.fail(re.escape(PICTURE), faults.status(404))
    for days in (0, 5, 31, 40, 400):
        archive.clock.wait(days=days)
        archive.run()
    assert asked(server, PICTURE) == 2
    assert "图（已不存在）" in document(archive)


def test_a_picture_that_comes_back_is_shown(archive: Archive, world: EcmsWorld) -> None:
    publish(world, PICTURE)
    world.fail(re.escape(PICTURE), faults.status(404))
    archive.run()
    world.heal()
    archive.clock.wait(days=31)
    archive.run()
    assert shown(document(archive)) == [f"/{place(served(PICTURE), 'jpg')}"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (faults.soft_error(), "WrongType"),
        (faults.login_wall(), "WrongType"),
        (faults.empty_body(), "WrongType"),
        (faults.status(500), "BadStatus"),
        (faults.status(403), "Blocked"),
        (faults.short_body(), "Unreachable"),
        (faults.gzip_bomb(), "TooLarge"),
        (faults.redirect_loop(), "BadStatus"),
    ],
)
def test_what_is_no_picture_is_told_and_the_document_links_to_the_source(
    archive: Archive, world: EcmsWorld, fault: faults.Fault, kind: str
) -> None:
    publish(world, PICTURE)
    world.fail(r"/pic/", fault)
    report = archive.run()
    assert (report.exit_code, only(report).written, only(report).failed) == (3, 1, 0)
    assert [(problem.url, problem.kind) for problem in only(report).problems] == [(PICTURE, kind)]
    assert shown(document(archive)) == [PICTURE]
    assert kept(archive) == {}


def test_a_failed_picture_is_tried_again_by_the_next_run(archive: Archive, world: EcmsWorld) -> None:
    publish(world, PICTURE)
    world.fail(r"/pic/", faults.soft_error())
    archive.run()
    world.heal()
    report = archive.run()
    assert (report.exit_code, only(report).written, only(report).unchanged) == (0, 0, 1)
    assert shown(document(archive)) == [f"/{place(served(PICTURE), 'jpg')}"]


def test_a_picture_over_the_bound_is_not_asked_for_again_soon(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    publish(world, PICTURE)
    world.fail(r"/pic/", faults.gzip_bomb())
    archive.run()
    archive.clock.wait(days=20)
    archive.run()
    assert asked(server, PICTURE) == 1


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "an SVG"),
        (b"MZ\x90\x00\x03", "a program"),
    ],
)
def test_what_could_act_on_a_reader_is_not_kept_and_not_asked_for_again(
    archive: Archive, world: EcmsWorld, server: Server, body: bytes, what: str
) -> None:
    publish(world, PICTURE)
    world.fail(r"/pic/", lambda _ask, answer: replace(answer, body=body))
    report = archive.run()
    assert (report.exit_code, [problem.kind for problem in only(report).problems]) == (0, ["WrongType"])
    assert what in only(report).problems[0].message
    archive.clock.wait(days=100)
    archive.run()
    assert (asked(server, PICTURE), kept(archive)) == (1, {})


# ── whom it asks, and how ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def elsewhere(tmp_path: Path, world: EcmsWorld) -> Iterator[tuple[Archive, EcmsWorld, EcmsWorld, Server]]:
    """Yield an archive whose site shows pictures of another host, that host, and the server of both."""
    other = EcmsWorld("pic.beichen.example", ())
    with serve(world, other) as server:
        yield Archive(tmp_path, server, world, channel=CHANNEL, images="download"), world, other, server


def test_the_home_of_a_picture_is_asked_by_its_own_rules(
    elsewhere: tuple[Archive, EcmsWorld, EcmsWorld, Server],
) -> None:
    archive, world, other, server = elsewhere
    publish(world, f"{other.home}/open/1.jpg", f"{other.home}/closed/2.jpg")
    other.robots = "User-agent: *\nDisallow: /closed/\n"
    report = archive.run()
    assert [(problem.url, problem.kind) for problem in only(report).problems] == [
        (f"{other.home}/closed/2.jpg", "Refused")
    ]
    assert (report.exit_code, len(kept(archive))) == (0, 1)
    assert [access.path for access in server.requests(host=other.host)] == ["/robots.txt", "/open/1.jpg"]


def test_a_picture_that_leads_to_a_host_that_nobody_named_is_not_followed(
    elsewhere: tuple[Archive, EcmsWorld, EcmsWorld, Server],
) -> None:
    archive, world, other, server = elsewhere
    publish(world, PICTURE)
    world.fail(r"/pic/", faults.redirect(f"{other.home}/1.jpg"))
    report = archive.run()
    assert [problem.kind for problem in only(report).problems] == ["Refused"]
    assert shown(document(archive)) == [PICTURE]
    assert server.requests(host=other.host) == []


def test_a_picture_that_leads_to_a_host_of_the_config_is_followed(tmp_path: Path, world: EcmsWorld) -> None:
    other = beichen.empty("lib.other.example")
    with serve(world, other) as server:
        archive = Archive(tmp_path, server, world, other, channel=CHANNEL, images="download")
        publish(world, PICTURE)
        world.fail(r"/pic/", faults.redirect(f"{other.home}/pic/1.jpg"))
        archive.run()
    assert len(kept(archive)) == 1
    assert shown(document(archive)) == [f"/{next(iter(kept(archive)))}"]


def test_a_host_that_does_not_let_us_in_is_left_alone_and_the_site_is_not(
    elsewhere: tuple[Archive, EcmsWorld, EcmsWorld, Server],
) -> None:
    archive, world, other, server = elsewhere
    for number in range(6):
        publish(world, f"{other.home}/{number}.jpg", f"{HOME}/pic/{number}.jpg")
    other.fail(r"jpg", faults.status(403))
    report = archive.run()
    assert (report.exit_code, only(report).written, len(kept(archive))) == (3, 6, 6)
    assert len(server.requests(host=other.host, path="jpg")) == 3
    other.heal()
    archive.run()
    assert len(kept(archive)) == 9  # who kept us out is not asked at each run
    archive.clock.wait(days=1)
    archive.run()
    assert len(kept(archive)) == 12


def test_an_answer_that_asks_not_to_be_archived_is_not_kept(archive: Archive, world: EcmsWorld) -> None:
    publish(world, PICTURE)
    world.fail(r"/pic/", _noarchive)
    report = archive.run()
    assert ([problem.kind for problem in only(report).problems], kept(archive)) == (["Refused"], {})


def test_pictures_keep_the_pace_of_their_host(tmp_path: Path, world: EcmsWorld, server: Server) -> None:
    archive = Archive(tmp_path, server, world, channel=CHANNEL, images="download", delay=10)
    publish(world, *(f"{HOME}/pic/{number}.jpg" for number in range(5)))
    archive.run()
    assert len(server.log) == 8
    assert archive.clock.slept > 69


def test_a_dry_run_asks_for_no_picture(archive: Archive, world: EcmsWorld, server: Server) -> None:
    publish(world, PICTURE)
    archive.run(limit=0)
    archive.run(dry=True)
    assert asked(server, PICTURE) == 0


def test_a_limit_counts_articles_and_their_pictures(archive: Archive, world: EcmsWorld) -> None:
    for number in range(3):
        publish(world, f"{HOME}/pic/{number}.jpg", f"{HOME}/pic/{number}.png")
    report = archive.run(limit=5)
    assert (report.exit_code, only(report).written, only(report).waiting) == (6, 2, 1)
    assert len(kept(archive)) == 3
    report = archive.run(limit=4)
    assert (report.exit_code, only(report).written, len(kept(archive))) == (0, 1, 6)
    assert archive.run(limit=1).exit_code == 0


def test_of_one_article_a_host_is_asked_for_so_many_pictures_at_most(
    elsewhere: tuple[Archive, EcmsWorld, EcmsWorld, Server],
) -> None:
    archive, world, other, server = elsewhere
    archive.configure("max_assets", 2, section="network")
    addresses = [f"{home}/pic/{number}.jpg" for number in range(4) for home in (HOME, other.home)]
    publish(world, *addresses)
    publish(world, f"{HOME}/pic/9.jpg")  # another article has its own number
    report = archive.run()
    assert (report.exit_code, only(report).problems) == (0, [])
    assert [note.message for note in only(report).notes] == [
        "4 of its pictures and files stay at their source: network.max_assets"
    ]
    told = next(shown(text) for text in archive.documents().values() if f"{HOME}/pic/2.jpg" in text)
    assert [path.startswith("/pictures/") for path in told] == [True] * 4 + [False] * 4
    assert told[4:] == addresses[4:]
    for _ in range(2):  # nor does a later run ask for the rest
        archive.run()
    assert len(server.requests(host=other.host, path="/pic/")) == 2
    assert len(server.requests(host=world.host, path="/pic/")) == 3
    reextract(archive)
    assert told in map(shown, archive.documents().values())


def test_one_article_leads_to_so_many_hosts_at_most(tmp_path: Path, world: EcmsWorld) -> None:
    others = [EcmsWorld(f"pic{number}.beichen.example", ()) for number in range(MOST_HOSTS + 4)]
    with serve(world, *others) as server:
        archive = Archive(tmp_path, server, world, channel=CHANNEL, images="download")
        publish(world, *(f"{other.home}/1.jpg" for other in others))
        assert len(only(archive.run()).notes) == 1
        asked_hosts = [other for other in others if server.requests(host=other.host, path="jpg")]
    assert asked_hosts == others[:MOST_HOSTS]


@pytest.mark.parametrize(("fault", "most"), [(faults.status(500), 3), (faults.reset(), 1)])
def test_a_host_that_fails_is_left_for_this_run_and_the_site_is_not(
    elsewhere: tuple[Archive, EcmsWorld, EcmsWorld, Server], fault: faults.Fault, most: int
) -> None:
    archive, world, other, server = elsewhere
    archive.configure("retries", 0, section="network")
    other.fail(r"jpg", fault)
    for number in range(6):
        publish(world, f"{other.home}/{number}.jpg", f"{HOME}/pic/{number}.jpg")
    report = archive.run()
    assert (report.exit_code, only(report).written, len(kept(archive))) == (3, 6, 6)
    assert len({access.path for access in server.requests(host=other.host, path="jpg")}) == most
    assert len(only(report).problems) == most
    other.heal()
    archive.clock.wait(days=1)
    archive.run()
    assert len(kept(archive)) == 12


def test_articles_do_not_wait_for_a_slow_host_of_pictures(
    elsewhere: tuple[Archive, EcmsWorld, EcmsWorld, Server],
) -> None:
    archive, world, other, server = elsewhere
    other.robots = "User-agent: *\nCrawl-delay: 20\n"
    for number in range(30):
        publish(world, f"{other.home}/{number}.jpg")
    report = archive.run()
    assert (report.exit_code, only(report).written, only(report).problems) == (0, 30, [])
    asked_for = [access.url for access in server.log]
    last = max(place for place, url in enumerate(asked_for) if url.endswith(".shtml"))
    passing = sum(url.endswith(".jpg") for url in asked_for[:last])
    taken = len(kept(archive))
    assert passing <= 4 < taken < 30
    assert [note.message for note in only(report).notes] == [
        f"{30 - taken} pictures and files of {other.host} are left for the next run: it is slow"
    ]
    for _ in range(2):
        archive.clock.wait(hours=2)
        report = archive.run()
    assert (len(kept(archive)), only(report).notes) == (30, [])


def test_pictures_of_a_host_at_the_pace_of_the_site_come_with_their_articles(
    elsewhere: tuple[Archive, EcmsWorld, EcmsWorld, Server],
) -> None:
    archive, world, other, server = elsewhere
    archive.configure("delay", 5.0)
    for number in range(30):
        publish(world, f"{other.home}/{number}.jpg")
    report = archive.run()
    assert (only(report).notes, len(kept(archive))) == ([], 30)
    kinds = ["jpg" in access.url for access in server.log if access.url.endswith((".jpg", ".shtml"))]
    assert kinds[-4:] == [False, True, False, True]


def test_a_time_limit_ends_between_two_pictures_and_the_next_run_goes_on(
    tmp_path: Path, world: EcmsWorld, server: Server
) -> None:
    archive = Archive(tmp_path, server, world, channel=CHANNEL, images="download", delay=10)
    publish(world, *(f"{HOME}/pic/{number}.jpg" for number in range(5)))
    report = archive.run(seconds=45)
    assert (report.exit_code, only(report).waiting, len(kept(archive))) == (6, 0, 3)
    assert [path.startswith("/pictures/") for path in shown(document(archive))] == [True] * 3 + [False] * 2
    assert archive.run().exit_code == 0
    assert all(path.startswith("/pictures/") for path in shown(document(archive)))
    assert len(server.requests(path="/pic/")) == 5


# ── what is on the shelf ──────────────────────────────────────────────────────────────────────────────────


def test_a_lost_state_is_made_again_without_asking_for_a_picture(
    archive: Archive, world: EcmsWorld, server: Server
) -> None:
    publish(world, PICTURE, SECOND)
    publish(world, PICTURE, f"{HOME}/pic/3.jpg")
    world.missing.add("/pic/3.jpg")
    archive.run()
    before = archive.documents(), kept(archive)
    for file in archive.inside.glob("state.sqlite3*"):
        file.unlink()
    for file in (*archive.root.rglob("*.md"), *archive.root.rglob("*.jpg")):
        file.unlink()
    asks = len(server.requests(path="/pic/"))
    report = archive.run()
    assert (report.exit_code, only(report).written) == (0, 0)
    assert (archive.documents(), kept(archive)) == before
    assert len(server.requests(path="/pic/")) == asks


def reextract(archive: Archive) -> dict[str, list[str]]:
    """Make every document again; return the keys of articles by what became of them."""
    said: dict[str, list[str]] = {}
    with opened(archive.config) as context:
        for change in changes(context, archive.root, dry=False, tell=lambda _: None):
            said.setdefault(change.outcome, []).append(change.known.key)
    return said


def test_documents_made_again_show_the_same_pictures(archive: Archive, world: EcmsWorld) -> None:
    stories = [publish(world, PICTURE, SECOND), publish(world, f"{HOME}/pic/3.jpg")]
    world.missing.add("/pic/3.jpg")
    archive.run()
    before = archive.documents(), kept(archive)
    assert {key: len(names) for key, names in reextract(archive).items()} == {"unchanged": len(stories)}
    assert (archive.documents(), kept(archive)) == before


def test_lost_and_damaged_pictures_are_put_back_from_their_captures(
    archive: Archive, world: EcmsWorld
) -> None:
    publish(world, PICTURE, SECOND)
    archive.run()
    before = kept(archive)
    lost, damaged = (archive.root / SITE / path for path in before)
    lost.unlink()
    damaged.write_bytes(b"")
    reextract(archive)
    assert kept(archive) == before


def damages(archive: Archive) -> tuple[Verified, list[str]]:
    """Verify; return what was found in all, and the files that are damaged."""
    config = archive.config
    *damaged, verified = verify(config.sites[0], archive.root, render=True, progress=Unwatched())
    assert isinstance(verified, Verified)
    return verified, [damage.file for damage in damaged if isinstance(damage, Damage)]


def test_verify_finds_pictures_and_documents_sound(archive: Archive, world: EcmsWorld) -> None:
    publish(world, PICTURE, SECOND, f"{HOME}/pic/3.jpg")
    world.missing.add("/pic/3.jpg")
    archive.run()
    verified, damaged = damages(archive)
    assert (verified.documents, verified.pictures, damaged) == (1, 2, [])


def test_verify_names_pictures_that_are_lost_or_changed(archive: Archive, world: EcmsWorld) -> None:
    publish(world, PICTURE, SECOND)
    archive.run()
    lost, damaged = kept(archive)
    (archive.root / SITE / lost).unlink()
    (archive.root / SITE / damaged).write_bytes(served(PICTURE)[:-1])
    assert damages(archive)[1] == [f"{SITE}/{lost}", f"{SITE}/{damaged}"]
    reextract(archive)
    assert damages(archive)[1] == []


def test_pictures_of_an_older_archive_are_brought_after_reextract(
    tmp_path: Path, world: EcmsWorld, server: Server
) -> None:
    archive = Archive(tmp_path, server, world, channel=CHANNEL)
    publish(world, PICTURE)
    archive.run()
    archive = Archive(tmp_path, server, world, channel=CHANNEL, images="download")
    reextract(archive)
    archive.run()
    assert shown(document(archive)) == [f"/{place(served(PICTURE), 'jpg')}"]
    archive = Archive(tmp_path, server, world, channel=CHANNEL)
    reextract(archive)
    assert shown(document(archive)) == [PICTURE]


def test_the_state_names_every_file_and_its_digest(archive: Archive, world: EcmsWorld) -> None:
    publish(world, PICTURE, f"{HOME}/pic/1.gif", f"{HOME}/pic/2.gif")
    archive.run()
    with opened(archive.config) as context:
        named = dict(context.state.assets.files(archive.config.sites[0].name))
    assert named == {f"{SITE}/{path}": sha256(data).hexdigest() for path, data in kept(archive).items()}


def _html(answer: Answer) -> tuple[tuple[str, str], ...]:
    """Return an answer's header lines as of a server that calls everything a web page."""
    others = tuple((name, value) for name, value in answer.headers if name != "Content-Type")
    return (*others, ("Content-Type", "text/html"))


def _noarchive(_ask: Ask, answer: Answer) -> Answer:
    return replace(answer, headers=(*answer.headers, ("X-Robots-Tag", "noarchive")))
