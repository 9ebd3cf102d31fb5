"""Landlock by its three system calls: which paths a candidate may read, and the one folder, if any, that it may write.

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
_WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_FILE = (
    1 << bit for bit in (1, 2, 3, 4, 5, 7, 8)
)
_REFER, _TRUNCATE = 1 << 13, 1 << 14
"""Rights of later versions: to move files between folders (2), and to shorten them (3)."""
_libc = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """Return the kernel's Landlock version, 0 if there is none."""
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


def build(paths: Iterable[str], writable: str = "") -> int:
    """Make a ruleset that allows reading beneath ``paths`` and writing beneath ``writable``; returns its descriptor.

    Plain files and folders alone can be made there: no links, sockets, pipes or devices. Missing paths are
    skipped. Raises ``OSError`` if the kernel refuses.
    """
    version = abi()
    attributes = _attributes(version)
    ruleset = int(_libc.syscall(_CREATE, attributes, len(attributes), 0))
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    for path in paths:
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        rights = _READ_FILE | (_READ_DIR if stat.S_ISDIR(os.fstat(descriptor).st_mode) else 0)
        _add(ruleset, descriptor, rights, path)
    if writable:
        _add(ruleset, os.open(writable, os.O_PATH | os.O_CLOEXEC), _writing(version), writable)
    return ruleset


def _writing(version: int) -> int:
    """Return the rights on the writable folder, as far as the kernel's version knows them."""
    rights = _WRITE_FILE | _READ_FILE | _READ_DIR | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_FILE
    return rights | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)


def _add(ruleset: int, descriptor: int, rights: int, path: str) -> None:
    """Add a rule and close the descriptor of its path; raises ``OSError`` if the kernel refuses."""
    rule = struct.pack("=Qi", rights, descriptor)
    failed = _libc.syscall(_ADD, ruleset, 1, rule, 0) != 0
    os.close(descriptor)
    if failed:
        raise OSError(ctypes.get_errno(), "landlock_add_rule", path)


def enter(ruleset: int) -> None:
    """Confine this thread for good; needs no_new_privs. Raises ``OSError``."""
    if _libc.syscall(_ENTER, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
