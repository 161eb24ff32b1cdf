"""The door of an archive: it is there, it is the one that the config means, and each site has its folder.

An archive that is not there is an error for whoever looks at it, and told by whoever begins it: it may be
that a disk is not mounted. A site that has another name in the config than in the archive is an error too,
but where the config says so by `former`: then its folder is taken over, and permalinks and paths stay.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scraper.errors import UsageError
from scraper.messages import say
from scraper.stores.archive_folder import ArchiveFolder, read_about
from scraper.stores.first_format import is_first_format
from scraper.stores.lock import Lock
from scraper.stores.opening import prepare
from scraper.stores.site_card import read_card, write_card
from scraper.stores.state import open_state
from scraper.stores.state.renaming import rename_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scraper.config import Config
    from scraper.model import Site


def enter(config: Config, *, now: Callable[[], datetime], new: bool, dry: bool = False) -> bool:
    """Make the archive of a config ready to be opened; return whether it was begun now.

    `new`: one that is not there yet is begun, unless the config names the `archive_id` that it should have;
    `dry`: it may stay away, and nothing is written. Raises UsageError where it is not there, is another one,
    or has a site under another name; Locked, StateTooNew, StoreError.
    """
    folder = ArchiveFolder(Path(config.archive))
    is_there = read_about(folder) is not None or is_first_format(folder)
    if not is_there and (not (new or dry) or config.archive_id is not None):
        raise UsageError(say("archive: there is no archive at {folder}", folder=folder.root))
    if dry and not is_there:
        return False
    prepare(folder.root, now=now, new=new and not dry)
    _check_id(config, folder)
    for site in config.sites:
        if site.former is not None and not dry:
            _take_over(folder, site, site.former, now)
    _refuse_renamed(config, folder, taken=dry)
    return not is_there


def _check_id(config: Config, folder: ArchiveFolder) -> None:
    about = read_about(folder)
    if config.archive_id is not None and about is not None and about.id != config.archive_id:
        raise UsageError(
            say(
                "archive_id: the config means {wanted}, and the archive at {folder} is {found}",
                wanted=config.archive_id,
                folder=folder.root,
                found=about.id,
            )
        )


def _take_over(folder: ArchiveFolder, site: Site, former: str, now: Callable[[], datetime]) -> None:
    """Give a site the folder that it had under its former name. Killed anywhere, the next command goes on."""
    before, after = folder.site(former), folder.site(site.name)
    if before.is_dir() and not after.exists():
        with Lock(folder.lock(former), now=now, what=former):
            before.rename(after)
    card = read_card(folder, site.name)
    if after.is_dir() and (card is None or card.name == former):
        with (
            Lock(folder.lock(site.name), now=now, what=site.name),
            open_state(folder.state(site.name)) as state,
        ):
            rename_site(state, former, site.name)
            write_card(folder, site)


def _refuse_renamed(config: Config, folder: ArchiveFolder, *, taken: bool) -> None:
    """Raise UsageError for sites that the archive has under another name: they would be fetched twice.

    `taken`: what `former` names counts as taken over.
    """
    there = folder.sites()
    names = {site.name for site in config.sites}
    homes = {
        _place(card.home): name for name in there if name not in names if (card := read_card(folder, name))
    }
    for site in config.sites:
        known = homes.get(_place(site.home))
        if known is not None and site.name not in there and not (taken and site.former == known):
            raise UsageError(
                say(
                    "sites.{name}: the archive has this site as {known!r}: `former: {known}` takes it over",
                    name=site.name,
                    known=known,
                )
            )


def _place(home: str) -> str:
    return home.partition("://")[2].rstrip("/").lower()
