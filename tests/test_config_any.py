"""Whatever stands in a config: values or told slips, never another error, and never against the schema."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scraper.config import json_schema, parse_config
from scraper.errors import ConfigError

ROOT = Path(__file__).resolve().parents[1]
SHIPPED: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(json_schema())

LIKELY = st.sampled_from(
    [
        *(
            "",
            " ",
            "a",
            "南开",
            "1d",
            "hugo",
            "ecms",
            "{title}",
            "{urlname}.md",
            "a/{urlname}.md",
            "{",
            "{0}",
        ),
        *("http://a.cn", "https://a.cn/b?c=d#e", "http://[", "HTTP://A.CN:80/", "a@b.cn", "Asia/Shanghai"),
        *("UTC", "p > a", "p:has(", "\x00", "\u2028", "null", "~", "..", "con", "\ud800"),
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | LIKELY
    | st.text(max_size=20)
    | st.just(date(2024, 3, 5))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LIKELY | SCALARS, inner, max_size=3),
    max_leaves=6,
)


def places(data: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value in a config."""
    found = [path]
    if isinstance(data, dict):
        for key, value in data.items():
            found += places(value, (*path, key))
    if isinstance(data, list):
        for number, value in enumerate(data):
            found += places(value, (*path, number))
    return found


PLACES = places(SHIPPED)[1:]


def refused(data: object) -> bool:
    """Tell whether the reader refuses a config, with slips that can be printed."""
    slips: tuple[str, ...] = ()
    try:
        parse_config(data)
    except ConfigError as error:
        slips = error.slips
    assert all(len(slip) < 1000 and slip.isprintable() for slip in slips), slips
    return bool(slips)


@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_anything_at_all_is_a_config_or_its_slips(data: object) -> None:
    assert refused(data) or VALIDATOR.is_valid(data)


@given(st.sampled_from(PLACES), VALUES)
@settings(max_examples=400, deadline=None)
def test_anything_in_any_place_is_a_config_or_its_slips(place: tuple[Any, ...], value: object) -> None:
    data = copy.deepcopy(SHIPPED)
    holder: Any = data
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    assert refused(data) or VALIDATOR.is_valid(data)


@given(st.sampled_from(PLACES), LIKELY | st.text(max_size=10), VALUES)
@settings(max_examples=200, deadline=None)
def test_any_key_in_any_mapping_is_known_or_a_slip(place: tuple[Any, ...], key: str, value: object) -> None:
    data = copy.deepcopy(SHIPPED)
    holder: Any = data
    for step in place:
        holder = holder[step]
    if isinstance(holder, dict):
        holder[key] = value
        assert refused(data) or VALIDATOR.is_valid(data)
