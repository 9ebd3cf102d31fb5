"""The fork server: a small process, exec'd once, that forks one confined child per candidate.

It is started as a script, imports little, contains no secret and never reads a candidate. The parent
sends one request at a time over a socket, see :mod:`auditor.verify.protocol`.
End of file on the socket means that the parent is gone: the children are killed and it exits.
"""

from __future__ import annotations

import _thread
import builtins
import functools
import gc
import importlib
import io
import json
import os
import signal
import socket
import sys
import time
import types
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from auditor.verify.inside.confine import Confinement
    from auditor.verify.protocol import Answer, Ended, Fork, Forked, Load, Ready, Reap

INSIDE = os.path.dirname(os.path.abspath(__file__))
SUITES_KEPT = 4
"""Suites whose decoded inputs are kept; the parent counts along, and sends one again that has gone."""
CHANNEL = 3
"""The descriptor through which every child speaks to the parent."""
NOTES = 4
"""The descriptor through which a program's process says how the program ended, since its output is the channel."""
_THREAD_STACK = 16 << 20
"""Bytes; else glibc takes the whole RLIMIT_STACK for each thread of a candidate."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.01
"""Seconds between looks at a child that is about to end: most need less than a millisecond."""
_FORK_SECONDS = 10.0
"""How long to wait for room if another program's threads have taken the system's last process numbers."""


def _stand_in() -> None:
    """Make our modules importable without running the packages' own ``__init__``."""
    verify = os.path.dirname(INSIDE)
    packages = {"auditor": os.path.dirname(verify), "auditor.verify": verify, "auditor.verify.inside": INSIDE}
    for name, path in packages.items():
        module = types.ModuleType(name)
        module.__path__ = [path]
        sys.modules[name] = module


class Loop:
    """Answers the parent, one request after another; keeps the inputs of the last suites and its living children."""

    def __init__(self, control: socket.socket, confinement: Confinement) -> None:
        from auditor.verify import protocol, wire
        from auditor.verify.inside import channel, jobs

        self._protocol, self._read_exactly, self._perform = protocol, channel.read_exactly, jobs.perform
        self._decode = wire.decode
        self._control = control
        self._suites: OrderedDict[str, list[Any]] = OrderedDict()
        self._children: set[int] = set()
        self._confinement = confinement

    def serve(self) -> None:
        """Answer requests until the parent is gone."""
        while True:
            message, descriptors, _, _ = socket.recv_fds(self._control, 1 << 16, 3)
            if not message:
                break
            request = self._protocol.decode(message, object)  # small, and sent in one piece after our last answer
            answer: Answer
            match request:
                case self._protocol.Load():
                    answer = self._load(request, descriptors[0])
                case self._protocol.Fork():
                    answer = self._run(request, descriptors)
                case self._protocol.Reap():
                    answer = self._reap(request)
                case _:
                    raise TypeError(f"not a request: {request}")
            self._control.send(self._protocol.encode(answer) + b"\n")
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)

    def _load(self, request: Load, descriptor: int) -> Ready:
        """Decode a suite's inputs once; every child inherits them and calls with its own copy."""
        with open(descriptor, "rb") as file:
            data = file.read()
        try:
            self._suites[request.key] = self._decode(data)
        except (ValueError, MemoryError) as error:
            return self._protocol.Ready(f"{type(error).__name__}: {error}"[:200])
        while len(self._suites) > SUITES_KEPT:
            self._suites.popitem(last=False)
        gc.collect()
        gc.freeze()
        return self._protocol.Ready()

    def _run(self, request: Fork, descriptors: list[int]) -> Forked:
        pid = _fork()
        if pid == 0:
            self._become_child(request, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        self._children.add(pid)
        return self._protocol.Forked(pid)

    def _become_child(self, request: Fork, descriptors: list[int]) -> NoReturn:
        """Confine this process, then run the job; it never returns to the loop."""
        code = 2
        try:
            last = self._take_descriptors(request, descriptors)
            self._confinement.confine_child(request.cpu_seconds, request.threads, last, request.data_bytes)
            gc.enable()
            sys.modules["random"].seed(0)
            if "numpy" in sys.modules:
                sys.modules["numpy"].random.seed(0)
            os.write(CHANNEL, self._protocol.greeting(ready=False))
            job, source = self._protocol.read_job(functools.partial(self._read_exactly, CHANNEL))
            self._perform(job, source, self._suites.get(request.key, []), CHANNEL)
            code = 0
        except MemoryError:
            os.write(CHANNEL, f"{self._protocol.Message.MEMORY}\n".encode())
        finally:
            os._exit(code)

    def _take_descriptors(self, request: Fork, descriptors: list[int]) -> int:
        """Put the descriptors that came along where the job expects them; returns the last that it keeps."""
        own = [os.dup(descriptor) for descriptor in descriptors]  # above the numbers that are about to be taken
        os.dup2(own[0], CHANNEL, inheritable=False)
        if not request.program:
            return CHANNEL
        os.dup2(own[1], 0)
        os.dup2(own[2], NOTES, inheritable=False)
        return NOTES

    def _reap(self, request: Reap) -> Ended:
        """Give a child some seconds to end by itself, kill it if it still lives, and say how it ended."""
        pid, left = request.pid, request.patience
        if pid not in self._children:
            return self._protocol.Ended(status=None, cpu=0.0, killed=False)
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        pause = _FIRST_PAUSE
        while not ended and left > 0:
            time.sleep(pause)
            left -= pause
            pause = min(2 * pause, _LONGEST_PAUSE)
            ended, status, usage = os.wait4(pid, os.WNOHANG)
        if not ended:
            os.kill(pid, signal.SIGKILL)
            _, status, usage = os.wait4(pid, 0)
        self._children.discard(pid)
        unit = 1 if sys.platform == "darwin" else 1024
        cpu = usage.ru_utime + usage.ru_stime
        return self._protocol.Ended(status, cpu, killed=not ended, peak=usage.ru_maxrss * unit)


def _fork() -> int:
    """Fork; if there is no room for another process, wait for it a little."""
    left = _FORK_SECONDS
    while True:
        try:
            return os.fork()
        except BlockingIOError:
            if left <= 0:
                raise
            time.sleep(0.1)
            left -= 0.1


def _preload(modules: Sequence[str], load: Callable[[str], object] = importlib.import_module) -> None:
    """Import what candidates import, so that no child pays for it; what is not there is skipped.

    Their fork handlers are left out: they cost a child 0.6 ms and renew locks and generators that
    here are as good as new, since the zygote has one thread and every child seeds ``random`` itself.
    """
    register, os.register_at_fork = os.register_at_fork, _ignore
    for name in modules:
        try:
            load(name)
        except Exception:  # noqa: BLE001, S112 - a package's own code; a program that imports it sees the error
            continue
    os.register_at_fork = register


def _open_devices() -> None:
    """Let programs open the null device for writing, and their standard streams by name.

    No file can be opened for writing, and the names lead through /proc, which is closed; a copy of the
    descriptor serves. Standard error is the null device in every child.
    """
    whole, by_number = io.open, os.open
    copies = {os.devnull: 2, "/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}

    def copy(file: Any) -> int | None:
        """Return a copy of the descriptor that serves for a path; ``None`` for any other file."""
        if type(file) is int:
            return None
        try:
            number = copies.get(os.fsdecode(file))
        except TypeError:
            return None
        return None if number is None else os.dup(number)

    @functools.wraps(whole)
    def with_devices(file: Any, *arguments: Any, **keywords: Any) -> Any:
        copied = copy(file)
        return whole(file if copied is None else copied, *arguments, **keywords)

    @functools.wraps(by_number)
    def number_with_devices(path: Any, flags: Any, *arguments: Any, **keywords: Any) -> int:
        writes = type(flags) is int and flags & os.O_ACCMODE
        copied = copy(path) if writes else None
        return by_number(path, flags, *arguments, **keywords) if copied is None else copied

    builtins.open = io.open = with_devices
    os.open = number_with_devices


def _ignore(**_handlers: object) -> None:
    """Stand in for ``os.register_at_fork`` while modules are loaded."""


def main() -> None:
    """Start from the command line: the control descriptor, then the plan as JSON."""
    given = int(sys.argv[1])
    control = socket.socket(fileno=os.dup(given))  # the lowest number: children close every one up to 256
    os.close(given)
    plan = json.loads(sys.argv[2])
    sys.argv = [""]
    gc.disable()
    _thread.stack_size(_THREAD_STACK)
    _preload(["random", *plan["preload"]])
    _open_devices()
    _stand_in()
    from auditor.sandbox import SandboxLevel
    from auditor.verify.inside import semaphores
    from auditor.verify.inside.confine import Confinement, Plan
    from auditor.verify.inside.packages import Packages, load_whole

    semaphores.provide()
    level = SandboxLevel(plan["level"])
    confinement = Confinement(Plan(**plan | {"level": level}))
    loop = Loop(control, confinement)
    Packages(plan["folders"], plan["packages"], plan["modules"]).install()
    libraries = plan["preload_packages"]
    if level is SandboxLevel.SECCOMP:
        _preload(libraries, load_whole)  # now, since no file may be opened later
    elif level is SandboxLevel.NONE:
        _preload(libraries)
    confinement.confine_zygote()
    if level is SandboxLevel.LANDLOCK:
        _preload(libraries)  # what they do when they are imported is confined too
    gc.collect()
    gc.freeze()
    from auditor.verify.protocol import Ready, encode

    control.send(encode(Ready()) + b"\n")
    os.dup2(1, 2)  # errors at the start were for the parent; from here on nobody reads them
    loop.serve()


if __name__ == "__main__":
    main()
