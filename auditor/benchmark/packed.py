"""Read tests that a data set packs as base64 of zlib of a pickle, without unpickling.

A pickle is a program; loading one from a data set would run it. Here its opcodes are walked, and only those that
produce a text, or a dict of texts, are accepted. Nothing is executed.
"""

from __future__ import annotations

import base64
import binascii
import pickletools
import zlib

LARGEST = 512 << 20
"""Largest size of an unpacked text in bytes."""
_TEXT = frozenset({"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"})
_HARMLESS = frozenset({
    "PROTO", "FRAME", "MEMOIZE", "BINPUT", "LONG_BINPUT", "STOP", "MARK", "EMPTY_DICT", "SETITEM", "SETITEMS",
})  # fmt: skip


def unpack_text(packed: str) -> str:
    """Return the only text in a packed field.

    Raises ``ValueError`` if it is not base64 of zlib, is too large, or contains anything but one text.
    """
    texts = _texts(_inflate(packed))
    if len(texts) != 1:
        raise ValueError(f"holds {len(texts)} texts, not one")
    return texts[0]


def unpack_fields(packed: str) -> dict[str, str]:
    """Return the texts of a packed dict by key.

    Raises ``ValueError`` if it is not base64 of zlib, is too large, or contains anything but texts.
    """
    texts = _texts(_inflate(packed))
    if not texts or len(texts) % 2:
        raise ValueError("contains no dict of texts")
    return dict(zip(texts[::2], texts[1::2], strict=True))


def _inflate(packed: str) -> bytes:
    try:
        raw = base64.b64decode(packed, validate=True)
        reader = zlib.decompressobj()
        data = reader.decompress(raw, LARGEST)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise ValueError(f"is not base64 of compressed data: {error}") from None
    if reader.unconsumed_tail:
        raise ValueError(f"unpacks to more than {LARGEST >> 20} MiB")
    if not reader.eof:
        raise ValueError("is cut off")
    return data


def _texts(data: bytes) -> list[str]:
    """Walk a pickle's opcodes and collect its texts; anything else is an error."""
    try:
        operations = list(pickletools.genops(data))
    except (ValueError, IndexError) as error:
        raise ValueError(f"is not a pickle: {error}") from None
    found: list[str] = []
    for operation, argument, _ in operations:
        if operation.name in _TEXT:
            found.append(str(argument))
        elif operation.name not in _HARMLESS:
            raise ValueError(f"the pickle does more than hold text ({operation.name})")
    return found
