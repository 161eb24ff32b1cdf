"""The invented news site: each generation's marks, its lists, its verbs; the same every time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from scraper.demo import beichen, settings
from scraper.demo.exchange import Answer, Ask
from scraper.demo.story import BEIJING, Form

if TYPE_CHECKING:
    from scraper.demo.ecms_world import EcmsWorld
    from scraper.demo.world import Gone

_ROW = re.compile(r'<a href="[^"]+/system/\d{4}/\d\d/\d\d/(\d{9})\.shtml"\s+target="_blank"(?: class=news)?>')
_G1 = ('<div class="news-title">', '<div class="news-detail">', '<div class=" news-content">')
_MARKS = {
    Form.G0_TEXT: ('<span class="title">', '<span class="main">', '<span class="p12">'),
    Form.G0_TOPIC: ('<span class="title">', '<span class="main">', "　发稿时间："),
    Form.G1_TEXT: (*_G1, "third-right", "</h2></div>", "<!--function content() parse begin-->"),
    Form.G1_PHOTO: (*_G1, "<!--eps-->", "<!--advertisement code begin-->"),
    Form.G1_AV: (*_G1, '<object align="middle"', "file=http://"),
    Form.G1_XS: ('<div class="left_content_topic">', '<p class="l_writer">', '<div class="l_content">'),
    Form.G2_TEXT: ('id="txt"', "font-size:30px", "tou.jpg", "</span><span>发稿时间：2"),
    Form.G3_TEXT: ('id="txt"', "font-size:30px", "tou2021.png", "<tr><style>", '<span class=" hong">编辑：'),
    Form.G3_PHOTO: ('id="txt"', "font-size:30px", "<span>发稿时间： 2", "<!-- image template start -->"),
    Form.G3_TOPIC: ('id="txt"', "font-size:30px", "★<a href="),
    Form.G3_AV: ("font-size:30px", "<span>发稿时间： 2"),
}


def get(world: EcmsWorld, address: str, **headers: str) -> Answer:
    """Ask the world itself, without a server."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return world.answer(Ask(host=world.host, path=address.removeprefix(world.home), headers=named))


def text(answer: Answer) -> str:
    """Decode a page as its header says, strictly."""
    charset = (answer.header("Content-Type") or "").rpartition("charset=")[2]
    return answer.body.decode(charset)


def listed(answer: Answer) -> list[str]:
    """Return the numbers that a list names, in the order of the page, sidebar left out."""
    assert answer.status == 200
    middle = re.split(r'class="share_self"|third-right', text(answer))[0]
    return _ROW.findall(middle)


# ── articles ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", _MARKS)
def test_each_generation_has_the_marks_of_its_template(beichen_site: EcmsWorld, form: Form) -> None:
    stories = [story for story in beichen_site.stories.values() if story.form is form]
    assert len(stories) >= 3
    for story in stories:
        if story.number in beichen_site.gone or story.body is not None:
            continue
        page = text(get(beichen_site, beichen_site.address(story.number)))
        assert [mark for mark in _MARKS[form] if mark not in page] == []
        assert f"{story.published:%Y-%m-%d %H:%M}" in page


def test_old_pages_are_gbk_and_their_meta_lies(world: EcmsWorld) -> None:
    story = world.publish("jwzl", form=Form.G1_TEXT, number="000412345", title="桥𠮷")
    answer = get(world, world.address(story.number))
    assert answer.header("Content-Type") == "text/html; charset=GBK"
    assert b"charset=utf-8" in answer.body
    assert "桥&#134071;" in answer.body.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode("utf-8")


def test_the_site_has_what_the_real_one_has(beichen_site: EcmsWorld) -> None:
    truths = beichen_site.truths().values()
    assert len(truths) >= 120
    assert {truth.form for truth in truths} == set(_MARKS)
    assert sum(truth.source is None for truth in truths) >= 8
    assert sum(truth.url.split("/system/")[1][:10] != f"{truth.published:%Y/%m/%d}" for truth in truths) >= 5
    assert any(truth.text == "" for truth in truths)
    assert max(len(truth.images) for truth in truths) >= 6
    assert any(truth.media for truth in truths)
    assert any(truth.links for truth in truths)


def test_what_changes_on_every_fetch_is_not_the_article(world: EcmsWorld) -> None:
    for _ in range(15):
        world.publish("bcyw")
    one, two = (text(get(world, world.address("030040001"))) for _ in range(2))
    assert one != two
    body = re.compile(r'id="txt">(.*?)<span class=" hong">', re.DOTALL)
    assert body.findall(one) == body.findall(two) != []


def test_pictures_are_pictures_and_each_its_own(beichen_site: EcmsWorld) -> None:
    addresses = {image for truth in beichen_site.truths().values() for image in truth.images}
    bodies = {address: get(beichen_site, address).body for address in addresses}
    assert len(addresses) > 50
    assert len(set(bodies.values())) == len(addresses)
    assert all(body.startswith((b"\xff\xd8\xff\xe0", b"\x89PNG")) for body in bodies.values())
    assert get(beichen_site, beichen_site.home + "/a.png").header("Content-Type") == "image/png"
    beichen_site.missing.add("/a.png")
    assert get(beichen_site, beichen_site.home + "/a.png").status == 404


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_index_names_the_newest_thirty_and_page_one_the_oldest(world: EcmsWorld) -> None:
    numbers = [world.publish("bcyw").number for _ in range(65)]
    assert listed(get(world, world.index("bcyw"))) == numbers[:-31:-1]
    assert listed(get(world, world.count_page("bcyw", 1))) == numbers[29::-1]
    assert listed(get(world, world.count_page("bcyw", 3))) == numbers[:59:-1]
    assert get(world, world.count_page("bcyw", 4)).status == 404


def test_the_pager_script_stands_where_the_index_says_and_knows_the_pages(world: EcmsWorld) -> None:
    for _ in range(31):
        world.publish("bcyw")
    page = text(get(world, world.index("bcyw")))
    script = re.findall(r'<div id="pagetemple"></div><script src="([^"]+)"></script>', page)
    end = "/bcyw/system/count/0003000/000000000000/count_page_list_0003000000000000000.js"
    assert script == [world.home + end]
    assert "var maxpage = 2;" in get(world, script[0]).body.decode()
    world.pager_broken()
    assert get(world, script[0]).status == 404


def test_count_pages_answer_with_one_slash_and_with_two_as_switched(world: EcmsWorld) -> None:
    world.publish("bcyw")
    double = world.count_page("bcyw", 1)
    single = double.replace("count//", "count/")
    assert [get(world, address).status for address in (double, single)] == [200, 200]
    world.count_slashes = ("//",)
    assert [get(world, address).status for address in (double, single)] == [200, 404]


def test_from_page_1000_on_the_folder_changes(world: EcmsWorld) -> None:
    numbers = world.bulk("mtbc", 31_000, first=datetime(2000, 1, 1, tzinfo=BEIJING), minutes=240)
    address = world.count_page("mtbc", 1001)
    assert "/000000000000/000/001/c0006000000000000000_000001001.shtml" in address
    assert listed(get(world, address)) == numbers[30_000:30_030][::-1]
    assert get(world, address.replace("/001/c", "/000/c")).status == 404
    assert get(world, world.address(numbers[30_005])).status == 200


def test_lists_cut_long_titles_and_carry_other_channels(beichen_site: EcmsWorld) -> None:
    pages = [text(get(beichen_site, beichen_site.count_page("bcyw", number))) for number in (1, 2, 3)]
    assert "..." in "".join(pages).split("share_self")[0]
    channels = set(re.findall(r'left"><a href="http://[^/]+/(\w+)/system', "".join(pages)))
    assert {"bcyw", "mtbc", "lzzt", "bcgb"} <= channels


def test_the_old_lists_turn_pages_by_their_own_link(beichen_site: EcmsWorld) -> None:
    answer = get(beichen_site, beichen_site.index("jwzl"))
    assert answer.header("Content-Type") == "text/html; charset=GBK"
    found = listed(answer)
    while turn := re.findall(r'<a href="([^"]+)">下一页</a>', text(answer)):
        assert re.search(r"/jwzl/system/more/32000000/0000/32000000_0000000\d\.shtml$", turn[0])
        answer = get(beichen_site, turn[0])
        found += listed(answer)
    own = {number for number in beichen_site.lists["jwzl"] if isinstance(number, str)}
    assert set(found) == own
    assert len(own) == 29


# ── verbs ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_revision_changes_the_page_and_its_etag(world: EcmsWorld) -> None:
    number = world.publish("bcyw").number
    world.validators = "both"
    before = get(world, world.address(number))
    etag = before.header("ETag") or ""
    assert get(world, world.address(number), if_none_match=etag).status == 304
    world.revise(number, title="改过的题目", add="新添的一段。")
    after = get(world, world.address(number), if_none_match=etag)
    assert after.status == 200
    assert "新添的一段。" in text(after)
    assert world.truth(number).title == "改过的题目"
    assert world.truth(number).text.endswith("新添的一段。")


def test_last_modified_is_honoured_too(world: EcmsWorld) -> None:
    number = world.publish("bcyw").number
    world.validators = "modified"
    moment = get(world, world.address(number)).header("Last-Modified") or ""
    assert moment.endswith(" GMT")
    assert get(world, world.address(number), if_modified_since=moment).status == 304
    assert get(world, world.index("bcyw")).header("ETag") is None


@pytest.mark.parametrize("status", [404, 410, 200])
def test_an_article_vanishes_and_comes_back(world: EcmsWorld, status: Gone) -> None:
    number = world.publish("bcyw").number
    world.remove(number, status=status)
    answer = get(world, world.address(number))
    assert answer.status == status
    assert number not in listed(get(world, world.index("bcyw")))
    assert 'id="txt"' not in text(answer)
    world.restore(number)
    assert get(world, world.address(number)).status == 200
    assert number in listed(get(world, world.index("bcyw")))


def test_hidden_is_not_listed_and_twice_is_listed_twice(world: EcmsWorld) -> None:
    one, two = (world.publish("bcyw").number for _ in range(2))
    world.hide(one)
    world.list_twice(two)
    assert listed(get(world, world.index("bcyw"))) == [two, two]
    assert get(world, world.address(one)).status == 200


def test_a_renamed_channel_moves_and_still_answers_for_its_articles(world: EcmsWorld) -> None:
    number = world.publish("bcyw").number
    old = world.address(number)
    world.rename_channel("bcyw", "bcxw2")
    assert world.address(number) == old.replace("/bcyw/", "/bcxw2/")
    assert get(world, old).status == get(world, world.address(number)).status == 200
    assert listed(get(world, world.index("bcxw2"))) == [number]
    assert get(world, f"{world.home}/bcyw/index.shtml").status == 404


def test_a_moved_article_is_listed_elsewhere_and_answers_at_both(world: EcmsWorld) -> None:
    one, two = (world.publish("bcyw").number for _ in range(2))
    old = world.address(one), world.address(two)
    world.move(one, "xyzs")
    world.move(two, "xyzs", redirects=True)
    assert listed(get(world, world.index("xyzs"))) == [two, one]
    assert "pagetemple" in text(get(world, world.index("bcyw")))
    assert [get(world, address).status for address in old] == [200, 301]
    assert get(world, old[1]).header("Location") == world.address(two)


def test_an_alias_is_the_same_article_at_another_address(world: EcmsWorld) -> None:
    number = world.publish("bcyw").number
    address = world.alias(number, channel="xyzs", under="bcxw")
    assert listed(get(world, world.index("xyzs"))) == [number]
    assert address != world.address(number)
    assert get(world, address).status == 200
    assert world.alias(number, channel="xyzs", scheme="https").startswith("https://")


def test_an_address_with_the_wrong_day_is_not_found(world: EcmsWorld) -> None:
    story = world.publish("bcyw", day=date(2020, 1, 2))
    assert "/2020/01/02/" in world.address(story.number)
    assert get(world, world.address(story.number).replace("/2020/01/02/", "/2020/01/03/")).status == 404


# ── the same every time ───────────────────────────────────────────────────────────────────────────────────


def test_the_site_is_the_same_every_time() -> None:
    def whole() -> list[bytes]:
        world = beichen.site()
        return [get(world, truth.url).body for truth in world.truths().values()]

    assert whole() == whole()
    assert beichen.site().truths() == beichen.site().truths()


def test_nothing_of_the_site_is_later_than_its_clock(beichen_site: EcmsWorld) -> None:
    assert max(story.published for story in beichen_site.stories.values()) < beichen_site.now
    assert beichen_site.now < datetime(2027, 1, 1, tzinfo=UTC)


def test_the_config_names_every_channel(beichen_site: EcmsWorld) -> None:
    text_of_config = settings.config_text(beichen_site, proxy="http://127.0.0.1:8080", layout="hexo")
    assert "proxy: http://127.0.0.1:8080\n" in text_of_config
    assert "  layout: hexo\n" in text_of_config
    assert all(beichen_site.index(name) in text_of_config for name in beichen_site.channels)
