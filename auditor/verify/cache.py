"""What references returned and how long they took, kept on disk: from one audit to the next, where asked for.

An entry's name is a digest of all that it follows from: reference, suite, interpreter, numpy, processor and
level of confinement. Only references that passed are kept. The folder may be deleted at any time.
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
import zlib
from collections.abc import Sequence
from pathlib import Path

from auditor.records import AssertSuite, Suite, Task
from auditor.verify import wire

VARIABLE = "AUDITOR_CACHE"
"""The environment variable that names another folder, or says ``off``."""
_FORMAT = 1
"""Raise it where wire, digest or the order of tests changes what an entry says."""


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
    """Value lines and CPU seconds by suite; in a folder that lasts, or in one that goes with it."""

    def __init__(self, folder: Path | None) -> None:
        """Open ``folder``; a temporary one where there is none or it cannot be written."""
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        if folder is not None:
            folder /= "references"
            with contextlib.suppress(OSError):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(folder, os.W_OK):
                folder = None
        if folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="auditor-expected-")
            folder = Path(self._temporary.name)
        self._folder = folder

    def close(self) -> None:
        """Delete what was not to last."""
        if self._temporary:
            self._temporary.cleanup()

    def name(self, task: Task, suite: Suite, inputs: bytes, level: str) -> str:
        """Name the entry of a suite whose arguments encode to ``inputs``, at a level of confinement."""
        if isinstance(suite, AssertSuite):
            tests: list[object] = [suite.source]
        else:
            expected = hashlib.sha256()
            for value in suite.outputs or ():
                expected.update(wire.encode(value).encode("ascii") + b"\n")
            digests = [hashlib.sha256(inputs).hexdigest(), expected.hexdigest()]
            tests = [*digests, suite.outputs is None, suite.atol, suite.oracle]
        parts = [_FORMAT, _machine(), level, task.reference, task.entry_point, tests]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def read(self, name: str) -> tuple[list[float], list[bytes]] | None:
        """Return CPU seconds and value lines, test by test; ``None`` where nothing whole is there."""
        try:
            seconds, *lines = zlib.decompress((self._folder / name).read_bytes()).split(b"\n")
            return [float(one) for one in json.loads(seconds)], lines
        except (OSError, ValueError, TypeError, zlib.error):
            return None

    def write(self, name: str, seconds: Sequence[float], lines: Sequence[bytes]) -> None:
        """Keep an entry; where there is no room, the reference runs again when the suite is next needed."""
        data = zlib.compress(json.dumps(seconds).encode() + b"\n" + b"\n".join(lines), 1)
        path = self._folder / name
        partial = path.with_name(f"{name}.{os.getpid()}")
        try:
            partial.write_bytes(data)
            partial.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)


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
