"""Takes an article out of the archive for good: document, pictures, captures, what is known of it.

    places of all that goes → noted durably → files, tombstones → the state → noted as done

Killed anywhere, the next program that opens the site finishes it (`finish`), and it is the same where a state
or captures come back from a backup that still has it. Of the article a row stays that is never due.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scraper.article_record import FORGOTTEN, ArticleRecord, Status
from scraper.stores.state.takedown import belongings, erase
from scraper.stores.takedowns import Takedown
from scraper.urls import Url

if TYPE_CHECKING:
    from scraper.stores.opening import SiteContext

_log = logging.getLogger(__name__)


class Forgetting:
    """Forgets articles of one site."""

    def __init__(self, context: SiteContext) -> None:
        """Take the site, whose lock is held."""
        self._context = context
        self._state = context.state
        self._captures = context.captures

    def forget(self, known: ArticleRecord, reason: str) -> Takedown:
        """Take an article out; return what was taken. Raises StoreError."""
        takedown = self._planned(known, reason)
        self._captures.takedowns.put(takedown)
        self._carry_out(takedown)
        return takedown

    def finish(self) -> int:
        """Finish what was begun, or has come back; return how many articles that were."""
        count = 0
        for one in self._captures.takedowns.all().values():
            again = one if not one.done else self._come_back(one)
            if again is None:
                continue
            if again != one:
                self._captures.takedowns.put(again)
            self._carry_out(again)
            fields = {"site": self._context.name, "key": one.key}
            _log.info("forgotten", extra={"fields": fields})
            count += 1
        return count

    def _planned(self, known: ArticleRecord, reason: str) -> Takedown:
        site, owned = self._context.name, belongings(self._state, self._context.name, known.key)
        document = () if known.path is None else (known.path,)
        before = self._captures.takedowns.all().get(known.key)
        return Takedown(
            key=known.key,
            url=known.url,
            reason=reason,
            at=self._context.now() if before is None else before.at,
            keys=owned.keys,
            addresses=owned.addresses,
            files=(*document, *(file for file in owned.files if file.startswith(f"{site}/"))),
            places=self._captures.places(owned.captures),
        )

    def _come_back(self, one: Takedown) -> Takedown | None:
        """Return what is to be taken out again; None: nothing, it is as it should be."""
        known = self._state.articles.get(self._context.name, one.key)
        if known is None:
            known = ArticleRecord(
                site=self._context.name, key=one.key, url=Url(one.url), ask=Url(one.url), first_seen=one.at
            )
        elif known.is_forgotten and not belongings(self._state, known.site, known.key).captures:
            return None
        return self._planned(known, one.reason)

    def _carry_out(self, one: Takedown) -> None:
        for file in one.files:
            self._context.documents.remove(file)
        for place in one.places:
            self._captures.bury(place, one.reason)
        known = self._state.articles.get(self._context.name, one.key)
        erase(self._state, self._stone(one, known), one.keys, one.addresses)
        self._captures.takedowns.put(one.finished())

    def _stone(self, one: Takedown, known: ArticleRecord | None) -> ArticleRecord:
        """Return what stays known: its addresses, that it was met, and why it is not here."""
        return ArticleRecord(
            site=self._context.name,
            key=one.key,
            url=Url(one.url),
            ask=Url(one.url) if known is None else known.ask,
            first_seen=one.at if known is None else known.first_seen,
            channel=None if known is None else known.channel,
            listed_date=None if known is None else known.listed_date,
            status=Status.REFUSED,
            error=f"{FORGOTTEN}: {one.reason}",
        )
