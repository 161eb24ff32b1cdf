"""The worst of ten thousand hostile pages, in memory and CPU time, read as a run reads them.

    python benchmarks/hostile.py            # 10,000 pages, a few minutes
    python benchmarks/hostile.py --pages 500 --seed 2

Pages are invented: an article or a list as its system makes them, and within or behind it pieces that were
dear once, repeated, nested and mixed, up to 256 kB of them. Each is read with the bounds of a run. Told are
the dearest page, the peak memory of the reader, and how many pages were refused, too costly, or met a fault
of the program: of those there must be none.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from scraper import discovery, extractor
from scraper.errors import ArchiveError, TooCostly
from scraper.ingest.bounds import MOST_MEMORY, bounded
from scraper.model import Capture, Kind, Site
from scraper.urls import Url

PIECES: Final = (
    *(
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<i>",
        "<div>",
        "</div>",
        "<font a=1>",
        "<a href=x>",
        "<a href='/info/1/2.htm'>",
    ),
    *(
        "</a>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<ul>",
        "<li>",
        "<ol start=",
        "<select>",
        "<option>",
        "<svg>",
    ),
    *(
        "<math>",
        "<template>",
        "<object>",
        "<marquee>",
        "<pre> x\t",
        "<h1>题",
        "<br>",
        "<img src=a.png>",
        "<img src='",
    ),
    *(
        "<iframe src=a.mp4>",
        "<script>",
        "</script>",
        "<style>",
        "<!--",
        "-->",
        "<!-- </p> -->",
        "<![CDATA[",
        "]]>",
    ),
    *(
        "<div class=v_news_content>",
        "<td id=txt>",
        "<div class=wp_articlecontent>",
        "<p style='a:b;",
        "<p a=1 b=2 c=3>",
    ),
    *(
        "发布时间：",
        "2022-03-07 ",
        "14:00",
        "来源：",
        "作者：",
        "|分享到|",
        "上一篇：",
        "【打印】",
        "（(",
        "…",
        "正文。",
        "　",
    ),
    *(
        "共",
        "第1页/",
        "下一页",
        "<option>1",
        "createPageHTML(",
        "9" * 40,
        "&#xD800;",
        "&lt;",
        "\\ud83d",
        "\x00",
        "\u202e",
    ),
    *(
        " ",
        "\n",
        "\t",
        "'",
        '"',
        "<",
        ">",
        "=",
        "-",
        "--",
        ".",
        "?",
        "&a=",
        "{",
        "[",
        '{"a":',
        "url(",
        "data-file",
    ),
)
WORDS: Final = "<p>青城大学今天举行新学期的第一次音乐会，校园里的人都来听，掌声久久不停。</p>" * 4
HEAD: Final = (
    "<html><head><title>音乐会在礼堂举行 - 青城大学</title></head><body>"
    "<div class=nav><a href=/>首页</a></div>"
    "<h1>音乐会在礼堂举行</h1><p class=date>发布时间：2021-03-12 10:00 来源：宣传部</p>"
)
CLOSED: Final = (
    "'\">]]>--></style></script></select></svg></math></template></object></table></pre></b></i></font></a>"
)
FOOT: Final = "<div class=foot>完</div></body></html>"
HERE: Final = Url("http://news.qingcheng.example/info/1/2.htm")
LIST: Final = Url("http://news.qingcheng.example/x/list.htm")
BODIES: Final = {  # of a family, the element that its pages have their text in
    None: "<article class=content>",
    "vsb": "<div class=v_news_content id=vsb_content>",
    "webplus": "<div class=wp_articlecontent>",
    "jeecms": "<div class=article-content>",
    "generic": "<div class=content>",
}
FAMILIES: Final = tuple(BODIES)
LARGEST: Final = 256_000  # characters of a page
WITHIN: Final = 0.7  # of the articles: what is hostile stands within the text
ROWS: Final = "".join(
    f"<li><span>2021-03-{day:02d}</span><a href='/info/1/{day}.htm'>音乐会的第{day}场</a></li>"
    for day in range(1, 21)
)


def hostile(chance: random.Random) -> str:
    """Return some pieces, each repeated or mixed with the others; two of three are closed again."""
    size = int(2 ** chance.uniform(6, 18))
    parts: list[str] = []
    left = min(size, LARGEST)
    while left > 0:
        unit = "".join(chance.choices(PIECES, k=chance.randrange(1, 5)))
        times = max(1, min(left // len(unit), int(2 ** chance.uniform(0, 16))))
        parts.append(unit * times + chance.choice(("", CLOSED, CLOSED)))
        left -= len(unit) * times
    return "".join(parts)


def page(chance: random.Random, kind: Kind, family: str | None) -> str:
    """Return a page of a family, with what it should have and something hostile within or behind it."""
    if kind is Kind.LISTING:
        return f"{HEAD}<div class=list><ul>{ROWS}</ul></div>{hostile(chance)}{FOOT}"
    body, end = BODIES[family], "</article>" if family is None else "</div>"
    within = chance.random() < WITHIN
    inner, behind = (hostile(chance), "") if within else ("", hostile(chance))
    return f"{HEAD}{body}{WORDS}{inner}{WORDS}{end}{behind}{FOOT}"


def capture(url: Url, body: str, kind: Kind) -> Capture:
    """Return a page as its server answered with it."""
    return Capture(
        url=url,
        final_url=url,
        fetched_at=datetime(2021, 3, 13, tzinfo=UTC),
        status=200,
        reason="OK",
        headers=((b"Content-Type", b"text/html; charset=utf-8"),),
        body=body.encode("utf-8", "surrogatepass"),
        kind=kind,
    )


def site(family: str | None) -> Site:
    """Return a site of a system."""
    return Site(
        name="x",
        title="x",
        archive_name="x",
        home=Url("http://news.qingcheng.example/"),
        timezone=ZoneInfo("Asia/Shanghai"),
        family=family,
    )


def read(asked: Capture, of: Site) -> str:
    """Read a page within the bounds of a run; return what came of it."""
    job = extractor.extract if asked.kind is Kind.ARTICLE else (lambda a, b: discovery.read_links(a, b, None))
    try:
        bounded(lambda: job(asked, of))
    except TooCostly:
        return "too costly"
    except ArchiveError:
        return "refused"
    except Exception as error:  # noqa: BLE001 - counted, and shown: that is what is measured
        return f"fault: {type(error).__name__}: {error}"
    return "read"


def main() -> None:
    """Measure, and print one JSON object."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--pages", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    chance = random.Random(given.seed)  # noqa: S311 - the same pages each time
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    sites = [site(family) for family in FAMILIES]
    outcomes: Counter[str] = Counter()
    seconds: list[float] = []
    dearest, most = {"seconds": 0.0}, {"kilobytes": 0}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(given.pages):
        of = chance.choice(sites)
        kind = chance.choice((Kind.ARTICLE, Kind.LISTING))
        body = page(chance, kind, of.family)
        asked = capture(HERE if kind is Kind.ARTICLE else LIST, body, kind)
        begun = time.process_time()
        outcomes[read(asked, of)] += 1
        took = time.process_time() - begun
        seconds.append(took)
        about = {"page": number, "bytes": len(asked.body), "kind": str(kind), "family": of.family}
        if took > dearest["seconds"]:
            dearest = {"seconds": round(took, 3), **about, "begins": body[len(HEAD + WORDS) :][:80]}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if peak > before:
            most, before = {"kilobytes": peak, **about}, peak
    seconds.sort()
    print(
        json.dumps(
            {
                "pages": given.pages,
                "seed": given.seed,
                "outcomes": dict(outcomes),
                "cpu_seconds": {
                    "all": round(sum(seconds), 1),
                    "median": round(seconds[len(seconds) // 2], 4),
                    "99%": round(seconds[int(len(seconds) * 0.99)], 3),
                },
                "dearest": dearest,
                "peak_memory": most,
            },
            ensure_ascii=False,
            indent=1,
        )
    )
    sys.exit(any(outcome.startswith("fault") for outcome in outcomes))


if __name__ == "__main__":
    main()
