"""Which confinement this machine allows, and the plan that the fork servers get for it."""

from __future__ import annotations

import os
import stat
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from auditor.config import VerifyConfig
from auditor.errors import SandboxError
from auditor.records import Outcome
from auditor.verify import landlock
from auditor.verify.confine import LANDLOCK, PROCESS, SECCOMP, Plan
from auditor.verify.runner import Runner
from auditor.verify.syscalls import MACHINES

ORDER = (LANDLOCK, SECCOMP, PROCESS)
"""The levels, best first."""
_ASKED = {"auto": SECCOMP, "landlock": LANDLOCK, "seccomp": SECCOMP, "none": PROCESS}
"""``[verify] sandbox`` → the least level that it accepts."""
_FIRST_FREE_UID = 0x3A7E0000
"""Far above what distributions hand out; one user for each worker of each process."""
_WORKERS, _PROCESSES = 256, 4096
_NOBODY = 65534

_PRELOAD = """
    typing math cmath re collections collections.abc itertools functools operator heapq bisect random string copy time
    hashlib enum abc encodings.ascii encodings.latin_1
"""
"""What candidates import most, loaded once in the fork server: a fork costs 70 μs a megabyte."""
_PRELOAD_ALL = """
    argparse array ast asyncio base64 binascii calendar codecs concurrent.futures concurrent.futures.thread
    contextlib csv ctypes dataclasses datetime decimal difflib dis encodings.cp1252 encodings.cp437 encodings.idna
    encodings.punycode encodings.raw_unicode_escape encodings.unicode_escape encodings.utf_16 encodings.utf_32
    fnmatch fractions getpass glob graphlib hmac html html.parser inspect io ipaddress keyword locale logging
    multiprocessing numbers pathlib pickle platform pprint queue secrets shlex shutil signal socket sqlite3
    statistics struct subprocess sys sysconfig tempfile textwrap threading timeit tokenize traceback types
    unicodedata unittest unittest.mock urllib.parse uuid warnings weakref xml.etree.ElementTree zlib zoneinfo
"""
"""Loaded as well where no file can be opened later on."""
_NUMPY = "numpy numpy.random numpy.linalg numpy.fft numpy.polynomial numpy.ma"


def available() -> str:
    """Return the best level that this machine should allow, without trying it."""
    if not sys.platform.startswith("linux") or os.uname().machine not in MACHINES:
        return PROCESS
    return LANDLOCK if landlock.abi() > 0 else SECCOMP


def acceptable(asked: str, forced: str | None) -> tuple[str, ...]:
    """Return the levels to try, best first.

    ``asked`` is the least one, as in the settings; ``forced`` leaves only that one. Raises
    :class:`~auditor.errors.SandboxError` where this machine has none of them.
    """
    level = forced or available()
    last = ORDER.index(_ASKED[asked])
    if ORDER.index(level) > last:
        raise SandboxError(
            f"this machine reaches level {level!r} only",
            where="verify.sandbox",
            remedy='`auditor doctor` says what is missing; `sandbox = "none"` runs unconfined code at your own risk',
        )
    return (forced,) if forced else ORDER[ORDER.index(level) : last + 1]


class Plans:
    """Makes a runner for each worker."""

    def __init__(self, level: str, config: VerifyConfig) -> None:
        self.level = level
        self._memory = config.memory_mb << 20
        self._numpy = numpy_home()

    def runner(self, worker: int) -> Runner:
        """Return the runner of the worker with that number."""
        return Runner(self.plan(worker), self.plan(worker, numpy=True) if self._numpy else None)

    def plan(self, worker: int, *, numpy: bool = False) -> Plan:
        """Write the plan for one fork server."""
        closed = not _reachable(Path(sysconfig.get_path("stdlib")))
        uid = None if closed and self.level == PROCESS else _free_uid(worker)
        home = self._numpy if numpy else None
        packages = tuple(f"{home}/{name}" for name in ("numpy", "numpy.libs")) if home else ()
        preload = _PRELOAD + (_PRELOAD_ALL if self.level == SECCOMP else "") + (_NUMPY if home else "")
        return Plan(
            level=self.level,
            memory=self._memory,
            uid=uid,
            read_search=closed and uid is not None and self.level == LANDLOCK,
            packages=packages,
            preload=preload.split(),
            numpy=home,
        )


def numpy_home() -> str | None:
    """Find the folder that numpy is imported from, without importing it."""
    spec = find_spec("numpy")
    return str(Path(spec.origin).resolve().parent.parent) if spec and spec.origin else None


def _free_uid(worker: int) -> int | None:
    """Return a user for a worker's children, where we are root and the user namespace knows it."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    own = os.getpid() % _PROCESSES * _WORKERS + worker % _WORKERS
    for uid in (_FIRST_FREE_UID + own, _NOBODY):
        if _is_mapped(uid):
            return uid
    return None


def _is_mapped(uid: int) -> bool:
    try:
        lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
        groups = Path("/proc/self/gid_map").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    return all(
        any(int(first) <= uid < int(first) + int(count) for first, _, count in map(str.split, table))
        for table in (lines, groups)
    )


def _reachable(folder: Path) -> bool:
    """Say whether any user may pass through every folder above and into this one."""
    try:
        return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents))
    except OSError:
        return False


_GOOD = "def known(n):\n    return [n, (n, {n})]\n"
_BAD = "def known(n):\n    return [n, (n, [n])]\n"


def check_honesty(runner: Runner, level: str) -> None:
    """Run a program known to be right and one known to be wrong; raise unless both come out so."""
    from auditor.records import InputSuite
    from auditor.verify import expected as expecting
    from auditor.verify.library import encode_inputs
    from auditor.verify.limits import Limits

    suite = InputSuite(tuple((n,) for n in range(3)))
    lines = [expecting.value_line([n, (n, {n})]) for n in range(3)]
    expected = expecting.build(suite, lines, encode_inputs(suite))
    limits = Limits((0.0,) * 3, 10.0, 1.0)
    wanted = {_GOOD: Outcome.PASS, _BAD: Outcome.FAIL}
    for source, outcome in wanted.items():
        run = runner.inputs(source, "known", "honesty", expected, limits, alone=True)
        if run.outcome[0] is not outcome:
            raise SandboxError(
                f"a program known to {outcome} came out as {run.outcome[0]} at level {level!r}: {run.outcome[1]}",
                where="self-check",
                remedy="nothing was verified; `auditor doctor` shows more",
            )
