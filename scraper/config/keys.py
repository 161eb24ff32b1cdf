"""Every key of the config, once: the reader and the JSON Schema are both made of this table."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scraper.config.channels import CHANNEL, SELECTORS, ChannelForm
from scraper.config.problems import shown
from scraper.config.sections import RESERVED, Key, Named, Section
from scraper.config.templates import path_slip, site_title_slip, title_slip
from scraper.config.value_types import (
    Address,
    Choice,
    Duration,
    Flag,
    ListOf,
    Number,
    OneOrMore,
    OrNothing,
    Secret,
    Text,
    TimeZone,
)
from scraper.families import FAMILIES
from scraper.messages import say
from scraper.model import LARGEST_BODY, MAX_ASSETS, MAX_BYTES

if TYPE_CHECKING:
    from scraper.config.value_types import Form

DAY: Final = 86_400  # seconds


def _contact_slip(contact: str) -> str | None:
    mail = re.fullmatch(r"[^\s@()<>;]+@[^\s@()<>;]+\.[^\s@()<>;]+", contact, re.ASCII)
    page = re.fullmatch(r"https?://[^\s()<>;]+", contact)
    good = contact.isascii() and (mail or page)
    return (
        None
        if good
        else say(
            "must be a mail address or the address of a page, in ASCII; found {found}", found=shown(contact)
        )
    )


def _proxy_slip(proxy: str) -> str | None:
    try:
        parts = urlsplit(proxy)
        good = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
        good = good and "@" not in parts.path + parts.query + parts.fragment  # a password with a bare slash
    except ValueError:
        good = False
    return (
        None
        if good
        else say(
            "must be a proxy's address, such as http://127.0.0.1:8118; found {found}", found=shown(proxy)
        )
    )


# What `defaults` sets for all sites, and each site for itself. A site calls `title` by another name,
# `title_pattern`, for its own `title` is its name.
TUNING: Final = (
    Key(
        name="layout",
        form=Choice(("hugo", "hexo")),
        default="hugo",
        text="The dialect of the documents' front matter.",
    ),
    Key(
        name="path",
        form=Text(say("a pattern for paths"), check=path_slip),
        default="{site}/{year}/{month}/{urlname}.md",
        text="Where a document lies in the archive; once written, it stays there.",
    ),
    Key(
        name="title",
        form=Text(say("a pattern for titles"), check=title_slip),
        default="{site_title}->{title} | {archive_name}",
        text="A document's title.",
    ),
    Key(
        name="timezone",
        form=TimeZone(),
        default="Asia/Shanghai",
        text="The time zone that the site's pages tell their moments in.",
    ),
    Key(
        name="date",
        form=Choice(("published", "captured")),
        default="published",
        text="What the front matter's date says.",
    ),
    Key(
        name="delay",
        form=Number(say("a number of seconds"), 0, DAY),
        default=1.0,
        text="Seconds between two requests to one host; robots.txt's Crawl-delay wins when longer.",
    ),
    Key(
        name="robots",
        form=Choice(("obey", "ignore")),
        default="obey",
        text="Whether robots.txt and `meta robots` are obeyed.",
    ),
    Key(
        name="images",
        form=Choice(("link", "download")),
        default="link",
        text="Whether pictures stay where they are or are kept in the archive.",
    ),
    Key(
        name="image_position",
        form=Choice(("end", "inline")),
        default="end",
        text="Whether pictures stand at the document's end or where the page has them.",
    ),
    Key(
        name="summary_after",
        form=Number(say("a whole number of characters"), 0, 1_000_000, whole=True),
        default=200,
        text="hugo: <!--more--> stands after the block that holds this character; 0: nowhere.",
    ),
    Key(
        name="revisit",
        form=ListOf(Duration(), rising=True),
        default=["1d", "7d", "30d"],
        text="The ages at which an article is looked at again.",
    ),
    Key(
        name="every",
        form=Duration(),
        default="1h",
        text="In a cluster: how often the site is run.",
    ),
    Key(
        name="priority",
        form=Number(say("a whole number"), -100, 100, whole=True),
        default=0,
        text="In a cluster: of the sites that are due, the highest goes first.",
    ),
)

SITE_TUNING: Final = {("title_pattern" if key.name == "title" else key.name): key for key in TUNING}

PER_ADDRESS: Final = Section(
    (
        Key(
            name="at_once",
            form=Number(say("a whole number"), 1, 64, whole=True),
            default=4,
            text="Requests that one server answers at the same time, under all its names.",
        ),
        Key(
            name="delay",
            form=Number(say("a number of seconds"), 0, 3600),
            default=0.25,
            text="Seconds from a request to one of its names to the next one to another.",
        ),
    )
)

NETWORK: Final = Section(
    (
        Key(
            name="proxy",
            form=OrNothing(Text(say("a proxy's address"), check=_proxy_slip)),
            text="The proxy that all requests go through; null: HTTP_PROXY and HTTPS_PROXY, where set.",
        ),
        Key(
            name="timeout",
            form=Number(say("a number of seconds"), 0.1, 3600),
            default=30.0,
            text="Seconds for one request, from the first byte sent to the last byte read.",
        ),
        Key(
            name="max_bytes",
            form=Number(say("a whole number of bytes"), 1024, LARGEST_BODY, whole=True),
            default=MAX_BYTES,
            text="The size of one decoded body at most.",
        ),
        Key(
            name="max_assets",
            form=Number(say("a whole number"), 1, 10_000, whole=True),
            default=MAX_ASSETS,
            text="images: download: how many pictures and files of one article are asked for of one host.",
        ),
        Key(
            name="allow_private_addresses",
            form=Flag(),
            default=False,
            text="Whether loopback, link-local and private addresses may be asked.",
        ),
        Key(
            name="retries",
            form=Number(say("a whole number"), 0, 20, whole=True),
            default=4,
            text="How often a request is tried again within a run, where trying can heal it.",
        ),
        Key(
            name="per_address",
            form=PER_ADDRESS,
            text="The pace of a server that has several names; through a proxy nobody knows which have.",
            default={"at_once": 4, "delay": 0.25},
        ),
        Key(
            name="ca_file",
            form=OrNothing(Text(say("a file's path"))),
            text="Certificates (PEM) that are trusted besides the system's; relative to this file.",
        ),
        Key(
            name="cookies",
            form=Choice(("none", "session")),
            default="none",
            text="session: a cookie that a redirect sets is given back within that one visit, never kept.",
        ),
    )
)


PING: Final = Section(
    (
        Key(
            name="success",
            form=OrNothing(Address()),
            text="Asked for after a run that went well, though single articles may have failed.",
        ),
        Key(
            name="failure",
            form=OrNothing(Address()),
            text="Asked for after any other run; not where another run held the lock.",
        ),
    )
)


def _notify_slip(address: str) -> str | None:
    """Return what is wrong with an address of Apprise's; it is never shown, for it may hold a password."""
    name = address.removeprefix("env:")
    if name != address:
        good = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name, re.ASCII)
        return None if good else "must name a variable of the environment, such as env:NOTIFY_URL"
    good = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://\S", address)
    return None if good else "must be an address as Apprise has them, such as mailto://…, or env:NAME"


NOTIFY: Final = Section(
    (
        Key(
            name="to",
            form=OneOrMore(Secret("an address as Apprise has them, or env:NAME", check=_notify_slip)),
            text="Who is told: addresses of Apprise, or env:NAME for one that the environment holds.",
            required=True,
        ),
        Key(
            name="nothing_new_after",
            form=OrNothing(Duration()),
            default="30d",
            text="How old a site's newest article is when that is told; null: it is not.",
        ),
    ),
    secret=True,
)


def _database_slip(address: str) -> str | None:
    """Return what is wrong with a database's address; a password stands in the environment and in no file."""
    try:
        parts = urlsplit(address)
        good = parts.scheme in {"postgresql", "postgres"} and len(parts.path) > 1
    except ValueError:
        return say("must be a database's address, such as postgresql://db.example.edu.cn/archive")
    if parts.password is not None or "password" in parts.query.lower():
        return say("must not hold a password: PGPASSWORD or PGPASSFILE of the environment does")
    return (
        None if good else say("must be a database's address, such as postgresql://db.example.edu.cn/archive")
    )


def _store_slip(address: str) -> str | None:
    good = re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/?", address, re.ASCII)
    return (
        None
        if good
        else say("must be a bucket, such as s3://archive; keys and endpoint are the environment's")
    )


def _prefix_slip(prefix: str) -> str | None:
    good = re.fullmatch(r"[\w.-]+(?:/[\w.-]+)*", prefix, re.ASCII) and ".." not in prefix
    return None if good else say("must be a path of letters, digits, '-', '_' and '.', such as news/2026")


_SHORTEST_TTL = timedelta(seconds=2)
_LONGEST_TTL = timedelta(hours=1)

CLUSTER: Final = Section(
    (
        Key(
            name="database",
            form=Text(say("a database's address"), check=_database_slip),
            text="The PostgreSQL of leases and jobs; user and password are the environment's (PGUSER …).",
            required=True,
        ),
        Key(
            name="store",
            form=Text(say("a bucket"), check=_store_slip),
            text="The S3 bucket of captures, documents and state; its keys are the environment's.",
            required=True,
        ),
        Key(
            name="prefix",
            form=Text(say("a path within the bucket"), check=_prefix_slip),
            default="nankai-archive",
            text="Where in the bucket the archive lies.",
        ),
        Key(
            name="ttl",
            form=Duration(least=_SHORTEST_TTL, most=_LONGEST_TTL),
            default="2m",
            text="How long a lease lasts that is not renewed: so late a dead machine's site goes to another.",
        ),
    )
)


TLS: Final = Section(
    (
        Key(
            name="ca_file",
            form=OrNothing(Text(say("a file's path"))),
            text="Certificates (PEM) that are trusted for this site besides; relative to this file.",
        ),
        Key(
            name="verify",
            form=Flag(),
            default=True,
            text="Whether the certificate is checked; false: whoever answers is believed, which reports say.",
        ),
        Key(
            name="old_ciphers",
            form=Flag(),
            default=False,
            text="Whether TLS 1.0 and small keys are taken too, which reports say.",
        ),
        Key(
            name="aia",
            form=Flag(),
            default=False,
            text="Whether a certificate that the server leaves out is fetched from where its own says.",
        ),
    )
)


def _named(name: str, form: Form, text: str, *, derived: str) -> Key:
    return Key(name=name, form=form, text=text, derived=derived)


def _elsewhere() -> tuple[tuple[str, str], ...]:
    """Return where a key belongs that stands in the wrong section."""
    tuning = {key.name: f"defaults.{key.name}" for key in TUNING if key.name != "title"}
    network = {key.name: f"network.{key.name}" for key in NETWORK.keys}
    return tuple((tuning | network).items())


SITE: Final = Section(
    (
        _named(
            "title", Text(check=site_title_slip), "The site's name, for people.", derived="the site's key"
        ),
        _named("archive_name", Text(), "The archive's name in titles and categories.", derived="home's host"),
        _named(
            "home",
            Address(),
            "The site's front page; its scheme is the scheme of every permalink.",
            derived="the front page of the first channel's host",
        ),
        Key(
            name="family",
            form=OrNothing(Choice((*(family.name for family in FAMILIES), "generic"))),
            text="The system that the site runs on; null: recognised by its marks, page by page.",
        ),
        Key(
            name="former",
            form=OrNothing(Text(say("the name that the site had before"))),
            text="The site's name before: its folder is taken over, permalinks and paths stay.",
        ),
        _named("tags", ListOf(Text()), "The documents' tags.", derived="the site's title"),
        _named(
            "categories",
            ListOf(Text()),
            "The documents' categories.",
            derived="the archive's name and the site's title",
        ),
        Key(
            name="channels",
            form=Named(say("channel"), ChannelForm(CHANNEL)),
            text="The site's lists of articles, each under a name of its own.",
            default={},
        ),
        Key(
            name="selectors",
            form=SELECTORS,
            text="CSS selectors for a site that no family fits.",
            default={},
        ),
        Key(
            name="tls",
            form=TLS,
            text="What this site's TLS needs beyond what browsers take.",
            default={},
        ),
        *(
            Key(name=name, form=key.form, text=key.text, derived=f"defaults.{key.name}")
            for name, key in SITE_TUNING.items()
        ),
    ),
    _elsewhere(),
)

CONFIG: Final = Section(
    (
        Key(name="$schema", form=Text(), text="For editors: the address of this schema.", derived="none"),
        Key(
            name="archive",
            form=Text(say("a folder's path")),
            default="archive",
            text="The folder of the documents, relative to this file.",
        ),
        Key(
            name="archive_id",
            form=OrNothing(Text(say("the id that .scraper/archive.json tells"))),
            text="Which archive it must be: another one, or an empty disk in its place, is an error.",
        ),
        Key(
            name="contact",
            form=OrNothing(Text(say("a mail address or the address of a page"), check=_contact_slip)),
            text="A page's or a mail address for web masters, put into the User-Agent.",
        ),
        Key(name="network", form=NETWORK, text="How requests are made.", default={}),
        Key(name="ping", form=PING, text="Whom a run tells that it ended, by one GET.", default={}),
        Key(
            name="notify",
            form=OrNothing(NOTIFY),
            text="Whom is told of an event once, and of its end, by Apprise; null: nobody.",
        ),
        Key(
            name="feeds",
            form=Flag(),
            default=False,
            text="Whether a run writes Atom and JSON Feed beside the documents: each site's, and one of all.",
        ),
        Key(
            name="cluster",
            form=OrNothing(CLUSTER),
            text="Where many machines meet: a database and a store; null: this machine works alone.",
        ),
        Key(
            name="defaults", form=Section(TUNING, _elsewhere()), text="What holds for every site.", default={}
        ),
        Key(
            name="sites",
            form=Named(say("site"), SITE, least=1, reserved=RESERVED),
            text="The sites, each under a short name: a folder and a word of the command line.",
            required=True,
        ),
    ),
    _elsewhere(),
)
