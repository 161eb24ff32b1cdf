"""The manifest of a site: where it stands in the store, as a value and as JSON.

It stays small for ever, for it is written at each claim and each commit: what lies where of captures and
documents stands in the catalogue, a SQLite file that travels as the state does.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from scraper.errors import StateTooNew, StoreError
from scraper.messages import say
from scraper.stores.elsewhere.catalogue import Totals
from scraper.values import Value, asdict, field, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT: Final = 1
LONGEST_CHAIN: Final = 24  # parts of a shipped file, before it is shipped whole again


class Part(Value, frozen=True, kw_only=True):
    """One object that holds pages of a file."""

    key: str
    bytes: int


class ShippedFile(Value, frozen=True, kw_only=True):
    """A SQLite file in the store: the first part is whole, each further one changes pages of it."""

    size: int
    digest: str  # sha256 of the whole file
    parts: tuple[Part, ...]

    @property
    def bytes(self) -> int:
        """Return what bringing it costs."""
        return sum(part.bytes for part in self.parts)

    def is_long(self) -> bool:
        """Say whether the next part should be a whole one: many small ones cost more than they spare."""
        return len(self.parts) >= LONGEST_CHAIN or self.bytes > 2 * self.parts[0].bytes


class Manifest(Value, frozen=True, kw_only=True):
    """Where a site stands in the store."""

    site: str
    epoch: int = 0  # of the holder who wrote it
    serial: int = 0  # rises by one with every commit; a claim leaves it as it is
    holder: str | None = None  # who works the site; None: whoever wrote it has handed it back
    machine: str | None = None  # that shipped last, and has the files; None: nothing was shipped yet
    written: datetime | None = None  # by the holder's clock: for people alone; None: never
    state: ShippedFile | None = None  # None: nothing was shipped yet
    catalogue: ShippedFile | None = None  # likewise
    last_volume: str | None = (
        None  # the newest WARC file: the next one's name comes after it; None: there is none
    )
    totals: Totals = field(default_factory=Totals)
    hosts: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict
    )  # what is learnt of hosts, by topic and name
    last_run: Mapping[str, Any] | None = None  # the report of the last run that was committed; None: none
    standing: Mapping[str, Any] | None = None  # the site's line of `status`; None: never told

    def claimed(self, *, epoch: int, holder: str, now: datetime) -> Manifest:
        """Return the manifest as a new holder writes it first: from then on no earlier one can commit."""
        return replace(self, epoch=epoch, holder=holder, written=now)


def to_json(manifest: Manifest) -> bytes:
    """Return a manifest as it lies in the store."""
    data = {"format": FORMAT, **asdict(manifest)}
    data["written"] = None if manifest.written is None else manifest.written.isoformat()
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def from_json(text: bytes) -> Manifest:
    """Read a manifest. Raises StateTooNew for a later format, StoreError for what is none."""
    try:
        data: dict[str, Any] = json.loads(text)
        made_by = int(data.pop("format"))
        if made_by > FORMAT:
            raise _too_new(made_by)
        written = data.pop("written")
        return Manifest(
            **{
                **data,
                "written": None if written is None else datetime.fromisoformat(written),
                "state": _file(data["state"]),
                "catalogue": _file(data["catalogue"]),
                "totals": Totals(**data["totals"]),
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        msg = say("the store holds a manifest that cannot be read: {error}", error=f"{error}")
        raise StoreError(msg) from error


def _file(data: Mapping[str, Any] | None) -> ShippedFile | None:
    if data is None:
        return None
    return ShippedFile(
        size=data["size"], digest=data["digest"], parts=tuple(Part(**part) for part in data["parts"])
    )


def _too_new(made_by: int) -> StateTooNew:
    return StateTooNew(
        say("the store was written by a newer version of this program (format {format})", format=made_by)
    )
