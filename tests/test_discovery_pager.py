"""How many pages a list has, and where each of them is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from listing_cases import capture, site, url

from scraper.app import load_config
from scraper.discovery import numbered_page, read_pager
from scraper.errors import NotAListing
from scraper.families.ecms import ECMS
from scraper.families.jeecms import JEECMS
from scraper.families.vsb import VSB
from scraper.families.webplus import WEBPLUS

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = "http://news.qingcheng.example/mtnk/system/count/0006000/000000000000/count_page_list_0006000000000000000.js"
COUNT = "http://news.qingcheng.example/mtnk/system/count"


@pytest.mark.parametrize(
    ("script", "pages"),
    [
        ("var maxpage = 641;\nvar pagestr = '';", 641),
        ("var maxpage=1002;", 1002),
        ('var maxPage = "533" ;', 533),
        ("\ufeffvar  maxpage\t=\t12", 12),
        ('{"pageCount": 7}', 7),
        ("createPageHTML(25, 0, 'index', 'html');", 25),
        ("var thispage=3; var maxpage=12; document.write('page 999')", 12),
    ],
)
def test_the_pager_script_says_how_many_pages_there_are(script: str, pages: int) -> None:
    assert read_pager(capture(SCRIPT, script, "application/javascript"), site(family="ecms")) == pages
    assert read_pager(capture(SCRIPT, script, None), site()) == pages


@pytest.mark.parametrize(
    "script",
    ["", "<html>404 Not Found</html>", "var maxpage = 0;", "var maxpage = ;", "var maxpage = 9999999999;"],
)
def test_a_script_that_states_no_number_is_no_pager(script: str) -> None:
    with pytest.raises(NotAListing, match="no number of pages"):
        read_pager(capture(SCRIPT, script), site(family="ecms"))


def test_a_count_page_is_found_from_the_script_in_all_its_forms() -> None:
    page = numbered_page(ECMS, url(SCRIPT), 533)
    assert page is not None
    assert page.number == 533
    assert page.urls == (
        f"{COUNT}//0006000/000000000000/000/000/c0006000000000000000_000000533.shtml",
        f"{COUNT}/0006000/000000000000/000/000/c0006000000000000000_000000533.shtml",
    )


def test_from_page_1000_on_the_folder_of_thousands_is_tried_before_the_one_that_others_use() -> None:
    page = numbered_page(ECMS, url(SCRIPT), 1001)
    assert page is not None
    assert page.urls == (
        f"{COUNT}//0006000/000000000000/000/001/c0006000000000000000_000001001.shtml",
        f"{COUNT}/0006000/000000000000/000/001/c0006000000000000000_000001001.shtml",
        f"{COUNT}//0006000/000000000000/000/000/c0006000000000000000_000001001.shtml",
        f"{COUNT}/0006000/000000000000/000/000/c0006000000000000000_000001001.shtml",
    )


def test_a_count_page_leads_to_its_neighbours() -> None:
    first = numbered_page(ECMS, url(SCRIPT), 999)
    assert first is not None
    for form in first.urls:
        assert numbered_page(ECMS, form, 1000) == numbered_page(ECMS, url(SCRIPT), 1000)


def test_the_index_of_a_known_channel_is_enough() -> None:
    page = numbered_page(ECMS, url("https://news.nankai.edu.cn/ywsd/index.shtml"), 1)
    assert page is not None
    start = "https://news.nankai.edu.cn/ywsd/system/count//0003000/000000000000/000/000/"
    assert page.urls[0] == f"{start}c0003000000000000000_000000001.shtml"


def test_every_channel_of_the_config_as_it_comes_is_known_with_its_pages() -> None:
    (nankai,) = load_config(ROOT / "config.yaml").sites
    pages = [numbered_page(ECMS, channel.index, 1) for channel in nankai.channels]
    assert len({page.urls for page in pages if page is not None}) == len(nankai.channels) == 14


def test_no_family_names_a_site() -> None:
    """What is known of single sites stands in its own data."""
    for file in sorted((ROOT / "scraper" / "families").glob("*.py")):
        code = ast.parse(file.read_text(encoding="utf-8"))
        told = [node.value for node in ast.walk(code) if isinstance(node, ast.Expr)]  # docstrings
        texts = (node for node in ast.walk(code) if isinstance(node, ast.Constant) and node not in told)
        named = [str(node.value) for node in texts if "nankai" in str(node.value)]
        assert file.stem == "known_sites" or named == [], file.name


@pytest.mark.parametrize(
    "index",
    ["https://news.nankai.edu.cn/unheardof/index.shtml", "http://news.qingcheng.example/ywsd/index.shtml"],
)
def test_the_index_of_an_unknown_channel_is_not(index: str) -> None:
    assert numbered_page(ECMS, url(index), 1) is None


def test_pages_of_the_old_system_lie_in_folders_of_hundreds() -> None:
    page = numbered_page(
        ECMS, url("http://n.example/nkyw/system/more/32000000/0002/32000000_00000248.shtml"), 99
    )
    assert page is not None
    assert page.urls == ("http://n.example/nkyw/system/more/32000000/0000/32000000_00000099.shtml",)


@pytest.mark.parametrize(
    ("of", "number", "pages"),
    [
        ("/tzgg/list.htm", 2, ("/tzgg/list2.htm",)),
        ("/tzgg/list7.htm", 12, ("/tzgg/list12.htm",)),
        ("/tzgg/list7.htm", 1, ("/tzgg/list.htm", "/tzgg/list1.htm")),
        ("/_s77/_t176/4826/list2.psp", 129, ("/_s77/_t176/4826/list129.psp",)),
    ],
)
def test_webplus_numbers_its_lists(of: str, number: int, pages: tuple[str, ...]) -> None:
    page = numbered_page(WEBPLUS, url(f"https://jwc.example{of}"), number)
    assert page is not None
    assert page.urls == tuple(f"https://jwc.example{path}" for path in pages)


def test_jeecms_numbers_its_lists_in_the_query() -> None:
    page = numbered_page(JEECMS, url("https://zbb.example/jggc/index.chtml?curPage=4"), 5)
    assert page is not None
    assert page.urls == ("https://zbb.example/jggc/index.chtml?curPage=5",)


def test_no_address_is_made_up() -> None:
    assert numbered_page(WEBPLUS, url("https://jwc.example/main.htm"), 2) is None
    assert numbered_page(VSB, url("https://ai.example/xwzx.htm"), 2) is None
    assert numbered_page(WEBPLUS, url("https://jwc.example/tzgg/list.htm"), 0) is None
    assert numbered_page(WEBPLUS, url("https://jwc.example/tzgg/list.htm"), 10**9) is None
