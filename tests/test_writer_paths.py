"""No page and no config can name a file outside the archive."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from writer_samples import CAPTURED, IDENTITY, SITE, article, paragraph

from scraper.errors import WriteError
from scraper.urls import urlname
from scraper.values import replace
from scraper.writer import PATTERN_FIELDS, document_path, write
from scraper.writer.patterns import fill

NAME = urlname(IDENTITY)


def test_the_path_is_that_of_the_pattern() -> None:
    assert document_path(article(), SITE, identity=IDENTITY) == f"beichen/2023/02/{NAME}.md"
    deep = replace(SITE, path="{channel}/{year}-{month}-{day}/{site}-{urlname}.md")
    assert document_path(article(), deep, identity=IDENTITY) == f"ywsd/2023-02-08/beichen-{NAME}.md"


def test_year_and_month_are_those_of_the_time_zone_of_the_site() -> None:
    late = replace(article(), published=datetime(2022, 12, 31, 17, 0, tzinfo=UTC))
    assert document_path(late, SITE, identity=IDENTITY).startswith("beichen/2023/01/")


def test_a_document_that_already_stands_stays_where_it_is() -> None:
    document = write(
        article(paragraph("甲")), SITE, identity=IDENTITY, captured=CAPTURED, path="older/place.md"
    )
    assert document.path == "older/place.md"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("../x.md", "leads out"),
        ("a/../../x.md", "leads out"),
        ("a/./x.md", "leads out"),
        ("/etc/x.md", "empty part"),
        ("a//x.md", "empty part"),
        ("", "empty part"),
        ("a\\x.md", "character"),
        ("a\x00x.md", "character"),
        ("C:/x.md", "character"),
        (".scraper/state.md", "hidden"),
        ("a/.x.md", "hidden"),
        ("con/x.md", "reserved"),
        ("a/NUL.md", "reserved"),
        ("a./x.md", "dot or a blank"),
        ("北" * 90 + ".md", "too long"),
        ("a" * 253 + ".md", "too long"),
        ("a" * 50 + f".{'a' * 40}" * 5 + ".md", "too long"),
        ("a/" * 600 + "x.md", "too long"),
    ],
)
def test_a_path_that_is_no_place_in_the_archive_is_an_error_that_says_why(path: str, said: str) -> None:
    with pytest.raises(WriteError, match=said):
        write(article(), SITE, identity=IDENTITY, captured=CAPTURED, path=path)
    with pytest.raises(WriteError, match=said):
        document_path(article(), replace(SITE, path=path), identity=IDENTITY)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_whatever_a_page_calls_its_channel_the_path_stays_inside(channel: str) -> None:
    site = replace(SITE, path="{site}/{channel}/{urlname}.md")
    try:
        path = document_path(replace(article(), channel=channel), site, identity=IDENTITY)
    except WriteError:
        return
    first, middle, last = path.split("/")
    assert (first, last) == ("beichen", f"{NAME}.md")
    assert middle not in {"", ".", ".."}


def test_signs_that_no_path_holds_are_hyphens_in_site_and_channel() -> None:
    site = replace(SITE, name="a/b", path="{site}/{channel}/{urlname}.md")
    path = document_path(replace(article(), channel="要闻/甲\\乙"), site, identity=IDENTITY)
    assert path == f"a-b/要闻-甲-乙/{NAME}.md"


def test_an_article_without_a_channel_has_a_place_too() -> None:
    site = replace(SITE, path="{channel}/{urlname}.md")
    assert document_path(replace(article(), channel=None), site, identity=IDENTITY) == f"_/{NAME}.md"


@pytest.mark.parametrize(
    "pattern",
    ["{site.__class__}", "{site[0]}", "{site!r}", "{site:>9}", "{}", "{0}", "{unknown}", "{site", "site}"],
)
def test_nothing_of_a_pattern_is_evaluated(pattern: str) -> None:
    with pytest.raises(WriteError, match="pattern cannot be filled"):
        fill(pattern, {"site": "beichen"})


def test_doubled_braces_are_braces() -> None:
    assert fill("{{{site}}}", {"site": "{urlname}"}) == "{{urlname}}"


def test_the_fields_of_the_patterns_are_those_that_are_filled() -> None:
    """What the config allows is what the writer knows."""
    site = replace(SITE, path="-".join(f"{{{name}}}" for name in sorted(PATTERN_FIELDS["path"])))
    title = "-".join(f"{{{name}}}" for name in sorted(PATTERN_FIELDS["title"]))
    document = write(article(), replace(site, title_pattern=title), identity=IDENTITY, captured=CAPTURED)
    assert "{" not in document.path
    assert "\ntitle: beichen.info-北辰大学-北辰大学召开新学期工作会\n" in document.text
