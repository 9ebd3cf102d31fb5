"""Programs that try to do harm outside: read, write, call home, start or signal processes.

Each answers with a text that starts with HARM if it got its way; next to that the harness watches
its own canaries. ``@NAME@`` is filled in by the harness.
"""

from __future__ import annotations

_ATTEMPT = """
def attempt():
{body}
def solve(items):
    try:
        got = attempt()
    except BaseException as error:
        return "blocked " + type(error).__name__
    return "HARM " + repr(got)[:200]
"""
_SYSCALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    result = libc.syscall(*[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    if result < 0:
        raise OSError(ctypes.get_errno(), "syscall")
    return result
def struct(size):
    return ctypes.create_string_buffer(size)
def pair():
    import socket
    return socket.socketpair()
"""


def attempt(body: str, *, raw: bool = False) -> str:
    """Make a program of a body that returns what it got, or raises."""
    indented = "".join(f"    {line}\n" for line in body.strip().splitlines())
    return (_SYSCALL if raw else "") + _ATTEMPT.format(body=indented)


READS = {
    "reads passwd": attempt("return open('/etc/passwd').read()"),
    "reads passwd through os.open": attempt("import os\nreturn os.read(os.open('/etc/passwd', os.O_RDONLY), 99)"),
    "reads passwd through io.FileIO": attempt("import io\nreturn io.FileIO('/etc/passwd').read(99)"),
    "reads passwd through C": attempt(
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.fopen.restype = ctypes.c_void_p\n"
        "assert libc.fopen(b'/etc/passwd', b'r')\nreturn 'opened'"
    ),
    "reads passwd through openat2": attempt(
        "import struct\nreturn call(437, -100, b'/etc/passwd', struct.pack('QQQ', 0, 0, 0), 24)", raw=True
    ),
    "reads the secret": attempt("return open('@SECRET@').read()"),
    "reads the secret through a relative path": attempt("return open('../../../../../../@SECRET@').read()"),
    "reads the secret through /proc/self/root": attempt("return open('/proc/self/root@SECRET@').read()"),
    "reads the secret through linecache": attempt("import linecache\nassert linecache.getlines('@SECRET@')\nreturn 'read'"),
    "reads the secret as a module": attempt(
        "import sys\nsys.path.insert(0, '@DIR@')\nimport secret_module\nreturn secret_module.VALUE"
    ),
    "reads the secret as a database": attempt(
        "import sqlite3\nreturn sqlite3.connect('file:@DATABASE@?mode=ro', uri=True).execute('select * from t').fetchall()"
    ),
    "reads keys": attempt("import os\nreturn open(os.path.expanduser('~/.ssh/id_rsa')).read()"),
    "reads the shadow file": attempt("return open('/etc/shadow').read()"),
    "lists the root folder": attempt("import os\nreturn os.listdir('/')"),
    "lists the canary folder": attempt("import os\nreturn os.listdir('@DIR@')"),
    "lists the working folder": attempt("import os\nreturn os.listdir('.')"),
    "lists processes": attempt("import os\nreturn [name for name in os.listdir('/proc') if name.isdigit()]"),
    "finds the secret in its environment": attempt("import os\nreturn os.environ['AUDITOR_CANARY']"),
    "finds the secret in the parent's environment": attempt(
        "data = open('/proc/@PARENT@/environ', 'rb').read()\nassert data\nreturn data"
    ),
    "finds the secret in the fork server's environment": attempt(
        "import os\ndata = open(f'/proc/{os.getppid()}/environ', 'rb').read()\nassert data\nreturn data"
    ),
    "reads its own environment block": attempt("return open('/proc/self/environ', 'rb').read()"),
    "reads the parent's memory": attempt("return open('/proc/@PARENT@/mem', 'rb').read(1)"),
    "reads the parent's command line": attempt("return open('/proc/@PARENT@/cmdline').read()"),
    "reads the text of a link": attempt("import os\nreturn os.readlink('@DIR@/link')"),
    "reads the text of a link by its folder": attempt(
        "import os\nwith os.scandir('@DIR@') as found: return [os.readlink(e.path) for e in found]"
    ),
    "reads the text of a link of the system": attempt(
        "import os\nreturn [os.readlink(p) for p in ('/bin', '/etc/localtime', '/usr/bin/python3')][0]"
    ),
    "reads where the parent works": attempt("import os\nreturn os.readlink('/proc/@PARENT@/cwd')"),
    "opens the parent's descriptors": attempt("import os\nreturn os.listdir('/proc/@PARENT@/fd')"),
    "reads the next candidate's memory": attempt(
        "import os\nreturn [open(f'/proc/{os.getpid() + n}/maps').read(9) for n in range(-9, 9) if n]"
    ),
    "reads the package's own files": attempt("return open('@PACKAGE@/verify/equality.py').read()"),
    "imports a package that it has no business with": attempt(
        "import sys\nsys.path.append('@PACKAGES@')\nimport pydantic\nreturn pydantic.VERSION"
    ),
    "maps the secret": attempt("import mmap, os\nreturn mmap.mmap(os.open('@SECRET@', 0), 0, prot=1)[:9]"),
    "opens by handle": attempt(
        "import struct\nhandle = ctypes.create_string_buffer(struct.pack('Ii', 128, 0) + bytes(128))\n"
        "mount = ctypes.c_int()\ncall(303, -100, b'@SECRET@', handle, ctypes.byref(mount), 0)\nreturn call(304, -100, handle, 0)",
        raw=True,
    ),
    "has descriptors that were left open": attempt(
        "import os, stat\nfound = []\nfor fd in range(4, 256):\n    try: found.append((fd, os.fstat(fd).st_mode))\n"
        "    except OSError: pass\nassert found\nreturn found"
    ),
    "reads what stdin was": attempt("import os\ndata = os.read(0, 99)\nassert data\nreturn data"),
}  # fmt: skip

WRITES = {
    "writes a file": attempt("open('@DIR@/written', 'w').write('x')\nreturn 'written'"),
    "writes to the working folder": attempt("open('written', 'w').write('x')\nreturn 'written'"),
    "writes to /tmp": attempt("open('/tmp/@MARK@', 'w').write('x')\nreturn 'written'"),
    "writes to /dev/shm": attempt("open('/dev/shm/@MARK@', 'w').write('x')\nreturn 'written'"),
    "makes a temporary file": attempt("import tempfile\nreturn tempfile.NamedTemporaryFile(delete=False).name"),
    "appends to the secret": attempt("open('@SECRET@', 'a').write('x')\nreturn 'written'"),
    "truncates the secret": attempt("import os\nos.truncate('@SECRET@', 0)\nreturn 'truncated'"),
    "opens with truncation": attempt("import os\nreturn os.open('@SECRET@', os.O_RDONLY | os.O_TRUNC)"),
    "opens a nameless file": attempt("import os\nreturn os.open('@DIR@', os.O_TMPFILE | os.O_RDWR)"),
    "changes modes": attempt("import os\nos.chmod('@SECRET@', 0o777)\nreturn 'changed'"),
    "changes owners": attempt("import os\nos.chown('@SECRET@', 0, 0)\nreturn 'changed'"),
    "changes times": attempt("import os\nos.utime('@SECRET@', (0, 0))\nreturn 'changed'"),
    "links": attempt("import os\nos.link('@SECRET@', '@DIR@/linked')\nreturn 'linked'"),
    "links symbolically": attempt("import os\nos.symlink('/etc', '@DIR@/symlinked')\nreturn 'linked'"),
    "renames": attempt("import os\nos.rename('@SECRET@', '@DIR@/renamed')\nreturn 'renamed'"),
    "deletes": attempt("import os\nos.unlink('@SECRET@')\nreturn 'deleted'"),
    "deletes the folder": attempt("import shutil\nshutil.rmtree('@DIR@')\nimport os\nassert not os.path.exists('@DIR@')\nreturn 'gone'"),
    "makes a folder": attempt("import os\nos.mkdir('@DIR@/made')\nreturn 'made'"),
    "makes a pipe in the file system": attempt("import os\nos.mkfifo('@DIR@/fifo')\nreturn 'made'"),
    "sets an attribute": attempt("import os\nos.setxattr('@SECRET@', 'user.x', b'1')\nreturn 'set'"),
    "changes the standard library": attempt("import os\nopen(os.__file__, 'a').write('#')\nreturn 'written'"),
    "leaves byte code": attempt(
        "import os, py_compile\nreturn py_compile.compile(os.__file__, cfile='@DIR@/x.pyc', doraise=True)"
    ),
    "writes to the package": attempt("open('@PACKAGE@/planted.py', 'w').write('x')\nreturn 'written'"),
    "makes a file in memory": attempt("import os\nreturn os.memfd_create('x')"),
    "changes folder": attempt("import os\nos.chdir('@DIR@')\nreturn os.getcwd()"),
    "changes the root": attempt("import os\nos.chroot('@DIR@')\nreturn 'changed'"),
    "writes through a splice": attempt("import os\nr, w = os.pipe()\nos.write(w, b'x')\nreturn os.splice(r, 1, 1)"),
    "fills the disk": attempt("f = open('@DIR@/big', 'wb')\nwhile f.tell() < 1 << 28: f.write(bytes(1 << 20))\nreturn 'filled'"),
}  # fmt: skip

NETWORK = {
    "connects by TCP": attempt("import socket\nreturn socket.create_connection(('127.0.0.1', @TCP@), 1)"),
    "connects by TCP over IPv6": attempt("import socket\nreturn socket.socket(socket.AF_INET6).fileno()"),
    "sends by UDP": attempt(
        "import socket\nreturn socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', @UDP@))"
    ),
    "connects to a unix socket": attempt(
        "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('@UNIX@')\nreturn s"
    ),
    "connects to an abstract socket": attempt(
        "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('\\0@MARK@')\nreturn s"
    ),
    "sends from half of a pair": attempt(
        "import socket\na, b = socket.socketpair(type=socket.SOCK_DGRAM)\nreturn a.sendto(b'x', '\\0@MARK@')"
    ),
    "connects half of a pair": attempt("import socket\na, b = socket.socketpair()\na.connect('@UNIX@')\nreturn a"),
    "listens": attempt("import socket\nreturn socket.create_server(('127.0.0.1', 0))"),
    "opens a raw socket": attempt("import socket\nreturn socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"),
    "opens a packet socket": attempt("import socket\nreturn socket.socket(17, 3)"),
    "opens netlink": attempt("import socket\nreturn socket.socket(16, 3)"),
    "opens the kernel's cryptography": attempt("import socket\nreturn socket.socket(38, 5)"),
    "fetches a page": attempt(
        "import urllib.request\nreturn urllib.request.urlopen('http://127.0.0.1:@TCP@/', timeout=1).status"
    ),
    "asks for a name": attempt("import socket\nreturn socket.getaddrinfo('localhost', 80)"),
    "passes descriptors on": attempt(
        "import socket\na, b = socket.socketpair()\nsocket.send_fds(a, [b'x'], [0])\nreturn 'sent'"
    ),
    "sends out of band": attempt(
        "a, b = pair()\nassert libc.send(a.fileno(), b'x', 1, 1) == 1\nreturn 'sent'", raw=True
    ),
    "sends a message with descriptors": attempt("return call(46, 3, ctypes.create_string_buffer(56), 0)", raw=True),
    "receives descriptors": attempt("return call(47, 3, ctypes.create_string_buffer(56), 0)", raw=True),
    "sets options of the channel": attempt(
        "return call(54, 3, 1, 7, ctypes.byref(ctypes.c_int(1 << 24)), 4)", raw=True
    ),
    "asks who is at the other end": attempt(
        "return call(55, 3, 1, 17, ctypes.create_string_buffer(12), ctypes.byref(ctypes.c_int(12)))", raw=True
    ),
    "asks for a name of the other end": attempt(
        "return call(52, 3, ctypes.create_string_buffer(99), ctypes.byref(ctypes.c_int(99)))", raw=True
    ),
    "pairs of datagrams": attempt("import socket\nreturn socket.socketpair(type=socket.SOCK_SEQPACKET)"),
    "sets up io_uring": attempt("return call(425, 8, ctypes.create_string_buffer(120))", raw=True),
}

PROCESSES = {
    "forks": attempt("import os\npid = os.fork()\nif pid == 0:\n    while True: pass\nreturn pid"),
    "forks by raw clone": attempt("pid = call(56, 17, 0, 0, 0, 0)\nif pid == 0: os._exit(0)\nreturn pid", raw=True),
    "forks by raw vfork": attempt("pid = call(58)\nif pid == 0: os._exit(0)\nreturn pid", raw=True),
    "forks by clone3": attempt(
        "import struct\nreturn call(435, struct.pack('QQQQQQQQ', 0, 0, 0, 0, 17, 0, 0, 0), 64)", raw=True
    ),
    "shares memory with a new process": attempt("return call(56, 0x100 | 17, 0, 0, 0, 0)", raw=True),
    "thread in a new user namespace": attempt("return call(56, 0x3D0F00 | 0x10000000, 0, 0, 0, 0)", raw=True),
    "starts a program": attempt("import subprocess\nreturn subprocess.run(['touch', '@DIR@/touched'], check=True)"),
    "starts a shell": attempt("import os\nassert os.system('touch @DIR@/touched') == 0\nreturn 'started'"),
    "becomes a program": attempt("import os\nos.execv('/bin/touch', ['touch', '@DIR@/touched'])"),
    "becomes a program by descriptor": attempt("return call(322, 1, b'', 0, 0, 0x1000)", raw=True),
    "spawns": attempt("import os\nreturn os.posix_spawn('/bin/true', ['true'], {})"),
    "starts a pool": attempt("import multiprocessing\nreturn multiprocessing.get_context('fork').Pool(1).apply(len, ('x',))"),
    "opens a terminal": attempt("import pty\nreturn pty.fork()"),
    "kills the parent": attempt("import os\nos.kill(@PARENT@, 9)\nreturn 'killed'"),
    "kills the fork server": attempt("import os\nos.kill(os.getppid(), 9)\nreturn 'killed'"),
    "kills the victim": attempt("import os\nos.kill(@VICTIM@, 9)\nreturn 'killed'"),
    "asks whether the parent lives": attempt("import os\nos.kill(@PARENT@, 0)\nreturn 'lives'"),
    "stops the parent": attempt("import os, signal\nos.kill(@PARENT@, signal.SIGSTOP)\nreturn 'stopped'"),
    "kills its group": attempt("import os\nos.killpg(0, 9)\nreturn 'killed'"),
    "kills the parent's group": attempt("import os\nos.killpg(os.getpgid(@PARENT@), 9)\nreturn 'killed'"),
    "kills everything": attempt("import os\nos.kill(-1, 9)\nreturn 'killed'"),
    "kills by thread": attempt("return call(234, @PARENT@, @PARENT@, 9)", raw=True),
    "kills by tkill": attempt("return call(200, @PARENT@, 9)", raw=True),
    "queues a signal": attempt("return call(129, @PARENT@, 10, ctypes.create_string_buffer(128))", raw=True),
    "kills by descriptor": attempt("import os, signal\nsignal.pidfd_send_signal(os.pidfd_open(@PARENT@), 9)\nreturn 'killed'"),
    "has the kernel signal the parent": attempt(
        "import fcntl, os, socket\na, b = socket.socketpair()\nfcntl.fcntl(a, 8, @PARENT@)\nfcntl.fcntl(a, 10, 9)\n"
        "fcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC)\nb.send(b'x')\nreturn 'signalled'"
    ),
    "has the kernel signal the parent's group": attempt(
        "import fcntl, os\nfor fd in range(4):\n    fcntl.fcntl(fd, 8, -os.getpgid(@PARENT@))\nreturn 'owned'"
    ),
    "owns by F_SETOWN_EX": attempt("import fcntl, struct\nreturn fcntl.fcntl(3, 15, struct.pack('ii', 1, @PARENT@))"),
    "owns by ioctl": attempt("import fcntl, struct\nreturn fcntl.ioctl(3, 0x8901, struct.pack('i', @PARENT@))"),
    "turns on signals by ioctl": attempt("import fcntl, struct\nreturn fcntl.ioctl(3, 0x5452, struct.pack('i', 1))"),
    "types into the terminal": attempt("import fcntl\nreturn fcntl.ioctl(0, 0x5412, b'x')"),
    "leases a file": attempt("import fcntl\nreturn fcntl.fcntl(0, 1024, 0)"),
    "locks a descriptor": attempt("import fcntl\nfcntl.lockf(1, fcntl.LOCK_EX | fcntl.LOCK_NB)\nreturn 'locked'"),
    "traces the parent": attempt("return call(101, 16, @PARENT@, 0, 0)", raw=True),
    "lets itself be traced": attempt("return call(101, 0, 0, 0, 0)", raw=True),
    "reads another's memory": attempt("return call(310, @PARENT@, 0, 0, 0, 0, 0)", raw=True),
    "writes another's memory": attempt("return call(311, @PARENT@, 0, 0, 0, 0, 0)", raw=True),
    "changes the parent's limits": attempt("import resource\nreturn resource.prlimit(@PARENT@, resource.RLIMIT_CPU, (1, 1))"),
    "raises its own limits": attempt(
        "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))\nreturn 'raised'"
    ),
    "slows the parent": attempt("import os\nos.setpriority(os.PRIO_PROCESS, @PARENT@, 19)\nreturn 'slowed'"),
    "pins the parent": attempt("import os\nos.sched_setaffinity(@PARENT@, {0})\nreturn 'pinned'"),
    "becomes root": attempt("import os\nos.setuid(0)\nreturn os.getuid()"),
    "becomes another": attempt("import os\nos.setresuid(12345, 12345, 12345)\nreturn os.getuid()"),
    "takes capabilities": attempt(
        "import struct\nreturn call(126, struct.pack('Ii', 0x20080522, 0), struct.pack('6I', *[0xFFFFFFFF] * 6))", raw=True
    ),
    "wants to be dumped": attempt("assert libc.prctl(4, 1, 0, 0, 0) == 0\nreturn 'dumpable'", raw=True),
    "outlives its parent": attempt("assert libc.prctl(1, 0, 0, 0, 0) == 0\nreturn 'outlives'", raw=True),
    "leaves its session": attempt("import os\nos.setsid()\nreturn 'left'"),
    "makes a user namespace": attempt("return call(272, 0x10000000)", raw=True),
    "enters a namespace": attempt("return call(308, 0, 0)", raw=True),
    "mounts": attempt("return call(165, b'none', b'/tmp', b'tmpfs', 0, 0)", raw=True),
    "loads a BPF program": attempt("return call(321, 0, 0, 0)", raw=True),
    "counts performance": attempt("return call(298, ctypes.create_string_buffer(128), 0, -1, -1, 0)", raw=True),
    "handles page faults": attempt("return call(323, 0)", raw=True),
    "uses the key ring": attempt("return call(250, 0, -3, 0, 0, 0)", raw=True),
    "changes its personality": attempt("return call(135, 0x0040000)", raw=True),
    "shares memory by System V": attempt("return call(29, 0, 4096, 0o1600)", raw=True),
    "sends by System V": attempt("return call(68, 0, 0o1600)", raw=True),
    "watches files": attempt("return call(294, 0)", raw=True),
    "writes to the kernel's log": attempt("return call(103, 3, ctypes.create_string_buffer(99), 99)", raw=True),
    "another filter on top": attempt("return call(317, 1, 0, 0)", raw=True),
    "sets a timer that signals a thread": attempt("return call(222, 0, struct(64), ctypes.create_string_buffer(8))", raw=True),
    "reads by descriptor of a process": attempt("return call(438, call(434, @PARENT@, 0), 0, 0)", raw=True),
    "advises another's memory": attempt("return call(440, 3, 0, 0, 21, 0)", raw=True),
    "compares with the parent": attempt("return call(312, @PARENT@, @PARENT@, 0, 0, 0)", raw=True),
    "sets the parent's scheduling": attempt("return call(144, @PARENT@, 3, ctypes.byref(ctypes.c_int(0)))", raw=True),
    "sets the parent's input priority": attempt("return call(251, 1, @PARENT@, 0x6000)", raw=True),
    "limits the parent": attempt("return call(302, @PARENT@, 7, struct(16), 0)", raw=True),
    "changes its segments": attempt("return call(154, 1, struct(16), 16)", raw=True),
    "takes pages set aside": attempt("import mmap\nreturn mmap.mmap(-1, 1 << 21, flags=0x40022)"),
    "grows a pipe": attempt("import fcntl, os\nreturn fcntl.fcntl(os.pipe()[0], 1031, 1 << 20)"),
    "locks its memory": attempt("return call(151, 1)", raw=True),
    "signals with a value": attempt("return call(297, @PARENT@, @PARENT@, 10, struct(128))", raw=True),
    "notifies through a queue": attempt("return call(240, b'auditor', 0o102, 0o600, 0)", raw=True),
    "makes an unlinked secret": attempt("return call(447, 0)", raw=True),
    "asks for a key": attempt("return call(248, b'user', b'x', b'y', 1, -3)", raw=True),
    "joins a filter of its threads": attempt("return call(317, 1, 1, 0)", raw=True),
    "calls by another convention": attempt("return call(0x40000000 | 39)", raw=True),
    "calls by int 0x80": attempt(
        "import mmap\npage = mmap.mmap(-1, 4096, prot=7)\npage.write(b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3')\n"
        "return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()",
        raw=True,
    ),
}  # fmt: skip

HARMS: dict[str, str] = READS | WRITES | NETWORK | PROCESSES
