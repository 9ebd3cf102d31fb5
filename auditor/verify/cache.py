"""What references returned and how long they took, kept on disk: from one audit to the next, where asked for.

An entry's name is a digest of all that it follows from: reference, suite, interpreter, numpy, processor,
level of confinement and the code of this package. Only references that passed are kept. The folder may be deleted
at any time.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import sys
import tempfile
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path

from auditor.records import Task

VARIABLE = "AUDITOR_CACHE"
"""The environment variable that names another folder, or says ``off``."""


def cache_folder() -> Path | None:
    """Return the user's folder for what references gave; ``None`` where ``AUDITOR_CACHE=off``."""
    named = os.environ.get(VARIABLE, "")
    if named == "off":
        return None
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("auditor"))


class Cache:
    """Value lines and CPU seconds by suite; in a folder that lasts, or in a file that goes with the process."""

    def __init__(self, folder: Path | None) -> None:
        """Open ``folder``; a file of our own where there is none or it cannot be written."""
        self._entries = _folder_within(folder) or _Unnamed()

    def close(self) -> None:
        """Let go of what was not to last."""
        self._entries.close()

    def name(self, task: Task, facts: Sequence[object], level: str) -> str:
        """Name the entry of a suite of a task, of which ``facts`` (JSON) say all that counts, at a level."""
        parts = [_code(), _machine(), level, task.reference, task.target.name, task.prelude, facts]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def read(self, name: str) -> tuple[list[float], list[bytes]] | None:
        """Return CPU seconds and value lines, test by test; ``None`` where nothing whole is there."""
        try:
            seconds, *lines = zlib.decompress(self._entries.read(name)).split(b"\n")
            return [float(one) for one in json.loads(seconds)], lines
        except (OSError, ValueError, TypeError, LookupError, zlib.error):
            return None

    def write(self, name: str, seconds: Sequence[float], lines: Sequence[bytes]) -> None:
        """Keep an entry; where there is no room, the reference runs again when the suite is next needed."""
        data = zlib.compress(json.dumps(seconds).encode() + b"\n" + b"\n".join(lines), 1)
        with contextlib.suppress(OSError):
            self._entries.write(name, data)


class _Folder:
    """Entries as files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes:
        return (self._folder / name).read_bytes()

    def write(self, name: str, data: bytes) -> None:
        """Put an entry in its place, whole or not at all; raises ``OSError``."""
        partial = self._folder / f"{name}.{os.getpid()}"
        try:
            partial.write_bytes(data)
            partial.replace(self._folder / name)
        finally:
            partial.unlink(missing_ok=True)

    def close(self) -> None:
        """Leave everything where it is."""


class _Unnamed:
    """Entries one after another in a file without a name: the kernel frees it however the process ends."""

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
    """Make the folder of references within ``folder``; ``None`` where that cannot be, or none is given."""
    if folder is None:
        return None
    folder /= "references"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _Folder(folder) if os.access(folder, os.W_OK) else None


@functools.cache
def _code() -> str:
    """Name the code that an entry is made and read by: after an upgrade of auditor references run again."""
    folder = Path(__file__).parent
    sources = [(str(path.relative_to(folder)), path.read_text("utf-8")) for path in sorted(folder.rglob("*.py"))]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


@functools.cache
def _machine() -> list[str]:
    """Say what outputs and times depend on besides the code."""
    processor = platform.processor()
    with contextlib.suppress(OSError), Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as file:
        processor = next((line for line in file if line.startswith(("model name", "CPU part"))), processor)
    try:
        numpy = importlib.metadata.version("numpy")
    except importlib.metadata.PackageNotFoundError:
        numpy = ""
    return [platform.machine(), processor.strip(), sys.implementation.name, platform.python_version(), numpy]
