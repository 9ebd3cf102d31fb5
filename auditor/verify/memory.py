"""Limit the memory that programs may take at the same time to what the machine has.

Each program has its own limit; runs wait for one another if their limits would together exceed this process's share of
the machine, which a container may limit.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARE = 0.9
"""Share of the memory that is free when verification starts; the rest is for fork servers and this process."""
_UNBOUNDED = 1 << 60
"""Version 1 of control groups reports a number above this if there is no limit."""


class MemoryBudget:
    """A budget of memory from which runs reserve; thread-safe, not reentrant."""

    def __init__(self, total: int | None = None) -> None:
        """Manage ``total`` bytes, by default what is free now."""
        self.total = int(SHARE * free_memory()) if total is None else total
        self._taken = 0
        self._changed = threading.Condition()

    @contextmanager
    def take(self, count: int) -> Iterator[None]:
        """Reserve ``count`` bytes, waiting for others to release theirs unless nothing is reserved."""
        with self._changed:
            self._changed.wait_for(lambda: not self._taken or self._taken + count <= self.total)
            self._taken += count
        try:
            yield
        finally:
            with self._changed:
                self._taken -= count
                self._changed.notify_all()


def _kills(root: Path = Path("/")) -> int | None:
    """Return how many processes the kernel has killed for lack of memory; ``None`` if unknown."""
    try:
        lines = (root / "proc/vmstat").read_text("ascii").splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), None)
    except (OSError, ValueError, IndexError):
        return None


_KILLS = _kills()
"""Number of such processes before verification started."""


def may_have_run_out(root: Path = Path("/")) -> bool:
    """Return whether the kernel has, or may have, killed a process for lack of memory since this module was loaded."""
    now = _kills(root)
    return now is None or _KILLS is None or now > _KILLS


def free_memory(root: Path = Path("/")) -> int:
    """Return the bytes that processes may still take, by the system and by the control groups of this one.

    ``root`` is where ``proc`` and ``sys`` are. Without them: the installed memory; 0 if unknown.
    """
    found = [_available(root), *_left_in_groups(root)]
    return max(0, min(found))


def _available(root: Path) -> int:
    try:
        for line in (root / "proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return 0


def _left_in_groups(root: Path) -> Iterator[int]:
    """Yield what each control group above this process has left, if it has a limit."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers not in {"", "memory"}:
            continue
        mount = root / "sys/fs/cgroup" / controllers
        limit, used = (
            ("memory.limit_in_bytes", "memory.usage_in_bytes") if controllers else ("memory.max", "memory.current")
        )
        group = mount / path.lstrip("/")
        for folder in (group, *group.parents):
            most, now = _number(folder / limit), _number(folder / used)
            if most is not None and now is not None and most < _UNBOUNDED:
                yield most - now
            if folder == mount:
                break


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text("ascii"))
    except (OSError, ValueError):
        return None
