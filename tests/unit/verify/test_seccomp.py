"""The filter, run instruction by instruction: exactly the table's calls pass, on both machines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.verify.inside import seccomp
from auditor.verify.inside.syscalls import ANY, MACHINES, Machine

ALLOW, KILL, ENOSYS = 0x7FFF0000, 0x80000000, 0x00050000 | 38
PID = 4321


def execute(code: list[tuple[int, int, int, int]], number: int, audit: int, arguments: tuple[int, ...]) -> int:
    """Interpret classic BPF over a struct seccomp_data; returns the action."""
    words = {0: number, 4: audit}
    for position, value in enumerate(arguments):
        words[16 + 8 * position] = value & 0xFFFFFFFF
        words[20 + 8 * position] = value >> 32
    accumulator, at = 0, 0
    while True:
        operation, true, false, value = code[at]
        value = PID if value == seccomp.SELF else value
        at += 1
        match operation:
            case 0x20:
                accumulator = words[value]
            case 0x54:
                accumulator &= value
            case 0x05:
                at += value
            case 0x15:
                at += true if accumulator == value else false
            case 0x35:
                at += true if accumulator >= value else false
            case 0x45:
                at += true if accumulator & value else false
            case 0x06:
                return value
            case _:
                raise AssertionError(f"no such instruction: {operation:#x}")


CODE = {
    (name, may_open): seccomp.build(machine, may_open=may_open)
    for name, machine in MACHINES.items()
    for may_open in (True, False)
}
machines = st.sampled_from(sorted(MACHINES))
words = st.integers(0, 2**64 - 1)


@given(machines, st.booleans(), st.integers(0, 2**32 - 1) | st.integers(0, 500), st.tuples(*[words] * 6))
def test_only_the_table_passes(name: str, may_open: bool, number: int, arguments: tuple[int, ...]) -> None:
    """A call that the table does not name never passes, whatever its arguments."""
    machine = MACHINES[name]
    action = execute(CODE[name, may_open], number, machine.audit, arguments)
    condition = machine.calls.get(number)
    if machine.first_foreign is not None and number >= machine.first_foreign:
        assert action == KILL
    elif condition is None:
        assert action == ENOSYS
    elif condition == ANY:
        assert action == ALLOW
    else:
        assert action == ALLOW or action & 0xFFFF0000 == 0x00050000


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_another_way_to_call_kills(name: str) -> None:
    """A call through the gate of another architecture (int 0x80 on x86-64) kills."""
    other = next(machine.audit for key, machine in MACHINES.items() if key != name)
    for audit in (other, 0x40000003, 0x40000028):
        assert execute(CODE[name, True], 0, audit, (0,) * 6) == KILL


CLONE_THREAD, NEW_USER, NEW_NET = 0x3D0F00, 0x10000000, 0x40000000
CASES = [
    ("clone", (CLONE_THREAD,), True),
    ("clone", (CLONE_THREAD | NEW_USER,), False),
    ("clone", (NEW_NET | 17,), False),
    ("clone", (17,), False),
    ("kill", (PID, 9), True),
    ("kill", (PID + 1, 9), False),
    ("kill", (2**64 - 1, 9), False),
    ("kill", (0, 9), False),
    ("tgkill", (PID, PID, 6), True),
    ("tgkill", (1, 1, 6), False),
    ("prlimit64", (0, 7), True),
    ("prlimit64", (PID, 7), True),
    ("prlimit64", (1, 7), False),
    ("openat", (2**32 - 100, 0, 0o2000000), True),
    ("openat", (0, 0, 0o1), False),
    ("openat", (0, 0, 0o2), False),
    ("openat", (0, 0, 0o100), False),
    ("openat", (0, 0, 0o1000), False),
    ("openat", (0, 0, 0o20200000), False),
    ("fcntl", (3, 1030), True),
    ("fcntl", (3, 8), False),
    ("fcntl", (3, 10), False),
    ("fcntl", (3, 1031), False),
    ("ioctl", (0, 0x5401), True),
    ("ioctl", (0, 0x5452), False),
    ("ioctl", (0, 0x8901), False),
    ("ioctl", (0, 0x5412), False),
    ("prctl", (15,), True),
    ("prctl", (1, 0), False),
    ("prctl", (4, 1), False),
    ("socketpair", (1, 1 | 0o2000000), True),
    ("socketpair", (1, 2), False),
    ("socketpair", (2, 1), False),
    ("sendto", (3, 1, 1, 0, 0, 0), True),
    ("sendto", (3, 1, 1, 0, 2**40, 16), False),
    ("sendto", (3, 1, 1, 0x4040, 0, 0), True),
    ("sendto", (3, 1, 1, 1, 0, 0), False),
    ("recvfrom", (3, 1, 1, 0x142), True),
    ("recvfrom", (3, 1, 1, 1), False),
    ("mmap", (0, 4096, 3, 0x22), True),
    ("mmap", (0, 4096, 3, 0x40022), False),
]


@pytest.mark.parametrize("machine", sorted(MACHINES))
@pytest.mark.parametrize(("call", "arguments", "allowed"), CASES)
def test_arguments(machine: str, call: str, arguments: tuple[int, ...], allowed: bool) -> None:
    """Threads, self-signals and reading pass; processes, namespaces, signals to others and writing do not."""
    arguments = (*arguments, *(0,) * (6 - len(arguments)))
    table = MACHINES[machine]
    assert (execute(CODE[machine, True], table.names[call], table.audit, arguments) == ALLOW) is allowed


WRITING = {name: seccomp.build(machine, may_open=True, may_write=True) for name, machine in MACHINES.items()}
FILE_CASES = [
    ("openat", (0, 0, 0o1102), "allowed"),  # O_RDWR | O_CREAT | O_TRUNC
    ("openat", (0, 0, 0o1001), "allowed"),  # O_WRONLY | O_TRUNC
    ("openat", (0, 0, 0o1000), "refused"),  # O_RDONLY | O_TRUNC
    ("openat", (0, 0, 0o20200002), "refused"),  # O_TMPFILE | O_RDWR
    ("openat", (0, 0, 0), "allowed"),
    ("unlinkat", (0, 0, 0), "allowed"),
    ("fchmodat", (0, 0, 0o777), "pretended"),
    ("utimensat", (0, 0, 0, 0), "pretended"),
    ("fcntl", (3, 6), "allowed"),
    ("fcntl", (3, 8), "refused"),
    ("symlinkat", (0, 0, 0), "unknown"),
    ("linkat", (0, 0, 0, 0), "unknown"),
    ("mknodat", (0, 0, 0, 0), "unknown"),
    ("truncate", (0, 0), "unknown"),
    ("memfd_create", (0, 0), "unknown"),
]
_OTHER_NUMBERS = {
    "symlinkat": (266, 36), "linkat": (265, 37), "mknodat": (259, 33), "truncate": (76, 45), "memfd_create": (319, 279),
    "unlinkat": (263, 35), "fchmodat": (268, 53), "utimensat": (280, 88),
}  # fmt: skip


@pytest.mark.parametrize("column", [0, 1])
@pytest.mark.parametrize(("call", "arguments", "expected"), FILE_CASES)
def test_calls_of_programs_that_may_write(column: int, call: str, arguments: tuple[int, ...], expected: str) -> None:
    """What Landlock governs passes; what it does not only seems to work; links, devices and the rest stay unknown."""
    name = ("x86_64", "aarch64")[column]
    machine = MACHINES[name]
    number = machine.names[call] if call in machine.names else _OTHER_NUMBERS[call][column]
    action = execute(WRITING[name], number, machine.audit, (*arguments, *(0,) * (6 - len(arguments))))
    errno = action & 0xFFFF
    told = "allowed" if action == ALLOW else {0: "pretended", 38: "unknown"}.get(errno, "refused")
    assert told == expected


@given(machines, st.tuples(*[words] * 6))
def test_without_landlock_nothing_opens(name: str, arguments: tuple[int, ...]) -> None:
    """If Landlock is missing, no file can be opened at all."""
    machine = MACHINES[name]
    for call in {"open", "openat"} & set(machine.names):
        assert execute(CODE[name, False], machine.names[call], machine.audit, arguments) != ALLOW


HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", {}),
    "aarch64": ("/usr/include/asm-generic/unistd.h", {"newfstatat": "fstatat"}),
}


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_numbers_are_the_kernels(name: str) -> None:
    """Every number in the table is the one in the kernel's own header."""
    path, renamed = HEADERS[name]
    if not Path(path).is_file():
        pytest.skip(f"no kernel headers here: {path}")
    found = dict(re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)", Path(path).read_text()))
    machine: Machine = MACHINES[name]
    assert {call: int(found[renamed.get(call, call)]) for call in machine.names} == machine.names


DANGEROUS = frozenset(
    [
        "fork",
        "vfork",
        "execve",
        "execveat",
        "clone3",
        "socket",
        "connect",
        "bind",
        "listen",
        "accept",
        "sendmsg",
        "ptrace",
        "process_vm_readv",
        "process_vm_writev",
        "kcmp",
        "bpf",
        "perf_event_open",
        "io_uring_setup",
        "memfd_create",
        "shmget",
        "mount",
        "umount2",
        "pivot_root",
        "unshare",
        "setns",
        "chroot",
        "keyctl",
        "add_key",
        "userfaultfd",
        "pidfd_open",
        "pidfd_send_signal",
        "tkill",
        "rt_sigqueueinfo",
        "rt_tgsigqueueinfo",
        "unlink",
        "unlinkat",
        "rename",
        "renameat2",
        "mkdirat",
        "symlinkat",
        "linkat",
        "truncate",
        "ftruncate",
        "fchmod",
        "fchmodat",
        "fchownat",
        "utimensat",
        "personality",
        "setrlimit",
        "setuid",
        "setresuid",
        "capset",
        "seccomp",
        "open_by_handle_at",
        "name_to_handle_at",
        "init_module",
        "finit_module",
        "kexec_load",
        "reboot",
    ]
)


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_dangerous_calls_are_absent(name: str) -> None:
    """No call that starts, signals, traces, connects, writes or changes who we are is in the table."""
    assert not DANGEROUS & set(MACHINES[name].names)
