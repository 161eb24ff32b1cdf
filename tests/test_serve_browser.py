"""The pages in a real browser: every kind at three widths, in both schemes; attacks; who cannot see."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attacks
import pytest
from archiving import Archive
from browser import needs_chromium, opened, stranger
from serving import served

from scraper.demo import beichen
from scraper.demo.exchange import Answer, Ask
from scraper.demo.server import serve
from scraper.urls import Url, urlname

if TYPE_CHECKING:
    from collections.abc import Iterator

    from browser import Stranger
    from playwright.sync_api import Browser, Page, Request

    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.faults import Fault

pytestmark = needs_chromium

AXE = Path(__file__).parent / "hexo" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (320, 768, 2000)
ACTING = """[...document.querySelectorAll('*')].filter(
    e => e.matches('script, iframe, object, base, style')
      || e.getAttributeNames().some(n => n.startsWith('on'))
).map(e => e.outerHTML)"""
TODAY = datetime(2026, 6, 18, 6, tzinfo=UTC)


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """Open the browser. Whatever makes an archive stands before it in the arguments of a test."""
    with opened() as browser:
        yield browser


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve the bundled site, one article revised; return the pages' address and that article's urlname."""
    world = beichen.site()
    with serve(world) as server:
        archive = Archive(tmp_path_factory.mktemp("archive"), server, world)
        archive.clock.now = TODAY
        world.now = TODAY
        story = world.publish("bcyw")
        archive.backfill()
        world.revise(story.number, title="改过的题目", add="添上的一句话。")
        archive.clock.wait(days=2)
        archive.run()
    with served(archive) as address:
        yield address, urlname(Url(world.address(story.number)))


def kinds_of(name: str) -> tuple[str, ...]:
    """Return an address of every kind of page."""
    return (
        "/",
        "/dates/",
        "/dates/2023/04/",
        "/sites/beichen/",
        "/sites/beichen/channels/bcyw/dates/2023/",
        f"/{name}/",
        f"/{name}/versions/",
        "/sites/beichen/captures/",
        "/sites/beichen/captures/2026-06-18/",
        "/coverage/",
        "/sites/beichen/coverage/",
        "/status/",
        "/search?q=北辰",
        "/by-url?u=nowhere.example",
        "/nothing/at/all",
    )


def test_every_kind_of_page_fits_every_width_and_asks_nobody(
    chromium: Browser, shown: tuple[str, str]
) -> None:
    """Nothing is wider than the window; no request leaves the pages; the browser complains of nothing."""
    address, name = shown
    trouble = []
    for width in WIDTHS:
        page, heard = listening(chromium, address, width=width)
        for path in kinds_of(name):
            page.goto(address + path)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                trouble.append(f"{path} is {wide} wide at {width}")
        trouble += heard
        page.context.close()
    assert trouble == []


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm install in tests/hexo")
@pytest.mark.parametrize("seen", [(320, "en-GB", "light"), (1280, "zh-CN", "light"), (1280, "zh-CN", "dark")])
def test_axe_finds_nothing_serious(chromium: Browser, shown: tuple[str, str], seen: Any) -> None:  # noqa: ANN401 - a literal of Playwright's
    """Contrast, names, roles, focus: on every kind of page, narrow and wide, in Chinese and English."""
    address, name = shown
    width, locale, scheme = seen
    axe = AXE.read_text(encoding="utf-8")
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if scheme == "dark":  # all else is the same in both
        options["runOnly"] = {"type": "rule", "values": ["color-contrast"]}
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale=locale, bypass_csp=True
    )
    page = context.new_page()
    found = []
    for path in kinds_of(name):
        page.goto(address + path)
        page.evaluate(axe)
        result = page.evaluate("options => axe.run(options)", options)
        found += [
            f"{path}: {one['impact']} {one['id']}: {one['nodes'][0]['html']}"
            for one in result["violations"]
            if one["impact"] in {"serious", "critical"}
        ]
    context.close()
    assert found == []


def test_the_two_schemes_differ_and_both_are_readable_without_a_script(
    chromium: Browser, shown: tuple[str, str]
) -> None:
    """Light paper, dark paper: with JavaScript off."""
    address, name = shown
    papers = []
    for scheme in ("light", "dark"):
        context = chromium.new_context(color_scheme=scheme, java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{address}/{name}/")
        papers.append(page.screenshot()[:4000])
        assert page.locator("article h1").inner_text() == "改过的题目"
        context.close()
    assert papers[0] != papers[1]


def test_the_keyboard_reaches_the_text_the_search_and_the_neighbours(
    chromium: Browser, shown: tuple[str, str]
) -> None:
    """The first key skips to the content; every link can be reached, and what has the focus is seen."""
    address, name = shown
    page, _ = listening(chromium, address)
    page.goto(f"{address}/{name}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    reached = set()
    while True:
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        reached.add(page.evaluate("document.activeElement.name || document.activeElement.rel"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert {"q", "prev"} <= reached


def test_print_shows_the_article_and_leaves_the_furniture(chromium: Browser, shown: tuple[str, str]) -> None:
    """On paper: title, text and provenance."""
    address, name = shown
    page, _ = listening(chromium, address)
    page.goto(f"{address}/{name}/")
    page.emulate_media(media="print")
    assert page.locator("article h1").is_visible()
    assert page.locator(".provenance").is_visible()
    assert not page.locator("header.top").is_visible()
    assert not page.locator("nav.beside").is_visible()


# ── attacks ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def attacked(tmp_path: Path, world: EcmsWorld) -> Iterator[tuple[Archive, str, Stranger]]:
    """Make an archive whose one article is hostile: its document, its title, and the captured page."""
    with stranger() as other, serve(world) as server:
        archive = Archive(tmp_path, server, world, channel="bcyw")
        archive.clock.now = TODAY
        story = world.publish("bcyw", title='<script>document.title="attack"</script>')
        world.fail(story.number, hostile(other.address))
        archive.run()
        (path,) = archive.documents()
        (archive.root / path).write_text(attacks.filled(attacks.MARKDOWN, other.address), encoding="utf-8")
        yield archive, urlname(Url(world.address(story.number))), other


def hostile(there: str) -> Fault:
    """Put attacks into head and body of a page."""

    def strike(_ask: Ask, answer: Answer) -> Answer:
        head = attacks.filled(attacks.PAGE_HEAD, there).encode()
        body = attacks.filled(attacks.PAGE_BODY, there).encode()
        changed = answer.body.replace(b"</head>", head + b"</head>").replace(b"</body>", body + b"</body>")
        assert changed != answer.body
        return Answer(status=answer.status, headers=answer.headers, body=changed)

    return strike


def test_an_article_full_of_attacks_does_nothing(
    attacked: tuple[Archive, str, Stranger], chromium: Browser
) -> None:
    """No script runs, no dialog opens, nobody else is asked, no link has a scheme that acts."""
    archive, name, other = attacked
    with served(archive) as address:
        page, heard = listening(chromium, address)
        for path in ("/", "/dates/", f"/{name}/", f"/{name}/versions/", "/dates/feed.atom"):
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            assert page.title() != "attack"
            assert page.url == address + path
            assert page.evaluate(ACTING) == []
        assert acting_links(page, f"{address}/{name}/") == []
        page.context.close()
    assert heard == []
    assert other.visitors == 0


def test_a_hostile_page_is_replayed_inert(attacked: tuple[Archive, str, Stranger], chromium: Browser) -> None:
    """In its frame and on its own: nothing runs, nothing is fetched, nothing leads away."""
    archive, name, other = attacked
    with served(archive) as address:
        page, heard = listening(chromium, address, complaints=False)
        page.goto(f"{address}/{name}/")
        page.click("ol.captures a")
        page.wait_for_load_state("networkidle")
        framed = page.url
        (frame,) = (frame for frame in page.frames if frame.url.endswith("/replay"))
        assert "document.title" in frame.content()
        assert page.title() != "attack"
        page.goto(frame.url)
        page.wait_for_load_state("networkidle")
        assert page.title() != "attack"
        assert page.url.startswith(framed)
        page.context.close()
    assert heard == []
    assert other.visitors == 0


def test_remote_pictures_are_asked_for_only_when_wanted(
    attacked: tuple[Archive, str, Stranger], chromium: Browser
) -> None:
    """With `--remote-pictures` the same article asks for its pictures, and for nothing else."""
    archive, name, other = attacked
    with served(archive, remote_pictures=True) as address:
        page, heard = listening(chromium, address, complaints=False)
        page.goto(f"{address}/{name}/")
        page.locator("article img").last.scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        assert page.title() != "attack"
        page.context.close()
    paths = {one.removeprefix(f"asked {other.address}") for one in heard if other.address in one}
    assert {"/picture.png"} <= paths <= {"/picture.png", "/inner.png", "/cell.png"}


# ── what the browser does ─────────────────────────────────────────────────────────────────────────────────


def listening(
    browser: Browser, address: str, *, width: int = 1280, complaints: bool = True
) -> tuple[Page, list[str]]:
    """Open a page; return with it a list of what it asks elsewhere, says, or complains of."""
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    page = context.new_page()
    heard: list[str] = []
    page.on(
        "request", lambda asked: None if asked.url.startswith(address) else heard.append(f"asked {asked.url}")
    )
    page.on("requestfailed", lambda asked: forget(heard, asked))
    page.on("dialog", lambda dialog: heard.append(f"dialog {dialog.message}"))
    context.on("page", lambda opened: heard.append(f"opened {opened.url}"))
    if complaints:
        page.on("console", lambda said: complain(heard, said.text))
    return page, heard


def complain(heard: list[str], text: str) -> None:
    """Note what the browser says on its console, but for answers that are no page."""
    if not text.startswith("Failed to load resource"):
        heard.append(f"console {text}")


def forget(heard: list[str], asked: Request) -> None:
    """Take back what the browser did not let out: the page's policy forbade it."""
    if asked.failure in {"csp", "origin"}:
        heard.remove(f"asked {asked.url}")


def acting_links(page: Page, address: str) -> list[str]:
    """Return the links and pictures of a page whose scheme is none that a page may have."""
    page.goto(address)
    found = json.loads(
        page.evaluate(
            "JSON.stringify([...document.querySelectorAll('[href], [src], [action]')]"
            ".map(e => new URL(e.getAttribute('href') ?? e.getAttribute('src') ?? e.getAttribute('action'),"
            " location).href))"
        )
    )
    return [one for one in found if not one.startswith(("http://", "https://", "mailto:", "ftp://"))]


def test_the_tests_of_attacks_can_fail(attacked: tuple[Archive, str, Stranger], chromium: Browser) -> None:
    """The same page without its policy does what it likes: so what is inert above is so by the policy."""
    archive, _, other = attacked
    html = attacks.filled(attacks.PAGE_HEAD, other.address).replace('http-equiv="refresh"', "")
    with served(archive) as address:
        page, heard = listening(chromium, address, complaints=False)
        page.route(f"{address}/unguarded", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(f"{address}/unguarded", wait_until="commit")
        page.wait_for_function("document.title == 'attack'")
        page.context.close()
    assert any(one.startswith("asked") for one in heard)
