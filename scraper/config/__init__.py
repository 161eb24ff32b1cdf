"""The config: what a person may write into `config.yaml`, and what the program makes of it.

Pure: takes what YAML or JSON says, gives values or every slip at once. Reads no file and evaluates nothing.
"""

from scraper.config.read import Config, parse_config, site_without_config
from scraper.config.schema import json_schema
from scraper.durations import parse_duration

__all__ = ["Config", "json_schema", "parse_config", "parse_duration", "site_without_config"]
