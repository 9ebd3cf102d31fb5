"""Encodings for values that SQLite cannot store directly: per-test results, texts with lone surrogates."""

from __future__ import annotations

import zlib

_SHORT = 32
"""Bytes up to which per-test results are stored uncompressed."""
_ZLIB = b"\x78"
"""The first byte of a zlib stream; a per-test result is 0, 1 or 2."""


def packed(passed: bytes) -> bytes:
    """Compress per-test results, one byte per test, if that makes them shorter."""
    return passed if len(passed) <= _SHORT else min(zlib.compress(passed, 6), passed, key=len)


def unpacked(stored: bytes) -> bytes:
    """Return per-test results as they were given to :func:`packed`."""
    return zlib.decompress(stored) if stored.startswith(_ZLIB) else stored


def packed_answer(raw: str, solution: str | None) -> str | bytes:
    """Compress an answer, with the program that was read out of it as dictionary, if that makes it shorter."""
    data = raw.encode("utf-8")
    if len(data) <= _SHORT:
        return raw
    squeezer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS, zdict=(solution or "").encode("utf-8"))
    small = squeezer.compress(data) + squeezer.flush()
    return small if len(small) < len(data) else raw


def unpacked_answer(stored: str | bytes, solution: str | None) -> str:
    """Return an answer as it was given to :func:`packed_answer` with that program."""
    if isinstance(stored, str):
        return stored
    data = zlib.decompressobj(zlib.MAX_WBITS, zdict=(solution or "").encode("utf-8")).decompress(stored)
    return data.decode("utf-8")


def storable(text: str) -> str:
    """Replace lone surrogates, which SQLite cannot hold, with their escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
