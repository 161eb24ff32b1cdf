"""Whom to trust over TLS, as the config says it for a site: contexts, each made once.

What browsers and Debian's curl take is taken: TLS 1.2 with the ciphers of ten years ago too (RSA without
forward secrecy, CBC with SHA-1). Python alone leaves those out. Certificates are checked all the same.
"""

from __future__ import annotations

import ssl

import certifi

from scraper.errors import ConfigError
from scraper.messages import say
from scraper.model import TlsSettings

_LEGACY_SERVER_CONNECT = 0x4  # OpenSSL's, named by Python from 3.12 on: old servers, as browsers take them
_CIPHERS = "DEFAULT:+kDHE:@SECLEVEL=2"  # DHE last: many old servers have it with keys that are too small
_OLD_CIPHERS = "ALL:COMPLEMENTOFDEFAULT:!aNULL:!eNULL:@SECLEVEL=0"
_STRICTER_SINCE_PYTHON_3_13 = ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT


class Trust:
    """Makes TLS contexts. `given`: whom a site without settings of its own trusts; None: the system's."""

    def __init__(self, ca_file: str | None = None, given: ssl.SSLContext | None = None) -> None:
        """Load nothing yet: the certificates cost some 30 ms."""
        self._ca_file = ca_file
        self._made: dict[TlsSettings, ssl.SSLContext] = {} if given is None else {TlsSettings(): given}

    @property
    def names_a_file(self) -> bool:
        """Say whether the config names certificates, which may be none."""
        return self._ca_file is not None

    def context(self, settings: TlsSettings) -> ssl.SSLContext:
        """Return the context for these settings. Raises `ConfigError` for certificates that are none."""
        found = self._made.get(settings)
        if found is None:
            found = self._made[settings] = self._make(settings)
        return found

    def _make(self, settings: TlsSettings) -> ssl.SSLContext:
        context = ssl.create_default_context()
        # A chain must reach a root: else a certificate that was only fetched would be one.
        context.verify_flags &= ~_STRICTER_SINCE_PYTHON_3_13
        context.options |= _LEGACY_SERVER_CONNECT
        context.set_ciphers(_OLD_CIPHERS if settings.old_ciphers else _CIPHERS)
        if settings.old_ciphers:
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        if not settings.verify:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if not context.cert_store_stats()["x509_ca"]:
            context.load_verify_locations(certifi.where())
        for file, key in ((self._ca_file, "network.ca_file"), (settings.ca_file, "tls.ca_file")):
            _load(context, file, key)
        return context


def _load(context: ssl.SSLContext, file: str | None, key: str) -> None:
    if file is None:
        return
    try:
        context.load_verify_locations(cafile=file)
    except OSError as exc:  # ssl.SSLError is one
        why = "no certificate is in it (PEM)" if isinstance(exc, ssl.SSLError) else exc.strerror
        raise ConfigError((say("{key}: {file}: {why}", key=key, file=file, why=why),)) from exc
