"""Digests as the state keeps them: of 64 hexadecimal digits the 32 bytes; any other text as it is."""

from __future__ import annotations

from typing import Final

_SHORTEST: Final = 16  # bytes


def packed(digest: str | None) -> bytes | str | None:
    """Return a digest as a column has it; None stays None."""
    if digest is None:
        return None
    try:
        data = bytes.fromhex(digest)
    except ValueError:
        return digest
    return data if len(data) >= _SHORTEST and data.hex() == digest else digest


def unpacked(value: object) -> str | None:
    """Return the digest that a column has; None stays None. Raises TypeError for what is none."""
    if isinstance(value, bytes):
        return value.hex()
    if value is not None and not isinstance(value, str):
        msg = f"a digest is no text but {value!r}"
        raise TypeError(msg)
    return value


def required(value: object) -> str:
    """Return the digest of a column that is never NULL. Raises TypeError."""
    digest = unpacked(value)
    if digest is None:
        msg = "there is no digest"
        raise TypeError(msg)
    return digest
