"""A seccomp filter written for the BPF machine by hand: allow-list, argument checks, ENOSYS for the rest.

The numbers are searched as a binary tree, so a call costs about ten instructions. Arguments that the
kernel takes as int are compared by their lower half, as the kernel itself truncates them.
"""

from __future__ import annotations

import ctypes
import struct

from auditor.verify.inside.syscalls import ANY, Machine

_LOAD, _AND, _JUMP, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x54, 0x05, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _EACCES, _EINVAL, _ENOTTY, _ENOSYS, _ENOTSUP = 1, 13, 22, 25, 38, 95

_WRITING = 0o3 | 0o100 | 0o1000 | 0o20000000
"""O_ACCMODE, O_CREAT, O_TRUNC, __O_TMPFILE: any of them would write."""
_ACCESS, _TRUNCATE, _UNNAMED = 0o3, 0o1000, 0o20000000
"""O_ACCMODE, O_TRUNC, __O_TMPFILE."""
_THREAD = (0x3D0F00, 0x7D0F00)
"""The clone flags of pthread_create in glibc and in musl: a thread of this process, no namespace."""
_TERMINAL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""ioctl: TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX. Not FIOASYNC or FIOSETOWN: they signal."""
_DESCRIPTOR = (0, 1, 2, 3, 4, 1030)
"""fcntl: F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC. Not F_SETOWN or F_SETSIG."""
_LOCKS = (5, 6, 7)
"""fcntl, if programs may write files: F_GETLK, F_SETLK, F_SETLKW. sqlite locks its file."""
_FILES = frozenset({"open1", "open2"})
"""Conditions that only Landlock allows at all."""
_NAMING = (15, 16)
"""prctl: PR_SET_NAME, PR_GET_NAME."""

_SENDING = 0x4000 | 0x40
"""sendto: MSG_NOSIGNAL, MSG_DONTWAIT. Not MSG_OOB, whose code in the kernel has let programs out before."""
_RECEIVING = 0x2 | 0x20 | 0x40 | 0x100
"""recvfrom: MSG_PEEK, MSG_TRUNC, MSG_DONTWAIT, MSG_WAITALL."""
_HUGE_PAGES = 0x40000
"""mmap: MAP_HUGETLB takes pages that somebody has set aside for the whole machine."""

_ALLOWED = {
    "ioctl": (1, _TERMINAL, _ENOTTY),
    "fcntl": (1, _DESCRIPTOR, _EINVAL),
    "prctl": (0, _NAMING, _EINVAL),
    "thread": (0, _THREAD, _EPERM),
}
"""Condition → which argument, its allowed values, the error for any other."""

SELF = 0x5E1F5E1F
"""Stands for the child's own process id until :func:`install` puts it in."""

_Instruction = tuple[int, int, int, int]
_instruction = struct.Struct("HBBI")


class _Assembler:
    """Instructions with labels, resolved at the end."""

    def __init__(self) -> None:
        self._code: list[tuple[int, int, int, int | str]] = []
        self._labels: dict[str, int] = {}

    def add(self, code: int, value: int | str = 0, true: int = 0, false: int = 0) -> None:
        self._code.append((code, true, false, value))

    def label(self, name: str) -> None:
        self._labels[name] = len(self._code)

    def fail_unless(self, code: int, value: int, errno: int) -> None:
        """Return ``errno`` if the comparison does not hold, else go on."""
        self.add(code, value, 1, 0)
        self.add(_RETURN, _ERRNO | errno)

    def finish(self) -> list[_Instruction]:
        """Resolve every label to the distance from the instruction after the jump."""
        return [
            (code, true, false, self._labels[value] - position - 1 if isinstance(value, str) else value)
            for position, (code, true, false, value) in enumerate(self._code)
        ]


def _argument(position: int, *, high: bool = False) -> int:
    """Offset of an argument's half in struct seccomp_data (both machines are little-endian)."""
    return 16 + 8 * position + (4 if high else 0)


def build(machine: Machine, *, may_open: bool, may_write: bool = False) -> list[_Instruction]:
    """Assemble the filter; without ``may_open`` no file can be opened at all.

    With ``may_write`` Landlock alone says which files can be written.
    """
    calls = machine.calls | (machine.file_calls if may_write else {})
    asm = _Assembler()
    asm.add(_LOAD, 4)
    asm.add(_EQUAL, machine.audit, 1, 0)
    asm.add(_RETURN, _KILL)
    asm.add(_LOAD, 0)
    if machine.first_foreign is not None:
        asm.add(_AT_LEAST, machine.first_foreign, 0, 1)
        asm.add(_RETURN, _KILL)
    _search(asm, sorted(calls.items()))
    for name in sorted(set(calls.values()) - {ANY}):
        asm.label(name)
        if name in _FILES and not may_open:
            asm.add(_RETURN, _ERRNO | _EACCES)
        elif may_write and name in _FILES:
            _open_to_write(asm, 1 if name == "open1" else 2)
        elif may_write and name == "fcntl":
            _one_of(asm, 1, _DESCRIPTOR + _LOCKS, _EINVAL)
        else:
            _condition(asm, name)
    return asm.finish()


def _open_to_write(asm: _Assembler, position: int) -> None:
    """Let files be opened for writing: Landlock decides which.

    Not so for a file that is opened for reading and shortened by that, which Landlock knows from version 3 on only.
    """
    asm.add(_LOAD, _argument(position))
    asm.add(_ANY_BIT, _UNNAMED, 0, 1)
    asm.add(_RETURN, _ERRNO | _EACCES)
    asm.add(_ANY_BIT, _TRUNCATE, 0, 3)
    asm.add(_AND, _ACCESS)
    asm.add(_EQUAL, 0, 0, 1)
    asm.add(_RETURN, _ERRNO | _EACCES)
    asm.add(_RETURN, _ALLOW)


def _search(asm: _Assembler, calls: list[tuple[int, str]]) -> None:
    """Emit a binary search for the number in the accumulator."""
    if len(calls) <= 3:
        for number, condition in calls:
            asm.add(_EQUAL, number, 0, 1)
            if condition == ANY:
                asm.add(_RETURN, _ALLOW)
            else:
                asm.add(_JUMP, condition)
        asm.add(_RETURN, _ERRNO | _ENOSYS)
        return
    half = len(calls) // 2
    upper = f"from {calls[half][0]}"
    asm.add(_AT_LEAST, calls[half][0], 0, 1)
    asm.add(_JUMP, upper)
    _search(asm, calls[:half])
    asm.label(upper)
    _search(asm, calls[half:])


def _condition(asm: _Assembler, name: str) -> None:
    """Emit one argument check; it ends in a return on every path."""
    match name:
        case "open1" | "open2":
            asm.add(_LOAD, _argument(1 if name == "open1" else 2))
            asm.add(_ANY_BIT, _WRITING, 0, 1)
            asm.add(_RETURN, _ERRNO | _EACCES)
        case "pretend":  # says that it worked
            asm.add(_RETURN, _ERRNO)
            return
        case "lacking":
            asm.add(_RETURN, _ERRNO | _ENOTSUP)
            return
        case "follow":  # no confinement of files keeps a link's text from being read
            asm.add(_RETURN, _ERRNO | _EACCES)
            return
        case "self" | "limit":
            asm.add(_LOAD, _argument(0))
            if name == "limit":  # 0 is the caller too
                asm.add(_EQUAL, 0, 0, 1)
                asm.add(_RETURN, _ALLOW)
            asm.fail_unless(_EQUAL, SELF, _EPERM)
        case "ioctl" | "fcntl" | "prctl" | "thread":
            _one_of(asm, *_ALLOWED[name])
        case "pair":  # AF_UNIX streams only: they reach nobody but their own other end
            asm.add(_LOAD, _argument(0))
            asm.fail_unless(_EQUAL, 1, _EACCES)
            asm.add(_LOAD, _argument(1))
            asm.add(_AND, 0o777)  # keep the type, drop SOCK_CLOEXEC and SOCK_NONBLOCK
            asm.fail_unless(_EQUAL, 1, _EACCES)
        case "map":
            _none_of(asm, 3, _HUGE_PAGES, _EINVAL)
        case "receive" | "send":
            _none_of(asm, 3, ~(_RECEIVING if name == "receive" else _SENDING) & 0xFFFFFFFF, _EACCES)
            if name == "send":
                _no_address(asm)
        case _:
            raise AssertionError(name)
    asm.add(_RETURN, _ALLOW)


def _no_address(asm: _Assembler) -> None:
    """Let nothing be sent to anyone but the other end."""
    for high in (False, True):
        asm.add(_LOAD, _argument(4, high=high))
        asm.fail_unless(_EQUAL, 0, _EACCES)


def _none_of(asm: _Assembler, position: int, bits: int, errno: int) -> None:
    asm.add(_LOAD, _argument(position))
    asm.add(_ANY_BIT, bits, 0, 1)
    asm.add(_RETURN, _ERRNO | errno)


def _one_of(asm: _Assembler, position: int, values: tuple[int, ...], errno: int) -> None:
    asm.add(_LOAD, _argument(position))
    for value in values:
        asm.add(_EQUAL, value, 0, 1)
        asm.add(_RETURN, _ALLOW)
    asm.add(_RETURN, _ERRNO | errno)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


class Filter:
    """An assembled filter, kept as bytes that a child completes with its own id and installs."""

    def __init__(self, machine: Machine, *, may_open: bool, may_write: bool = False) -> None:
        code = build(machine, may_open=may_open, may_write=may_write)
        self._buffer = ctypes.create_string_buffer(b"".join(_instruction.pack(*one) for one in code))
        self._program = _Program(len(code), ctypes.addressof(self._buffer))
        self._own = [8 * i + 4 for i, one in enumerate(code) if one[3] == SELF]
        self._libc = ctypes.CDLL(None, use_errno=True)
        reference = ctypes.byref(self._program)
        self._arguments = (ctypes.c_long(machine.seccomp), ctypes.c_long(1), ctypes.c_long(0), reference)

    def install(self, pid: int) -> None:
        """Confine this thread for good; needs no_new_privs. Raises ``OSError``."""
        for offset in self._own:
            struct.pack_into("I", self._buffer, offset, pid)
        if self._libc.syscall(*self._arguments) != 0:
            raise OSError(ctypes.get_errno(), "seccomp")
