"""TLS of ten years ago: what browsers take is taken, the rest where the config says so, never unchecked."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING, Any

import faultserver as fault
import pytest
from faultserver import FaultServer
from networkworld import address, network, request, site

from scraper.crawler import missing_links
from scraper.crawler.trust import Trust
from scraper.errors import ConfigError, Unreachable
from scraper.model import TlsSettings

if TYPE_CHECKING:
    from pathlib import Path

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="needs openssl to make a certificate")


class Authority:
    """A root, an intermediate that it signed, and the servers' certificates that they sign."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._openssl(
            "req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=Root -keyout root.key -out root.pem"
        )
        self.sign("link", "basicConstraints=critical,CA:true\n", by="root")
        self.root = str(folder / "root.pem")

    def sign(self, name: str, extensions: str, *, by: str, bits: int = 2048) -> None:
        """Make a key and a certificate, in PEM and DER."""
        (self.folder / f"{name}.ext").write_text(extensions)
        self._openssl(f"req -newkey rsa:{bits} -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr")
        self._openssl(
            f"x509 -req -in {name}.csr -CA {by}.pem -CAkey {by}.key -CAcreateserial -days 9 "
            f"-extfile {name}.ext -out {name}.pem"
        )
        self._openssl(f"x509 -in {name}.pem -outform DER -out {name}.der")

    def server(self, name: str, *, by: str, aia: str | None = None, bits: int = 2048) -> ssl.SSLContext:
        """Return what a server of this certificate alone works with."""
        lines = "basicConstraints=CA:false\nsubjectAltName=DNS:news.example\n"
        lines += f"authorityInfoAccess=caIssuers;URI:{aia}\n" if aia else ""
        self.sign(name, lines, by=by, bits=bits)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context

    def der(self, name: str) -> bytes:
        return (self.folder / f"{name}.der").read_bytes()

    def _openssl(self, words: str) -> None:
        subprocess.run(  # noqa: S603 - a fixed command
            [str(OPENSSL), *words.split()], cwd=self.folder, check=True, capture_output=True
        )


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ngood")
    await writer.drain()
    writer.close()


async def ask(context: ssl.SSLContext, tls: TlsSettings, **changes: Any) -> bytes:  # noqa: ANN401 - settings
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    home = address(f"https://news.example:{server.sockets[0].getsockname()[1]}/")
    place = site(home, tls=tls)
    async with server, network(place, **{"tls": None, **changes}) as source:
        return (await source.fetch(request(home), place)).body


@pytest.mark.parametrize(
    "cipher",
    [
        *("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA384"),
        *("AES128-GCM-SHA256", "AES128-SHA256", "AES128-SHA", "AES256-SHA"),
    ],
)
def test_ciphers_of_ten_years_ago_are_taken(authority: Authority, cipher: str) -> None:
    context = authority.server("old", by="root")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{cipher}:@SECLEVEL=0")
    assert asyncio.run(ask(context, TlsSettings(), ca_file=authority.root)) == b"good"


def test_what_not_even_browsers_take_is_taken_where_the_config_says_so(authority: Authority) -> None:
    small = authority.server("small", by="root", bits=1024)
    with pytest.raises(Unreachable):
        asyncio.run(ask(small, TlsSettings(), ca_file=authority.root))
    assert asyncio.run(ask(small, TlsSettings(old_ciphers=True), ca_file=authority.root)) == b"good"


def test_with_old_ciphers_the_certificate_is_checked_all_the_same(authority: Authority) -> None:
    with pytest.raises(Unreachable, match="certificate verify failed"):
        asyncio.run(ask(authority.server("stranger", by="root"), TlsSettings(old_ciphers=True)))


def test_a_site_may_trust_an_authority_of_its_own_which_no_other_site_does(authority: Authority) -> None:
    context = authority.server("own", by="root")
    assert asyncio.run(ask(context, TlsSettings(ca_file=authority.root))) == b"good"
    with pytest.raises(Unreachable) as caught:
        asyncio.run(ask(context, TlsSettings()))
    assert "ca_file" in str(caught.value)
    assert not caught.value.heals


def test_a_site_may_be_believed_unchecked(authority: Authority) -> None:
    assert asyncio.run(ask(authority.server("unchecked", by="root"), TlsSettings(verify=False))) == b"good"


def test_a_file_that_holds_no_certificate_is_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    with pytest.raises(ConfigError, match=r"tls\.ca_file: .*empty\.pem: no certificate"):
        Trust().context(TlsSettings(ca_file=str(empty)))


# ── chains with a link missing ────────────────────────────────────────────────────────────────────────────


def with_link_at(
    authority: Authority, answer: fault.Answer, tls: TlsSettings
) -> tuple[bytes | Unreachable, int]:
    """Ask a server that leaves its link out; return what came, and how often the link was asked for."""

    async def story() -> tuple[bytes | Unreachable, int]:
        async with FaultServer() as library:
            library.on("/link.cer", answer)
            context = authority.server("leaf", by="link", aia=library.url("/link.cer"))
            try:
                came: bytes | Unreachable = await ask(context, tls, ca_file=authority.root)
            except Unreachable as error:
                came = error
            return came, library.asked()

    return asyncio.run(story())


def test_a_missing_link_is_told_with_what_can_be_done(authority: Authority) -> None:
    error, asked = with_link_at(authority, fault.reply(200, authority.der("link")), TlsSettings())
    assert isinstance(error, Unreachable)
    assert error.link_missing
    assert "tls: {aia: true}" in str(error)
    assert "network.ca_file" in str(error)
    assert asked == 0


@pytest.mark.parametrize("file", ["link.der", "link.pem"])
def test_where_the_config_allows_it_a_missing_link_is_fetched(authority: Authority, file: str) -> None:
    body = (authority.folder / file).read_bytes()
    assert with_link_at(authority, fault.reply(200, body), TlsSettings(aia=True)) == (b"good", 1)


def test_the_link_may_be_given_by_hand(authority: Authority) -> None:
    tls = TlsSettings(ca_file=str(authority.folder / "link.pem"))
    assert with_link_at(authority, fault.status(404), tls) == (b"good", 0)


def test_a_link_alone_is_no_root(authority: Authority) -> None:
    """Whoever stands between could give a certificate, and say where the one that signed it is."""

    async def story() -> None:
        async with FaultServer() as library:
            library.on("/link.cer", fault.reply(200, authority.der("link")))
            context = authority.server("leaf", by="link", aia=library.url("/link.cer"))
            with pytest.raises(Unreachable, match="certificate verify failed"):
                await ask(context, TlsSettings(aia=True))
            assert library.asked() == 1

    asyncio.run(story())


def test_a_root_that_is_fetched_is_not_trusted(authority: Authority) -> None:
    async def story() -> None:
        async with FaultServer() as library:
            library.on("/root.cer", fault.reply(200, (authority.folder / "root.pem").read_bytes()))
            context = authority.server("leaf", by="root", aia=library.url("/root.cer"))
            with pytest.raises(Unreachable, match="certificate verify failed"):
                await ask(context, TlsSettings(aia=True))

    asyncio.run(story())


@pytest.mark.parametrize(
    "answer",
    [fault.status(404), fault.text("no certificate"), fault.dropped(), fault.reply(200, bytes(70_000))],
)
def test_a_link_that_cannot_be_had_leaves_the_error_of_the_page(
    authority: Authority, answer: fault.Answer
) -> None:
    error, _ = with_link_at(authority, answer, TlsSettings(aia=True))
    assert isinstance(error, Unreachable)
    assert "certificate verify failed" in str(error)


def test_links_are_found_in_what_authorities_give(authority: Authority) -> None:
    link, root = authority.der("link"), ssl.PEM_cert_to_DER_cert((authority.folder / "root.pem").read_text())
    assert missing_links.links_in(link) == [link]
    assert missing_links.links_in(root) == []
    for junk in (b"", b"\x30", b"\x30\x82\xff\xff", bytes(range(256)), b"\x30\x80" * 40):
        assert missing_links.links_in(junk) == []
        assert missing_links.issuer_address(junk) is None
    subprocess.run(  # noqa: S603 - a fixed command
        [
            str(OPENSSL),
            *[
                "crl2pkcs7",
                "-nocrl",
                "-certfile",
                "link.pem",
                "-certfile",
                "root.pem",
                "-outform",
                "DER",
                "-out",
                "both.p7c",
            ],
        ],
        cwd=authority.folder,
        check=True,
        capture_output=True,
    )
    assert missing_links.links_in((authority.folder / "both.p7c").read_bytes()) == [link]
