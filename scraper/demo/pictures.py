"""Pictures, films and sounds as bytes: tiny, valid, and different for each address."""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_QUANTITIES = b"\x00" + b"\x08" * 64
# The smallest tables that serve: DC lengths 0 to 8, and an AC table that only knows "end of block".
_DC = b"\x00" + bytes((0, 1, 5, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) + bytes(range(9))
_AC = b"\x10" + bytes((1, *(0,) * 15)) + b"\x00"
_DC_CODES = ("00", "010", "011", "100", "101", "110", "1110", "11110", "111110")


def bytes_for(path: str) -> tuple[str, bytes] | None:
    """Return the content type and the bytes of a file at this path, or None for no known suffix."""
    suffix = path.partition("?")[0].rpartition(".")[2].lower()
    made = _FILES.get(suffix)
    return None if made is None else (made[0], made[1](path))


def png(name: str, side: int = 8) -> bytes:
    """Return a PNG of one colour with the name as its comment."""
    colour = _digest(name)[:3]
    rows = (b"\x00" + colour * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = (
        (b"IHDR", header),
        (b"tEXt", b"Comment\x00" + name.encode()),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(kind, data) for kind, data in parts)


def jpeg(name: str) -> bytes:
    """Return a grey baseline JPEG of 16 × 16 with the name as its comment."""
    frame = struct.pack(">BHHB", 8, 16, 16, 1) + b"\x01\x11\x00"
    parts = (
        (0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
        (0xFE, name.encode()),
        (0xDB, _QUANTITIES),
        (0xC0, frame),
        (0xC4, _DC),
        (0xC4, _AC),
        (0xDA, b"\x01\x01\x00\x00\x3f\x00"),
    )
    head = b"".join(struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in parts)
    return b"\xff\xd8" + head + _scan(_digest(name)[:4]) + b"\xff\xd9"


def _scan(greys: bytes) -> bytes:
    """Code four 8 × 8 blocks, each of one grey: the difference of its DC value, and the end of the block."""
    bits, before = "", 0
    for grey in greys:
        value = grey - 128
        difference, before = value - before, value
        size = abs(difference).bit_length()
        shown = difference if difference >= 0 else difference + (1 << size) - 1
        bits += _DC_CODES[size] + (f"{shown:0{size}b}" if size else "") + "0"
    bits += "1" * (-len(bits) % 8)
    coded = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return coded.replace(b"\xff", b"\xff\x00")


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + kind + data


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


_GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00"
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def _mp4(name: str) -> bytes:
    return _box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2mp41") + _box(b"free", name.encode())


def _mp3(name: str) -> bytes:
    return b"ID3\x04\x00\x00\x00\x00\x00\x00" + name.encode() + b"\xff\xfb\x90\x64" + bytes(413)


def _pdf(name: str) -> bytes:
    return b"%PDF-1.4\n%" + name.encode() + b"\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def _office(name: str) -> bytes:
    return b"PK\x05\x06" + bytes(18) + name.encode()


_FILES: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "jpg": ("image/jpeg", jpeg),
    "jpeg": ("image/jpeg", jpeg),
    "png": ("image/png", png),
    "gif": ("image/gif", lambda _name: _GIF),
    "mp4": ("video/mp4", _mp4),
    "mp3": ("audio/mpeg", _mp3),
    "pdf": ("application/pdf", _pdf),
    **dict.fromkeys(("doc", "docx", "xls", "xlsx", "zip", "rar"), ("application/octet-stream", _office)),
}
