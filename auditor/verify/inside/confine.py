"""What fork server and child do to themselves before a candidate is read: limits, privileges, Landlock, seccomp.

Most of it the zygote does once, for itself and so for its children: user, capabilities, Landlock. A
child adds what a process that forks cannot have. Every step raises if it fails, and a process that cannot
confine itself ends: nothing runs less confined than the plan says.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.sandbox import SandboxLevel
from auditor.verify.inside import landlock, seccomp
from auditor.verify.inside.syscalls import MACHINES

_SET_PDEATHSIG, _SET_DUMPABLE, _SET_KEEPCAPS, _SET_NO_NEW_PRIVS = 1, 4, 8, 38
_DROP_BOUNDING, _AMBIENT, _AMBIENT_CLEAR = 24, 47, 4
_READ_SEARCH = 1 << 2
"""CAP_DAC_READ_SEARCH, kept only by root under Landlock when the interpreter lies under a closed folder."""
_STACK = 96 << 20
"""Bytes of stack: for honest programs that raise the recursion limit and mean it."""
_DESCRIPTORS = 64
"""Descriptors that a program may have open."""
_DESCRIPTORS_CLOSED = 256
"""Those below this are closed for a child: the fork server keeps its own few at the lowest numbers."""
_START_BYTES = 64 << 20
"""Private memory that a child may have before its program takes any: the fork server's heap and its modules."""
_PACKAGES_BYTES = 256 << 20
"""As much again if packages are loaded: they set memory aside that nobody touches."""
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
_SHARED = ("/usr/share/zoneinfo", "/usr/lib/locale", "/etc/ld.so.cache", "/etc/mime.types")
"""Data files that the standard and the C library read."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the parent orders; plain values, since it travels as JSON."""

    level: SandboxLevel
    memory: int
    """Bytes of address space."""
    uid: int | None
    """Become this user and group; ``None`` stays who we are."""
    read_search: bool
    """Keep the one capability to pass closed folders (root with Landlock only)."""
    executable: str
    """The interpreter that runs the fork server."""
    preload: Sequence[str]
    """Modules of the standard library that the zygote imports."""
    packages: Sequence[str] = ()
    """Files and folders of packages that candidates may read besides the standard library."""
    folders: Sequence[str] = ()
    """Where those packages are imported from."""
    modules: Sequence[str] = ()
    """The names by which they are imported."""
    preload_packages: Sequence[str] = ()
    """Modules of packages that the zygote imports."""
    file_bytes: int = 0
    """Bytes of files that programs may write; 0: they may write none."""
    folder: str = ""
    """The private folder for those files; empty if there are none."""


def readable_paths(packages: Sequence[str]) -> list[str]:
    """List what a candidate may read: the standard library without site-packages, C libraries, three devices."""
    closed = {"site-packages", "dist-packages"}
    machine = f"{os.uname().machine}-linux-gnu"
    libraries = ("/lib64", "/usr/lib64", f"/lib/{machine}", f"/usr/lib/{machine}")
    found = [*packages, *_DEVICES, *_SHARED, *libraries]
    for folder in sys.path:
        if os.path.isdir(folder):
            found += [entry.path for entry in os.scandir(folder) if entry.name not in closed]
        else:
            found.append(folder)
    return found


class Confinement:
    """What the zygote puts on once, for all its children, and what each child adds."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._linux = sys.platform.startswith("linux")
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._filter: seccomp.Filter | None = None
        self._zygote = os.getpid()
        self._die_with_parent = tuple(map(ctypes.c_ulong, (_SET_PDEATHSIG, 9, 0, 0, 0)))
        if plan.level is not SandboxLevel.NONE:
            self._filter = seccomp.Filter(
                MACHINES[os.uname().machine], may_open=plan.level is SandboxLevel.LANDLOCK, may_write=bool(plan.folder)
            )

    def confine_zygote(self) -> None:
        """Confine the zygote as far as a process can be that still has to fork; its children inherit it.

        Raises ``OSError`` or ``ValueError`` if a step fails.
        """
        _set_limits(
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, self.plan.file_bytes),
            (resource.RLIMIT_NOFILE, _DESCRIPTORS),
            (resource.RLIMIT_MEMLOCK, 0),
        )
        hard = resource.getrlimit(resource.RLIMIT_STACK)[1]  # stays: some programs ask for all of it
        resource.setrlimit(resource.RLIMIT_STACK, (_STACK if hard < 0 else min(_STACK, hard), hard))
        if not self._linux:
            return
        _set_limits((resource.RLIMIT_MSGQUEUE, 0))
        self._prefer_as_victim()
        self._prctl(_SET_NO_NEW_PRIVS, 1)
        if self.plan.level is SandboxLevel.LANDLOCK:
            ruleset = landlock.build(readable_paths(self.plan.packages), self.plan.folder)
            landlock.enter(ruleset)
            os.close(ruleset)
        self._drop_privileges()
        self._prctl(_SET_DUMPABLE, 0)

    def confine_child(self, cpu_seconds: int, threads: int, last: int, data_bytes: int = 0) -> None:
        """Confine a child for good; descriptors above ``last`` are closed.

        ``threads`` bounds what its user may run in all; ``data_bytes``, if it is not 0, the memory that it
        may take beyond what it has. Raises ``OSError`` or ``ValueError`` if a step fails.
        """
        if self._linux:
            if self._libc.prctl(*self._die_with_parent) != 0:
                raise OSError(ctypes.get_errno(), "prctl")
            if os.getppid() != self._zygote:
                os._exit(1)
            memory = self.plan.memory  # macOS raises on RLIMIT_AS
            start = _START_BYTES + (_PACKAGES_BYTES if self.plan.preload_packages else 0)
            data = min(memory, data_bytes + start) if data_bytes else memory
            _set_limits((resource.RLIMIT_AS, memory), (resource.RLIMIT_DATA, data))
        _set_limits((resource.RLIMIT_CPU, cpu_seconds), (resource.RLIMIT_NPROC, threads))
        os.closerange(last + 1, _DESCRIPTORS_CLOSED)
        if self._filter is not None:
            self._filter.install(os.getpid())

    def _drop_privileges(self) -> None:
        """Become the plan's user if root may choose, and give up every capability in any case."""
        keep = 0
        uid = self.plan.uid
        if uid is not None:
            if self.plan.read_search:
                self._prctl(_SET_KEEPCAPS, 1)
                keep = _READ_SEARCH
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        self._libc.prctl(_AMBIENT, _AMBIENT_CLEAR, 0, 0, 0)  # EINVAL before Linux 4.3, which has none to clear
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        sets = (ctypes.c_uint32 * 6)(keep, keep, 0, 0, 0, 0)
        if self._libc.capset(header, sets) != 0:
            raise OSError(ctypes.get_errno(), "capset")

    def _prctl(self, option: int, value: int) -> None:
        if self._libc.prctl(option, value, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), f"prctl {option}")

    def _prefer_as_victim(self) -> None:
        """Let the kernel take this tree first when memory runs out: children inherit the score."""
        try:
            with open("/proc/self/oom_score_adj", "w") as file:
                file.write("800")
        except OSError:
            pass


def _set_limits(*limits: tuple[int, int]) -> None:
    """Set soft and hard limits, never above the hard limit that is there."""
    for which, wanted in limits:
        hard = resource.getrlimit(which)[1]
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(which, (value, value))
