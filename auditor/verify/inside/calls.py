"""Inside the sandbox: a suite of inputs. Calls the program on each and claims an output per line.

``_cpu`` is bound when the module is loaded because a program may replace ``time.process_time``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from auditor.verify import wire
from auditor.verify.digest import digest
from auditor.verify.inside.channel import Channel
from auditor.verify.inside.loading import describe, load
from auditor.verify.protocol import CalibrateJob, CallJob, Message
from auditor.verify.told import Raised

_cpu = time.process_time
_VALUE, _DIGEST, _TOO_LARGE = Message.VALUE.value, Message.DIGEST.value, Message.TOO_LARGE.value


def run_calls(job: CallJob, source: str, inputs: list[Any], descriptor: int) -> None:
    """Call the candidate on every input from ``job.start`` on."""
    channel = Channel(descriptor, eager=job.eager)
    function = load(source, job.entry, channel)
    if function is not None:
        doublings, hashed, slow = job.doublings, frozenset(job.hashed), frozenset(job.slow)
        for index in range(job.start, len(inputs)):
            if index in slow:
                channel.flush()  # the parent's clock must know that this test has begun
            limit = job.limit << doublings.get(str(index), 0)
            line, ended = _call(function, inputs[index], limit, index in hashed, job.drain)
            channel.send(line)
            if ended and job.stop:
                break
    channel.send(Message.DONE)
    channel.flush()


def calibrate(job: CalibrateJob, source: str, inputs: list[Any], descriptor: int) -> None:
    """Call the reference on every input, with the CPU time of each call."""
    channel = Channel(descriptor, eager=False)
    function = load(source, job.entry, channel)
    if function is not None:
        for arguments in inputs:
            before = _cpu()
            line, _ = _call(function, arguments, job.limit, False)
            channel.send(line)
            channel.send(f"{Message.SECONDS}{_cpu() - before:.9f}")
    channel.send(Message.DONE)
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
            return _DIGEST + digest(value), False
        size = wire.least_size(value)
        if size <= limit:
            line = wire.encode(value)
            if len(line) <= limit:
                return _VALUE + line, False
            size = len(line)
            del line  # what is too large to send may be most of the memory there is
        return f"{_TOO_LARGE}{digest(value)} {size}", False
    except MemoryError:
        return Message.MEMORY, True
    except BaseException as error:  # noqa: BLE001 - whatever the candidate raises is its answer
        return Message.RAISED + Raised(describe(error)).body(), True
