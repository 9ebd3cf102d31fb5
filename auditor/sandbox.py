"""Levels of confinement. Loaded inside the sandbox too."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class SandboxLevel(StrEnum):
    """What confines a program; the first is the strongest."""

    LANDLOCK = "landlock+seccomp"
    """It opens no file and reaches no network, by two mechanisms of the kernel."""
    SECCOMP = "seccomp"
    """The same by a filter of system calls alone."""
    NONE = "none"
    """A process of its own, limits and a clean environment."""

    @property
    def rank(self) -> int:
        """How weak it is: 0 is the strongest."""
        return list(SandboxLevel).index(self)

    @classmethod
    def weakest(cls, names: Iterable[str]) -> str:
        """Return the weakest of the levels that a run recorded; a name of another version counts as weaker than all."""
        return max(names, key=lambda name: cls(name).rank if name in list(cls) else len(cls))


class Sandbox(StrEnum):
    """The weakest level to accept, as ``[verify] sandbox`` and ``--sandbox`` name it."""

    AUTO = "auto"
    """The strongest that works here, whichever it is, but not ``none``."""
    LANDLOCK = SandboxLevel.LANDLOCK.value
    SECCOMP = SandboxLevel.SECCOMP.value
    NONE = SandboxLevel.NONE.value

    @property
    def weakest(self) -> SandboxLevel:
        """The weakest level that it accepts."""
        return SandboxLevel.SECCOMP if self is Sandbox.AUTO else SandboxLevel(self.value)
