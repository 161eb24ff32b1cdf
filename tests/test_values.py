"""Our values behave as what `dataclasses` makes of the same class, and their `__init__` is written late."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import field

import pytest

from scraper import values


@values.dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value of ours."""

    x: int
    y: int = 2
    seen: list[str] = field(default_factory=list, compare=False)
    secret: str = field(default="", repr=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """The same, as `dataclasses` makes it."""

    x: int
    y: int = 2
    seen: list[str] = field(default_factory=list, compare=False)
    secret: str = field(default="", repr=False)


@values.dataclass(slots=True)
class Counter:
    """One that can be changed."""

    name: str
    count: int = 0


@values.dataclass(frozen=True, slots=True)
class Nothing:
    """One without fields."""


@pytest.mark.parametrize("given", [{"x": 1}, {"x": 1, "y": 3, "seen": ["a"], "secret": "s"}])
def test_it_is_shown_and_taken_apart_as_a_dataclass(given: dict[str, object]) -> None:
    ours, theirs = Point(**given), Theirs(**given)  # type: ignore[arg-type] # each field has what it says
    assert repr(ours) == repr(theirs).replace("Theirs", "Point")
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert [one.name for one in dataclasses.fields(ours)] == [one.name for one in dataclasses.fields(theirs)]
    assert dataclasses.replace(ours, x=9) == Point(**given | {"x": 9})  # type: ignore[arg-type] # likewise


def test_equality_and_hash_are_those_of_the_fields_that_are_compared() -> None:
    assert Point(x=1, seen=["a"]) == Point(x=1, seen=["b"])
    assert hash(Point(x=1, seen=["a"])) == hash(Point(x=1, seen=["b"]))
    assert Point(x=1) != Point(x=2)
    other: object = Theirs(x=1)
    assert Point(x=1) != other
    assert Counter("a") == Counter("a", 0)
    assert Nothing() == Nothing()
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counter("a"))


def test_what_is_frozen_cannot_be_changed_and_what_is_not_can() -> None:
    point = Point(x=1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc] # that is what is tried
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    counter = Counter("a")
    counter.count += 1
    assert counter.count == 1
    with pytest.raises(AttributeError):
        counter.other = 1  # type: ignore[attr-defined] # likewise: it has slots


def test_a_made_list_is_each_value_s_own() -> None:
    assert Point(x=1).seen is not Point(x=1).seen


def test_wrong_arguments_are_refused_by_name() -> None:
    with pytest.raises(TypeError, match=r"Point\.__init__\(\) missing 1 required keyword-only argument: 'x'"):
        Point()  # type: ignore[call-arg] # that is what is tried
    with pytest.raises(TypeError, match="positional"):
        Point(1)  # type: ignore[call-arg] # likewise
    with pytest.raises(TypeError, match="'z'"):
        Point(x=1, z=1)  # type: ignore[call-arg] # likewise


@pytest.mark.parametrize("value", [Point(x=1, seen=["a"]), Counter("a", 3), Nothing()])
def test_it_is_copied_and_pickled(value: object) -> None:
    assert copy.copy(value) == value
    assert copy.deepcopy(value) == value
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - what was pickled one step before


def test_a_pattern_of_match_finds_fields_by_position() -> None:
    match Counter("a", 3):
        case Counter(name, count):
            assert (name, count) == ("a", 3)
        case _:
            pytest.fail("no match")


def test_its_init_is_written_when_the_first_is_made() -> None:
    @values.dataclass(frozen=True, slots=True)
    class Late:
        name: str

    before = Late.__init__
    Late("a")
    assert Late.__init__ is not before
    assert Late("b").name == "b"
