"""What a config may say, what is made of it, and how every slip of it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scraper import discovery, extractor, urls
from scraper.config import parse_config, parse_duration, site_without_config
from scraper.errors import ConfigError, ExtractError, NotAListing
from scraper.model import Capture, Channel, NetworkSettings
from scraper.urls import Url

INDEX = "http://news.example.edu.cn/xw/index.shtml"


def config_with(**keys: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a person may write
    """Return the smallest config, with these keys at the top."""
    return {"sites": {"xw": {"channels": {"a": INDEX}}}} | keys


def site_with(**keys: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a config whose one site has these keys."""
    return {"sites": {"xw": {"home": "http://news.example.edu.cn/"} | keys}}


def slips_of(data: object) -> tuple[str, ...]:
    """Return the slips that the reader finds, none where it finds none."""
    try:
        parse_config(data)
    except ConfigError as error:
        return error.slips
    return ()


def test_a_university_is_one_line() -> None:
    config = parse_config(config_with())
    (site,) = config.sites
    assert (site.name, site.title, site.archive_name) == ("xw", "xw", "news.example.edu.cn")
    assert site.home == "http://news.example.edu.cn/"
    assert site.tags == ("xw",)
    assert site.categories == ("news.example.edu.cn", "xw")
    assert site.channels == (Channel(name="a", title="a", index=Url(INDEX)),)
    assert site.family is None


def test_what_is_left_out_is_as_the_contract_has_it() -> None:
    config = parse_config(config_with())
    (site,) = config.sites
    assert (config.archive, config.contact, config.network) == ("archive", None, NetworkSettings())
    assert str(site.timezone) == "Asia/Shanghai"
    assert site.path == "{site}/{year}/{month}/{urlname}.md"
    assert site.title_pattern == "{site_title}->{title} | {archive_name}"
    assert (site.layout, site.date, site.robots, site.images) == ("hugo", "published", "obey", "link")
    assert (site.image_position, site.summary_after, site.delay) == ("end", 200, 1.0)
    assert site.revisit == (timedelta(days=1), timedelta(days=7), timedelta(days=30))


def test_a_site_goes_over_the_defaults_and_these_over_what_is_built_in() -> None:
    data = site_with(delay=5, title_pattern="{title}!") | {
        "defaults": {"delay": 3, "layout": "hexo", "title": "{title}?"}
    }
    data["sites"]["other"] = {"home": "http://other.example.edu.cn/"}
    mine, other = parse_config(data).sites
    assert (mine.delay, mine.layout, mine.title_pattern) == (5.0, "hexo", "{title}!")
    assert (other.delay, other.layout, other.title_pattern) == (3.0, "hexo", "{title}?")


def test_empty_tags_stay_empty() -> None:
    (site,) = parse_config(site_with(tags=[], categories=[])).sites
    assert (site.tags, site.categories) == ((), ())


def test_a_title_that_is_the_archives_name_is_one_category() -> None:
    (site,) = parse_config(site_with(title="news.example.edu.cn")).sites
    assert site.categories == ("news.example.edu.cn",)


def test_a_site_that_no_config_names_has_every_default() -> None:
    home = Url("https://www.example.edu.cn/")
    (configured,) = parse_config({"sites": {"x": {"home": home}}}).sites
    assert site_without_config(name="x", home=home, family=None) == configured


def test_every_slip_is_told_at_once() -> None:
    data = {
        "archve": "x",
        "network": {"retries": "many"},
        "defaults": {"layout": "jekyll"},
        "sites": {"xw": {"channels": {"ywsd": {"index": "ftp://news.example.edu.cn/"}}}},
    }
    paths = [slip.partition(": ")[0] for slip in slips_of(data)]
    assert paths == ["archve", "network.retries", "defaults.layout", "sites.xw.channels.ywsd.index"]


SLIPS: list[tuple[dict[str, Any], str]] = [
    (config_with(archve="x"), "archve: unknown key; did you mean archive?"),
    (config_with(delay=2), "delay: unknown key; did you mean defaults.delay?"),
    (config_with(timeout=2), "timeout: unknown key; did you mean network.timeout?"),
    (config_with(archive=3), "archive: must be a folder's path; found the number 3; put it in quotes"),
    (config_with(archive=" "), "archive: must be a folder's path, in one line and not empty; found ' '"),
    (config_with(contact="me"), "contact: must be a mail address"),
    (config_with(contact="a@b.cn\nX-Evil: 1"), "contact: must be a mail address"),
    (config_with(network=[]), "network: must be a mapping of keys to values; found a list"),
    (config_with(network={"retries": True}), "network.retries: must be a whole number; found true"),
    (config_with(network={"retries": 1.5}), "network.retries: must be a whole number; found the number 1.5"),
    (config_with(network={"retries": -1}), "network.retries: must be from 0 to 20; found the number -1"),
    (config_with(network={"timeout": "30"}), "network.timeout: must be a number of seconds; found '30'"),
    (config_with(network={"timeout": float("inf")}), "network.timeout: must be a number of seconds; found"),
    (config_with(network={"proxy": "localhost:80"}), "network.proxy: must be a proxy's address"),
    (config_with(network={"proxy": "http://a:b"}), "network.proxy: must be a proxy's address"),
    (config_with(network={"allow_private_addresses": 1}), "network.allow_private_addresses: must be true or"),
    (config_with(network={"max_bytes": 0}), "network.max_bytes: must be from 1024 to"),
    (config_with(defaults={"layout": "hugp"}), "must be one of hugo, hexo; found 'hugp'; did you mean hugo?"),
    (config_with(defaults={"layout": None}), "defaults.layout: must be one of hugo, hexo; found nothing"),
    (config_with(defaults={"timezone": "Asia/Shangai"}), "did you mean Asia/Shanghai?"),
    (config_with(defaults={"timezone": "Asia"}), "defaults.timezone: must be the name of a time zone"),
    (config_with(defaults={"timezone": "../../etc/passwd"}), "defaults.timezone: must be the name of a time"),
    (config_with(defaults={"timezone": 8}), "defaults.timezone: must be the name of a time zone"),
    (config_with(defaults={"delay": -1}), "defaults.delay: must be from 0 to 86400"),
    (config_with(defaults={"summary_after": 2.0}), "defaults.summary_after: must be a whole number"),
    (config_with(defaults={"revisit": "1d"}), "defaults.revisit: must be a list; found '1d'"),
    (config_with(defaults={"revisit": ["1d", "soon"]}), "defaults.revisit[1]: must be a span of time"),
    (config_with(defaults={"revisit": ["7d", "1d"]}), "defaults.revisit: must rise"),
    (config_with(defaults={"revisit": ["24h", "1d"]}), "defaults.revisit: must rise"),
    (config_with(defaults={"revisit": ["0d"]}), "defaults.revisit[0]: must be a span of time"),
    (config_with(defaults={"path": "{urlnam}.md"}), "knows no {urlnam}; did you mean urlname?"),
    (config_with(defaults={"path": "{urlname}"}), "defaults.path: must end in .md"),
    (config_with(defaults={"path": "{site}.md"}), "defaults.path: must hold {urlname}"),
    (config_with(defaults={"path": "../{urlname}.md"}), "defaults.path: no path for a document"),
    (config_with(defaults={"path": "/x/{urlname}.md"}), "defaults.path: no path for a document"),
    (config_with(defaults={"path": ".scraper/{urlname}.md"}), "defaults.path: no path for a document"),
    (config_with(defaults={"path": "{urlname!r}.md"}), "defaults.path: {urlname} stands alone"),
    (config_with(defaults={"path": "{urlname.__class__}.md"}), "knows no {urlname.__class__}"),
    (config_with(defaults={"path": "{urlname.md"}), "defaults.path: braces do not match"),
    (config_with(defaults={"title": "{site_title}"}), "defaults.title: must hold {title}"),
    (config_with(defaults={"title": "{}{title}"}), "defaults.title: knows no {}"),
    ({}, "sites: is missing"),
    ({"sites": {}}, "sites: needs at least one site"),
    ({"sites": None}, "sites: needs at least one site"),
    ([], "must be a mapping of keys to values; found a list"),  # type: ignore[list-item] # no mapping on purpose
    ({"sites": {"a/b": {"home": INDEX}}}, "sites.'a/b': is no name for a site"),
    ({"sites": {"..": {"home": INDEX}}}, "is no name for a site"),
    ({"sites": {".scraper": {"home": INDEX}}}, "is no name for a site"),
    ({"sites": {"captures": {"home": INDEX}}}, "sites.captures: is no name for a site: the archive keeps"),
    ({"sites": {"Lock": {"home": INDEX}}}, "sites.Lock: is no name for a site: the archive keeps"),
    ({"sites": {"state.sqlite3": {"home": INDEX}}}, "is no name for a site: the archive keeps"),
    ({"sites": {"con": {"home": INDEX}}}, "sites.con: no path for a document"),
    ({"sites": {"a b": {"home": INDEX}}}, "is no name for a site"),
    ({"sites": {"x" * 61: {"home": INDEX}}}, "is no name for a site"),
    ({"sites": {False: {"home": INDEX}}}, "a key must be text; found false; put it in quotes"),
    ({"sites": {"xw": {}}}, "sites.xw: needs a home or a channel"),
    ({"sites": {"xw": None}}, "sites.xw: needs a home or a channel"),
    (
        {"sites": {"xw": {"home": INDEX}, "XW": {"home": "http://b.cn/"}}},
        "sites.XW: differs from 'xw' only in",
    ),
    (
        {"sites": {"a": {"home": "http://b.cn/"}, "b": {"home": "https://b.cn/"}}},
        "sites.b.home: is the home of 'a' too",
    ),
    (site_with(title=2024), "sites.xw.title: must be text; found the number 2024; put it in quotes"),
    (
        site_with(title="{title} - x"),
        "sites.xw.title: is the site's name, not a pattern; did you mean title_p",
    ),
    (site_with(title="a\u2028b"), "sites.xw.title: must be text, in one line"),
    (site_with(title_pattern="x"), "sites.xw.title_pattern: must hold {title}"),
    (site_with(home="news.example.edu.cn"), "did you mean http://news.example.edu.cn/?"),
    (site_with(home="file:///etc/passwd"), "sites.xw.home: must be an http or https address"),
    (site_with(family="emcs"), "sites.xw.family: must be one of ecms,"),
    (site_with(family="emcs"), "did you mean ecms?"),
    (site_with(tags="a"), "sites.xw.tags: must be a list; found 'a'"),
    (site_with(tags=["a", 2]), "sites.xw.tags[1]: must be text; found the number 2; put it in quotes"),
    (site_with(chanels={}), "sites.xw.chanels: unknown key; did you mean channels?"),
    (site_with(channels={"a": {"title": "x"}}), "sites.xw.channels.a.index: is missing"),
    (site_with(channels={"a": 1}), "sites.xw.channels.a: must be a mapping"),
    (site_with(channels={"a": INDEX, "b": INDEX}), "sites.xw.channels.b.index: is the index of 'a' too"),
    (site_with(selectors={"body": "div["}), "sites.xw.selectors.body: is no CSS selector: 'div['"),
    (site_with(selectors={"boddy": "p"}), "sites.xw.selectors.boddy: unknown key; did you mean body?"),
    (site_with(delay="1s"), "sites.xw.delay: must be a number of seconds; found '1s'"),
]


@pytest.mark.parametrize(("data", "told"), SLIPS)
def test_a_slip_is_told_with_its_path_and_what_was_probably_meant(data: object, told: str) -> None:
    slips = slips_of(data)
    assert any(told in slip for slip in slips), slips


@pytest.mark.parametrize("data", [data for data, _ in SLIPS])
def test_one_slip_is_told_once(data: object) -> None:
    assert len(slips_of(data)) == 1


def test_a_wrong_value_of_any_length_makes_a_short_message() -> None:
    (slip,) = slips_of(config_with(archive="x\n" * 100_000))
    assert len(slip) < 200


@pytest.mark.parametrize("name", ["nankai", "lib.nankai", "南开", "a-b_c", "2024"])
def test_names_of_sites_may_be_of_any_script(name: str) -> None:
    assert slips_of({"sites": {name: {"home": INDEX}}}) == ()


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("10m", timedelta(minutes=10)),
        ("36h", timedelta(hours=36)),
        ("1.5h", timedelta(minutes=90)),
        ("90s", timedelta(seconds=90)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(days=14)),
        ("0d", None),
        ("-1d", None),
        ("1", None),
        ("1y", None),
        ("d", None),
        ("１d", None),
        ("1d\n", None),
        ("9" * 30 + "w", None),
    ],
)
def test_spans_of_time_are_a_number_and_a_unit(text: str, span: timedelta | None) -> None:
    assert parse_duration(text) == span


def test_a_bound_above_the_usual_one_holds_for_all_that_reads_a_body() -> None:
    (site,) = parse_config(config_with(network={"max_bytes": 200_000_000})).sites
    assert site.max_bytes == 200_000_000
    page = b"<html>" + b" " * 70_000_000 + b"<a href=/x>x</a></html>"
    with pytest.raises(NotAListing):  # read to its end, and no list
        discovery.read_listing(answer(page), site, None)
    with pytest.raises(ExtractError):
        extractor.extract(answer(page), site)


def test_a_bound_below_the_usual_one_leaves_what_was_fetched_before_to_be_read() -> None:
    (site,) = parse_config(config_with(network={"max_bytes": 1024})).sites
    assert site.max_bytes == 67_108_864


def test_how_many_pictures_a_host_is_asked_for_holds_for_every_site() -> None:
    assert [site.max_assets for site in parse_config(config_with()).sites] == [200]
    assert [site.max_assets for site in parse_config(config_with(network={"max_assets": 7})).sites] == [7]


def answer(body: bytes) -> Capture:
    url = urls.parse("http://news.example.edu.cn/a/")
    assert url is not None
    return Capture(
        url=url,
        final_url=url,
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
        status=200,
        reason="OK",
        headers=((b"Content-Type", b"text/html"),),
        body=body,
    )


@pytest.mark.parametrize("character", ["\x1b", "\x07", "\u202e", "\u2066", "\ud83d", "\n"])
def test_a_text_that_acts_on_a_terminal_is_no_title(character: str) -> None:
    with pytest.raises(ConfigError):
        parse_config(
            {"sites": {"xw": {"home": "http://xw.example.cn/", "title": f"{character}新闻{character}"}}}
        )
    with pytest.raises(ConfigError):
        parse_config({"sites": {"xw": {"home": "http://xw.example.cn/", "title": character}}})


@pytest.mark.parametrize("selector", ["p:has(a:has(b))", ":has(a):has(b):has(c)", "p " * 400 + "a"])
def test_a_selector_that_costs_too_much_is_a_slip(selector: str) -> None:
    with pytest.raises(ConfigError, match="costs too much"):
        parse_config({"sites": {"xw": {"home": "http://xw.example.cn/", "selectors": {"body": selector}}}})


@pytest.mark.parametrize("number", [16**9_000, -(2**5_000), int("9" * 4_000)], ids=["hex", "below", "digits"])
@pytest.mark.parametrize("key", ["timeout", "retries", "max_bytes"])
def test_a_number_beyond_all_measure_is_a_slip(key: str, number: int) -> None:
    with pytest.raises(ConfigError, match=f"network.{key}: must be"):
        parse_config({"network": {key: number}, "sites": {"xw": {"home": "http://xw.example.cn/"}}})


def test_a_site_takes_over_no_folder_of_another_that_is_configured() -> None:
    sites = {name: {"home": f"http://{name}.example.cn/"} for name in ("arts", "law")}
    with pytest.raises(ConfigError, match=r"sites\.law\.former: is the name of another site"):
        parse_config({"sites": sites | {"law": sites["law"] | {"former": "arts"}}})
    parse_config({"sites": sites | {"law": sites["law"] | {"former": "philosophy"}}})
