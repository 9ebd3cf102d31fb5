"""What a child does to itself before it reads a candidate: limits, privileges, Landlock, seccomp.

The zygote prepares (:class:`Confinement`), each child enters. Every step raises where it fails and a
child that cannot confine itself ends, so that nothing runs less confined than the plan says.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.verify import landlock, seccomp
from auditor.verify.syscalls import MACHINES

LANDLOCK, SECCOMP, PROCESS = "landlock+seccomp", "seccomp", "none"
"""The levels, best first. ``none`` still has a process, limits and a clean environment."""

_SET_PDEATHSIG, _SET_DUMPABLE, _SET_KEEPCAPS, _SET_NO_NEW_PRIVS = 1, 4, 8, 38
_DROP_BOUNDING, _AMBIENT, _AMBIENT_CLEAR = 24, 47, 4
_READ_SEARCH = 1 << 2
"""CAP_DAC_READ_SEARCH, kept only by root under Landlock when the interpreter lies under a closed folder."""
_STACK = 96 << 20
_THREADS = 512
_DESCRIPTORS = 64
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/usr/share/zoneinfo", "/etc/ld.so.cache")
_LIBRARIES = ("/lib64", "/usr/lib64")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the parent orders; plain values, since it travels as JSON."""

    level: str
    """One of the levels above."""
    memory: int
    """Bytes of address space."""
    uid: int | None
    """Become this user and group; ``None`` stays who we are."""
    read_search: bool
    """Keep the one capability to pass closed folders (root with Landlock only)."""
    packages: Sequence[str]
    """Folders of packages that candidates may read besides the standard library."""
    preload: Sequence[str]
    """Modules that the zygote imports."""
    numpy: str | None = None
    """Where numpy is imported from, for a zygote that has it."""


def readable_paths(packages: Sequence[str]) -> list[str]:
    """List what a candidate may read: the standard library without site-packages, C libraries, three devices."""
    closed = {"site-packages", "dist-packages"}
    found = [*packages, *_DEVICES, *_LIBRARIES]
    for folder in sys.path:
        if os.path.isdir(folder):
            found += [entry.path for entry in os.scandir(folder) if entry.name not in closed]
        else:
            found.append(folder)
    for root in ("/lib", "/usr/lib"):
        found += [f"{root}/{name}" for name in (f"{os.uname().machine}-linux-gnu",)]
    return found


class Confinement:
    """Everything that can be made ready before the fork."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._linux = sys.platform.startswith("linux")
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._ruleset: int | None = None
        self._filter: seccomp.Filter | None = None
        self._zygote = os.getpid()
        self._threads_counted = 0.0
        if self._linux:
            self._prctl(_SET_NO_NEW_PRIVS, 1)
            self._prefer_as_victim()
        if plan.level == LANDLOCK:
            low = landlock.build(readable_paths(plan.packages))
            self._ruleset = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, 16)  # out of the channel's way
            os.close(low)
        if plan.level in {LANDLOCK, SECCOMP}:
            self._filter = seccomp.Filter(MACHINES[os.uname().machine], may_open=plan.level == LANDLOCK)

    def enter(self, cpu_seconds: int, channel: int) -> None:
        """Confine the calling process for good, leaving ``channel`` (3) as its only descriptor besides 0 to 2.

        Raises ``OSError`` or ``ValueError`` where a step fails.
        """
        if self._linux:
            self._prctl(_SET_PDEATHSIG, 9)
            if os.getppid() != self._zygote:
                os._exit(1)
        self._limit(cpu_seconds)
        if self._ruleset is not None:
            landlock.enter(self._ruleset)
        os.closerange(channel + 1, 256)
        if self._linux:
            self._drop_privileges()
            self._prctl(_SET_DUMPABLE, 0)
        if self._filter is not None:
            self._filter.install(os.getpid())

    def _limit(self, cpu_seconds: int) -> None:
        memory = self.plan.memory
        limits = [
            (resource.RLIMIT_CPU, cpu_seconds),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NOFILE, _DESCRIPTORS),
            (resource.RLIMIT_STACK, _STACK),
            (resource.RLIMIT_MEMLOCK, 0),
        ]
        if self._linux:  # macOS raises on RLIMIT_AS
            limits += [(resource.RLIMIT_AS, memory), (resource.RLIMIT_DATA, memory)]
            limits += [(resource.RLIMIT_MSGQUEUE, 0)]
        limits.append((resource.RLIMIT_NPROC, self.thread_limit))
        for which, wanted in limits:
            hard = resource.getrlimit(which)[1]
            value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(which, (value, value))

    thread_limit = _THREADS
    """RLIMIT_NPROC of the next child; see :meth:`count_threads`."""

    def count_threads(self) -> None:
        """Allow what the user runs now and 512 threads more: the kernel counts per user, not per child."""
        if self.plan.uid is not None or not os.path.isdir("/proc/self"):
            return
        own, total = os.getuid(), 0
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    if os.stat(f"/proc/{name}").st_uid == own:
                        total += os.stat(f"/proc/{name}/task").st_nlink - 2
                except OSError:
                    continue
        self.thread_limit = total + _THREADS

    def _drop_privileges(self) -> None:
        """Become the plan's user where root may choose, and give up every capability in any case."""
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
        """Let the kernel take a child first when memory runs out: children inherit this score."""
        try:
            with open("/proc/self/oom_score_adj", "w") as file:
                file.write("800")
        except OSError:
            pass
