"""The config's JSON Schema, for editors: made of the same table that the reader goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.config.keys import CONFIG

if TYPE_CHECKING:
    from scraper.config.value_types import Schema


def json_schema() -> Schema:
    """Return the schema, draft 2020-12. What it refuses, the reader refuses; the reader refuses more."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The config of nankai-archive",
        **CONFIG.schema(),
        "type": "object",
    }
