"""The JSON Schema and the reader are made of one table; here they are held against each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from scraper.config import json_schema, parse_config
from scraper.config.keys import CLUSTER, CONFIG, NETWORK, PING, SITE, TUNING
from scraper.errors import ConfigError

ROOT = Path(__file__).resolve().parents[1]
INDEX = "http://news.example.edu.cn/xw/index.shtml"

GOOD: list[dict[str, Any]] = [
    {"sites": {"xw": {"channels": {"a": INDEX}}}},
    {"sites": {"xw": {"channels": {"a": {"index": INDEX, "title": "要闻"}}}}},
    {"sites": {"南开": {"home": "HTTPS://www.example.edu.cn"}}},
    {"sites": {"xw": {"home": INDEX, "selectors": None, "channels": None, "family": None}}, "network": None},
    {"sites": {"xw": {"home": INDEX, "revisit": [], "delay": 0, "tags": []}}, "contact": "a@example.edu.cn"},
    {
        "sites": {"xw": {"home": INDEX}},
        "$schema": "config.schema.json",
        "defaults": {"revisit": ["1.5h", "2w"]},
    },
    {"sites": {"xw": {"home": INDEX}}, "network": {"proxy": "http://127.0.0.1:8118", "timeout": 2.5}},
    {"sites": {"xw": {"home": INDEX}}, "cluster": {"database": "postgresql://db/a", "store": "s3://archive"}},
    {
        "sites": {"xw": {"home": INDEX, "tls": {"verify": False, "old_ciphers": True, "aia": True}}},
        "network": {"cookies": "session", "ca_file": "roots.pem"},
    },
    {"sites": {"xw": {"home": INDEX, "tls": {"ca_file": "school.pem"}}}, "network": {"ca_file": None}},
    {"sites": {"xw": {"home": INDEX, "every": "12h", "priority": -5}}, "cluster": None},
]

# What the schema can see. That keys agree with each other, that a zone exists, it cannot.
BAD: list[Any] = [
    [],
    {},
    {"sites": {}},
    {"sites": None},
    {"sites": {"a/b": {"home": INDEX}}},
    {"sites": {".a": {"home": INDEX}}},
    {"sites": {"xw": {"home": 3}}},
    {"sites": {"xw": {"home": "ftp://example.edu.cn/"}}},
    {"sites": {"xw": {"home": INDEX, "famly": "ecms"}}},
    {"sites": {"xw": {"home": INDEX, "family": "emcs"}}},
    {"sites": {"xw": {"home": INDEX, "channels": {"a": {"title": "x"}}}}},
    {"sites": {"xw": {"home": INDEX, "channels": {"a": 1}}}},
    {"sites": {"xw": {"home": INDEX, "tags": "a"}}},
    {"sites": {"xw": {"home": INDEX, "tags": [""]}}},
    {"sites": {"xw": {"home": INDEX, "title": "a\nb"}}},
    {"sites": {"xw": {"home": INDEX, "delay": -1}}},
    {"sites": {"xw": {"home": INDEX, "delay": True}}},
    {"sites": {"xw": {"home": INDEX, "revisit": ["1y"]}}},
    {"sites": {"xw": {"home": INDEX}}, "network": {"retries": 1.5}},
    {"sites": {"xw": {"home": INDEX}}, "network": {"cookies": "keep"}},
    {"sites": {"xw": {"home": INDEX, "tls": {"verify": "no"}}}},
    {"sites": {"xw": {"home": INDEX, "tls": {"ciphers": "old"}}}},
    {"sites": {"xw": {"home": INDEX}}, "network": {"allow_private_addresses": "no"}},
    {"sites": {"xw": {"home": INDEX}}, "defaults": {"layout": None}},
    {"sites": {"xw": {"home": INDEX}}, "archve": "x"},
    {"sites": {"xw": {"home": INDEX}}, "cluster": {"database": "postgresql://db/a"}},
    {"sites": {"xw": {"home": INDEX}}, "cluster": {"database": 1, "store": "s3://archive"}},
    {"sites": {"xw": {"home": INDEX, "priority": 101}}},
    {"sites": {"captures": {"home": INDEX}}},
]


def is_refused_by_reader(data: object) -> bool:
    """Tell whether the reader finds a slip."""
    try:
        parse_config(data)
    except ConfigError:
        return True
    return False


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """Return a validator over the schema."""
    return Draft202012Validator(json_schema())


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())
    json.dumps(json_schema())


@pytest.mark.parametrize("data", GOOD)
def test_what_the_reader_takes_the_schema_takes(data: object, validator: Draft202012Validator) -> None:
    assert not is_refused_by_reader(data)
    assert list(validator.iter_errors(data)) == []


@pytest.mark.parametrize("data", BAD)
def test_what_the_schema_refuses_the_reader_refuses(data: object, validator: Draft202012Validator) -> None:
    assert not validator.is_valid(data)
    assert is_refused_by_reader(data)


def test_the_config_that_ships_is_taken_by_both(validator: Draft202012Validator) -> None:
    data = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    assert list(validator.iter_errors(data)) == []
    assert not is_refused_by_reader(data)


def test_the_config_that_ships_shows_every_key_with_its_default() -> None:
    data = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    shown = {"network": NETWORK.keys, "ping": PING.keys, "defaults": TUNING}
    for section, keys in shown.items():
        assert data[section] == {key.name: key.default for key in keys}
    tops = [key for key in CONFIG.keys if key.name not in {"sites", "$schema", *shown}]
    assert {key.name: data[key.name] for key in tops} == {key.name: key.default for key in tops}


def test_every_key_says_what_it_means() -> None:
    for key in (*CONFIG.keys, *NETWORK.keys, *PING.keys, *CLUSTER.keys, *TUNING, *SITE.keys):
        assert key.text.endswith(".")


def test_every_default_is_a_value_that_the_schema_allows() -> None:
    for key in (*CONFIG.keys, *NETWORK.keys, *PING.keys, *CLUSTER.keys, *TUNING, *SITE.keys):
        if not key.derived and not key.required:
            assert Draft202012Validator(key.form.schema()).is_valid(key.default), key.name
