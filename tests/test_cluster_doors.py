"""The real database and the real store: leases, conditional writes, jobs, what travels between machines."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("obstore", reason="the packages of a cluster are not installed")
pytest.importorskip("psycopg", reason="the packages of a cluster are not installed")

from archiving import Archive

from scraper.cluster import claiming, shipping
from scraper.cluster.bringing import bring
from scraper.cluster.database import Database
from scraper.cluster.holding import Holding
from scraper.cluster.lease import Lease
from scraper.cluster.pulling import Wanted, pull
from scraper.cluster.queue import Queue
from scraper.demo import campus_sites
from scraper.demo.server import serve
from scraper.errors import DatabaseAway, LeaseLost, ObjectStoreAway, SiteHeld, UsageError
from scraper.stores.elsewhere import elsewhere_of
from scraper.stores.elsewhere.object_store import ObjectStore, Overtaken, check_conditions
from scraper.stores.opening import captures_of, documents_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from scraper.demo.services import PostgreSQL, SeaweedFS

    Services = tuple[PostgreSQL, SeaweedFS]

HOUR = timedelta(hours=1)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def store(cluster_services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """Return a part of the store of this test's own; its keys stand in the environment, as for anybody."""
    for name, value in cluster_services[1].environment.items():
        monkeypatch.setenv(name, value)
    return ObjectStore("s3://archive", tmp_path.name, os.environ)


@pytest.fixture
def address(cluster_services: Services, tmp_path: Path) -> str:
    """Return the address of a database of this test's own."""
    return cluster_services[0].new_database(f"d{abs(hash(str(tmp_path)))}")


def ask(address: str, story: Callable[[Database, Queue], Awaitable[None]]) -> None:
    """Let a story happen on a database with two sites in the schedule."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[tuple[Database, Queue]]:
        database = Database(address)
        queue = Queue(address, database, ttl=0.0)
        try:
            await queue.init()
            await database.init("s3://archive/x")
            await database.put_sites([("a", HOUR, 0), ("b", HOUR, 5)])
            async with queue.open():
                yield database, queue
        finally:
            await database.close()

    async def tell() -> None:
        async with opened() as (database, queue):
            await story(database, queue)

    asyncio.run(tell())


def lease(site: str, epoch: int, holder: str = "m#1") -> Lease:
    return Lease(site=site, epoch=epoch, holder=holder, ttl=60, deadline=0)


# ── leases ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_site_has_one_holder_and_each_claim_a_higher_epoch(address: str) -> None:
    async def story(database: Database, _: Queue) -> None:
        turn = await database.claim("a", ["h"], "m#1", ttl=60, stretch=1)
        with pytest.raises(SiteHeld, match="m#1"):
            await database.claim("a", ["h"], "m#2", ttl=60, stretch=1)
        await database.hand_back(lease("a", turn.epoch), "m")
        again = await database.claim("a", ["h"], "m#2", ttl=60, stretch=1)
        assert again.epoch == turn.epoch + 1
        assert await database.renew([lease("a", turn.epoch)], "m#1", ttl=60) == set()
        await database.hand_back(lease("a", turn.epoch), "m")  # by one who has lost it: nothing happens
        with pytest.raises(SiteHeld):
            await database.claim("a", ["h"], "m#3", ttl=60, stretch=1)

    ask(address, story)


def test_a_lease_that_ran_out_is_anybody_s_and_until_then_still_its_holder_s(address: str) -> None:
    async def story(database: Database, _: Queue) -> None:
        turn = await database.claim("a", [], "m#1", ttl=0, stretch=1)
        assert await database.renew([lease("a", turn.epoch)], "m#1", ttl=0) == {"a"}
        await database.claim("a", [], "m#2", ttl=60, stretch=1)
        assert await database.renew([lease("a", turn.epoch)], "m#1", ttl=60) == set()

    ask(address, story)


def test_a_host_goes_with_one_site_and_ends_with_its_lease(address: str) -> None:
    async def story(database: Database, _: Queue) -> None:
        turn = await database.claim("a", ["shared", "own"], "m#1", ttl=60, stretch=1)
        with pytest.raises(SiteHeld, match=r"shared.*a"):
            await database.claim("b", ["shared"], "m#2", ttl=60, stretch=1)
        assert await database.claim_host(lease("a", turn.epoch), "img")
        other = await database.claim("b", ["another"], "m#2", ttl=60, stretch=1)
        assert not await database.claim_host(lease("b", other.epoch, "m#2"), "img")
        await database.hand_back(lease("a", turn.epoch), None)
        assert await database.claim_host(lease("b", other.epoch, "m#2"), "img")

    ask(address, story)


def test_a_refused_claim_changes_nothing(address: str) -> None:
    """Neither the epoch nor when the site is due: its job is only put off."""

    async def story(database: Database, _: Queue) -> None:
        await database.claim("a", ["shared"], "m#1", ttl=60, stretch=1)
        before = (await database.sites())[1]
        with pytest.raises(SiteHeld):
            await database.claim("b", ["shared"], "m#2", ttl=60, stretch=1)
        assert (await database.sites())[1] == before

    ask(address, story)


def test_what_is_not_in_the_schedule_or_retired_is_not_claimed(address: str) -> None:
    async def story(database: Database, _: Queue) -> None:
        with pytest.raises(SiteHeld, match="not in the schedule"):
            await database.claim("zz", [], "m#1", ttl=60, stretch=1)
        assert await database.retire(["a"]) == ["a"]
        with pytest.raises(SiteHeld, match="retired"):
            await database.claim("a", [], "m#1", ttl=60, stretch=1)

    ask(address, story)


def test_a_database_of_another_archive_is_refused(address: str) -> None:
    async def story(database: Database, _: Queue) -> None:
        with pytest.raises(UsageError, match="belongs to the archive in s3://archive/x"):
            await database.init("s3://archive/y")

    ask(address, story)


def test_no_password_stands_in_what_is_said_of_a_database_or_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    secrets = {"AWS_ACCESS_KEY_ID": "AKIAHUNTER", "AWS_SECRET_ACCESS_KEY": "hunter3"}
    closed = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", **secrets}
    store = ObjectStore("s3://archive", "x", closed, retries=0, timeout=timedelta(seconds=5))
    with pytest.raises(ObjectStoreAway) as of_store:
        store.get("a")
    with pytest.raises(DatabaseAway) as of_database:
        asyncio.run(Database("postgresql://archive@127.0.0.1:9/x").sites())
    for error in (of_store.value, of_database.value):
        said = repr((error, error.__cause__, str(error)))
        assert not any(secret in said for secret in ("hunter2", *secrets.values()))


# ── jobs ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_due_is_put_into_the_queue_once(address: str) -> None:
    async def story(database: Database, queue: Queue) -> None:
        assert await queue.tend() == 2
        assert await queue.tend() == 0
        jobs = await database.ask("SELECT lock, priority, queue_name FROM procrastinate_jobs ORDER BY id", {})
        assert [tuple(job) for job in jobs] == [("a", 0, "any"), ("b", 5, "any")]

    ask(address, story)


def test_a_site_waits_for_the_machine_that_has_its_files_while_that_lives(address: str) -> None:
    async def story(database: Database, queue: Queue) -> None:
        turn = await database.claim("a", [], "m#1", ttl=60, stretch=0)
        await database.hand_back(lease("a", turn.epoch), "m")
        await database.seen("m", 4)
        await queue.tend()
        jobs = await database.ask("SELECT queue_name FROM procrastinate_jobs WHERE lock = 'a'", {})
        assert [job.queue_name for job in jobs] == ["at:m"]
        await database.ask("UPDATE cluster_site SET due = due - interval '2 minutes' WHERE name = 'a'", {})
        await queue.tend()
        jobs = await database.ask("SELECT queue_name FROM procrastinate_jobs WHERE lock = 'a'", {})
        assert [job.queue_name for job in jobs] == ["any"]

    ask(address, story)


def test_a_job_whose_lease_ran_out_is_taken_back_and_one_whose_lease_lives_is_not(address: str) -> None:
    """Procrastinate leaves both `doing`: whether its worker lives says nothing of ours."""

    async def story(database: Database, queue: Queue) -> None:
        await queue.tend()
        await database.ask("UPDATE procrastinate_jobs SET status = 'doing'", {})
        await database.claim("a", [], "m#1", ttl=0, stretch=1)
        await database.claim("b", [], "m#1", ttl=60, stretch=1)
        await queue.tend()
        jobs = await database.ask("SELECT lock, status::text FROM procrastinate_jobs ORDER BY id", {})
        assert [tuple(job) for job in jobs] == [("a", "todo"), ("b", "doing")]

    ask(address, story)


# ── the store ─────────────────────────────────────────────────────────────────────────────────────────────


def test_of_all_who_write_on_top_of_one_version_one_goes_through(store: ObjectStore) -> None:
    first = store.put_if("m", b"1", None)
    with pytest.raises(Overtaken):
        store.put_if("m", b"2", None)
    second = store.put_if("m", b"2", first)
    with pytest.raises(Overtaken):
        store.put_if("m", b"3", first)
    assert store.put_if("m", b"2", first) == second  # a write whose answer was lost finds itself
    found = store.get("m")
    assert found is not None
    assert found.data == b"2"


def test_a_store_that_keeps_to_conditions_passes_and_one_that_does_not_is_refused(store: ObjectStore) -> None:
    marks = (b"1", b"2", b"3")
    check_conditions(store, "probe", marks)
    assert store.get("probe") is None

    class Careless(ObjectStore):
        """Writes whatever is asked for."""

        def put_if(self, key: str, data: bytes, etag: str | None) -> str:
            del etag
            self.put(key, data)
            return "x"

    with pytest.raises(UsageError, match="If-Match"):
        check_conditions(Careless("s3://archive", "careless", os.environ), "probe", marks)


# ── what travels ──────────────────────────────────────────────────────────────────────────────────────────


class Site:
    """One site, worked by machines that are folders: the same steps as a worker's, one by one."""

    def __init__(self, folder: Path, store: ObjectStore) -> None:
        (self.world,) = campus_sites.many(1)
        self._server = serve(self.world)
        self.server = self._server.__enter__()
        self.folder = folder
        self.store = store
        self.name = self.world.name
        self._archives: dict[str, Archive] = {}
        self._epoch = 0

    def end(self) -> None:
        self._server.__exit__(None, None, None)

    def on(self, machine: str) -> Archive:
        """Return a machine's archive."""
        if machine not in self._archives:
            (self.folder / machine).mkdir()
            self._archives[machine] = Archive(self.folder / machine, self.server, self.world)
        return self._archives[machine]

    def holding(self, machine: str) -> Holding:
        return Holding(self.on(machine).root, self.name)

    def claim(self, machine: str) -> claiming.Claimed:
        self._epoch += 1
        claimed = claiming.claim(self.store, lease(self.name, self._epoch, f"{machine}#1"), NOW)
        bring(self.holding(machine), claimed, self.store, 0)
        return claimed

    def run(self, machine: str, *, limit: int | None = None) -> None:
        self.on(machine).run(limit=limit)

    def ship(self, machine: str, claimed: claiming.Claimed, mark: str = "x") -> claiming.Claimed:
        told = shipping.Told(machine=machine, now=NOW, now_ns=1)
        return shipping.Shipment(self.holding(machine), claimed, self.store, mark).ship(told).claimed

    def turn(self, machine: str, *, limit: int | None = None) -> None:
        claimed = self.claim(machine)
        self.run(machine, limit=limit)
        self.ship(machine, claimed)


@pytest.fixture
def site(tmp_path: Path, store: ObjectStore) -> Iterator[Site]:
    made = Site(tmp_path, store)
    yield made
    made.end()


def documents(archive: Path) -> dict[str, bytes]:
    found = (path for path in archive.rglob("*.md") if ".scraper" not in path.parts)
    return {str(path.relative_to(archive)): path.read_bytes() for path in found}


def test_what_one_machine_ships_another_pulls_byte_for_byte(site: Site, tmp_path: Path) -> None:
    site.turn("a")
    pull(tmp_path / "whole", site.name, site.store, Wanted(documents=True, captures=True))
    a, whole = site.holding("a"), Holding(tmp_path / "whole", site.name)
    assert whole.state.read_bytes() == a.state.read_bytes()
    assert documents(whole.archive) == documents(a.archive) != {}
    for name in a.volumes():
        assert (whole.captures / name).read_bytes() == (a.captures / name).read_bytes()


def test_a_second_turn_ships_pages_that_changed_and_no_document_again(site: Site) -> None:
    site.turn("a")
    before = dict(site.store.names("sites"))
    site.turn("a")
    added = {name: size for name, size in site.store.names("sites") if name not in before}
    assert not any("/files/" in name for name in added)
    states = {name: size for name, size in {**before, **added}.items() if name.endswith(".state")}
    assert len(states) == 2
    assert min(states.values()) == sum(size for name, size in added.items() if name in states)


def test_whoever_lost_the_site_cannot_commit_and_keeps_what_it_fetched_aside(site: Site) -> None:
    """Its machine then brings what the other one committed, and nothing that anybody fetched is destroyed."""
    site.turn("a", limit=3)
    lost = site.claim("a")
    site.run("a", limit=3)
    site.turn("b")
    with pytest.raises(LeaseLost):
        site.ship("a", lost)
    fetched = site.holding("a").volumes()
    site.claim("a")
    assert site.holding("a").state.read_bytes() == site.holding("b").state.read_bytes()
    assert {path.name for path in site.holding("a").unshipped.iterdir()} == set(fetched)
    site.run("a")
    assert site.on("a").run().sites[site.name].written == 0


def test_a_machine_that_nobody_overtook_goes_on_with_what_it_has(site: Site) -> None:
    """Another machine claimed the site and died: nothing was committed, so nothing here is out of date."""
    site.turn("a", limit=3)
    site.claim("a")
    site.run("a", limit=3)  # and is killed before it ships
    site.claim("b")
    captures = site.holding("a").volumes()
    claimed = site.claim("a")
    assert site.holding("a").volumes() == captures
    site.ship("a", claimed)
    assert sum(captures.values()) == sum(_catalogued(site, "a").values())


def test_a_commit_whose_answer_was_lost_is_found_and_not_made_twice(site: Site) -> None:
    claimed = site.claim("a")
    site.run("a")
    site.ship("a", claimed)  # and the answer never came: the holder still stands where it stood
    settled = shipping.settle(site.holding("a"), claimed, site.store)
    assert settled.manifest.serial == claimed.manifest.serial + 1
    site.ship("a", settled, "y")
    assert sum(_catalogued(site, "a").values()) == sum(site.holding("a").volumes().values())


def test_what_a_dead_holder_put_into_the_store_is_swept_away(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.turn("a", limit=3)
    dead = site.claim("a")
    site.run("a")
    named = set(dict(site.store.names("sites")))

    monkeypatch.setattr(site.store, "put_if", _die)
    with pytest.raises(ZeroDivisionError):
        site.ship("a", dead)
    monkeypatch.undo()
    assert set(dict(site.store.names("sites"))) > named
    site.claim("b")
    assert set(dict(site.store.names("sites"))) == named


def test_captures_and_documents_of_another_machine_are_read_from_the_store(site: Site) -> None:
    """By ranges and one by one: nothing of them comes to this disk, and nothing is lost."""
    site.turn("a")
    site.claim("b")
    root = site.on("b").root
    assert site.holding("b").volumes() == {}
    assert elsewhere_of(root, site.name) is not None
    kept = captures_of(site.on("a").root, site.name)
    there = captures_of(root, site.name)
    assert list(there.scan()) == list(kept.scan())
    assert list(there.verify()) == list(kept.verify())
    refs = [ref for ref, _ in kept.scan()]
    assert [there.read(ref) for ref in refs] == [kept.read(ref) for ref in refs]
    for path, text in documents(site.on("a").root).items():
        assert documents_of(root, site.name).read_file(path) == text
        assert documents_of(root, site.name).has(path)
    assert documents(root) == {}


def test_a_new_machine_s_captures_come_after_all_others_though_its_clock_is_years_behind(site: Site) -> None:
    site.turn("a")
    site.on("b").clock.now -= timedelta(days=2000)
    site.turn("b")
    (first,), (second,) = site.holding("a").volumes(), site.holding("b").volumes()
    assert sorted([second, first]) == [first, second]


def _die(*_: object) -> None:
    """Be killed at this moment."""
    raise ZeroDivisionError


def _catalogued(site: Site, machine: str) -> dict[str, int]:
    found = elsewhere_of(site.on(machine).root, site.name)
    assert found is not None
    return found.warc_files()
