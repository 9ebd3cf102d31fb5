"""Determine which confinement this machine allows, and plan it for the fork servers."""

from __future__ import annotations

import functools
import os
import stat
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from auditor.config import VerifyConfig
from auditor.errors import SandboxError
from auditor.sandbox import Sandbox, SandboxLevel
from auditor.verify import environment
from auditor.verify.environment import Environment
from auditor.verify.inside import landlock
from auditor.verify.inside.confine import Plan
from auditor.verify.inside.syscalls import MACHINES
from auditor.verify.memory import MemoryBudget
from auditor.verify.runner import Runner

_FIRST_FREE_UID = 0x3A7E0000
"""First user id for workers, far above those that distributions assign; one user per worker and process."""
_WORKERS, _PROCESSES = 256, 4096
_NOBODY = 65534

_PRELOAD = """
    typing math cmath re collections collections.abc itertools functools operator heapq bisect random string copy time
    hashlib enum abc encodings.ascii encodings.latin_1
"""
"""Modules that candidates import most, loaded once in the fork server: a fork costs 70 μs per megabyte."""
_PRELOAD_ALL = """
    _strptime argparse array ast asyncio base64 bdb binascii bz2 cProfile calendar cmd code codecs codeop colorsys
    concurrent.futures concurrent.futures.process concurrent.futures.thread configparser contextlib contextvars csv
    ctypes ctypes.util dataclasses datetime dbm decimal difflib dis doctest email.message email.mime.text
    encodings.aliases encodings.base64_codec encodings.big5 encodings.bz2_codec encodings.cp1251 encodings.cp1252
    encodings.cp437 encodings.euc_jp encodings.euc_kr encodings.gb18030 encodings.gb2312 encodings.gbk
    encodings.hex_codec encodings.idna encodings.iso8859_15 encodings.iso8859_2 encodings.koi8_r encodings.punycode
    encodings.quopri_codec encodings.raw_unicode_escape encodings.rot_13 encodings.shift_jis encodings.unicode_escape
    encodings.utf_16 encodings.utf_16_be encodings.utf_16_le encodings.utf_32 encodings.utf_32_be encodings.utf_32_le
    encodings.utf_7 encodings.utf_8_sig encodings.zlib_codec filecmp fileinput fnmatch fractions getopt getpass glob
    graphlib grp gzip hmac html html.parser http.client http.server importlib.metadata importlib.resources inspect io
    ipaddress keyword locale logging logging.handlers lzma mimetypes mmap multiprocessing multiprocessing.connection
    multiprocessing.dummy multiprocessing.pool multiprocessing.shared_memory multiprocessing.synchronize numbers
    optparse pathlib pdb pickle pickletools pkgutil platform plistlib pprint profile pstats pty pwd queue resource
    runpy sched secrets select selectors shelve shlex shutil signal socket socketserver sqlite3 ssl statistics
    stringprep struct subprocess symtable sys sysconfig tarfile tempfile termios textwrap threading timeit tokenize
    trace traceback tracemalloc tty types unicodedata unittest unittest.async_case unittest.mock urllib.error
    urllib.parse urllib.request uuid warnings wave weakref xml.dom.minidom xml.etree.ElementTree zipfile zlib zoneinfo
"""
"""Loaded as well if no file can be opened later."""
_FOR_SUITES = "unittest"
"""Loaded in the fork servers of programs whose tests import it: that takes longer than most such tests."""
_NUMPY = "numpy numpy.random numpy.linalg numpy.fft numpy.polynomial numpy.ma"


def available() -> SandboxLevel:
    """Return the best level that this machine should support, without trying it."""
    if not sys.platform.startswith("linux") or os.uname().machine not in MACHINES:
        return SandboxLevel.NONE
    return SandboxLevel.LANDLOCK if landlock.abi() > 0 else SandboxLevel.SECCOMP


def acceptable(asked: Sandbox, forced: SandboxLevel | None) -> tuple[SandboxLevel, ...]:
    """Return the levels to try, best first.

    ``asked`` names the weakest, as in the settings; ``forced`` leaves only that one. Raises
    :class:`~auditor.errors.SandboxError` if this machine has none of them.
    """
    level = forced or available()
    weakest = asked.weakest
    if level.rank > weakest.rank:
        raise SandboxError(
            f"this machine only reaches level {level.value!r}",
            where="verify.sandbox",
            remedy='`auditor doctor` says what is missing; `sandbox = "none"` runs unconfined code at your own risk',
        )
    return (forced,) if forced else tuple(SandboxLevel)[level.rank : weakest.rank + 1]


class Plans:
    """Makes a runner for each worker."""

    def __init__(
        self, level: SandboxLevel, config: VerifyConfig, found: Environment | None = None, named: Sequence[str] = ()
    ) -> None:
        """Plan for a level; ``named`` are modules of packages that the benchmark's own sources import."""
        self.level = level
        self.environment = found or environment.find(config.python, config.packages)
        self._memory = config.memory_mb << 20
        self._named = named
        self.budget = MemoryBudget()
        """Memory that the programs of all workers may take together."""

    def runner(self, worker: int) -> Runner:
        """Return the runner of the worker with that number."""
        modules = [module for package in self.environment.packages for module in package.modules]
        if self.level is not SandboxLevel.SECCOMP:  # which has it loaded anyway
            modules.append(_FOR_SUITES)
        return Runner(self.level, functools.partial(self.plan, worker), modules, self.budget, self._memory)

    def plan(self, worker: int, loaded: Collection[str] = (), files_mb: int = 0) -> Plan:
        """Return the plan for one fork server, which has some packages loaded and can import the others.

        ``files_mb`` is the quota of the folder that its programs may write; 0 for none.
        """
        packages, interpreter = self.environment.packages, self.environment.interpreter
        folders = {package.folder for package in packages}
        closed = not all(map(_reachable, (Path(interpreter.stdlib), *map(Path, folders))))
        uid = None if closed and self.level is SandboxLevel.NONE else _free_uid(worker)
        preload = _PRELOAD + (_PRELOAD_ALL if self.level is SandboxLevel.SECCOMP else "")
        libraries = [*loaded, *(name for name in self._named if name.partition(".")[0] in loaded)]
        if environment.ALWAYS in loaded:
            libraries += _NUMPY.split()
        return Plan(
            level=self.level,
            memory=self._memory,
            uid=uid,
            read_search=closed and uid is not None and self.level is SandboxLevel.LANDLOCK,
            executable=interpreter.executable,
            preload=preload.split(),
            packages=[path for package in packages for path in package.paths],
            folders=sorted(folders),
            modules=sorted(module for package in packages for module in package.modules),
            preload_packages=sorted(set(libraries)),
            file_bytes=files_mb << 20,
        )


def _free_uid(worker: int) -> int | None:
    """Return a user for a worker's children, if we are root and the user namespace knows it."""
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
    """Return whether every user may enter this folder and all folders above it."""
    try:
        return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents))
    except OSError:
        return False
