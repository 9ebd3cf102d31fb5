"""Read compressed files from untrusted sources: detected by content, with output bounded relative to their size."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from auditor.errors import InputError

if TYPE_CHECKING:
    import pyarrow

DAMAGED = (EOFError, zlib.error, lzma.LZMAError, zstd.ZstdError, OSError)
"""Exceptions raised on reading a truncated or damaged compressed file."""
_RATIO, _RATIO_FROM = 200, 64 << 20
"""Files that decompress to more than this multiple of their size, and to more than this many bytes, are rejected."""


def allowance(size: int) -> int:
    """Return to how many bytes a file of ``size`` bytes may decompress."""
    return max(_RATIO * size, _RATIO_FROM)


def too_much(where: str) -> InputError:
    """Return the error for a file that decompresses to more than its allowance."""
    remedy = "it may be made to fill the memory; unpack it yourself if you trust it"
    return InputError(f"unpacks to more than {_RATIO} times its size", where=where, remedy=remedy)


def open_text(path: Path) -> IO[bytes]:
    """Open a file for reading bytes, decompressing gzip, zstd, xz or bzip2.

    Reading raises :class:`~auditor.errors.InputError`, with file and line, once it has decompressed to more than its
    allowance, and one of ``DAMAGED`` if it is truncated or damaged.
    """
    with path.open("rb") as file:
        start = file.read(6)
    opened = _opener(start)
    return _bounded(opened(path), path) if opened else path.open("rb")


def _opener(start: bytes) -> Callable[[Path], IO[bytes]] | None:
    """Return the decompressor for a file with these first bytes; ``None`` if it is not compressed."""
    openers: dict[bytes, Callable[[Path], object]] = {
        b"\x1f\x8b": gzip.open, b"\x28\xb5\x2f\xfd": zstd.open, b"\xfd7zXZ\0": lzma.open, b"BZh": bz2.open,
    }  # fmt: skip
    found = next((opener for magic, opener in openers.items() if start.startswith(magic)), None)
    return cast("Callable[[Path], IO[bytes]] | None", found)


def check_packed(path: Path) -> None:
    """Reject a Parquet or compressed file that decompresses to more than its allowance, without storing the content.

    For files that another library will read. Raises :class:`~auditor.errors.InputError`, and ``OSError`` or
    ``ValueError`` if a file is damaged.
    """
    with path.open("rb") as file:
        start = file.read(6)
    if start.startswith(b"PAR1"):
        _check_parquet(path)
    elif opened := _opener(start):
        with _bounded(opened(path), path) as unpacked:
            while unpacked.read(1 << 20):
                pass


def _check_parquet(path: Path) -> None:
    """Reject a Parquet file for the size of its pages, or of what its dictionaries expand to."""
    from pyarrow import parquet

    most = allowance(path.stat().st_size)
    with parquet.ParquetFile(path) as file:
        groups = [file.metadata.row_group(place) for place in range(file.metadata.num_row_groups)]
        columns = [file.schema.column(place) for place in range(len(file.schema))]
    if sum(group.total_byte_size for group in groups) > most:
        raise too_much(str(path))
    texts = [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]
    total = 0
    with parquet.ParquetFile(path, read_dictionary=texts) as file:
        for batch in file.iter_batches(batch_size=1024, columns=texts) if texts else ():
            total += sum(map(_repeated_bytes, batch.columns))
            if total > most:
                raise too_much(str(path))


def _repeated_bytes(column: pyarrow.Array) -> int:
    """Return the total bytes of all texts of a column, including repeats."""
    import pyarrow
    from pyarrow import compute

    match column:
        case pyarrow.DictionaryArray():
            lengths = compute.binary_length(column.dictionary).take(column.indices)
            return int(compute.sum(lengths.cast(pyarrow.int64())).as_py() or 0)
        case pyarrow.StructArray():
            return sum(map(_repeated_bytes, column.flatten()))
        case pyarrow.ListArray() | pyarrow.LargeListArray() | pyarrow.FixedSizeListArray():
            return _repeated_bytes(column.flatten())
        case pyarrow.StringArray() | pyarrow.BinaryArray() | pyarrow.LargeStringArray() | pyarrow.LargeBinaryArray():
            return int(compute.sum(compute.binary_length(column).cast(pyarrow.int64())).as_py() or 0)
    return 0


def _bounded(unpacking: IO[bytes], path: Path) -> IO[bytes]:
    return cast("IO[bytes]", io.BufferedReader(_Bounded(unpacking, path), 1 << 16))


class _Bounded(io.RawIOBase):
    """A stream that raises an error beyond the allowance of its file."""

    def __init__(self, unpacking: IO[bytes], path: Path) -> None:
        self._unpacking, self._path = unpacking, path
        self._left = allowance(path.stat().st_size)
        self._line = 1

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # the type of typeshed is private
        data = self._unpacking.read(len(buffer))
        self._left -= len(data)
        self._line += data.count(b"\n")
        if self._left < 0:
            raise too_much(f"{self._path}:{self._line}")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._unpacking.close()
        super().close()
