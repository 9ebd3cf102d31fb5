"""What the judge and the processes inside the sandbox say to each other; loaded on both sides of the boundary.

Three conversations, each in text that claims values and can do nothing else:

* requests of the judge to a fork server, and its answers, one JSON line each (:data:`Request`, :data:`Answer`);
* one job for each child, sent with the program's source (:data:`Job`);
* lines that a child sends back; the first byte of a line is its :class:`Message`, and what some of them tell is in
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
    """What a line from a child says: its first byte. The rest of the line is the body."""

    CONFINED = "c"
    """The child has confined itself; always the first line."""
    READY = "r"
    """The program is loaded and defines what is asked for."""
    VALUE = "v"
    """A call returned; the body is the value as :mod:`~auditor.verify.wire` writes it."""
    DIGEST = "h"
    """A call returned; the body is the digest of the value, as was asked for; empty where it equals nothing."""
    TOO_LARGE = "l"
    """A call returned what is too large to send; the body is its digest, a blank, and its size in bytes."""
    RAISED = "x"
    """A call raised; the body is a :class:`~auditor.verify.told.Raised`."""
    MEMORY = "m"
    """There was no memory left, when loading or in a call."""
    INVALID = "i"
    """The source does not compile or does not define what is asked for; the body says why, as a JSON string."""
    LOAD_RAISED = "e"
    """The program raised when it was loaded; the body is a :class:`~auditor.verify.told.Raised`."""
    SECONDS = "t"
    """CPU seconds of the call before, as decimal text; only from calibration."""
    DONE = "z"
    """Everything has been said."""
    CALL = "q"
    """A test script calls the solution; the body is (arguments, keyword arguments) as a value."""
    CALLBACK = "b"
    """A solution calls a function of its tests, or prints; the body is a value."""
    ANSWER = "a"
    """What came of that; the body is a line such as a solution's answer."""
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
    """Name a line from a child; ``None`` for one that is empty or of no known kind."""
    return _MESSAGES.get(line[:1])


def greeting(*, ready: bool) -> bytes:
    """Return the lines with which a child begins, up to being confined, or to being ready."""
    return f"{Message.CONFINED}\n{Message.READY}\n".encode() if ready else f"{Message.CONFINED}\n".encode()


# jobs -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """What to call in a loaded program."""

    name: str
    """The name that the module binds."""
    method: str = ""
    """A method of it, called on a fresh object each time; empty to call ``name`` itself."""
    prelude: str = ""
    """Source whose names the program may use where neither it nor the builtins define them."""
    keywords: tuple[str, ...] = ()
    """Names of the last arguments, which are passed by keyword."""
    nodes: tuple[str, ...] = ()
    """Shapes of the arguments and, last, of the result, see :mod:`auditor.verify.inside.nodes`."""


@dataclass(frozen=True, slots=True)
class CallJob:
    """Call the program on each of the suite's inputs that the fork server holds, and say the outputs."""

    entry: Entry
    start: int
    """The first test."""
    stop: bool
    """End after a call that returned nothing."""
    eager: bool
    """Send every line at once."""
    limit: int
    """Bytes that an output may take."""
    doublings: dict[str, int]
    """Test → how often its limit is doubled, where it is."""
    hashed: tuple[int, ...]
    """The tests whose outputs are wanted as digests."""
    slow: tuple[int, ...]
    """The tests before which everything is sent, since their own time counts from then."""
    drain: bool
    """List what iterators give."""


@dataclass(frozen=True, slots=True)
class CalibrateJob:
    """Call a reference on each of the suite's inputs, and say outputs and CPU seconds in turn."""

    entry: Entry
    limit: int


@dataclass(frozen=True, slots=True)
class ServeJob:
    """Hold a solution and answer calls, each handed over as its size in eight hex digits and the line."""

    entry: Entry
    limit: int


@dataclass(frozen=True, slots=True)
class ScriptJob:
    """Run a test script, which is the job's source, with proxies in the solution's place."""

    names: tuple[str, ...]
    """The names under which the script may call the solution."""
    helpers: str
    """The reference: other names that the script uses come from here."""


@dataclass(frozen=True, slots=True)
class ProgramJob:
    """Run the source as a program whose standard output is the channel; what it raised goes to the notes."""

    prelude: str = ""
    """Source whose names the program may use where neither it nor the builtins define them."""
    compiled: bool = False
    """The source is a compiled program, marshalled, each byte a character."""
    keep: bool = False
    """Leave the compiled program among the notes before it runs."""


@dataclass(frozen=True, slots=True)
class CheckJob:
    """Ask a checker, which is the job's source, about one output, handed over as a JSON list of three texts."""


@dataclass(frozen=True, slots=True)
class HoldJob:
    """Hold a solution's module and do what a test asks of its objects, see :mod:`auditor.verify.inside.holding`."""

    limit: int
    """Bytes that an answer may take."""
    prelude: str
    """Source whose names the solution may use where neither it nor the builtins define them."""


@dataclass(frozen=True, slots=True)
class UnittestJob:
    """Run tests of the job's source, one after the other, and say what came of each."""

    tests: tuple[str, ...]
    """``Class.method`` or a function's name, in the order in which they run."""
    stop: bool
    """End after the first that fails."""
    solution: str
    """In-process: the solution's source, whose names the tests use."""
    helpers: str
    """Apart: the reference, whose names the tests use besides those that the solution defines."""
    target: str
    """The name that the solution has to bind: it never comes from the reference."""
    prelude: str
    """Source whose names solution and tests may use where neither they nor the builtins define them."""
    separate: bool
    """The solution is in another process, and its names are proxies."""
    taught: tuple[str, ...] | None = None
    """What the reference's run has taught (:mod:`auditor.verify.inside.learned`), as that run's last line said it;
    ``None`` in that run."""


Job = CallJob | CalibrateJob | ServeJob | ScriptJob | ProgramJob | CheckJob | HoldJob | UnittestJob


# fork server ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Load:
    """Read a suite's inputs from the descriptor that comes along, and keep them."""

    key: str


@dataclass(frozen=True, slots=True)
class Fork:
    """Start a child whose channel is the descriptor that comes along."""

    key: str
    """The suite whose inputs it needs; empty for none."""
    cpu_seconds: int
    """Its RLIMIT_CPU."""
    threads: int
    """Its RLIMIT_NPROC."""
    program: bool = False
    """Two more descriptors come along: its standard input, and where it leaves notes."""
    data_bytes: int = 0
    """Bytes of memory that it may take on top of what it starts with; 0: as the plan says."""


@dataclass(frozen=True, slots=True)
class Reap:
    """Wait for a child for so many seconds, then kill it."""

    pid: int
    patience: float


Request = Load | Fork | Reap


@dataclass(frozen=True, slots=True)
class Ready:
    """The fork server is ready for the next request."""

    refused: str = ""
    """Why it could not load inputs; empty where it could, or had none to load."""


@dataclass(frozen=True, slots=True)
class Forked:
    """The child runs."""

    pid: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended."""

    status: int | None
    """As wait4 gives it; ``None`` where it was never there."""
    cpu: float
    """CPU seconds of the child."""
    killed: bool
    """It still lived when the judge had had enough."""
    peak: int = 0
    """Bytes of memory that it held at most, as the kernel counts resident pages."""
    excess: str = ""
    """What was too much in its folder of files, where the judge stopped it for that."""


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
    """Write a job and the source that it is about, with their sizes before them."""
    settings, code = encode(job), source.encode("utf-8", "surrogatepass")
    return b"%08x%08x%s%s" % (len(settings), len(code), settings, code)


def read_job(read: Callable[[int], bytes]) -> tuple[Job, str]:
    """Read what :func:`encode_job` wrote, through a function that reads exactly so many bytes."""
    sizes = read(16)
    settings, code = read(int(sizes[:8], 16)), read(int(sizes[8:], 16))
    job: Job = decode(settings, Job)  # type: ignore[arg-type]  # a union is not a type to mypy, yet isinstance takes it
    return job, code.decode("utf-8", "surrogatepass")


def frame(line: bytes) -> bytes:
    """Put its size before a line that is handed to a child."""
    return b"%08x%s" % (len(line), line)


def read_frame(read: Callable[[int], bytes]) -> str:
    """Read what :func:`frame` wrote."""
    return read(int(read(8), 16)).decode("ascii")
