"""What a site's folder says of itself: so a site that got another name in the config is known again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scraper.stores.disk import read_json, set_aside, store_error
from scraper.stores.status_files import StatusFiles
from scraper.values import Value

if TYPE_CHECKING:
    from scraper.model import Site
    from scraper.stores.archive_folder import ArchiveFolder

_FILE = "site.json"


class SiteCard(Value, frozen=True, kw_only=True):
    """Whose folder it is."""

    name: str  # by which the rows of its state know it
    home: str


def read_card(folder: ArchiveFolder, name: str) -> SiteCard | None:
    """Return what a site's folder says of itself; None: nothing, or nothing that can be read."""
    file = folder.site(name) / _FILE
    try:
        said = read_json(file)
        return SiteCard(name=str(said["name"]), home=str(said["home"]))
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise store_error(error, "read", file) from error
    except OSError:  # a pipe, a folder, a loop: it says nothing
        return None
    except (ValueError, TypeError, KeyError):
        return None


def write_card(folder: ArchiveFolder, site: Site) -> None:
    """Let a site's folder say whose it is, where it does not say so yet."""
    card = SiteCard(name=site.name, home=site.home)
    if read_card(folder, site.name) != card:
        set_aside(folder.site(site.name) / _FILE)
        text = json.dumps({"name": card.name, "home": card.home}, ensure_ascii=False)
        StatusFiles(folder.site(site.name)).put(_FILE, f"{text}\n")
