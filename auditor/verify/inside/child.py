"""Inside the wall: what a confined child does with one candidate.

It reads a job from its channel, runs the source as the module ``solution``, calls the entry point on
each input and claims an output per line. The first few lines are sent at once, so that an early wrong answer
counts before a later call that never ends; the others are gathered and sent when 16 KiB or 5 ms have
come together, or each at once where the job says so. Lines, by their first byte:

``c`` confined · ``r`` ready · ``v`` value · ``h`` digest of a huge value · ``l`` a value too
large to send · ``x`` the call raised · ``m`` out of memory · ``i`` invalid (no parse, no entry point) · ``e`` the
module raised · ``t`` CPU seconds of the call before (calibration only) · ``z`` done.
"""

from __future__ import annotations

import json
import os
import sys
import time
import types
from collections.abc import Callable
from typing import Any

from auditor.verify import wire
from auditor.verify.digest import digest

MODULE = "solution"
_SENT_AT_ONCE = 9
"""Lines: ready, and the first eight answers."""
_FLUSH_BYTES = 16 << 10
_FLUSH_SECONDS = 0.005
_read, _write, _exit, _clock, _cpu = os.read, os.write, os._exit, time.monotonic, time.process_time


class Channel:
    """The child's one way out: lines gathered, then written."""

    def __init__(self, descriptor: int, *, eager: bool) -> None:
        self._descriptor = descriptor
        self._left = sys.maxsize if eager else _SENT_AT_ONCE
        self._lines: list[str] = []
        self._size = 0
        self._sent = _clock()

    def send(self, line: str) -> None:
        """Queue a line; send what is queued where it is time."""
        self._lines.append(line)
        self._size += len(line)
        self._left -= 1
        if self._left >= 0 or self._size > _FLUSH_BYTES or _clock() - self._sent > _FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Send everything queued."""
        if self._lines:
            data = memoryview(("\n".join(self._lines) + "\n").encode("ascii"))
            self._lines, self._size = [], 0
            while data:
                data = data[_write(self._descriptor, data) :]
        self._sent = _clock()


def read_exactly(descriptor: int, size: int) -> bytes:
    """Read ``size`` bytes or end the process: the parent is gone."""
    parts = []
    while size:
        part = _read(descriptor, min(size, 1 << 20))
        if not part:
            _exit(3)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def read_job(descriptor: int) -> tuple[dict[str, Any], str]:
    """Read the job's settings and the candidate's source."""
    size = int(read_exactly(descriptor, 8), 16)
    job = json.loads(read_exactly(descriptor, size))
    return job, read_exactly(descriptor, job["size"]).decode("utf-8", "surrogatepass")


def describe(error: BaseException) -> str:
    """Say an exception's type and message in a line; its own ``__str__`` may do anything."""
    kind = type(error).__name__
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - the candidate's own code
        text = ""
    return json.dumps(f"{kind}: {text}"[:400] if text else kind[:400])


def load(source: str, entry_point: str, channel: Channel) -> Callable[..., Any] | None:
    """Run the source as a module and find its entry point; say ``r``, or why not."""
    try:
        code = compile(source, f"<{MODULE}>", "exec", dont_inherit=True)
    except MemoryError:
        channel.send("m")
        return None
    except BaseException as error:  # noqa: BLE001 - SyntaxError, ValueError, RecursionError, OverflowError …
        channel.send("i" + describe(error))
        return None
    module = types.ModuleType(MODULE)
    sys.modules[MODULE] = module
    try:
        exec(code, module.__dict__)  # noqa: S102 - running candidates is what this process is for
    except MemoryError:
        channel.send("m")
        return None
    except BaseException as error:  # noqa: BLE001 - sys.exit at import included
        channel.send("e" + describe(error))
        return None
    function = module.__dict__.get(entry_point)
    if not callable(function):
        channel.send("i" + json.dumps(f"does not define {entry_point}"))
        return None
    channel.send("r")
    found: Callable[..., Any] = function
    return found


def run_inputs(job: dict[str, Any], source: str, inputs: list[Any], descriptor: int) -> None:
    """Call the candidate on every input from ``job["start"]`` on."""
    channel = Channel(descriptor, eager=job["eager"])
    function = load(source, job["entry"], channel)
    if function is not None:
        classes, hashed, slow = job["classes"], frozenset(job["hashed"]), frozenset(job["slow"])
        for index in range(job["start"], len(inputs)):
            if index in slow:
                channel.flush()  # the parent's clock must know that this test has begun
            limit = job["limit"] << classes.get(str(index), 0)
            line, ended = _call(function, inputs[index], limit, index in hashed, job["drain"])
            channel.send(line)
            if ended and job["stop"]:
                break
    channel.send("z")
    channel.flush()


def calibrate(job: dict[str, Any], source: str, inputs: list[Any], descriptor: int) -> None:
    """Call the reference on every input, with the CPU time of each call."""
    channel = Channel(descriptor, eager=False)
    function = load(source, job["entry"], channel)
    if function is not None:
        for arguments in inputs:
            before = _cpu()
            line, _ = _call(function, arguments, job["limit"], False)
            channel.send(line)
            channel.send(f"t{_cpu() - before:.9f}")
    channel.send("z")
    channel.flush()


def _call(
    function: Callable[..., Any], arguments: Any, limit: int, hashed: bool, drain: bool = False
) -> tuple[str, bool]:
    """Make one call; returns its line and whether it ended without a value."""
    try:
        value = function(*arguments)
        if drain:
            value = wire.drain(value)
        if hashed:
            return "h" + digest(value), False
        line = wire.encode(value)
        if len(line) <= limit:
            return "v" + line, False
        size = len(line)
        del line  # what is too large to send may be most of the memory there is
        return f"l{digest(value)} {size}", False
    except MemoryError:
        return "m", True
    except BaseException as error:  # noqa: BLE001 - whatever the candidate raises is its answer
        return "x" + describe(error), True
