"""The news site under ECMS: where its pages stand, and which page an address asks for.

Lists go by blocks: page 1 holds the oldest rows and never changes while nothing is taken out; the newest page
is partly filled; the index shows the newest rows, most of them once more.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from scraper.demo import ecms, pictures
from scraper.demo.exchange import Answer, Ask, Reply, Row, page
from scraper.demo.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scraper.demo.ecms import ChannelSpec
    from scraper.demo.story import Story

_ARTICLE = re.compile(r"/(?P<channel>\w+)/system/(?P<day>\d{4}/\d\d/\d\d)/(?P<number>\d{9})\.shtml")
_INDEX = re.compile(r"/(?P<channel>\w+)/(?:index\.s?html?)?")
_SCRIPT = re.compile(r"/(?P<channel>\w+)/system/count(?P<slashes>//?)\d{7}/0{12}/count_page_list_\d{19}\.js")
_COUNT = re.compile(
    r"/(?P<channel>\w+)/system/count(?P<slashes>//?)(?P<code>\d{7})/0{12}/000/(?P<folder>\d{3})/"
    r"c(?P=code)0{12}_(?P<page>\d{9})\.shtml"
)
_MORE = re.compile(
    r"/(?P<channel>\w+)/system/more/(?P<cid>\d+)/(?P<folder>\d{4})/(?P=cid)_(?P<page>\d{8})\.shtml"
)
_HOT = 10
_NOT_FOUND = "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"
_SOFT = '<html><head><meta charset="utf-8"><title>提示</title></head><body>您访问的页面不存在！</body></html>'


class EcmsWorld(World):
    """A news site of the ECMS family."""

    family = "ecms"

    def __init__(self, host: str, channels: tuple[ecms.ChannelSpec, ...]) -> None:
        """Make a site with these channels and no articles."""
        super().__init__(host)
        self.channels = {channel.name: channel for channel in channels}
        self.has_pager = True  # False: the script that knows the number of pages is 404
        self.count_slashes: tuple[str, ...] = ("//", "/")  # the forms of count page addresses that answer
        self.listed_scheme = "http"  # what hrefs in lists begin with; the real site's went to https in 2026
        self._former: dict[str, dict[str, bool]] = {}  # number → earlier channels, and whether they redirect
        self._old_names = {old: channel.name for channel in channels for old in channel.aliases}

    # ── its own verbs ─────────────────────────────────────────────────────────────────────────────────────

    def pager_broken(self) -> None:
        """Lose the script that knows the number of pages."""
        self.has_pager = False

    def rename_channel(self, old: str, new: str) -> None:
        """Give a channel another name: all moves, and articles still answer at the old address."""
        with self._lock:
            spec = self.channels.pop(old)
            self.channels[new] = ecms.renamed(spec, new)
            self._old_names |= dict.fromkeys((old, *spec.aliases), new)
            self.lists[new] = self.lists.pop(old, [])
            self._changes[new] += 1
            for number, story in self.stories.items():
                if story.channel == old:
                    self.stories[number] = ecms.moved(story, new)

    def move(self, number: str, channel: str, *, redirects: bool = False) -> None:
        """Put an article into another channel; its old address still answers, or redirects."""
        with self._lock:
            story = self.stories[number]
            self.hide(number)
            self._former.setdefault(number, {})[story.channel] = redirects
            self.stories[number] = ecms.moved(story, channel)
            self._append(channel, number)

    def alias(self, number: str, *, channel: str, scheme: str = "http", under: str | None = None) -> str:
        """List an article once more at another address of its own: another scheme or a channel's old name."""
        path = self.path_of(self.stories[number])
        if under is not None:
            path = f"/{under}/{path.split('/', 2)[2]}"
        address = f"{scheme}://{self.host}{path}"
        self.list_address(
            channel, address, title=self.stories[number].title, on=self.stories[number].published.date()
        )
        return address

    # ── addresses ─────────────────────────────────────────────────────────────────────────────────────────

    def channel_titles(self) -> dict[str, str]:
        """Return what each channel is called, by its name."""
        return {channel.name: channel.title for channel in self.channels.values()}

    def path_of(self, story: Story) -> str:
        """Return `/<channel>/system/YYYY/MM/DD/<number>.shtml`."""
        return story.path

    def index(self, channel: str) -> str:
        """Return the address of a channel's list."""
        return f"{self.home}/{channel}/index.shtml"

    def count_page(self, channel: str, number: int) -> str:
        """Return the address of a numbered page, as the site itself spells it."""
        code = self.channels[channel].code
        folder = f"{self.home}/{channel}/system/count//{code}/{'0' * 12}/000/{number // 1000:03}"
        return f"{folder}/c{code}{'0' * 12}_{number:09}.shtml"

    def more_page(self, channel: str, number: int) -> str:
        """Return the address of an older page of the old system's lists."""
        cid = self.channels[channel].cid
        return f"{self.home}/{channel}/system/more/{cid}/{number // 100:04}/{cid}_{number:08}.shtml"

    def pages(self, channel: str) -> int:
        """Return how many numbered pages a channel has."""
        return -(-len(self.lists.get(channel, [])) // self.channels[channel].per_page)

    # ── answers ───────────────────────────────────────────────────────────────────────────────────────────

    def respond(self, ask: Ask, fetch: int) -> Reply:
        """Find out which page is asked for, and make it."""
        path = ask.path.partition("?")[0]
        if path in self.missing:
            return _not_found()
        if path == "/robots.txt":
            return _text(self.robots) if self.robots else _not_found()
        for pattern, reply in self._routes():
            if (found := pattern.fullmatch(path)) is not None:
                return reply(found, fetch)
        if (file := pictures.bytes_for(path)) is not None:
            kind, body = file
            stamp = path.rpartition("/")[2]
            return Reply(
                answer=Answer(headers=(("Content-Type", kind),), body=body),
                stamp=stamp,
                modified=self._born(),
            )
        return self._home(fetch) if path in {"/", "/index.shtml"} else _not_found()

    def _routes(self) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str], int], Reply]], ...]:
        return (
            (_ARTICLE, self._article),
            (_COUNT, self._count),
            (_SCRIPT, self._script),
            (_MORE, self._more),
            (_INDEX, self._index),
        )

    def _article(self, found: re.Match[str], fetch: int) -> Reply:
        story = self.stories.get(found["number"])
        channel = self._old_names.get(found["channel"], found["channel"])
        if story is None or f"{story.day:%Y/%m/%d}" != found["day"]:
            return _not_found()
        redirects = self._former.get(story.number, {}).get(channel)
        if story.channel != channel and redirects is None:
            return _not_found()
        if redirects and story.channel != channel:
            place = self.home + story.path
            return Reply(answer=Answer(status=301, headers=(("Location", place),)))
        match self.gone.get(story.number):
            case 200:
                return Reply(answer=page(_SOFT))
            case 404 | 410 as status:
                return Reply(answer=page(_NOT_FOUND, status=status))
            case None:
                return self._page_of(story, fetch)

    def _page_of(self, story: Story, fetch: int) -> Reply:
        spec = self.channels[story.channel]
        html = ecms.article(story, self.body_of(story), spec, self._frame(fetch))
        return Reply(
            answer=_page(html, gbk=story.form.is_gbk),
            stamp=f"{story.number}-{story.revision}",
            modified=story.published if story.revision == 0 else self.now,
        )

    def _index(self, found: re.Match[str], fetch: int) -> Reply:
        spec = self.channels.get(found["channel"])
        if spec is None:
            return _not_found()
        rows = self.lists.get(spec.name, [])
        newest = rows[-spec.per_page :]
        last = self.pages(spec.name) - (1 if len(rows) % spec.per_page else 0)
        follows = self.more_page(spec.name, last) if len(rows) > len(newest) and spec.old else None
        return self._list_page(spec, newest, fetch, follows)

    def _count(self, found: re.Match[str], fetch: int) -> Reply:
        number = int(found["page"])
        spec = self.channels.get(found["channel"])
        fits = found["slashes"] in self.count_slashes and found["folder"] == f"{number // 1000:03}"
        if spec is None or spec.old or spec.code != found["code"] or not fits:
            return _not_found()
        return self._block(spec, number, fetch, None)

    def _more(self, found: re.Match[str], fetch: int) -> Reply:
        number = int(found["page"])
        spec = self.channels.get(found["channel"])
        if (
            spec is None
            or not spec.old
            or spec.cid != found["cid"]
            or found["folder"] != f"{number // 100:04}"
        ):
            return _not_found()
        return self._block(spec, number, fetch, self.more_page(spec.name, number - 1) if number > 1 else None)

    def _block(self, spec: ChannelSpec, number: int, fetch: int, follows: str | None) -> Reply:
        rows = self.lists.get(spec.name, [])[(number - 1) * spec.per_page : number * spec.per_page]
        return self._list_page(spec, rows, fetch, follows) if number > 0 and rows else _not_found()

    def _list_page(
        self, spec: ChannelSpec, entries: list[str | Row], fetch: int, follows: str | None
    ) -> Reply:
        rows = [self._row(entry) for entry in reversed(entries)]
        html = ecms.listing(rows, spec, self._frame(fetch), next_page=follows)
        stamp = f"{spec.name}-{self._changes[spec.name]}-{rows[0].address.rpartition('/')[2] if rows else 0}"
        return Reply(answer=_page(html, gbk=spec.old), stamp=stamp, modified=self.now)

    def _row(self, entry: str | Row) -> Row:
        if isinstance(entry, Row):
            return entry
        story = self.stories[entry]
        address = f"{self.listed_scheme}://{self.host}{story.path}"
        return Row(address=address, title=story.title, date=f"{story.published:%Y-%m-%d}")

    def _script(self, found: re.Match[str], _fetch: int) -> Reply:
        spec = self.channels.get(found["channel"])
        if spec is None or spec.old or not self.has_pager:
            return _not_found()
        script = ecms.pager_script(spec, self.pages(spec.name)).encode()
        answer = Answer(headers=(("Content-Type", "application/javascript"),), body=script)
        return Reply(answer=answer, stamp=f"{spec.name}-{self.pages(spec.name)}", modified=self.now)

    def _home(self, fetch: int) -> Reply:
        blocks = [(spec, self.lists.get(spec.name, [])[-6:]) for spec in self.channels.values()]
        rows = [(spec, [self._row(entry) for entry in reversed(entries)]) for spec, entries in blocks]
        return Reply(answer=_page(ecms.front(rows, self._frame(fetch)), gbk=False))

    def _frame(self, fetch: int) -> ecms.Frame:
        numbers = list(islice(reversed(self.stories), 40))
        start = fetch * 3 % max(1, len(numbers))
        turned = (numbers[start:] + numbers[:start])[:_HOT]
        hot = tuple(self.stories[number] for number in turned)
        return ecms.Frame(
            home=self.home, channels=tuple(self.channels.values()), hot=hot, now=self.now, fetch=fetch
        )

    def _born(self) -> datetime:
        return self.now.replace(year=self.now.year - 3)


def _page(html: str, *, gbk: bool) -> Answer:
    """Return a page; those of the old system are GBK, say so in the header, and lie in their meta."""
    return page(html, charset="gbk", label="GBK") if gbk else page(html)


def _text(body: str) -> Reply:
    return Reply(answer=Answer(headers=(("Content-Type", "text/plain"),), body=body.encode()), stamp="robots")


def _not_found() -> Reply:
    return Reply(answer=page(_NOT_FOUND, status=404))
