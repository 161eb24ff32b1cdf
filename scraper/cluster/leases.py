"""The leases that this worker holds: claimed, made to last on together, handed back.

One statement renews them all. Where the database does not answer, each lasts until its own deadline, and may
be renewed after that too, as long as nobody else has taken it.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from scraper.cluster.lease import Lease, deadline_of, pause_between_renewals
from scraper.cluster.schedule import stretch_of
from scraper.errors import ClusterError, DatabaseAway
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from scraper.cluster.database import Database
    from scraper.cluster.site_process import SiteProcess

_log = logging.getLogger(__name__)


class Tenure(Value, kw_only=True):
    """One lease as it stands, and the process that works under it."""

    lease: Lease
    backfill: bool = False  # the site's whole past is to be walked too
    ends: float = float("inf")  # on the clock of leases: then the site's next run is due
    process: SiteProcess | None = None  # None: none runs
    lost: bool = False  # another machine has taken the site

    def renew(self, sent: float) -> None:
        """Let it last on, and tell its process."""
        self.lease = self.lease.renewed(sent)
        if self.process is not None:
            self.process.until(self.lease.deadline)

    def lose(self) -> None:
        """Give it up: its process ends in order, and its next request does not go out."""
        self.lost = True
        if self.process is not None:
            self.process.terminate()


class Leases:
    """All leases of one worker."""

    def __init__(
        self,
        database: Database,
        holder: str,
        *,
        ttl: float,
        clock: Callable[[], float],
        random: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take the database and the worker's name, which no other worker ever has."""
        self._database = database
        self._holder = holder
        self.ttl = ttl
        self._clock = clock
        self._random = random
        self._sleep = sleep
        self._held: dict[str, Tenure] = {}
        self._untold: list[Callable[[], Awaitable[None]]] = []
        self.away_since: float | None = None  # when the database last stopped to answer; None: it answers

    @property
    def sites(self) -> tuple[str, ...]:
        """Return the sites that are held."""
        return tuple(self._held)

    async def claim(self, site: str, hosts: Iterable[str]) -> Tenure:
        """Take the lease of a site and of its hosts. Raises SiteHeld, DatabaseAway."""
        sent = self._clock()
        turn = await self._database.claim(
            site, hosts, self._holder, ttl=self.ttl, stretch=stretch_of(self._random())
        )
        tenure = Tenure(
            lease=Lease(
                site=site,
                epoch=turn.epoch,
                holder=self._holder,
                ttl=self.ttl,
                deadline=deadline_of(sent, self.ttl),
            ),
            backfill=turn.backfill,
            ends=sent + turn.every.total_seconds(),
        )
        self._held[site] = tenure
        return tenure

    async def raise_epoch(self, tenure: Tenure, above: int) -> None:
        """Give a lease a higher number. Raises LeaseLost, DatabaseAway."""
        epoch = await self._database.raise_epoch(tenure.lease, above)
        old = tenure.lease
        tenure.lease = Lease(
            site=old.site, epoch=epoch, holder=old.holder, ttl=old.ttl, deadline=old.deadline
        )

    async def claim_host(self, tenure: Tenure, host: str) -> bool:
        """Take one more host for a site; say whether it was free. Where nobody can say, it is not."""
        try:
            return await self._database.claim_host(tenure.lease, host)
        except DatabaseAway:
            return False

    async def hand_back(self, tenure: Tenure, machine: str | None) -> None:
        """End a lease. Where the database does not hear it, it is told later, or the lease ends by itself."""
        self._held.pop(tenure.lease.site, None)
        await self.tell(partial(self._database.hand_back, tenure.lease, machine))

    async def tell(self, what: Callable[[], Awaitable[None]]) -> None:
        """Tell the database something that it must hear some time: now, or when it is back.

        Told late it does no harm: whoever has lost a lease changes nothing, and a run is remembered once.
        """
        try:
            await what()
        except DatabaseAway as error:
            _log.warning("told-later", extra={"fields": {"error": str(error)}})
            self._untold.append(what)

    async def tell_again(self) -> None:
        """Tell the database what it has not heard yet."""
        while self._untold:
            try:
                await self._untold[0]()
            except DatabaseAway:
                return
            self._untold.pop(0)

    def terminate(self) -> None:
        """Have all processes end in order: the worker is to end."""
        for tenure in self._held.values():
            if tenure.process is not None:
                tenure.process.terminate()

    async def keep(self) -> None:
        """Renew all leases again and again, until cancelled."""
        while True:
            await self._sleep(pause_between_renewals(self.ttl))
            try:
                await self.renew()
                await self.tell_again()
            except Exception:  # noqa: BLE001 - whatever it is, the next renewal may go well; it is logged whole
                _log.exception("program-error", extra={"fields": {"what": "renewing leases"}})

    async def renew(self) -> None:
        """Renew all leases once."""
        tenures = [tenure for tenure in self._held.values() if not tenure.lost]
        if not tenures:
            return
        sent = self._clock()
        leases = [tenure.lease for tenure in tenures]
        try:
            mine = await self._database.renew(leases, self._holder, ttl=self.ttl)
        except ClusterError as error:
            if self.away_since is None:
                self.away_since = sent
                _log.warning("database-away", extra={"fields": {"error": str(error)}})
            return
        if self.away_since is not None:
            _log.warning("database-back", extra={"fields": {"seconds": round(sent - self.away_since)}})
            self.away_since = None
        for tenure in tenures:
            if tenure.lease.site in mine:
                tenure.renew(sent)
            else:
                _log.warning("lease-lost", extra={"fields": {"site": tenure.lease.site}})
                tenure.lose()
