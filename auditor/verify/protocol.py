"""The protocol between the judge and the processes inside the sandbox; loaded on both sides of the boundary.

It has three parts, each of text that can only claim values:

* requests of the judge to a fork server, and its answers, one JSON line each (:data:`Request`, :data:`Answer`);
* one job for each child, sent with the program's source (:data:`Job`);
* lines that a child sends back; the first byte of a line is its :class:`Message`; the bodies of some are in
  :mod:`auditor.verify.told`.

This module imports little, because every fork server loads it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar, get_args

T = TypeVar("T")


class Message(StrEnum):
    """Meaning of a line from a child, given by its first byte. The rest of the line is the body."""

    CONFINED = "c"
    """The child has confined itself; always the first line."""
    READY = "r"
    """The program is loaded and defines what is required."""
    VALUE = "v"
    """A call returned; the body is the value as :mod:`~auditor.verify.wire` writes it."""
    DIGEST = "h"
    """A call returned; the body is the digest of the value, as requested; empty if it equals nothing."""
    TOO_LARGE = "l"
    """A call returned a value too large to send; the body is its digest, a blank, and its size in bytes."""
    RAISED = "x"
    """A call raised; the body is a :class:`~auditor.verify.told.Raised`."""
    MEMORY = "m"
    """Memory ran out, on loading or in a call."""
    INVALID = "i"
    """The source does not compile or does not define what is required; the body says why, as a JSON string."""
    LOAD_RAISED = "e"
    """The program raised an exception on loading; the body is a :class:`~auditor.verify.told.Raised`."""
    SECONDS = "t"
    """CPU seconds of the preceding call, as decimal text; only in calibration."""
    DONE = "z"
    """End of output."""
    CALL = "q"
    """A test script calls the solution; the body is (arguments, keyword arguments) as a value."""
    CALLBACK = "b"
    """A solution calls a function of its tests, or prints; the body is a value."""
    ANSWER = "a"
    """The answer to that; the body is a line such as a solution's answer."""
    PASSED = "p"
    """A test script ran to its end."""
    CHECKED = "k"
    """A checker has decided; the body is a JSON list of whether the output is right, and why."""
    TEST = "u"
    """A test method has ended; the body is a :class:`~auditor.verify.told.TestResult`."""
    FAILED = "f"
    """A test script failed; the body is a :class:`~auditor.verify.told.ScriptFailure`."""


_MESSAGES: dict[bytes, Message] = {message.value.encode(): message for message in Message}


def said(line: bytes) -> Message | None:
    """Return the kind of a line from a child; ``None`` if it is empty or unknown."""
    return _MESSAGES.get(line[:1])


def greeting(*, ready: bool) -> bytes:
    """Return the lines with which a child begins, until it is confined or ready."""
    return f"{Message.CONFINED}\n{Message.READY}\n".encode() if ready else f"{Message.CONFINED}\n".encode()


# jobs -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """What to call in a loaded program."""

    name: str
    """Name that the module binds."""
    method: str = ""
    """A method of it, called on a fresh object each time; empty to call ``name`` itself."""
    prelude: str = ""
    """Source whose names the program may use if neither it nor the builtins define them."""
    keywords: tuple[str, ...] = ()
    """Names of the trailing arguments, which are passed by keyword."""
    nodes: tuple[str, ...] = ()
    """Shapes of the arguments and, last, of the result, see :mod:`auditor.verify.inside.nodes`."""


@dataclass(frozen=True, slots=True)
class CallJob:
    """Call the program on each of the suite's inputs that the fork server holds, and send the outputs."""

    entry: Entry
    start: int
    """The first test."""
    stop: bool
    """Stop after a call that did not return."""
    eager: bool
    """Send every line immediately."""
    limit: int
    """Size limit of an output in bytes."""
    doublings: dict[str, int]
    """Test → number of doublings of its limit, if any."""
    hashed: tuple[int, ...]
    """Tests whose outputs are sent as digests."""
    slow: tuple[int, ...]
    """Tests before which everything is sent, since their own time starts then."""
    drain: bool
    """Convert iterators to lists."""


@dataclass(frozen=True, slots=True)
class CalibrateJob:
    """Call a reference on each of the suite's inputs, and send outputs and CPU seconds in turn."""

    entry: Entry
    limit: int


@dataclass(frozen=True, slots=True)
class ServeJob:
    """Hold a solution and answer calls, each sent as its size in eight hex digits and the line."""

    entry: Entry
    limit: int


@dataclass(frozen=True, slots=True)
class ScriptJob:
    """Run a test script, which is the job's source, with proxies instead of the solution."""

    names: tuple[str, ...]
    """The names under which the script may call the solution."""
    helpers: str
    """The reference: other names that the script uses come from here."""


@dataclass(frozen=True, slots=True)
class WholeScriptJob:
    """Run a test script, which is the job's source, in the process of the solution."""

    entry: Entry
    solution: str
    names: tuple[str, ...]
    """As in a :class:`ScriptJob`."""
    helpers: str
    """As in a :class:`ScriptJob`."""


@dataclass(frozen=True, slots=True)
class ProgramJob:
    """Run the source as a program whose standard output is the channel; its exception goes to the notes."""

    prelude: str = ""
    """Source whose names the program may use if neither it nor the builtins define them."""
    compiled: bool = False
    """Whether the source is a compiled program, marshalled, one character per byte."""
    keep: bool = False
    """Leave the compiled program among the notes before it runs."""


@dataclass(frozen=True, slots=True)
class CheckJob:
    """Ask a checker, which is the job's source, about one output, sent as a JSON list of three texts."""


@dataclass(frozen=True, slots=True)
class HoldJob:
    """Hold a solution's module and do what a test asks of its objects, see :mod:`auditor.verify.inside.holding`."""

    limit: int
    """Size limit of an answer in bytes."""
    prelude: str
    """Source whose names the solution may use if neither it nor the builtins define them."""


@dataclass(frozen=True, slots=True)
class UnittestJob:
    """Run tests of the job's source one after the other, and send the result of each."""

    tests: tuple[str, ...]
    """``Class.method`` or a function's name, in execution order."""
    stop: bool
    """Stop after the first failure."""
    solution: str
    """In-process: the solution's source, whose names the tests use."""
    helpers: str
    """The reference, whose names the tests use in addition to the solution's; empty: they use the solution's alone."""
    target: str
    """The name that the solution must bind; it never comes from the reference."""
    prelude: str
    """Source whose names solution and tests may use if neither they nor the builtins define them."""
    separate: bool
    """Whether the solution is in another process and its names are proxies."""
    taught: tuple[str, ...] | None = None
    """What the reference's run has taught (:mod:`auditor.verify.inside.learned`), as that run's last line said it;
    ``None`` in that run."""


Job = CallJob | CalibrateJob | ServeJob | ScriptJob | WholeScriptJob | ProgramJob | CheckJob | HoldJob | UnittestJob


# fork server ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Load:
    """Read a suite's inputs from the accompanying descriptor, and keep them."""

    key: str


@dataclass(frozen=True, slots=True)
class Fork:
    """Start a child whose channel is the accompanying descriptor."""

    key: str
    """The suite whose inputs it needs; empty for none."""
    cpu_seconds: int
    """Its RLIMIT_CPU."""
    threads: int
    """Its RLIMIT_NPROC."""
    program: bool = False
    """Whether two more descriptors accompany the request: its standard input, and a file for its notes."""
    data_bytes: int = 0
    """Bytes of memory that it may take beyond what it starts with; 0: as in the plan."""


@dataclass(frozen=True, slots=True)
class Reap:
    """Wait this many seconds for a child to end, then kill it."""

    pid: int
    patience: float


Request = Load | Fork | Reap


@dataclass(frozen=True, slots=True)
class Ready:
    """The fork server is ready for the next request."""

    refused: str = ""
    """Reason why it could not load inputs; empty if it could or had none to load."""


@dataclass(frozen=True, slots=True)
class Forked:
    """The child runs."""

    pid: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended."""

    status: int | None
    """Status from wait4; ``None`` if the child never existed."""
    cpu: float
    """CPU seconds of the child."""
    killed: bool
    """Whether it was still running when the judge gave up."""
    peak: int = 0
    """Peak resident memory in bytes."""
    excess: str = ""
    """What exceeded the limits of its folder of files, if the judge stopped it for that."""


Answer = Ready | Forked | Ended


# as bytes ---------------------------------------------------------------------------------------

_KINDS: dict[str, type] = {kind.__name__: kind for union in (Job, Request, Answer) for kind in get_args(union)}


def encode(message: Job | Request | Answer) -> bytes:
    """Write a job, request or answer as JSON, without a line break."""
    return json.dumps([type(message).__name__, message], default=_fields).encode()


def _fields(value: Any) -> dict[str, Any]:
    return {one.name: getattr(value, one.name) for one in fields(value)}


def decode(data: bytes, expected: type[T]) -> T:
    """Read what :func:`encode` wrote on the trusted side; raises ``TypeError`` for a message of another kind."""
    name, values = json.loads(data)
    if "entry" in values:
        values["entry"] = Entry(**values["entry"])
    message = _KINDS[name](**values)
    if not isinstance(message, expected):
        raise TypeError(f"unexpected message {name}")
    return message


def encode_job(job: Job, source: str) -> bytes:
    """Encode a job and its source, each preceded by its size."""
    settings, code = encode(job), source.encode("utf-8", "surrogatepass")
    return b"%08x%08x%s%s" % (len(settings), len(code), settings, code)


def read_job(read: Callable[[int], bytes]) -> tuple[Job, str]:
    """Decode what :func:`encode_job` wrote, through a function that reads exactly the given number of bytes."""
    sizes = read(16)
    settings, code = read(int(sizes[:8], 16)), read(int(sizes[8:], 16))
    job: Job = decode(settings, Job)  # type: ignore[arg-type]  # a union is not a type to mypy, yet isinstance takes it
    return job, code.decode("utf-8", "surrogatepass")


def frame(line: bytes) -> bytes:
    """Prefix a line for a child with its size."""
    return b"%08x%s" % (len(line), line)


def read_frame(read: Callable[[int], bytes]) -> str:
    """Read what :func:`frame` wrote."""
    return read(int(read(8), 16)).decode("ascii")
