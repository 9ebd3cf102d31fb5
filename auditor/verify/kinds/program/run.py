"""Single runs of a program: one test, one process."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from auditor.comparators import Comparator, agrees
from auditor.records import FailureKind, Outcome, StdinSuite
from auditor.verify.compiled import reads_itself
from auditor.verify.endings import not_confined, outcome_of_death, why_not_ready
from auditor.verify.limits import Clocks
from auditor.verify.protocol import CheckJob, Ended, Message, ProgramJob, frame, greeting, said
from auditor.verify.runner import Runner
from auditor.verify.told import Raised

OUTPUT_BYTES = 1 << 20
"""Size limit of an output in bytes, in addition to twice the expected size."""
_CHECK_SECONDS = 10.0
"""CPU seconds allowed for a checker on one output."""
_BACKSTOP = 5
"""Seconds above a limit after which the kernel ends a process that nobody watches."""


@dataclass(frozen=True, slots=True)
class ProgramOutput:
    """The result of one run of a program."""

    outcome: Outcome
    """``pass`` means that it ended by itself with status 0; whether its output is right is another question."""
    detail: str
    kind: FailureKind | None
    """How it failed; ``None`` for ``pass``, ``invalid`` and harness errors."""
    stdout: str
    cpu: float
    """CPU seconds of the process."""
    peak: int = 0
    """Peak memory in bytes."""


@dataclass(frozen=True, slots=True)
class ProgramText:
    """What to run as a program."""

    source: str
    prelude: str = ""
    """Source whose names the program may use if neither it nor the builtins define them."""
    runs_again: bool = False
    """Whether it will run on other inputs, so that its compiled form is worth keeping."""


def run_program(
    runner: Runner, program: ProgramText, stdin: str, *, seconds: float, data_bytes: int = 0, expected_bytes: int = 0
) -> ProgramOutput:
    """Run a program on one input until it ends.

    ``seconds`` is its limit in CPU time. Raises :class:`~auditor.verify.server.ZygoteDiedError` if fork
    servers keep dying.
    """
    return runner.persist(lambda: _run(runner, program, stdin, seconds, data_bytes, expected_bytes), memory=data_bytes)


def _run(
    runner: Runner, program: ProgramText, stdin: str, seconds: float, data_bytes: int, expected_bytes: int
) -> ProgramOutput:
    clocks = Clocks(seconds, seconds)
    room = OUTPUT_BYTES + 2 * expected_bytes
    parts: list[bytes] = []
    text = stdin.encode("utf-8", "surrogatepass")
    zygote = runner.zygote(program.source, program.prelude)
    compiled = runner.compiled(program.source)
    keep = program.runs_again and not compiled and not reads_itself(program.source)
    job = ProgramJob(program.prelude, compiled=bool(compiled), keep=keep)
    with zygote.run_program(
        job, compiled or program.source, text, cpu_seconds=int(seconds) + _BACKSTOP, data_bytes=data_bytes
    ) as run:
        while room >= 0 and (data := run.child.read(clocks)):
            parts.append(data)
            room -= len(data)
        ended = run.child.end()
        code, note = run.left()
        timed_out = run.child.timed_out
    if code:
        runner.keep_compiled(program.source, code.decode("latin-1"))
    return _result(b"".join(parts), note, ended, timed_out, cut=room < 0)


def _result(said_all: bytes, note: bytes, ended: Ended, timed_out: str, *, cut: bool) -> ProgramOutput:
    """Determine a run's result from its process's output, notes and exit status."""
    hello, ready = greeting(ready=False), greeting(ready=True)
    if not said_all.startswith(hello):
        return ProgramOutput(*not_confined(ended), None, "", ended.cpu)
    if not said_all.startswith(ready):
        problem = why_not_ready(said_all[len(hello) :].rstrip(b"\n"))
        outcome, detail = problem or outcome_of_death(ended)
        return ProgramOutput(outcome, detail, None, "", ended.cpu)
    stdout = said_all[len(ready) :].decode("utf-8", "backslashreplace")
    outcome, detail, kind = _ending(note, ended, timed_out, cut=cut)
    return ProgramOutput(outcome, detail, kind, stdout, ended.cpu, ended.peak)


def _ending(note: bytes, ended: Ended, timed_out: str, *, cut: bool) -> tuple[Outcome, str, FailureKind | None]:
    if timed_out:
        return Outcome.TIMEOUT, timed_out, FailureKind.NO_ANSWER
    if cut:
        return Outcome.FAIL, "wrote more output than any right answer", FailureKind.TOO_LARGE
    status = ended.status
    if status is None or ended.killed or os.WIFSIGNALED(status):
        outcome, detail = outcome_of_death(ended)
        kinds = {Outcome.TIMEOUT: FailureKind.NO_ANSWER, Outcome.MEMORY: FailureKind.MEMORY}
        return outcome, detail, kinds.get(outcome, FailureKind.CRASH)
    code = os.WEXITSTATUS(status)
    if code == 0:
        return Outcome.PASS, "", None
    match said(note):
        case Message.MEMORY:
            return Outcome.MEMORY, "out of memory", FailureKind.MEMORY
        case Message.RAISED:
            return Outcome.FAIL, Raised.read(note[1:]).text, FailureKind.EXCEPTION
    return Outcome.FAIL, f"exit code {code}", FailureKind.EXIT_CODE


def is_right(
    runner: Runner, suite: StdinSuite, stdin: str, got: str, expected: str, *, integers_only: bool
) -> tuple[bool, str]:
    """Return whether an output is right by a suite's rule and, if the rule gives it, the reason why not.

    ``integers_only``: see :func:`~auditor.comparators.agrees`.

    An output on which a checker raises is wrong: the checker has accepted every expected output. Raises
    :class:`CheckerError` if it does not answer, and
    :class:`~auditor.verify.server.ZygoteDiedError`.
    """
    if suite.comparator is not Comparator.CHECKER:
        right = agrees(
            suite.comparator, got, expected, absolute=suite.atol, relative=suite.rtol, integers_only=integers_only
        )
        return right, ""
    return runner.persist(lambda: _check(runner, suite.checker, stdin, got, expected))


class CheckerError(Exception):
    """A task's checker did not answer; the message says why."""


def _check(runner: Runner, checker: str, stdin: str, got: str, expected: str) -> tuple[bool, str]:
    clocks = Clocks(_CHECK_SECONDS, _CHECK_SECONDS)
    with runner.zygote(checker).run(CheckJob(), checker, cpu_seconds=int(_CHECK_SECONDS) + _BACKSTOP) as child:
        texts = json.dumps([stdin, got, expected]).encode("ascii")
        data = b""
        handed = False
        while len(data) < OUTPUT_BYTES and (more := child.read(clocks)):
            data += more
            if not handed and data.count(b"\n") >= 2:
                child.hand(frame(texts))
                handed = True
            if data.count(b"\n") >= 3:
                break
        child.end()
        timed_out = child.timed_out
    lines = data.split(b"\n")
    answer = lines[2] if len(lines) > 3 else lines[-2] if len(lines) > 1 else b""
    if said(answer) is Message.CHECKED:
        match _json(answer[1:]):
            case [bool(right), str(why)]:
                return right, why
    if said(answer) is Message.RAISED:
        return False, f"the checker raised {Raised.read(answer[1:]).text}"
    raise CheckerError(f"the checker did not answer: {timed_out or 'its process ended'}")


def _json(text: bytes) -> object:
    """Read JSON from an untrusted sender; ``None`` if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
