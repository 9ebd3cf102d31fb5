"""Landlock by its three system calls: which paths a candidate may read; nothing may be written.

The fork server enters once and its children inherit it. What the running kernel does not know yet
(network from ABI 4, signals and abstract sockets from ABI 6) is left to seccomp.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

_CREATE, _ADD, _ENTER = 444, 445, 446  # the same numbers on every machine
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_libc = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """Return the kernel's Landlock version, 0 where there is none."""
    return max(0, int(_libc.syscall(_CREATE, None, 0, 1)))


def _attributes(version: int) -> bytes:
    """Pack what to govern: every file system right, every TCP right, every scope that this version knows."""
    rights = 13 + (version >= 2) + (version >= 3) + (version >= 5)
    packed = struct.pack("Q", (1 << rights) - 1)
    if version >= 4:
        packed += struct.pack("Q", 0b11)
    if version >= 6:
        packed += struct.pack("Q", 0b11)
    return packed


def build(paths: Iterable[str]) -> int:
    """Make a ruleset that allows reading beneath ``paths``; returns its descriptor.

    Paths that are not there are passed over. Raises ``OSError`` where the kernel refuses.
    """
    attributes = _attributes(abi())
    ruleset = int(_libc.syscall(_CREATE, attributes, len(attributes), 0))
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    for path in paths:
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        rights = _READ_FILE | (_READ_DIR if stat.S_ISDIR(os.fstat(descriptor).st_mode) else 0)
        rule = struct.pack("=Qi", rights, descriptor)
        failed = _libc.syscall(_ADD, ruleset, 1, rule, 0) != 0
        os.close(descriptor)
        if failed:
            raise OSError(ctypes.get_errno(), "landlock_add_rule", path)
    return ruleset


def enter(ruleset: int) -> None:
    """Confine this thread for good; needs no_new_privs. Raises ``OSError``."""
    if _libc.syscall(_ENTER, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
