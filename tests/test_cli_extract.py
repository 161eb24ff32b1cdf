"""`extract`: saved pages to documents and JSON, one or many, with and without a config."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import chdir
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scraper import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
URL = "https://news.nankai.edu.cn/ywsd/system/2022/03/07/030050001.shtml"
IDENTITY = "http://news.nankai.edu.cn/ywsd/system/2022/03/07/030050001.shtml"
KEYS = [
    *("url", "identity", "urlname", "family", "layout", "title", "published", "source", "editor", "channel"),
    *("images", "media", "attachments", "markdown", "loss", "left_out"),
]

PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>星桥书院办起夜读会-南开要闻-南开大学</title></head><body>
<table><tr><td style="font-size:30px; line-height:42px">星桥书院办起夜读会</td></tr>
<tr><td><span>来源：{source}</span> <span>发稿时间：2022-03-07 19:05</span></td></tr>
<tr><td id="txt"><p>　　本报讯（记者 柳青禾）夜读会每周三晚举行。</p>
<p><img src=" /pic/003/000/500/a.jpg"></p><p>　　<strong>“人人都来”</strong>，书院说。</p></td></tr>
<tr><td align="right"><p><span class=" hong">编辑：</span>沈砚秋</p></td></tr></table></body></html>
"""


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path) -> Iterator[None]:
    """Work where there is no config, which is what `extract` looks for in the current folder."""
    with chdir(tmp_path):
        yield


def save(name: str = "page.html", text: str | bytes | None = None, source: str = "校报") -> Path:
    """Save a page in the current folder."""
    path = Path(name)
    path.write_bytes(text if isinstance(text, bytes) else (text or PAGE.format(source=source)).encode())
    return path


def config(name: str = "config.yaml") -> Path:
    """Write a config that knows the site."""
    path = Path(name)
    path.write_text(
        "sites:\n  nankai: {title: 南开大学, archive_name: nankai.info, family: ecms,"
        " home: 'http://news.nankai.edu.cn/', layout: hexo}\n",
        encoding="utf-8",
    )
    return path


def extracted(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> dict[str, Any]:
    """Return what `extract --json` prints."""
    assert cli.main(["extract", "page.html", "--url", URL, "--json", *arguments]) == 0
    found: dict[str, Any] = json.loads(capsysbinary.readouterr().out)
    return found


def test_the_article_as_json_has_the_keys_of_the_contract(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    save()
    article = extracted(capsysbinary)
    assert list(article) == KEYS
    assert (article["url"], article["identity"]) == (URL, IDENTITY)
    assert article["urlname"] == md5(IDENTITY.encode(), usedforsecurity=False).hexdigest()
    assert article["title"] == "星桥书院办起夜读会"
    assert article["published"] == "2022-03-07T19:05:00+08:00"
    assert (article["source"], article["editor"], article["channel"]) == ("校报", "沈砚秋", "ywsd")
    assert article["images"] == ["https://news.nankai.edu.cn/pic/003/000/500/a.jpg"]
    assert article["loss"] == {"characters": 0, "images": 0, "links": 0, "files": 0}


def test_the_markdown_is_the_body_alone_with_pictures_in_place(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    save()
    markdown = extracted(capsysbinary)["markdown"]
    assert "---" not in markdown
    assert "转入文章首发地址" not in markdown
    assert markdown.index("夜读会") < markdown.index("![图](https://") < markdown.index("书院说")


def test_without_json_the_document_is_printed_byte_for_byte(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    save()
    assert cli.main(["extract", "page.html", "--url", URL]) == 0
    out = capsysbinary.readouterr().out
    assert out.startswith("---\ntitle: news.nankai.edu.cn->星桥书院办起夜读会".encode())
    assert f"[转入文章首发地址]({IDENTITY})".encode() in out
    assert b"\r" not in out


def test_a_config_in_the_folder_names_the_site(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    save()
    config()
    assert cli.main(["extract", "page.html", "--url", URL]) == 0
    out = capsysbinary.readouterr().out.decode()
    assert out.startswith("---\ntitle: 南开大学->星桥书院办起夜读会 | nankai.info\n")
    assert "slug:" not in out


def test_a_site_can_be_named(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    save()
    config("mine.yaml")
    assert cli.main(["extract", "page.html", "--url", "http://1.2.3.4/x", "--site", "nankai"]) == 2
    assert b"there is no config that could name it" in capsysbinary.readouterr().err
    arguments = ["--config", "mine.yaml", "extract", "page.html", "--url", URL, "--site"]
    assert cli.main([*arguments, "nankay"]) == 2
    assert b"did you mean nankai?" in capsysbinary.readouterr().err
    assert cli.main([*arguments, "nankai"]) == 0


def test_the_scheme_of_an_unknown_site_is_its_own(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    save()
    url = "https://news.example.edu.cn/ywsd/system/2022/03/07/030050001.shtml"
    assert cli.main(["extract", "page.html", "--url", url, "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["identity"] == url


def test_the_header_decides_what_the_bytes_mean(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    save(text=PAGE.format(source="校报").encode("gb18030"))
    assert extracted(capsysbinary, "--content-type", "text/html; charset=GBK")["editor"] == "沈砚秋"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "needs FILE and --url URL, or --batch MANIFEST"),
        (["page.html"], "needs FILE and --url URL, or --batch MANIFEST"),
        (["nothing.html", "--url", URL], "file: nothing.html: No such file or directory"),
        ([".", "--url", URL], "file: .: Is a directory"),
        (["page.html", "--url", "ftp://a.cn/"], "address: ftp://a.cn/: is no http or https address"),
        (["page.html", "--batch", "m.jsonl"], "--batch stands alone"),
        (["--batch", "nothing.jsonl"], "manifest: nothing.jsonl: No such file or directory"),
    ],
)
def test_wrong_usage_is_told(
    arguments: list[str], told: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    save()
    assert cli.main(["extract", *arguments]) == 2
    out, err = capsysbinary.readouterr()
    assert out == b""
    assert told in err.decode()


def test_a_page_that_is_no_article_is_no_document(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    save(text=b"%PDF-1.7 nothing")
    assert cli.main(["extract", "page.html", "--url", URL]) == 3
    out, err = capsysbinary.readouterr()
    assert out == b""
    assert URL in err.decode()


def test_the_page_may_come_over_standard_input() -> None:
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own arguments
        [sys.executable, "-m", "scraper", "extract", "-", "--url", URL, "--json"],
        cwd=ROOT,
        input=PAGE.format(source="校报").encode(),
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["title"] == "星桥书院办起夜读会"


# ── many ──────────────────────────────────────────────────────────────────────────────────────────────────


def manifest(*lines: object, path: str = "m.jsonl") -> str:
    """Write a manifest; what is no text is written as JSON."""
    Path(path).parent.mkdir(exist_ok=True)
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    Path(path).write_text("\n".join(texts), encoding="utf-8")
    return path


def run_batch(capsysbinary: pytest.CaptureFixture[bytes], path: str) -> tuple[int, list[dict[str, Any]]]:
    """Return the exit code and the lines that `extract --batch` prints."""
    code = cli.main(["extract", "--batch", path])
    return code, [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_a_batch_is_a_line_each_in_order(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    entries = []
    for number in range(5):
        save(f"{number}.html", source=f"来源{number}")
        entries.append({"file": f"{number}.html", "url": URL.replace("50001", f"5000{number}")})
    code, lines = run_batch(capsysbinary, manifest(*entries))
    assert code == 0
    assert [line["source"] for line in lines] == [f"来源{number}" for number in range(5)]
    assert [list(line) for line in lines] == [KEYS] * 5


def test_files_are_named_from_the_manifests_folder(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    Path("sub").mkdir()
    save("sub/page.html")
    path = manifest(
        {"file": "page.html", "url": URL},
        {"file": str(Path("sub/page.html").absolute()), "url": URL},
        path="sub/m.jsonl",
    )
    code, lines = run_batch(capsysbinary, path)
    assert code == 0
    assert [line["title"] for line in lines] == ["星桥书院办起夜读会"] * 2


def test_a_batch_names_each_page_as_the_manifest_does(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    given = URL.replace("news.nankai.edu.cn", "NEWS.nankai.edu.cn:443") + "#top"
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    manifest = tmp_path / "pages.jsonl"
    manifest.write_text(json.dumps({"file": "page.html", "url": given}), encoding="utf-8")
    assert cli.main(["extract", "--batch", str(manifest)]) == 0
    line = json.loads(capsysbinary.readouterr().out)
    assert (line["url"], line["identity"]) == (given, IDENTITY)


def test_no_line_of_a_manifest_ends_the_batch(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    save()
    good = {"file": "page.html", "url": URL}
    bad: list[object] = [
        "{",
        "[]",
        "3",
        "[" * 100_000,
        {"url": URL},
        {"file": "page.html"},
        {"file": "page.html", "url": "nowhere"},
        {"file": 3, "url": URL},
        {"file": "a\0b", "url": URL},
        {"file": "nothing.html", "url": URL},
        {"file": ".", "url": URL},
        {"file": "page.html", "url": URL, "content_type": 3},
        {"file": "page.html", "url": 3},
    ]
    code, lines = run_batch(capsysbinary, manifest(good, *bad, "", good))
    assert code == 3
    assert len(lines) == len(bad) + 2
    assert "title" in lines[0]
    assert "title" in lines[-1]
    for line in lines[1:-1]:
        assert list(line) == ["url", "error"]
        assert line["error"].startswith("UsageError: ")


def test_an_error_of_a_page_is_its_kind_and_message(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    save(text=b"%PDF-1.7 nothing")
    code, (line,) = run_batch(capsysbinary, manifest({"file": "page.html", "url": URL, "content_type": None}))
    assert code == 3
    assert line["url"] == URL
    assert line["error"].startswith("NotAnArticle: ")


def test_many_pages_on_all_cores_come_in_order(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """More than one process reads them; what is printed is the same."""
    save()
    number_of_pages = 260
    entries = [
        {"file": "page.html", "url": f"http://a.edu.cn/x/system/2022/03/07/{number:09}.shtml"}
        for number in range(number_of_pages)
    ]
    code, lines = run_batch(capsysbinary, manifest(*entries))
    assert code == 0
    assert [line["url"] for line in lines] == [entry["url"] for entry in entries]


def test_the_captures_moment_is_the_files_last_change(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    config().write_text(
        "sites: {x: {home: 'http://news.nankai.edu.cn/', date: captured}}\n", encoding="utf-8"
    )
    os.utime(save(), (1_600_000_000, 1_600_000_000))
    assert cli.main(["extract", "page.html", "--url", URL]) == 0
    assert b"\ndate: 2020-09-13 20:26:40" in capsysbinary.readouterr().out


def test_neither_a_pipe_nor_a_device_holds_up_the_other_pages(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    save()
    os.mkfifo("pipe")
    entries = [{"file": file, "url": URL} for file in ("pipe", "/dev/zero", "page.html")]
    code, lines = run_batch(capsysbinary, manifest(*entries))
    assert code == 3
    assert [str(line.get("error", "read")).partition(":")[0] for line in lines] == ["UsageError"] * 2 + [
        "read"
    ]
    assert cli.main(["extract", "/dev/zero", "--url", URL]) == 2
