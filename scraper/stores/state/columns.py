"""How a value stands in a row: every column once, with what it holds and how it is read back.

    _ARTICLE = Columns(ArticleRecord, (text("site"), moment("due")), ref="capture")
    _ARTICLE.insert("article")    the statement, its parameters named
    _ARTICLE.selected("a")        what is to be selected of a row, beside which `VOLUME_OF` stands
    _ARTICLE.values(known)        what it is given
    _ARTICLE.load(row)            the value again

SQLite keeps any type in any column: `checked` is for rows that may hold what their columns may not.
"""

from __future__ import annotations

from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias, TypeVar

from scraper import urls
from scraper.model import CaptureRef
from scraper.stores.state import digests
from scraper.stores.state.timestamps import loaded, required, stored
from scraper.stores.state.volumes import VOLUME
from scraper.urls import Url

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence

Value = TypeVar("Value")
Kinds: TypeAlias = tuple[type, ...]

_NAMES: dict[type, str] = {str: "text", int: "whole number", bytes: "bytes", float: "fraction"}
_OF_REF: tuple[tuple[str, Kinds], ...] = (
    *(("file", (str,)), ("offset", (int,)), ("length", (int,)), ("digest", (bytes, str))),
)
_REF_COLUMNS = {"volume": VOLUME, "offset": ":offset", "length": ":length", "digest": ":digest"}
_NO_REF = dict.fromkeys((name for name, _ in _OF_REF), None)
_PLACE = attrgetter(*_NO_REF)


class Column(NamedTuple):
    """One column. `fields`: what it says of a value, by the name of the field."""

    name: str
    kinds: Kinds  # of what it holds, where that is not NULL
    field: str | None  # that it holds; None: what `store` makes of the whole value
    store: Callable[[Any], Any] | None  # None: as it is
    fields: Mapping[str, Callable[[Any], Any] | None]  # None: as it stands
    put: str | None = None  # what SQL makes of it before it is kept; None: nothing
    get: str | None = None  # likewise when it is read, `{row}` for the row's name


def text(
    name: str,
    load: Callable[[Any], Any] | None = None,
    store: Callable[[Any], Any] | None = None,
    *,
    field: str | None = None,
) -> Column:
    """Return a column of text; `store` and `load`: of the field, which is called as the column is."""
    of = field or name
    return Column(name, (str,), of, store, {of: load})


def number(name: str, load: Callable[[Any], Any] | None = None) -> Column:
    """Return a column of whole numbers."""
    return Column(name, (int,), name, None, {name: load})


def digest(name: str, *, field: str | None = None) -> Column:
    """Return a column of a digest that may be NULL."""
    of = field or name
    return Column(name, (bytes, str), of, digests.packed, {of: digests.unpacked})


def moment(name: str) -> Column:
    """Return a column of a moment that may be NULL."""
    return Column(name, (int,), name, stored, {name: loaded})


def set_moment(name: str) -> Column:
    """Return a column of a moment that is never NULL."""
    return Column(name, (int,), name, stored, {name: required})


def address(name: str) -> Column:
    """Return a column of an address that may be NULL. Raises ValueError where it can be none."""
    return text(name, _address)


class Columns(Generic[Value]):
    """The columns of a kind of value. `ref`: the field that says where its capture lies; None: no field."""

    def __init__(
        self, make: Callable[..., Value], columns: Sequence[Column], *, ref: str | None = None
    ) -> None:
        """Take the columns in the order of the statements; those of `ref` come last."""
        own = tuple((column.name, column.kinds) for column in columns)
        self._kinds = own if ref is None else (*own, *_OF_REF)
        self._puts = {column.name: column.put or f":{column.name}" for column in columns}
        self._puts |= {} if ref is None else _REF_COLUMNS
        self._gets = {column.name: column.get or f"{{row}}.{column.name}" for column in columns}
        self._gets |= (
            {} if ref is None else {name: f"{{row}}.{name}" for name in _NO_REF} | {"file": "v.name"}
        )
        self._make = make
        self._ref = ref
        as_is = {c.name: c.field for c in columns if c.store is None and c.field is not None}
        self._as_is = tuple(as_is)
        self._get: Callable[[Value], tuple[Any, ...]] = attrgetter(*as_is.values())
        self._stored = tuple(
            (c.name, attrgetter(c.field) if c.field else _itself, c.store) for c in columns if c.store
        )
        fields = [(field, c.name, load) for c in columns for field, load in c.fields.items()]
        self._plain = tuple((field, name) for field, name, load in fields if load is None)
        self._made = tuple((field, name, load) for field, name, load in fields if load is not None)

    def insert(self, table: str, *, verb: str = "INSERT", more: Iterable[str] = ()) -> str:
        """Return the statement that puts a row; `more`: further columns, given beside the value's."""
        puts = self._puts | {name: f":{name}" for name in more}
        return f"{verb} INTO {table} ({', '.join(puts)}) VALUES ({', '.join(puts.values())})"

    def selected(self, row: str) -> str:
        """Return what is to be selected of a row, called so in the statement, that `load` takes."""
        return ", ".join(f"{get.format(row=row)} AS {name}" for name, get in self._gets.items())

    def upsert(self, table: str, key: Sequence[str], *, more: Iterable[str] = (), keep: str = "") -> str:
        """Return the statement that puts a row in place of that of its key; `keep`: a column that stays."""
        changed = ", ".join(f"{name} = excluded.{name}" for name in self._puts if name not in {*key, keep})
        return f"{self.insert(table, more=more)} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}"

    def values(self, value: Value) -> dict[str, Any]:
        """Return what the columns hold of a value, by name."""
        found = dict(zip(self._as_is, self._get(value), strict=True))
        for name, get, store in self._stored:
            found[name] = store(get(value))
        if self._ref is not None:
            ref: CaptureRef | None = getattr(value, self._ref)
            found.update(_NO_REF if ref is None else zip(_NO_REF, _PLACE(ref), strict=True))
            found["digest"] = digests.packed(found["digest"])
        return found

    def load(self, row: sqlite3.Row) -> Value:
        """Return what a row says. Raises ValueError, TypeError where it cannot be so."""
        return self._loaded(_by_name(row))

    def checked(self, row: sqlite3.Row) -> Value:
        """Return likewise; raise TypeError, too, where a column holds another type than its own."""
        held = _by_name(row)
        for name, kinds in self._kinds:
            value = held[name]
            if value is not None and type(value) not in kinds:
                msg = f"{name} is no {_NAMES[kinds[0]]} but {_NAMES.get(type(value), type(value).__name__)}"
                raise TypeError(msg)
        return self._loaded(held)

    def _loaded(self, held: Mapping[str, Any]) -> Value:
        found = {field: held[name] for field, name in self._plain}
        for field, name, load in self._made:
            found[field] = load(held[name])
        if self._ref is not None:
            found[self._ref] = loaded_ref(held)
        return self._make(**found)

    def readable(self, row: sqlite3.Row) -> dict[str, Any]:
        """Return the fields of a row that can be what they say; the others are left out."""
        kinds = dict(self._kinds)
        found = {}
        for field, name, load in (*((field, name, None) for field, name in self._plain), *self._made):
            value = row[name]
            if value is not None and type(value) not in kinds[name]:
                continue
            with suppress(ValueError, TypeError, OverflowError):
                found[field] = value if load is None else load(value)
        if self._ref is not None and all(type(row[name]) in of or row[name] is None for name, of in _OF_REF):
            with suppress(ValueError, TypeError, OverflowError):
                found[self._ref] = loaded_ref(row)
        return found


def loaded_ref(row: sqlite3.Row | Mapping[str, Any]) -> CaptureRef | None:
    """Return where the capture of a row lies; None: nowhere."""
    file = row["file"]
    if file is None:
        return None
    digest = digests.required(row["digest"])
    return CaptureRef(file=file, offset=row["offset"], length=row["length"], digest=digest)


def _by_name(row: sqlite3.Row) -> dict[str, Any]:
    """Return a row's columns: `sqlite3.Row` looks through all names for each that it is asked for."""
    return dict(zip(row.keys(), row, strict=True))


def _address(said: str | None) -> Url | None:
    if said is None:
        return None
    url = Url(said)
    urls.split(url)
    return url


def _itself(value: object) -> object:
    return value
