"""The invented sites of the other systems: their lists, their addresses, and what is odd about each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest

from scraper.demo import campus_sites
from scraper.demo.campus import Column
from scraper.demo.exchange import Answer, Ask
from scraper.demo.webplus_world import WebplusWorld

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.demo.campus import CampusWorld

_ROWS = {
    "webplus": re.compile(r"<span class=['\"](?:Article_Title|news_title)['\"]><a href='([^']+)'"),
    "vsb": re.compile(r'<li id="line_u4_\d+">\s*<div class="newBox"><a href="([^"]+)"'),
    "jeecms": re.compile(
        r'<dd cid=[^>]+>\s*<span class="date">[^<]+</span>\s*<a title="[^"]+" href="([^"]+)"'
    ),
}
MAKERS = (campus_sites.webplus, campus_sites.vsb, campus_sites.jeecms)


def get(world: CampusWorld, address: str) -> Answer:
    """Ask the world itself, without a server."""
    return world.answer(Ask(host=world.host, path=address.removeprefix(world.home)))


def text(answer: Answer) -> str:
    """Decode a page."""
    return answer.body.decode()


def rows(world: CampusWorld, address: str) -> list[str]:
    """Return the addresses that a list names, absolute."""
    answer = get(world, address)
    assert answer.status == 200
    return [urljoin(address, found) for found in _ROWS[world.family].findall(text(answer))]


@pytest.mark.parametrize("make", MAKERS)
def test_every_article_is_named_by_a_list_and_stands_where_it_is_named(
    make: Callable[[], CampusWorld],
) -> None:
    world = make()
    named: set[str] = set()
    for channel in world.channel_titles():
        for number in range(1, world.pages(channel) + 1):
            found = rows(world, world.page_address(channel, number))
            assert len(found) <= world.columns[channel].per_page
            named.update(found)
    addresses = {truth.url for truth in world.truths().values()}
    assert 20 <= len(addresses) <= 40
    assert addresses <= named
    assert all(get(world, address).status in {200, 302} for address in named if world.host in address)


@pytest.mark.parametrize("make", MAKERS)
def test_a_new_article_moves_the_rows_to_later_pages(make: Callable[[], CampusWorld]) -> None:
    world = make()
    channel = next(iter(world.channel_titles()))
    before = [rows(world, world.page_address(channel, number)) for number in (1, 2)]
    story = world.publish(channel)
    after = [rows(world, world.page_address(channel, number)) for number in (1, 2)]
    assert world.address(story.number) in after[0]
    assert after[1][0] == before[0][-1]


@pytest.mark.parametrize("make", MAKERS)
def test_there_is_no_page_behind_the_last(make: Callable[[], CampusWorld]) -> None:
    world = make()
    channel = next(iter(world.channel_titles()))
    beyond = world.page_address(channel, 2).replace("list2", "list9").replace("Page=2", "Page=9")
    beyond = re.sub(r"/\d\.htm$", "/9.htm", beyond)
    assert get(world, beyond).status == 404


# ── Webplus ───────────────────────────────────────────────────────────────────────────────────────────────


def test_webplus_states_its_counts_and_its_ends_lead_nowhere() -> None:
    world = campus_sites.webplus()
    pages = [text(get(world, world.page_address("xyxw", number))) for number in (1, 3)]
    assert all(
        '<em class="all_count">20</em>' in page and '<em class="all_pages">3</em>' in page for page in pages
    )
    assert '<a class="next" href="/xyxw/list2.htm"' in pages[0]
    assert '<a class="prev" href="javascript:void(0);"' in pages[0]
    assert '<a class="next" href="javascript:void(0);"' in pages[1]
    assert get(world, f"{world.home}/xyxw/list1.htm").status == 200


def test_webplus_sticks_an_old_article_on_top() -> None:
    world = campus_sites.webplus()
    dates = re.findall(r'news_meta">(\d{4}-\d\d-\d\d)<', text(get(world, world.index("xyxw"))))
    assert dates[0] < dates[2]
    assert dates[2:] == sorted(dates[2:], reverse=True)


def test_webplus_lists_an_article_under_each_columns_number() -> None:
    world = campus_sites.webplus()
    shared = [
        entry for entry in world.lists["tzgg"] if isinstance(entry, str) and entry in world.lists["xyxw"]
    ]
    assert len(shared) == 1
    other = next(row for row in rows(world, world.index("xyxw")) if row.endswith(f"a{shared[0]}/page.htm"))
    assert "/c17471a" in other
    assert "/c17472a" in world.address(shared[0])
    assert get(world, other).status == 200


def test_webplus_leads_elsewhere_and_says_so_when_it_is_lost() -> None:
    world = campus_sites.webplus()
    moved = next(row for row in rows(world, world.index("tzgg")) if "_redirect" in row)
    assert get(world, moved).header("Location") == "http://www.elsewhere.example/notice/78.html"
    for lost in (f"{world.home}/nothing/list.htm", f"{world.home}/_redirect?siteId=7&columnId=1&articleId=1"):
        answer = get(world, lost)
        assert answer.status == 200
        assert "访问地址无效" in text(answer)


def test_webplus_has_a_list_that_is_an_article() -> None:
    world = campus_sites.webplus()
    page = text(get(world, f"{world.home}/gcgk/list.htm"))
    assert 'id="wp_column_article"' in page
    assert "wp_paging" not in page
    assert "gcgk" not in world.channel_titles()
    world.configures_singles = True
    assert "gcgk" in world.channel_titles()


def test_the_older_webplus_template_names_no_source() -> None:
    columns = (Column(name="a", number=1, title="甲"),)
    older = WebplusWorld("old.beichen.example", columns, name="old", title="旧", newer=False)
    number = older.publish("a").number
    assert '<h1 class="arti_title">' in text(get(older, older.address(number)))
    assert older.truth(number).source is None


def test_webplus_bodies_hold_pictures_files_and_players() -> None:
    truths = campus_sites.webplus().truths().values()
    assert any(image.endswith("_d.jpg") for truth in truths for image in truth.images)
    assert any(file.endswith(".docx") for truth in truths for file in truth.attachments)
    assert any(film.endswith("-B.mp4") for truth in truths for film in truth.media)


# ── VSB ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_vsb_counts_its_pages_down_to_the_oldest() -> None:
    world = campus_sites.vsb()
    assert [world.page_address("xwzx/tzgg", number) for number in (1, 2, 4)] == [
        f"{world.home}/xwzx/tzgg.htm",
        f"{world.home}/xwzx/tzgg/3.htm",
        f"{world.home}/xwzx/tzgg/1.htm",
    ]
    here, seen = world.index("xwzx/tzgg"), []
    while here:
        seen.append(here)
        turn = re.findall(r'p_next p_fun"><a href="([^"]+)"', text(get(world, here)))
        here = urljoin(here, turn[0]) if turn else ""
    assert [address.rpartition("/")[2] for address in seen] == ["tzgg.htm", "3.htm", "2.htm", "1.htm"]


def test_a_vsb_address_shows_other_rows_once_a_page_is_added() -> None:
    world = campus_sites.vsb()
    oldest = f"{world.home}/xwzx/tzgg/1.htm"
    second = world.page_address("xwzx/tzgg", 2)
    before = rows(world, second), rows(world, oldest)[-1]
    for _ in range(4):
        world.publish("xwzx/tzgg")
    assert rows(world, second) != before[0]
    assert rows(world, oldest)[-1] == before[1]


def test_a_vsb_article_has_two_addresses_and_its_files_beside_the_body() -> None:
    world = campus_sites.vsb()
    number = next(number for number, truth in world.truths().items() if truth.attachments)
    page = text(get(world, world.address(number)))
    assert page == text(get(world, world.content_address(number)))
    assert page.index("附件【") > page.index('id="div_vote_id"')
    assert "附件" not in world.truth(number).text


# ── many ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_many_sites_have_hosts_names_and_news_of_their_own() -> None:
    worlds = campus_sites.many(30)
    assert len({world.host for world in worlds}) == len({world.name for world in worlds}) == 30
    assert {world.family for world in worlds} == {"webplus", "vsb", "jeecms"}
    one, other = (world.truth("1001").text for world in (worlds[0], worlds[3]))
    assert one != other
