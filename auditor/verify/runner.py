"""The fork servers of one worker."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from auditor.sandbox import SandboxLevel
from auditor.verify.inside.confine import Plan
from auditor.verify.memory import MemoryBudget
from auditor.verify.server import Zygote, ZygoteDiedError

T = TypeVar("T")
_KEPT = 4
"""Most fork servers per worker, which differ in loaded packages; the least recently used one is ended."""
_TRIES = 3
"""Fork servers to try before a program's verdict is a harness error."""


class Runner:
    """Fork servers of one worker, started when first needed. Not shared between threads."""

    def __init__(
        self, level: SandboxLevel, plan: Callable[[Collection[str], int], Plan], modules: Sequence[str],
        budget: MemoryBudget, most_bytes: int,
    ) -> None:  # fmt: skip
        """``plan`` gives the plan of a fork server with some of ``modules`` loaded and a quota of files.

        Each process may take at most ``most_bytes`` of memory, and all workers together ``budget``.
        """
        self.level = level
        self.most_bytes = most_bytes
        self._budget = budget
        self.files_mb = 0
        """Megabytes of files that the current task's programs may write into a private folder; 0: none."""
        self._plan = plan
        self._modules = modules
        self._zygotes: OrderedDict[tuple[str | int, ...], Zygote] = OrderedDict()
        self._closed = False
        self._compiled = ("", "")

    def compiled(self, source: str) -> str:
        """Return the last compiled program, as text, if it is this one; else nothing."""
        return self._compiled[1] if self._compiled[0] == source else ""

    def keep_compiled(self, source: str, code: str) -> None:
        """Store a compiled program for its next runs."""
        self._compiled = (source, code)

    @property
    def is_closed(self) -> bool:
        """Return whether it has been told to stop."""
        return self._closed

    def zygote(self, *sources: str) -> Zygote:
        """Return the fork server for programs with these sources: one that has loaded the packages they name.

        Raises :class:`ZygoteDiedError` after :meth:`stop`.
        """
        wants = tuple(module for module in self._modules if any(self._names(module, source) for source in sources))
        key: tuple[str | int, ...] = (self.files_mb, *wants)
        if key not in self._zygotes and not self._closed:
            while len(self._zygotes) >= _KEPT:
                self._zygotes.popitem(last=False)[1].close()
            self._zygotes[key] = Zygote(self._plan(wants, self.files_mb))
        elif key in self._zygotes:
            self._zygotes.move_to_end(key)
        if self._closed:  # checked last: stop() may have been called while the fork server was starting
            raise ZygoteDiedError("closed")
        return self._zygotes[key]

    def _names(self, module: str, source: str) -> bool:
        """Return whether a source imports a module or, if none can be loaded later, contains its name at all."""
        if module not in source:
            return False
        return (
            self.level is SandboxLevel.SECCOMP
            or re.search(rf"\bimport\b[^\n]*\b{module}\b|\bfrom[ \t]+{module}\b", source) is not None
        )

    def replace(self) -> None:
        """Drop every fork server, after one has died."""
        zygotes, self._zygotes = self._zygotes, OrderedDict()
        for zygote in zygotes.values():
            zygote.kill()

    def stop(self) -> None:
        """End the processes, from any thread; current runs end with :class:`ZygoteDiedError`."""
        self._closed = True
        for zygote in list(self._zygotes.values()):
            zygote.stop()

    def close(self) -> None:
        """End the fork servers and release their resources."""
        self._closed = True
        self.replace()

    def persist(self, work: Callable[[], T], *, memory: int = 0, processes: int = 1) -> T:
        """Run an action with fork servers, retrying with new ones if they die.

        The action starts ``processes`` processes, which may take ``memory`` bytes each (``most_bytes`` if that is 0 or
        less); waits until there is room for them. Raises :class:`ZygoteDiedError` after several tries, or when stopped.
        """
        with self._budget.take(processes * min(memory or self.most_bytes, self.most_bytes)):
            for _ in range(_TRIES - 1):
                try:
                    return work()
                except ZygoteDiedError:
                    self.replace()
                    if self._closed:
                        raise
            return work()

    def share_of_memory(self, peak: int, memory: int) -> float:
        """Return a process's peak memory as a share of its limit; both in bytes, ``memory`` as above."""
        return peak / min(memory or self.most_bytes, self.most_bytes)
