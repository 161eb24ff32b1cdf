"""The object store: bytes under names, and a write that only goes through where nobody wrote before.

Any store that speaks S3 and keeps to `If-Match` and `If-None-Match` on PUT. Credentials and, where it is not
Amazon's, the store's address come from the environment as all tools of S3 have it (AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL, AWS_REGION); no message names them.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError, PreconditionError
from obstore.store import S3Store

from scraper.errors import ObjectStoreAway, StoreError, UsageError
from scraper.messages import say
from scraper.stores.elsewhere import Where
from scraper.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_TIMEOUT = timedelta(seconds=30)  # for one request, the largest object included
_CONNECT = timedelta(seconds=5)
_RETRIES = 3
_REGION = "us-east-1"  # what a store that knows no regions is told


class Stored(Value, frozen=True, kw_only=True):
    """An object as it was read."""

    data: bytes
    etag: str


class Overtaken(Exception):  # noqa: N818 - no error: the answer to a conditional write
    """Somebody else has written the object since it was read. Does not leave the room."""


class ObjectStore:
    """The objects below one prefix of a bucket."""

    def __init__(
        self,
        address: str,
        prefix: str,
        environment: Mapping[str, str],
        *,
        timeout: timedelta = _TIMEOUT,
        retries: int = _RETRIES,
    ) -> None:
        """Take the bucket (`s3://bucket`) and where in it the archive lies; nothing is asked yet."""
        bucket = address.removeprefix("s3://").strip("/")
        self.name = f"s3://{bucket}/{prefix}".rstrip("/")
        self.where = Where(store=f"s3://{bucket}", prefix=prefix)
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            config=_settings(environment),
            client_options={
                "allow_http": _endpoint(environment).startswith("http:"),
                "timeout": timeout,
                "connect_timeout": min(_CONNECT, timeout),
            },
            retry_config={"max_retries": retries, "retry_timeout": timeout},
        )

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────

    def get(self, key: str) -> Stored | None:
        """Return an object, or None where there is none of this name."""
        with self._told("read", key):
            try:
                found = obstore.get(self._store, key)
                return Stored(data=bytes(found.bytes()), etag=found.meta["e_tag"] or "")
            except (NotFoundError, FileNotFoundError):
                return None

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Return bytes of an object that must be there."""
        with self._told("read", key):
            try:
                return bytes(obstore.get_range(self._store, key, start=start, length=length))
            except (NotFoundError, FileNotFoundError) as error:
                msg = say("the store has lost an object: {name}/{key}", name=self.name, key=key)
                raise StoreError(msg) from error

    def names(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield the name and size of every object below a prefix."""
        with self._told("list", prefix):
            for batch in obstore.list(self._store, prefix=prefix):
                for entry in batch:
                    yield str(entry["path"]), int(entry["size"])

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────

    def put(self, key: str, data: bytes) -> None:
        """Write an object that is written once: the same bytes again do no harm."""
        with self._told("write", key):
            obstore.put(self._store, key, data)

    def put_if(self, key: str, data: bytes, etag: str | None) -> str:
        """Write an object only if it still is what was read; `etag` None: only if there is none yet.

        Returns its new etag; raises `Overtaken`. A write whose answer was lost is tried again, and then finds
        itself: that is told from another's by reading.
        """
        mode: Any = "create" if etag is None else {"e_tag": etag}
        with self._told("write", key):
            try:
                return obstore.put(self._store, key, data, mode=mode, use_multipart=False)["e_tag"] or ""
            except (PreconditionError, AlreadyExistsError, NotFoundError, FileNotFoundError):
                found = self.get(key)
        if found is not None and found.data == data:
            return found.etag
        raise Overtaken

    def delete(self, keys: Sequence[str]) -> None:
        """Remove objects; those that are not there are no error."""
        if keys:
            with self._told("remove", keys[0]):
                obstore.delete(self._store, list(keys))

    @contextmanager
    def _told(self, what: str, key: str) -> Iterator[None]:
        """Raise what goes wrong as ours, without the request's headers: they hold credentials."""
        try:
            yield
        except (BaseError, OSError) as error:
            why = _reason(error)
            msg = say("cannot {what} {name}/{key}: {why}", what=what, name=self.name, key=key, why=why)
            raise ObjectStoreAway(msg) from None


def check_conditions(store: ObjectStore, key: str, marks: Iterable[bytes]) -> None:
    """Try that the store keeps to conditional writes. `marks`: three texts that differ, used for this alone.

    Raises UsageError where it does not: two machines would overwrite each other's work there.
    """
    first, second, third = marks
    try:
        etag = store.put_if(key, first, None)
        store.put_if(key, second, etag)
        for stale in (etag, None):
            try:
                store.put_if(key, third, stale)
            except Overtaken:
                continue
            msg = say(
                "{name}: this store does not keep to If-Match on PUT: no archive is safe in it",
                name=store.name,
            )
            raise UsageError(msg)
    except Overtaken as error:
        msg = say("{name}: this store refuses a conditional PUT that should go through", name=store.name)
        raise UsageError(msg) from error
    finally:
        store.delete([key])


def _settings(environment: Mapping[str, str]) -> Any:  # noqa: ANN401 - the library's own, known at its runtime alone
    """Return what the environment says of the store, under the library's names."""
    endpoint = _endpoint(environment)
    found = {
        "endpoint": endpoint,
        "region": environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or _REGION,
        "access_key_id": environment.get("AWS_ACCESS_KEY_ID"),
        "secret_access_key": environment.get("AWS_SECRET_ACCESS_KEY"),
        "session_token": environment.get("AWS_SESSION_TOKEN"),
        "virtual_hosted_style_request": None if endpoint else "true",
    }
    return {name: value for name, value in found.items() if value}


def _endpoint(environment: Mapping[str, str]) -> str:
    """Return the store's address; nothing: Amazon's."""
    return environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL") or ""


def _reason(error: Exception) -> str:
    """Return what an error says in its first lines; what comes after is for the library's own makers."""
    text = " ".join(str(error).partition("Debug source")[0].split())
    return text[:300] or type(error).__name__
