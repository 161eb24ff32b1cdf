"""`notify`: somebody is told of an event once, and of its end; no message shows an address."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from archiving import Archive

from scraper import cli
from scraper.app import notifying
from scraper.config import parse_config
from scraper.errors import ConfigError, NoRoom
from scraper.exit_codes import ExitCode
from scraper.notices import Event, Finding, Notice, body, news_of, of_run, of_verify, subject
from scraper.report import Problem, SiteReport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.server import Server

# Of what Apprise imports, one file asks for a module that Python 3.13 drops, where it is there.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
CHANNEL = "bcyw"


def finding(
    *, code: int = 0, newest: datetime | None = NOW, kinds: tuple[str, ...] = (), read: int = 1
) -> Finding:
    problems = [Problem(url="http://a.example/", kind=kind, message=f"{kind} said") for kind in kinds]
    return of_run(
        SiteReport(problems=problems, unchanged=read),
        code=code,
        success=code in {ExitCode.DONE, ExitCode.SOME_FAILED},
        newest=newest,
        now=NOW,
        nothing_new_after=MONTH,
    )


@pytest.mark.parametrize(
    ("code", "kind", "event"),
    [
        (ExitCode.CANARY, "Canary", Event.CANARY),
        (ExitCode.REFUSED, "Refused", Event.REFUSED),
        (ExitCode.REFUSED, "Blocked", Event.REFUSED),
        (ExitCode.DAMAGED, "CaptureDamaged", Event.DAMAGE),
        (ExitCode.NO_ROOM, "NoRoom", Event.NO_ROOM),
    ],
)
def test_what_a_code_says_of_a_site_holds_and_a_problem_shows_it(code: int, kind: str, event: Event) -> None:
    assert finding(code=code, kinds=(kind,)).holds == {event: f"{kind} said"}


def test_a_canary_is_seen_beneath_a_worse_code() -> None:
    assert set(finding(code=ExitCode.REFUSED, kinds=("Canary",)).holds) == {Event.REFUSED, Event.CANARY}


def test_one_article_that_is_refused_is_no_event() -> None:
    assert finding(code=ExitCode.SOME_FAILED, kinds=("Refused",)).holds == {}


def test_nothing_new_holds_after_so_long_and_ends_with_something_new() -> None:
    assert Event.NOTHING_NEW in finding(newest=NOW - MONTH - timedelta(seconds=1)).holds
    assert Event.NOTHING_NEW in finding(newest=NOW - MONTH).over
    assert Event.NOTHING_NEW not in finding(code=ExitCode.REFUSED, newest=NOW - 2 * MONTH).holds


def test_a_run_ends_only_what_it_could_see() -> None:
    assert Event.CANARY in finding().over
    assert Event.CANARY not in finding(read=0).over
    assert finding(code=ExitCode.BUDGET).over == frozenset()
    assert Event.DAMAGE not in finding().over
    assert of_verify(0).over == {Event.DAMAGE}


def test_an_event_is_told_once_and_its_end_once() -> None:
    held, ended = Finding(holds={Event.CANARY: "three pages without a date"}), finding()
    first, told = news_of("xw", held, {}, "2026-03-01")
    assert [(notice.event, notice.since) for notice in first] == [(Event.CANARY, None)]
    assert news_of("xw", held, told, "2026-03-02") == ([], told)
    over, after = news_of("xw", ended, told, "2026-03-03")
    assert [(notice.event, notice.since) for notice in over] == [(Event.CANARY, "2026-03-01")]
    assert news_of("xw", ended, after, "2026-03-04") == ([], {})


def test_a_message_names_the_sites_and_what_shows_it() -> None:
    notices = [
        Notice(site="xw", event=Event.CANARY, shown="three pages without a date", since=None),
        Notice(site="lib", event=Event.REFUSED, shown="", since="2026-03-01T00:00:00+00:00"),
    ]
    assert subject(notices) == "xw, lib: look at it"
    assert subject(notices[1:]) == "lib: it is over"
    assert body(notices).splitlines() == [
        "xw: the site no longer looks as its layouts say: three pages without a date",
        "lib: over: the site no longer refuses us (told of on 2026-03-01)",
    ]


@pytest.mark.parametrize("wrong", ["s3cret", "env:1S3CRET", ["json://ok", "s3cret"], {"s3cret": 1}, []])
def test_a_slip_of_an_address_never_shows_it(wrong: object) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config({"notify": {"to": wrong}, "sites": {"a": {"home": "http://a.example/"}}})
    assert "notify.to" in caught.value.slips[0]
    assert "s3cret" not in str(caught.value).lower()


def test_a_config_in_memory_does_not_show_the_addresses_either() -> None:
    site = {"a": {"home": "http://a.example/"}}
    config = parse_config({"notify": {"to": "mailto://me:s3cret@a.example"}, "sites": site})
    assert config.notify is not None
    assert config.notify.nothing_new_after == MONTH
    assert "s3cret" not in repr(config)
    with pytest.raises(ConfigError) as caught:
        parse_config({"notify": "wecombot://s3cret", "sites": site})
    assert "s3cret" not in str(caught.value)


# ── the whole way, by Apprise's own json:// over loopback ─────────────────────────────────────────────────


class Inbox:
    """What was posted to it."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.status = 200
        self.address = ""


@contextmanager
def listening() -> Iterator[Inbox]:
    inbox = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            inbox.messages.append(json.loads(self.rfile.read(length)))
            self.send_response(inbox.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    inbox.address = f"json://me:s3cret@127.0.0.1:{server.server_port}/"
    try:
        yield inbox
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    pytest.importorskip("apprise")
    with listening() as found:
        monkeypatch.setenv("WHOM", found.address)
        yield found


@pytest.fixture
def archive(tmp_path: Path, world: EcmsWorld, server: Server) -> Archive:
    found = Archive(tmp_path, server, world, channel=CHANNEL)
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "\nnotify: {to: env:WHOM}\n", encoding="utf-8")
    return found


def visit(archive: Archive) -> list[str]:
    return list(notifying.after_run(archive.config, archive.run()))


def test_a_silent_site_is_told_of_once_and_so_is_its_next_article(
    archive: Archive, world: EcmsWorld, inbox: Inbox
) -> None:
    archive.clock.now = world.publish(CHANNEL).published
    assert visit(archive) == []
    archive.clock.wait(days=31)
    for _ in range(2):
        assert visit(archive) == []
        archive.clock.wait(days=1)
    assert [message["title"] for message in inbox.messages] == ["nankai-archive: beichen: look at it"]
    world.publish(CHANNEL, published=archive.clock.now)
    archive.clock.wait(days=1)
    assert visit(archive) == []
    assert [message["title"] for message in inbox.messages[1:]] == ["nankai-archive: beichen: it is over"]


def test_what_nobody_heard_is_told_by_the_next_run(archive: Archive, world: EcmsWorld, inbox: Inbox) -> None:
    archive.clock.now = world.publish(CHANNEL).published
    visit(archive)
    archive.clock.wait(days=31)
    inbox.status = 500
    (hindrance,) = visit(archive)
    assert hindrance == "notify: address 1 did not take the message"
    inbox.status = 200
    assert visit(archive) == []
    assert len(inbox.messages) == 2
    assert visit(archive) == []
    assert len(inbox.messages) == 2


def test_a_variable_that_is_not_set_is_named(
    archive: Archive, world: EcmsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.clock.now = world.publish(CHANNEL).published
    archive.run()
    monkeypatch.delenv("WHOM", raising=False)
    error = NoRoom("no room in archive")
    name = archive.config.sites[0].name
    (hindrance,) = notifying.after_error(archive.config, [name], error, NOW)
    assert "WHOM" in hindrance


def test_damage_is_told_by_verify_and_its_end_too(
    archive: Archive, world: EcmsWorld, inbox: Inbox, capsys: pytest.CaptureFixture[str]
) -> None:
    world.publish(CHANNEL)
    archive.run()
    verify = ["--config", str(archive.folder / "config.yaml"), "verify", "-q"]
    document = archive.root / next(iter(archive.documents()))
    sound = document.read_bytes()
    document.write_bytes(sound + b"!")
    assert cli.main(verify) == ExitCode.DAMAGED
    assert cli.main(verify) == ExitCode.DAMAGED
    document.write_bytes(sound)
    assert cli.main(verify) == ExitCode.DONE
    assert ["damage was found" in message["message"] for message in inbox.messages] == [True, False]
    assert "no damage is found any more" in inbox.messages[1]["message"]
    assert "s3cret" not in "".join(capsys.readouterr())


def test_a_trial_message_says_whether_it_was_heard(
    archive: Archive, inbox: Inbox, capsys: pytest.CaptureFixture[str]
) -> None:
    check = ["--config", str(archive.folder / "config.yaml"), "check", "--notify"]
    assert cli.main(check) == ExitCode.DONE
    assert [message["title"] for message in inbox.messages] == ["nankai-archive: a trial"]
    inbox.status = 403
    assert cli.main(check) == ExitCode.WRONG_USAGE
    said = capsys.readouterr()
    assert "address 1 did not take" in said.err
    assert "s3cret" not in said.err + said.out
