"""Where the parts are joined: the config file, and whose site an address is."""

from scraper.app.config_file import DEFAULT as DEFAULT_CONFIG
from scraper.app.config_file import load_config
from scraper.app.sites import site_for, site_named, sites_named

__all__ = ["DEFAULT_CONFIG", "load_config", "site_for", "site_named", "sites_named"]
