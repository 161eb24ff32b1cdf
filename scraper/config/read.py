"""From what YAML says to a `Config`: keys read, defaults filled in, every slip told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scraper import urls
from scraper.config.keys import CLUSTER, CONFIG, NETWORK, NOTIFY, PER_ADDRESS, SITE_TUNING, TUNING
from scraper.config.problems import Where
from scraper.errors import ConfigError
from scraper.messages import say
from scraper.model import MAX_BYTES, Channel, NetworkSettings, PerAddress, Selectors, Site, TlsSettings
from scraper.values import Value, field, repr_without

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from scraper.config.sections import Key
    from scraper.urls import Url

_FIELD_OF_KEY: Final = {"title": "title_pattern"}  # `title` of `defaults` is this field of a Site


class Pings(Value, frozen=True, kw_only=True):
    """Whom a run tells that it ended: one GET."""

    success: Url | None = None  # None: nobody
    failure: Url | None = None  # None: nobody


class NotifySettings(Value, frozen=True, kw_only=True):
    """Who is told of an event once, and of its end."""

    to: tuple[str, ...]  # addresses of Apprise, with their passwords, or `env:NAME`
    nothing_new_after: timedelta | None  # None: that is not told

    def __repr__(self) -> str:
        """Show it without the passwords in its addresses."""
        return repr_without(self, "to")


class ClusterSettings(Value, frozen=True, kw_only=True):
    """Where many machines meet."""

    database: str  # without a password
    store: str  # `s3://bucket`
    prefix: str
    ttl: timedelta  # of a lease


class Config(Value, frozen=True, kw_only=True):
    """The config, every default filled in."""

    archive: str  # as the file says it; `app.load_config` makes it a path that holds from anywhere
    archive_id: str | None  # that the archive must have; None: any will do
    contact: str | None  # None: nobody is named in the User-Agent
    network: NetworkSettings
    sites: tuple[Site, ...]  # in the order of the file, at least one
    ping: Pings = field(default_factory=Pings)
    notify: NotifySettings | None = None  # None: nobody
    feeds: bool = False  # whether a run writes feeds beside the documents
    cluster: ClusterSettings | None = None  # None: this machine works alone
    defaults: Mapping[str, Any] = field(default_factory=dict)  # the fields of a Site that all have in common


def parse_config(data: object) -> Config:
    """Return the config that a YAML or JSON document describes. Raises ConfigError with every slip of it."""
    where = Where()
    given = CONFIG.read(data, where) or {}
    sites = given.get("sites") or {}
    _check_sites(sites, where.at("sites"))
    if where.slips:
        raise ConfigError(tuple(where.slips))
    defaults = _tuning(given.get("defaults") or {}, _builtin(TUNING))
    top = _builtin(CONFIG.keys) | given
    network = _network(given.get("network") or {})
    # What was fetched under a higher bound, or under the usual one, is still to be read.
    defaults["max_bytes"] = max(network.max_bytes, MAX_BYTES)
    defaults["max_assets"] = network.max_assets
    return Config(
        archive=top["archive"],
        archive_id=top["archive_id"],
        contact=top["contact"],
        network=network,
        sites=tuple(_site(name, keys, defaults) for name, keys in sites.items()),
        ping=Pings(**(given.get("ping") or {})),
        notify=_notify(given.get("notify")),
        feeds=top["feeds"],
        cluster=_cluster(given.get("cluster")),
        defaults=defaults,
    )


def _network(given: Mapping[str, Any]) -> NetworkSettings:
    settings = {**_builtin(NETWORK.keys), **given}
    pace = {**_builtin(PER_ADDRESS.keys), **(settings.pop("per_address") or {})}
    return NetworkSettings(**settings, per_address=PerAddress(**pace))


def _notify(given: Mapping[str, Any] | None) -> NotifySettings | None:
    return None if given is None else NotifySettings(**{**_builtin(NOTIFY.keys), **given})


def _cluster(given: Mapping[str, Any] | None) -> ClusterSettings | None:
    return None if given is None else ClusterSettings(**{**_builtin(CLUSTER.keys), **given})


def site_without_config(
    *, name: str, home: Url, family: str | None, defaults: Mapping[str, Any] | None = None
) -> Site:
    """Return a site that no config names, with a config's defaults, or with those of the contract."""
    return _site(name, {"home": home, "family": family}, defaults or _tuning({}, _builtin(TUNING)))


def _builtin(keys: Iterable[Key]) -> dict[str, Any]:
    """Return the defaults of a section, read as if they stood in the file."""
    return {
        key.name: key.form.read(key.default, Where((key.name,)))
        for key in keys
        if not key.derived and not key.required
    }


def _tuning(given: Mapping[str, Any], beneath: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a Site that `defaults` sets, over what is beneath."""
    return {_FIELD_OF_KEY.get(name, name): value for name, value in {**beneath, **given}.items()}


def _site(name: str, given: Mapping[str, Any], defaults: Mapping[str, Any]) -> Site:
    channels = tuple(_channel(key, keys) for key, keys in (given.get("channels") or {}).items())
    home = given.get("home") or _front_page(channels[0].index)
    title = given.get("title") or name
    archive_name = given.get("archive_name") or urls.host(home)
    own = {field: given[field] for field in SITE_TUNING if field in given}
    return Site(
        name=name,
        title=title,
        archive_name=archive_name,
        home=home,
        family=given.get("family"),
        former=given.get("former"),
        tags=given.get("tags", (title,)),
        categories=given.get("categories", tuple(dict.fromkeys((archive_name, title)))),
        channels=channels,
        selectors=Selectors(**(given.get("selectors") or {})),
        tls=TlsSettings(**(given.get("tls") or {})),
        **{**defaults, **own},
    )


def _channel(name: str, given: Mapping[str, Any]) -> Channel:
    feeds, sitemaps = given.get("feed", ()), given.get("sitemap", ())
    index = given.get("index") or (*feeds, *sitemaps)[0]
    return Channel(name=name, title=given.get("title", name), index=index, feeds=feeds, sitemaps=sitemaps)


def _front_page(url: Url) -> Url:
    home = urls.parse(urls.origin(url))
    if home is None:
        msg = say("an origin is an address: {url}", url=url)
        raise AssertionError(msg)
    return home


# ── what only several keys together can have wrong ────────────────────────────────────────────────────────


def _check_sites(sites: Mapping[str, dict[str, Any] | None], where: Where) -> None:
    homes: dict[str, str] = {}
    for name, site in sites.items():
        channels = (site or {}).get("channels") or {}
        if site is not None and "home" not in site and not channels:
            where.at(name).slip(say("needs a home or a channel"))
        home = (site or {}).get("home")
        if home is not None and homes.setdefault(_without_scheme(home), name) != name:
            twin = homes[_without_scheme(home)]
            where.at(name).at("home").slip(
                say("is the home of {twin!r} too; a site is configured once", twin=twin)
            )
        former = (site or {}).get("former")
        if former in sites and former != name:  # its folder would be taken from it
            where.at(name).at("former").slip(say("is the name of another site: {former!r}", former=former))
        _check_channels(channels, where.at(name).at("channels"))


def _check_channels(channels: Mapping[str, dict[str, Any] | None], where: Where) -> None:
    seen: dict[str, str] = {}
    for name, channel in channels.items():
        index = (channel or {}).get("index")
        if index is not None and seen.setdefault(_without_scheme(index), name) != name:
            where.at(name).at("index").slip(
                say("is the index of {other!r} too", other=seen[_without_scheme(index)])
            )


def _without_scheme(url: Url) -> str:
    return url.partition("://")[2]
