"""Certificates that a server leaves out of its chain, fetched from where its own certificate says (AIA).

Browsers do so; OpenSSL does not. What is fetched is a link and never a root: a certificate that signed itself
is not taken, and a chain must still end at a root that was trusted before.
"""

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING

from scraper import urls
from scraper.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.urls import Url

MOST = 3  # links of one chain
MAX_BYTES = 65_536  # of one certificate
_ISSUERS = bytes.fromhex("06082b06010505073002")  # id-ad-caIssuers (RFC 5280, 4.2.2.1)
_URI = 0x86  # the tag of an address among the names of a certificate
_SEQUENCE = 0x30
_VERSION = 0xA0
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]++-----END CERTIFICATE-----")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")  # PKCS #7, in which some give theirs


def issuer_address(certificate: bytes) -> Url | None:
    """Return where a certificate (DER) says that its issuer's is; None: it does not, or not over http."""
    for match in re.finditer(re.escape(_ISSUERS), certificate):
        at = match.end()
        if certificate[at : at + 1] == bytes([_URI]):
            try:
                content, _ = _content(certificate, at)
            except (IndexError, ValueError):
                continue
            found = urls.parse(content.decode("latin-1"))
            if found is not None and found.startswith("http://"):
                return found
    return None


def links_in(answer: bytes) -> list[bytes]:
    """Return the certificates (DER) that an answer holds and that did not sign themselves."""
    found = [ssl.PEM_cert_to_DER_cert(pem.decode("latin-1")) for pem in _PEM.findall(answer)]
    if not found:
        found = list(_within(answer)) if _SIGNED_DATA in answer[:64] else [answer]
    return [certificate for certificate in found if _is_link(certificate)]


def _is_link(certificate: bytes) -> bool:
    """Say whether it is a certificate whose issuer is another one."""
    try:
        body, _ = _content(_content(certificate, 0)[0], 0)  # Certificate, then TBSCertificate
        at = 0
        parts: list[bytes] = []
        while at < len(body) and len(parts) < 6:  # noqa: PLR2004 - version? serial algorithm issuer validity subject
            _, end = _content(body, at)
            if not (at == 0 and body[0] == _VERSION):
                parts.append(body[at:end])
            at = end
    except (IndexError, ValueError):
        return False
    return len(parts) >= 5 and parts[2] != parts[4]  # noqa: PLR2004 - issuer and subject


def _within(message: bytes) -> Iterator[bytes]:
    """Yield what looks like a certificate within a PKCS #7 message."""
    at = 0
    while (at := message.find(bytes([_SEQUENCE, 0x82]), at)) >= 0:
        try:
            content, end = _content(message, at)
            inner, _ = _content(content, 0)
        except (IndexError, ValueError):
            at += 1
            continue
        if content[0] == _SEQUENCE and inner[:1] == bytes([_VERSION]) and end <= len(message):
            yield message[at:end]
            at = end
        else:
            at += 1


def _content(data: bytes, at: int) -> tuple[bytes, int]:
    """Return the content of the DER value that begins here, and where it ends. Raises where it has no end."""
    length, start = data[at + 1], at + 2
    if length >= 0x80:  # noqa: PLR2004 - the long form: so many bytes hold the length
        start += length & 0x7F
        length = int.from_bytes(data[at + 2 : start])
    if start + length > len(data):
        msg = say("the value is longer than its data")
        raise ValueError(msg)
    return data[start : start + length], start + length
