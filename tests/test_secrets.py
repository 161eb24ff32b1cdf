"""Names and passwords within addresses: no error, report or log shows them, whatever is wrong with them."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import faultserver as fault
import pytest
import virtualtime
from faultserver import FaultServer
from networkworld import address, network, request, site

from scraper import cli, logs
from scraper.config.read import NotifySettings
from scraper.crawler.ping import ping
from scraper.crawler.proxies import Proxies, read_proxy
from scraper.errors import ArchiveError, ConfigError, FetchError, Unreachable
from scraper.messages import Message, say
from scraper.model import NetworkSettings
from scraper.redaction import redacted, redacted_value

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "geheim7"  # noqa: S105 - nobody's
CONFIG = """archive: a
{wrong}
sites:
  x:
    home: http://x.example/
    family: generic
    channels: {{c: http://x.example/c/}}
"""
WRONG = {  # each wrong in its own way, and each holds the secret
    "proxy's port": f"network: {{proxy: 'http://me:{SECRET}@proxy.example:99999'}}",
    "proxy's scheme": f"network: {{proxy: 'socks5://me:{SECRET}@proxy.example:1080'}}",
    "proxy without scheme": f"network: {{proxy: 'me:{SECRET}@proxy.example:1080'}}",
    "proxy with a slash in the password": f"network: {{proxy: 'http://me:1/{SECRET}@proxy.example:1'}}",
    "proxy with a blank in the password": f"network: {{proxy: 'ftp://me:a b{SECRET}@proxy.example'}}",
    "proxy with an at in the password": f"network: {{proxy: 'http://me:{SECRET}@{SECRET}@[proxy:1'}}",
    "long proxy": f"network: {{proxy: 'ftp://me:{SECRET}{'x' * 90}@proxy.example'}}",
    "ping": f"ping: {{success: 'https://me:{SECRET}@ping.example/1'}}",
    "ping without scheme": f"ping: {{failure: 'me:{SECRET}@ping.example/1'}}",
    "key": f"'http://me:{SECRET}@x.example/': 1",
    "key twice": "\n".join([f"'http://me:{SECRET}@x.example/': 1"] * 2),
    "contact": f"contact: 'http://me:{SECRET}@x y'",
    "store": f"cluster: {{database: 'postgresql://d/x', store: 's3://key:{SECRET}@bucket'}}",
    "database": f"cluster: {{database: 'postgresql://me:{SECRET}@d/x', store: 's3://bucket'}}",
    "database's scheme": f"cluster: {{database: 'mysql://me:{SECRET}@d/x', store: 's3://bucket'}}",
    "tag": f"ping: !http://me:{SECRET}@x.example/ 1",
    "alias": f"ping: *me:{SECRET}@x.example",
    "yaml": f"network: {{proxy: http://me:{SECRET}@x.example: x: y",
    "path": f"archive_id: ['http://me:{SECRET}@x/']",
    "certificates": f"network: {{ca_file: 'http://me:{SECRET}@x.example/a.pem'}}",
}
VALUES = [
    f"http://me:{SECRET}@x.example:1",
    f"me:{SECRET}@x.example",
    f"http://{SECRET}@x.example",
    f"http://me:a/{SECRET}@x.example",
    f"http://me:a b@{SECRET}'\"@x.example",
    f"me:a://{SECRET}@x.example",
    f"1:{SECRET}@x",
]


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("form", ["", "--json", "-vv", "--log-format=json"])
def test_no_slip_of_a_config_shows_a_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str, form: str
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.format(wrong=WRONG[what]), encoding="utf-8")
    words = ["--config", str(config), *([form] if form else []), "run"]
    code = cli.main([words[-1], *words[:-1]])
    told = "".join(capsys.readouterr())
    assert code != 0
    assert "config.yaml" in told
    assert SECRET not in told


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("value", ["http://me:{}@h:x", "ftp://me:{}@h", "http://me:1/{}@h:1", "me:{}@[h"])
def test_no_error_about_a_proxy_of_the_environment_shows_it(variable: str, value: str) -> None:
    with pytest.raises(ConfigError, match=variable.upper()) as caught:
        Proxies(None, {variable: value.format(SECRET)})
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert SECRET not in "".join(caught.value.slips)


def test_no_object_that_holds_a_proxy_shows_its_password() -> None:
    whole = f"http://me{SECRET}:{SECRET}@h:1"
    assert SECRET not in repr(read_proxy(whole, "x"))
    assert SECRET not in repr(NetworkSettings(proxy=whole))


def test_no_object_that_holds_an_address_to_notify_shows_its_password() -> None:
    assert SECRET not in repr(
        NotifySettings(to=(f"mailto://li:{SECRET}@mail.example",), nothing_new_after=None)
    )


@pytest.mark.parametrize("kind", [ArchiveError, *ArchiveError.__subclasses__(), Unreachable])
def test_errors_lose_a_secret_when_they_are_made(kind: type[ArchiveError]) -> None:
    text = f"no answer: http://me:{SECRET}@x.example/a?b: it is gone"
    error = kind((text,)) if kind is ConfigError else kind(text)
    assert str(error) == "no answer: http://***@x.example/a?b: it is gone"


def test_a_message_loses_it_in_its_values_and_stays_one() -> None:
    said = say("no answer: {url}: {why} ({count})", url=f"http://me:{SECRET}@x/", why=OSError("a"), count=3)
    error = Unreachable(said)
    held = error.args[0]
    assert isinstance(held, Message)
    assert held == "no answer: http://***@x/: a (3)"
    assert SECRET not in repr(held.values)
    assert SECRET not in str(pickle.loads(pickle.dumps(held)).values)  # noqa: S301 - our own


@pytest.mark.parametrize("value", VALUES)
def test_a_value_shows_nothing_before_its_last_at(value: str) -> None:
    assert SECRET not in redacted_value(value)
    assert redacted_value(value).endswith(("x", "x.example", "x.example:1"))


@pytest.mark.parametrize(
    "text",
    [
        "http://x.example/@someone/a:b@c",
        "http://x.example/a?mail=me@x.example",
        "contact: web@x.example is wrong",
        "10:30 in the hall",
        "no answer: http://x.example/: a@b",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_log_shows_none_in_fields_and_tracebacks(capsys: pytest.CaptureFixture[str], form: str) -> None:
    logs.set_up(form=form, verbosity=1)
    try:
        raise ValueError(f"http://me:{SECRET}@x.example/")  # noqa: EM102, TRY301 - another's error
    except ValueError:
        fields = {"fields": {"url": f"https://me:{SECRET}@x.example/"}}
        logging.getLogger(logs.LOGGER).exception("failed", extra=fields)
    told = capsys.readouterr().err
    assert told.count("***@x.example") >= 2  # the field and the error, whose line may be shown too
    assert SECRET not in told
    if form == "json":
        assert json.loads(told)["url"] == "https://***@x.example/"


@pytest.mark.parametrize("answer", [fault.status(500), fault.dropped(), fault.raw(b"nonsense\r\n\r\n")])
def test_a_ping_that_nobody_hears_shows_its_host_alone(answer: fault.Answer) -> None:
    async def story() -> str:
        async with FaultServer() as server:
            server.on(f"/{SECRET}", answer)
            with pytest.raises(FetchError) as caught:
                await ping(
                    server.url(f"/{SECRET}"), user_agent="x", now=lambda: datetime.now(UTC), environment={}
                )
            return repr(caught.value.args) + str(caught.value)

    told = asyncio.run(story())
    assert "http://127.0.0.1:" in told
    assert SECRET not in told


@pytest.mark.parametrize("password", [SECRET, f"%E5%AF%86%40{SECRET}"])
@pytest.mark.parametrize("answer", [fault.status(407), fault.status(502), fault.dropped()])
def test_a_proxy_that_fails_is_named_without_its_password(password: str, answer: fault.Answer) -> None:
    async def story() -> str:
        async with FaultServer() as proxy:
            proxy.on("/a", answer)
            place = site(address("https://news.example/"))
            async with network(place, proxy=f"http://me:{password}@127.0.0.1:{proxy.port}") as asked:
                with pytest.raises(FetchError) as caught:
                    await asked.fetch(request(address("https://news.example/a")), place)
            return str(caught.value)

    assert SECRET not in virtualtime.run(story())
