"""The list of sites that ships: a config without slips, each site marked as tried or not, and truly so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from listing_cases import SHARED, capture, site

from scraper import urls
from scraper.app.config_file import load_config
from scraper.cli import main
from scraper.discovery import read_listing
from scraper.errors import SingleColumn
from scraper.exit_codes import ExitCode

if TYPE_CHECKING:
    from scraper.model import Site

SITES = Path(__file__).resolve().parents[1] / "examples" / "sites.yaml"
MARK = re.compile(r"^  (\S+):\s+# (tried on saved pages|never tried)\b", re.MULTILINE)
_PAGE = re.compile(r"(?:/list)\d*(\.\w+)$|/\d+(\.htm)$")


def marks() -> dict[str, str]:
    """Return how far each site was tried, by its name."""
    return dict(MARK.findall(SITES.read_text(encoding="utf-8")))


def test_nothing_is_wrong_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(SITES)]) == ExitCode.DONE
    assert "without a channel" not in capsys.readouterr().out


def test_every_site_says_how_far_it_was_tried() -> None:
    assert list(marks()) == [each.name for each in load_config(SITES).sites]
    assert set(marks().values()) == {"tried on saved pages", "never tried"}


def test_every_family_is_there() -> None:
    families = {each.family for each in load_config(SITES).sites}
    assert families == {"ecms", "webplus", "vsb", "jeecms", "generic"}


def saved_lists() -> dict[str, dict[str, Any]]:
    """Return the saved lists by the address of the first page of each, under http."""
    if not SHARED.exists():
        return {}
    lines = (SHARED / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    pages = [page for page in map(json.loads, lines) if page["kind"] == "list"]
    return {first_page(page["url"]): page for page in reversed(pages)}


def first_page(url: str) -> str:
    without = _PAGE.sub(lambda found: f"/list{found[1]}" if found[1] else found[2], url)
    return without.partition("://")[2]


@pytest.mark.real
@pytest.mark.skipif(not SHARED.exists(), reason="the real pages are not here")
@pytest.mark.parametrize(
    "tried",
    [s for s in load_config(SITES).sites if marks()[s.name] == "tried on saved pages"],
    ids=lambda s: s.name,
)
def test_what_is_marked_as_tried_is_read(tried: Site) -> None:
    saved = saved_lists()
    for channel in tried.channels:
        page = saved.get(first_page(channel.index))
        if page is None and tried.family == "ecms":
            continue  # read in other tests, as the whole site is
        assert page is not None, channel.index
        answer = capture(page["url"], (SHARED / page["file"]).read_bytes(), page["content_type"])
        own = site(f"{urls.origin(answer.final_url)}/", family=tried.family)
        try:
            listing = read_listing(answer, own, None)
        except SingleColumn:
            continue
        assert listing.links or listing.elsewhere
