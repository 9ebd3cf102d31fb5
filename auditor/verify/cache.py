"""Keeps what references returned, and their CPU times, on disk: for the next audit, or for this process only.

The name of an entry is a digest of everything that it depends on: reference, suite, interpreter, packages, processor,
level of confinement and the code of this package. Only references that passed are kept. The folder may be deleted
at any time. A folder or entry that another user could have written is rejected, since its writer could decide verdicts.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import platform
import stat
import tempfile
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from auditor.caches import is_ours, open_folder
from auditor.records import Task

MOST_BYTES = 64 * 2**20
"""Bytes of an entry, packed or unpacked. Larger ones are neither written nor read."""
MOST_TESTS = 100_000
"""Tests of an entry, likewise: what an entry unpacks to stays below some 100 MB of objects."""

_JUDGING = ("comparators", "hashing", "suites", "targets")
"""Modules outside this package that decide verdicts."""


class Kept(NamedTuple):
    """A reference's results on a suite."""

    seconds: list[float]
    """CPU seconds by test."""
    lines: list[bytes]
    """Value lines by test, or what the kind of suite stores instead."""
    peak: int = 0
    """Peak memory of its process in bytes; 0 if not measured."""


class Cache:
    """Value lines and CPU seconds by suite, in a lasting folder or in a file that ends with the process."""

    def __init__(self, folder: Path | None, environment: str = "") -> None:
        """Open ``folder``; without one, or if it cannot be written, a temporary file.

        ``environment`` is the digest of interpreter and packages: entries of another one are not read.

        Raises :class:`~auditor.errors.UsageError` if another user owns the folder or may write to it.
        """
        self._entries = _folder_within(folder) or _Unnamed()
        self._environment = environment

    def close(self) -> None:
        """Release the folder or the temporary file."""
        self._entries.close()

    def name(self, task: Task, facts: Sequence[object], level: str) -> str:
        """Return the name of the entry of a suite at a level; ``facts`` (JSON) describe the suite."""
        parts = [
            code_digest(),
            _machine(),
            self._environment,
            level,
            task.reference,
            task.target.name,
            task.prelude,
            task.files_mb,
            facts,
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def read(self, name: str) -> Kept | None:
        """Return the entry with this name; ``None`` if there is no intact entry."""
        try:
            digest, packed = _split(self._entries.read(name))
            if digest != _digest(name, packed):
                return None
            unpacker = zlib.decompressobj()
            data = unpacker.decompress(packed, MOST_BYTES)
            head, _, body = data.partition(b"\n")
            if unpacker.unconsumed_tail or len(head) > 32 * MOST_TESTS or body.count(b"\n") >= MOST_TESTS:
                return None
            *seconds, peak = json.loads(head)
            return Kept([float(one) for one in seconds], data.split(b"\n")[1:], int(peak))
        except (OSError, ValueError, TypeError, LookupError, RecursionError, zlib.error):
            return None

    def write(self, name: str, seconds: Sequence[float], lines: Sequence[bytes], peak: int = 0) -> None:
        """Store an entry; if that fails, the reference runs again when the suite is next needed."""
        if len(lines) > MOST_TESTS or sum(map(len, lines)) > MOST_BYTES // 2:
            return
        packed = zlib.compress(json.dumps([*seconds, peak]).encode() + b"\n" + b"\n".join(lines), 1)
        with contextlib.suppress(OSError):
            self._entries.write(name, _digest(name, packed) + packed)


_DIGEST_BYTES = hashlib.sha256().digest_size


def _digest(name: str, packed: bytes) -> bytes:
    """Return a checksum that shows an entry to be complete and to belong to its name."""
    return hashlib.sha256(name.encode() + packed).digest()


def _split(entry: bytes) -> tuple[bytes, bytes]:
    return entry[:_DIGEST_BYTES], entry[_DIGEST_BYTES:]


class _Folder:
    """Entries as files of a folder that is held open, so that it cannot be replaced after the check."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def read(self, name: str) -> bytes:
        """Read an entry that only this user can have written; raises ``OSError``."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with open(os.open(name, flags, dir_fd=self._descriptor), "rb") as file:  # noqa: PTH123 - by descriptor
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or not is_ours(about) or about.st_size > MOST_BYTES:
                raise PermissionError(name)
            return file.read(MOST_BYTES)

    def write(self, name: str, data: bytes) -> None:
        """Write an entry atomically; raises ``OSError``."""
        partial = f"{name}.{os.getpid()}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with open(os.open(partial, flags, 0o600, dir_fd=self._descriptor), "wb") as file:  # noqa: PTH123
                file.write(data)
            os.replace(partial, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(partial, dir_fd=self._descriptor)

    def close(self) -> None:
        """Keep all entries."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1


class _Unnamed:
    """Entries one after another in an unnamed file, which the kernel frees when the process ends, however it ends."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self._places: dict[str, tuple[int, int]] = {}
        """Name → offset, size."""
        self._end = 0
        self._guard = threading.Lock()

    def read(self, name: str) -> bytes:
        offset, size = self._places[name]
        return os.pread(self._file.fileno(), size, offset)

    def write(self, name: str, data: bytes) -> None:
        """Add an entry; raises ``OSError``."""
        with self._guard:
            offset, self._end = self._end, self._end + len(data)
        if os.pwrite(self._file.fileno(), data, offset) == len(data):
            self._places[name] = (offset, len(data))

    def close(self) -> None:
        self._file.close()


def _folder_within(folder: Path | None) -> _Folder | None:
    """Create and open the folder of references in ``folder``; ``None`` if it cannot be created or written."""
    descriptor = None if folder is None else open_folder(folder / "references")
    return None if descriptor is None else _Folder(descriptor)


@functools.cache
def code_digest() -> str:
    """Return a digest of the code that decides verdicts: after an upgrade of auditor, old entries are not read."""
    folder = Path(__file__).parent
    modules = [*sorted(folder.rglob("*.py")), *(folder.parent / f"{name}.py" for name in _JUDGING)]
    sources = [(str(path.relative_to(folder.parent)), path.read_text("utf-8")) for path in modules]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


@functools.cache
def _machine() -> list[str]:
    """Describe what outputs and times depend on besides the code."""
    processor = platform.processor()
    with contextlib.suppress(OSError), Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as file:
        processor = next((line for line in file if line.startswith(("model name", "CPU part"))), processor)
    return [platform.machine(), processor.strip()]
