"""What every suite expects and how long it may take, from running the references in the sandbox.

Made when first asked for, kept on disk for the life of the verifier and in memory for the last few
tasks only, since expected outputs of some tasks take tens of megabytes.
"""

from __future__ import annotations

import json
import tempfile
import threading
import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.config import VerifyConfig
from auditor.records import AssertSuite, InputSuite, Outcome, SuiteName, Task
from auditor.verify import expected as expecting
from auditor.verify import wire
from auditor.verify.expected import Expected
from auditor.verify.limits import Limits
from auditor.verify.oracles import ORACLES
from auditor.verify.reading import Claims
from auditor.verify.runner import Runner
from auditor.verify.server import Clocks
from auditor.verify.show import show_line

REFERENCE_SECONDS = 300.0
"""CPU seconds that a reference may take on one test, and in all."""
REPEAT_BELOW = 1.0
"""References quicker than this run twice, so that one that answers differently each time is found."""
_KEPT_BYTES = 48 << 20


class UnfitError(Exception):
    """The reference does not pass its own suite here; the message says why."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One suite, ready to judge programs by."""

    key: str
    expected: Expected | None
    """``None`` for an assert script."""
    limits: Limits


class Library:
    """Prepared suites by task; safe to use from several threads."""

    def __init__(self, tasks: Mapping[str, Task], config: VerifyConfig) -> None:
        self._tasks = tasks
        self._config = config
        self._folder = tempfile.TemporaryDirectory(prefix="auditor-expected-")
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._unfit: dict[str, str] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def close(self) -> None:
        """Delete what was kept on disk."""
        self._folder.cleanup()

    def get(self, task_id: str, name: SuiteName, runner: Runner) -> Prepared:
        """Return a suite, prepared; raises :class:`UnfitError` where its reference does not pass it."""
        key = f"{task_id}:{name}"
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key in self._unfit:
                raise UnfitError(self._unfit[key])
            with self._guard:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
            prepared = self._load(key, task_id, name)
            if prepared is None:
                try:
                    prepared = self._make(key, self._tasks[task_id], name, runner)
                except UnfitError as reason:
                    self._unfit[key] = str(reason)
                    raise
                self._save(prepared)
            self._keep(prepared)
            return prepared

    def _keep(self, prepared: Prepared) -> None:
        with self._guard:
            self._kept[prepared.key] = prepared
            while len(self._kept) > 2 and sum(map(_weight, self._kept.values())) > _KEPT_BYTES:
                self._kept.popitem(last=False)

    def _path(self, key: str) -> Path:
        return Path(self._folder.name) / wire.digest(json.dumps(key))

    def _save(self, prepared: Prepared) -> None:
        lines = prepared.expected.lines if prepared.expected else ()
        data = json.dumps(prepared.limits.tests).encode() + b"\n" + b"\n".join(lines)
        path = self._path(prepared.key)
        try:
            path.write_bytes(zlib.compress(data, 1))
        except OSError:  # no room: the reference runs again when the suite is next needed
            path.unlink(missing_ok=True)

    def _load(self, key: str, task_id: str, name: SuiteName) -> Prepared | None:
        try:
            data = zlib.decompress(self._path(key).read_bytes())
        except FileNotFoundError:
            return None
        seconds, *lines = data.split(b"\n")
        suite = self._tasks[task_id].suite(name)
        limits = Limits.of(json.loads(seconds), self._config)
        if isinstance(suite, AssertSuite):
            return Prepared(key, None, limits)
        return Prepared(key, expecting.build(suite, lines if suite.inputs else [], encode_inputs(suite)), limits)

    def _make(self, key: str, task: Task, name: SuiteName, runner: Runner) -> Prepared:
        suite = task.suite(name)
        if isinstance(suite, AssertSuite):
            return self._make_script(key, task, suite, runner)
        if suite.oracle is not None and suite.oracle not in ORACLES:
            raise UnfitError(f"{name}: no such oracle: {suite.oracle}")
        if suite.outputs is not None and len(suite.outputs) != len(suite.inputs):
            raise UnfitError(f"{name}: {len(suite.inputs)} inputs but {len(suite.outputs)} outputs")
        inputs = encode_inputs(suite)
        if b'{"opaque"' in inputs:
            raise UnfitError(f"{name}: an input is of a type that cannot be handed to a candidate")
        answers, seconds = self._run_reference(key, task, name, suite, inputs, runner)
        lines = answers if suite.outputs is None else [expecting.value_line(value) for value in suite.outputs]
        prepared = Prepared(
            key, expecting.build(suite, expecting.shrink(lines), inputs), Limits.of(seconds, self._config)
        )
        self._check(prepared, answers, task, name, runner)
        return prepared

    def _run_reference(
        self, key: str, task: Task, name: SuiteName, suite: InputSuite, inputs: bytes, runner: Runner
    ) -> tuple[list[bytes], list[float]]:
        """Return the reference's value lines and CPU seconds, test by test."""
        clocks = Clocks(REFERENCE_SECONDS, REFERENCE_SECONDS)
        lines, problem = runner.calibrate(task.reference, task.entry_point, key, inputs, clocks)
        if lines[:2] != [b"c", b"r"]:
            said = show_line(b"x" + lines[1][1:]) if len(lines) > 1 and lines[1][:1] in b"ie" else problem
            raise UnfitError(f"the reference does not load: {said or 'out of memory'}")
        if problem:
            raise UnfitError(f"{name}: the reference does not finish: {problem}")
        answers, times = lines[2:-1:2], lines[3:-1:2]
        for index, line in enumerate(answers):
            if line[:1] in b"xm":
                raise UnfitError(f"{name} test {index}: the reference raises {show_line(line)}")
        if len(answers) != len(suite.inputs) or len(times) != len(answers):
            raise UnfitError(f"{name}: the reference answers {len(answers)} of {len(suite.inputs)} tests")
        hashed = [b"h" + line[1:].partition(b" ")[0] if line[:1] == b"l" else line for line in answers]
        return hashed, [_seconds(line) for line in times]

    def _check(self, prepared: Prepared, answers: Sequence[bytes], task: Task, name: SuiteName, runner: Runner) -> None:
        """See that what the reference answered would pass, and, where that is cheap, that it answers so again."""
        assert prepared.expected is not None
        claims = Claims(prepared.expected, 0, stop=True)
        claims.feed(b"\n".join([b"c", b"r", *expecting.shrink(answers), b"z", b""]))
        claims.finish()
        if claims.failing is None and sum(prepared.limits.tests) < REPEAT_BELOW:
            run = runner.inputs(
                task.reference, task.entry_point, prepared.key, prepared.expected, prepared.limits, alone=True
            )
            claims = run.claims
            if claims.failing is None and run.outcome[0] is not Outcome.PASS:
                raise UnfitError(f"{name}: the reference does not pass a second time: {run.outcome[1]}")
        if claims.failing is not None:
            index, line = claims.failing
            wanted = show_line(prepared.expected.lines[index])
            raise UnfitError(f"{name} test {index}: the reference gives {show_line(line)}, expected is {wanted}"[:600])

    def _make_script(self, key: str, task: Task, suite: AssertSuite, runner: Runner) -> Prepared:
        """Run the script against the reference, which times it and must pass."""
        generous = Limits((), REFERENCE_SECONDS, 1.0)
        result = runner.script(task.reference, task.entry_point, suite, task.reference, generous, alone=True)
        if result.outcome is not Outcome.PASS:
            where = f"line {result.line} of the test script: " if result.line else ""
            raise UnfitError(f"the reference does not pass: {where}{result.detail or result.outcome}")
        return Prepared(key, None, Limits.of([result.cpu + result.script_cpu], self._config))


def encode_inputs(suite: InputSuite) -> bytes:
    """Write a suite's arguments for the zygote."""
    return wire.encode([list(arguments) for arguments in suite.inputs]).encode("ascii")


def _seconds(line: bytes) -> float:
    """Read the CPU seconds of a call; a reference may be a stranger's and write what it likes."""
    try:
        seconds = float(line[1:])
    except ValueError:
        seconds = -1.0
    if not (line[:1] == b"t" and 0 <= seconds <= REFERENCE_SECONDS):
        raise UnfitError("the reference writes to our channel")
    return seconds


def _weight(prepared: Prepared) -> int:
    """Estimate the bytes that a prepared suite holds."""
    expected = prepared.expected
    return 1000 if expected is None else 2 * len(expected.stream) + len(expected.inputs)
