"""Which system calls a candidate may make: tables of name, number and condition per machine.

Everything absent answers ENOSYS: fork, exec, connect, kill of others, ptrace, io_uring, memfd, bpf,
mount, and whatever Linux invents next; and what changes a file system, but for programs that have a folder to write.
"""

from __future__ import annotations

from dataclasses import dataclass

ANY = ""
"""The condition that always holds."""

# Numbers: x86-64 from arch/x86/entry/syscalls/syscall_64.tbl, aarch64 from asm-generic/unistd.h; None = not there.
_TABLE = """
read            0    63
write           1    64
readv           19   65
writev          20   66
pread64         17   67
close           3    57
close_range     436  436
fstat           5    80
newfstatat      262  79
stat            4    -
lstat           6    -
statx           332  291
access          21   -
faccessat       269  48
faccessat2      439  439
readlink        89   -    follow
readlinkat      267  78   follow
getcwd          79   17
lseek           8    62
getdents64      217  61
open            2    -    open1
openat          257  56   open2
mmap            9    222  map
mprotect        10   226
munmap          11   215
mremap          25   216
brk             12   214
madvise         28   233
rt_sigaction    13   134
rt_sigprocmask  14   135
rt_sigreturn    15   139
rt_sigpending   127  136
rt_sigtimedwait 128  137
sigaltstack     131  132
pause           34   -
alarm           37   -
getitimer       36   102
setitimer       38   103
kill            62   129  self
tgkill          234  131  self
ioctl           16   29   ioctl
fcntl           72   25   fcntl
dup             32   23
dup2            33   -
dup3            292  24
pipe            22   -
pipe2           293  59
eventfd2        290  19
poll            7    -
ppoll           271  73
select          23   -
pselect6        270  72
epoll_create1   291  20
epoll_ctl       233  21
epoll_wait      232  -
epoll_pwait     281  22
socketpair      53   199  pair
sendto          44   206  send
recvfrom        45   207  receive
shutdown        48   210
sched_yield     24   124
sched_getaffinity 204 123
nanosleep       35   101
clock_nanosleep 230  115
clock_gettime   228  113
clock_getres    229  114
gettimeofday    96   169
time            201  -
times           100  153
getrusage       98   165
getrlimit       97   163
prlimit64       302  261  limit
sysinfo         99   179
uname           63   160
umask           95   166
getpid          39   172
getppid         110  173
gettid          186  178
getpgrp         111  -
getpgid         121  155
getsid          124  156
getuid          102  174
geteuid         107  175
getgid          104  176
getegid         108  177
getgroups       115  158
prctl           157  167  prctl
futex           202  98
set_robust_list 273  99
set_tid_address 218  96
rseq            334  293
membarrier      324  283
getrandom       318  278
clone           56   220  thread
exit            60   93
exit_group      231  94
"""
_FILE_TABLE = """
mkdir           83   -
mkdirat         258  34
rmdir           84   -
unlink          87   -
unlinkat        263  35
rename          82   -
renameat        264  38
renameat2       316  276
ftruncate       77   46
pwrite64        18   68
fsync           74   82
fdatasync       75   83
chdir           80   49
fchdir          81   50
chmod           90   -    pretend
fchmod          91   52   pretend
fchmodat        268  53   pretend
fchown          93   55   pretend
utimensat       280  88   pretend
listxattr       194  11   lacking
llistxattr      195  12   lacking
flistxattr      196  13   lacking
getxattr        191  8    lacking
"""
"""Besides those above, for programs that have a folder to write. Where is Landlock's affair; what Landlock does not
govern (modes, owners, times) seems to work and does nothing, as copying files asks for it."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the filter has to know of a kind of processor."""

    audit: int
    """AUDIT_ARCH: a call made any other way (int 0x80) kills."""
    first_foreign: int | None
    """Numbers from here on are another calling convention (x32) and kill."""
    seccomp: int
    """Number of ``seccomp`` itself."""
    calls: dict[int, str]
    """Allowed number → name of its condition in :mod:`auditor.verify.inside.seccomp`."""
    file_calls: dict[int, str]
    """Likewise what is allowed besides if programs may write files."""
    names: dict[str, int]


def _machine(column: int, audit: int, first_foreign: int | None, seccomp: int) -> Machine:
    rows, more = (
        [row for line in table.strip().splitlines() if (row := line.split())[column] != "-"]
        for table in (_TABLE, _FILE_TABLE)
    )
    return Machine(
        audit=audit,
        first_foreign=first_foreign,
        seccomp=seccomp,
        calls=_conditions(rows, column),
        file_calls=_conditions(more, column),
        names={row[0]: int(row[column]) for row in rows},
    )


def _conditions(rows: list[list[str]], column: int) -> dict[int, str]:
    return {int(row[column]): row[3] if len(row) > 3 else ANY for row in rows}


MACHINES = {
    "x86_64": _machine(1, 0xC000003E, 0x40000000, 317),
    "aarch64": _machine(2, 0xC00000B7, None, 277),
}
"""``os.uname().machine`` → its table."""
