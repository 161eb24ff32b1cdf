"""One site's turn: claim, bring, run, ship, commit, hand back.

    claim      lease in the database           SiteHeld: somebody else's turn
               manifest in the store           from here on no earlier holder can commit
    bring      state and catalogue, where this machine does not have them
    run        a process, for a slice of time; no request goes out after the lease's deadline
    ship       what it brought, and commit; again until the store takes it or the lease is lost
               once more from `run`, where the slice was too short for what is to do
    hand back  the lease, and the run's row

Whatever breaks off leaves the site's files as they are: the next turn on this machine goes on with them, if
nobody else has committed since.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from scraper.audit.status import status_of, to_json
from scraper.cluster import bringing, claiming, shipping
from scraper.cluster.bringing import sweep
from scraper.cluster.database import RunRow
from scraper.cluster.hosts import rest_hosts, told_of_hosts
from scraper.cluster.site_process import SiteProcess
from scraper.errors import LeaseLost, ObjectStoreAway
from scraper.exit_codes import ExitCode
from scraper.messages import say
from scraper.stores.archive_folder import ArchiveFolder
from scraper.stores.disk import ensure_room
from scraper.stores.elsewhere.catalogue import Catalogue
from scraper.stores.lock import Lock
from scraper.stores.opening import view_state
from scraper.values import Value, field

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from scraper.cluster.claiming import Claimed
    from scraper.cluster.database import Database
    from scraper.cluster.holding import Holding
    from scraper.cluster.leases import Leases, Tenure
    from scraper.model import Site
    from scraper.stores.elsewhere.object_store import ObjectStore

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

ROOM = 512 * 2**20  # bytes free, below which no site is begun: what is not shipped yet must find its place
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0  # seconds between two tries of a shipment
_LAST_TRIES = 20.0  # seconds for a shipment, once the worker is to end


class Figures(Value, kw_only=True):
    """What a worker did so far."""

    runs: int = 0
    failed: int = 0  # runs whose process broke off
    lost: int = 0  # leases
    bytes_shipped: int = 0
    bytes_brought: int = 0
    shipping: set[str] = field(default_factory=set)  # sites whose shipment waits for the store


class Workshop(Value, frozen=True, kw_only=True):
    """What the turns of all sites on this machine share."""

    machine: str
    database: Database
    store: ObjectStore
    leases: Leases
    figures: Figures
    now: Callable[[], datetime]
    now_ns: Callable[[], int]
    clock: Callable[[], float]  # of the leases
    new_mark: Callable[[], str]
    command: Callable[[str, bool], Sequence[str]]  # how the process of a site is started; True: for its past
    config: Callable[[], bytes]  # what that process is told first, on one line
    longest: float  # seconds after which a process that has not ended is killed
    stopping: asyncio.Event
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class SiteWork:
    """One turn of one site on this machine."""

    def __init__(self, site: Site, hosts: frozenset[str], holding: Holding, shop: Workshop) -> None:
        """Take the site, the hosts that its config names, its folder, and what all turns share."""
        self._site = site
        self._hosts = hosts
        self._holding = holding
        self._shop = shop
        self.report: dict[str, Any] | None = None  # of the last process; None: none told any

    async def take_turn(self) -> None:
        """Work the site.

        Raises SiteHeld, DatabaseAway, NoRoom, Locked before anything is begun; ObjectStoreAway then, or where
        the worker is to end before the store is back.
        """
        shop = self._shop
        await asyncio.to_thread(ensure_room, self._holding.archive, ROOM)
        tenure = await shop.leases.claim(self._site.name, self._hosts)
        machine: str | None = None
        try:
            claimed = await self._bring(tenure)
            machine = shop.machine
            await self._work(tenure, claimed)
        except LeaseLost as error:
            shop.figures.lost += 1
            _log.warning("fenced", extra={"fields": {"site": self._site.name, "error": str(error)}})
        finally:
            await shop.leases.hand_back(tenure, machine)

    async def ship_alone(self) -> None:
        """Ship what this machine has of a site that the store has nothing of, and run nothing."""
        tenure = await self._shop.leases.claim(self._site.name, self._hosts)
        try:
            claimed = await self._bring(tenure)
            await self._ship(tenure, claimed, None, last=True)
        finally:
            await self._shop.leases.hand_back(tenure, self._shop.machine)

    async def _bring(self, tenure: Tenure) -> Claimed:
        try:
            claimed = await asyncio.to_thread(
                claiming.claim, self._shop.store, tenure.lease, self._shop.now()
            )
        except claiming.EpochBehind as behind:
            await self._shop.leases.raise_epoch(tenure, behind.known)
            claimed = await asyncio.to_thread(
                claiming.claim, self._shop.store, tenure.lease, self._shop.now()
            )
        brought = await self._locked(partial(self._bring_files, claimed))
        self._shop.figures.bytes_brought += brought
        return claimed

    def _bring_files(self, claimed: Claimed) -> int:
        brought = bringing.bring(self._holding, claimed, self._shop.store, self._shop.now_ns())
        rest_hosts(self._holding.archive, self._hosts, claimed.manifest.hosts, self._shop.now())
        return brought

    async def _work(self, tenure: Tenure, claimed: Claimed) -> None:
        """Run and ship, slice by slice, until there is no more to do, or somebody else's turn has come."""
        more, backfill = True, False
        while more and await self._may_go_on(tenure):
            report = await self._run(tenure, backfill=backfill)
            if tenure.lost:
                break
            unfinished = report is not None and _has_more(report)
            if backfill and report is not None and not unfinished:
                await self._past_is_there(tenure)
            backfill = tenure.backfill and (backfill or not unfinished)
            more = (unfinished or backfill) and report is not None and self._shop.clock() < tenure.ends
            claimed = await self._ship(tenure, claimed, report, last=not more)
        if tenure.lost:
            raise LeaseLost(say("{site}: another machine has taken it", site=self._site.name))

    async def _may_go_on(self, tenure: Tenure) -> bool:
        """Wait while the lease has run out and the database is away; say whether the next slice may begin."""
        shop = self._shop
        while not (tenure.lost or shop.stopping.is_set()):
            if shop.clock() < tenure.lease.deadline:
                return True
            await shop.sleep(tenure.lease.ttl / 10)
        return False

    async def _past_is_there(self, tenure: Tenure) -> None:
        """End the walk through a site's past."""
        tenure.backfill = False
        await self._shop.leases.tell(partial(self._shop.database.backfilled, tenure.lease))

    async def _run(self, tenure: Tenure, *, backfill: bool) -> dict[str, Any] | None:
        """Run one slice in a process: what is new, or the past."""
        shop = self._shop
        process = await SiteProcess.start(
            shop.command(self._site.name, backfill), shop.config(), until=tenure.lease.deadline
        )
        tenure.process = process
        if shop.stopping.is_set() or tenure.lost:
            process.terminate()
        report = None
        try:
            async with asyncio.timeout(shop.longest):
                report = await process.report(lambda host: shop.leases.claim_host(tenure, host))
        except TimeoutError:
            _log.error("hung", extra={"fields": {"site": self._site.name, "seconds": shop.longest}})
        finally:
            tenure.process = None
            process.kill()
        shop.figures.runs += 1
        shop.figures.failed += report is None
        self.report = report
        return report

    # ── shipping ──────────────────────────────────────────────────────────────────────────────────────────

    async def _ship(
        self, tenure: Tenure, claimed: Claimed, report: dict[str, Any] | None, *, last: bool
    ) -> Claimed:
        """Ship until the store takes it. Raises LeaseLost; ObjectStoreAway only when the worker is to end."""
        shop, pause, tries, gives_up = self._shop, _FIRST_PAUSE, 0, None
        while True:
            tries += 1
            try:
                shipped = await self._locked(
                    partial(self._ship_files, claimed, report, last=last, again=tries > 1)
                )
                break
            except ObjectStoreAway as error:
                if shop.stopping.is_set():
                    gives_up = gives_up or shop.clock() + _LAST_TRIES
                if tenure.lost or (gives_up is not None and shop.clock() > gives_up):
                    raise
                if tries == 1:
                    _log.warning(
                        "store-away", extra={"fields": {"site": self._site.name, "error": str(error)}}
                    )
                shop.figures.shipping.add(self._site.name)
                await shop.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            finally:
                shop.figures.shipping.discard(self._site.name)
        shop.figures.bytes_shipped += shipped.bytes
        await self._remember(tenure, shipped, report)
        return shipped.claimed

    def _ship_files(
        self, claimed: Claimed, report: dict[str, Any] | None, *, last: bool, again: bool
    ) -> shipping.Shipped:
        shop, holding = self._shop, self._holding
        if again:
            claimed = shipping.settle(holding, claimed, shop.store)
        with view_state(holding.archive, self._site.name) as state:
            standing = to_json([status_of(self._site, state, shop.now())])["sites"][self._site.name]
        told = shipping.Told(
            machine=shop.machine,
            now=shop.now(),
            now_ns=shop.now_ns(),
            last_run=report,
            standing=standing,
            hosts=told_of_hosts(holding.archive, self._hosts),
            last=last,
        )
        shipped = shipping.Shipment(holding, claimed, shop.store, shop.new_mark()).ship(told)
        if again:
            with Catalogue(holding.catalogue, reading=True) as catalogue:
                manifest = shipped.claimed.manifest
                sweep(shop.store, manifest, catalogue, manifest.epoch)
        return shipped

    async def _remember(
        self, tenure: Tenure, shipped: shipping.Shipped, report: dict[str, Any] | None
    ) -> None:
        """Write the run's row; a database that is away hears of it later, and the manifest tells it too."""
        if report is None:
            return
        manifest = shipped.claimed.manifest
        row = RunRow(
            site=self._site.name,
            epoch=tenure.lease.epoch,
            serial=manifest.serial,
            machine=self._shop.machine,
            command=report["command"],
            started=datetime.fromisoformat(report["started"]),
            finished=datetime.fromisoformat(report["finished"]),
            exit_code=report["exit_code"],
            shipped=shipped.bytes,
            report=report["sites"].get(self._site.name, {}),
        )
        await self._shop.leases.tell(partial(self._shop.database.add_run, row))

    async def _locked(self, action: Callable[[], _T]) -> _T:
        """Do something to the site's files, in a thread, while no run of this machine can. Raises Locked."""

        def hold() -> _T:
            lock = ArchiveFolder(self._holding.archive).lock(self._site.name)
            with Lock(lock, now=self._shop.now, what=self._site.name):
                return action()

        return await asyncio.to_thread(hold)


def _has_more(report: dict[str, Any]) -> bool:
    """Say whether a run ended with work left: its slice was over, or its lease for a while."""
    problems = [problem["kind"] for site in report["sites"].values() for problem in site["problems"]]
    return report["exit_code"] == ExitCode.BUDGET or LeaseLost.__name__ in problems
