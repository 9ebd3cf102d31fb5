"""What every suite expects and how long it may take, from running the references in the sandbox.

Made when first asked for, kept on disk and, for the last few tasks only, in memory, since expected
outputs of some tasks take tens of megabytes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.config import VerifyConfig
from auditor.records import AssertSuite, InputSuite, Outcome, SuiteName, Task
from auditor.verify import expected as expecting
from auditor.verify import wire
from auditor.verify.cache import Cache
from auditor.verify.expected import Expected
from auditor.verify.limits import Clocks, Limits
from auditor.verify.oracles import ORACLES
from auditor.verify.ordering import by_size
from auditor.verify.reading import Claims
from auditor.verify.runner import Runner
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
    order: tuple[int, ...] = ()
    """The number in the suite of each test, in the order in which they run; empty for an assert script."""

    def backwards(self) -> Prepared:
        """Return the same suite with its tests in the opposite order: the largest input first."""
        if self.expected is None:
            return self
        suite = self.expected.suite
        outputs = suite.outputs and suite.outputs[::-1]
        suite = replace(suite, inputs=suite.inputs[::-1], outputs=outputs)
        expected = expecting.build(suite, self.expected.lines[::-1], encode_inputs(suite))
        limits = replace(self.limits, tests=self.limits.tests[::-1])
        return Prepared(f"{self.key}:backwards", expected, limits, self.order[::-1])


class Library:
    """Prepared suites by task; safe to use from several threads."""

    def __init__(self, tasks: Mapping[str, Task], config: VerifyConfig, cache: Cache) -> None:
        self._tasks = tasks
        self._config = config
        self._cache = cache
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._unfit: dict[str, str] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, task_id: str, name: SuiteName, runner: Runner, *, backwards: bool = False) -> Prepared:
        """Return a suite, prepared; raises :class:`UnfitError` where its reference does not pass it."""
        prepared = self._get(task_id, name, runner)
        if not backwards:
            return prepared
        with self._guard:
            turned = self._kept.get(f"{prepared.key}:backwards")
        if turned is None:
            self._keep(turned := prepared.backwards())
        return turned

    def _get(self, task_id: str, name: SuiteName, runner: Runner) -> Prepared:
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
            try:
                prepared = self._prepare(key, self._tasks[task_id], name, runner)
            except UnfitError as reason:
                self._unfit[key] = str(reason)
                raise
            self._keep(prepared)
            return prepared

    def _keep(self, prepared: Prepared) -> None:
        with self._guard:
            self._kept[prepared.key] = prepared
            while len(self._kept) > 2 and sum(map(_weight, self._kept.values())) > _KEPT_BYTES:
                self._kept.popitem(last=False)

    def _prepare(self, key: str, task: Task, name: SuiteName, runner: Runner) -> Prepared:
        """Prepare a suite from what its reference gave before, or else by running it."""
        suite = task.suite(name)
        if isinstance(suite, AssertSuite):
            return self._prepare_script(key, task, suite, runner)
        if suite.oracle is not None and suite.oracle not in ORACLES:
            raise UnfitError(f"{name}: no such oracle: {suite.oracle}")
        if suite.outputs is not None and len(suite.outputs) != len(suite.inputs):
            raise UnfitError(f"{name}: {len(suite.inputs)} inputs but {len(suite.outputs)} outputs")
        suite, order = arrange(suite)
        inputs = encode_inputs(suite)
        if wire.OPAQUE_MARK in inputs:
            raise UnfitError(f"{name}: an input is of a type that cannot be handed to a candidate")
        entry = self._cache.name(task, suite, inputs, runner.level)
        known = self._cache.read(entry)
        if known is not None:
            seconds, lines = known
            expected = expecting.build(suite, lines if suite.inputs else [], inputs)
            return Prepared(key, expected, Limits.of(seconds, self._config), order)
        answers, seconds = self._run_reference(key, task, name, order, inputs, runner)
        lines = answers if suite.outputs is None else [expecting.value_line(value) for value in suite.outputs]
        expected = expecting.build(suite, expecting.shrink(lines), inputs)
        prepared = Prepared(key, expected, Limits.of(seconds, self._config), order)
        self._check(prepared, answers, task, name, runner)
        self._cache.write(entry, seconds, expected.lines)
        return prepared

    def _run_reference(
        self, key: str, task: Task, name: SuiteName, order: Sequence[int], inputs: bytes, runner: Runner
    ) -> tuple[list[bytes], list[float]]:
        """Return the reference's value lines and CPU seconds, test by test as they run."""
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
                raise UnfitError(f"{name} test {order[index]}: the reference raises {show_line(line)}")
        if len(answers) != len(order) or len(times) != len(answers):
            raise UnfitError(f"{name}: the reference answers {len(answers)} of {len(order)} tests")
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
            number = prepared.order[index]
            raise UnfitError(f"{name} test {number}: the reference gives {show_line(line)}, expected is {wanted}"[:600])

    def _prepare_script(self, key: str, task: Task, suite: AssertSuite, runner: Runner) -> Prepared:
        """Time a script on the reference, which must pass it."""
        entry = self._cache.name(task, suite, b"", runner.level)
        known = self._cache.read(entry)
        if known is not None:
            return Prepared(key, None, Limits.of(known[0], self._config))
        generous = Limits((), REFERENCE_SECONDS, 1.0)
        result = runner.script(task.reference, task.entry_point, suite, task.reference, generous, alone=True)
        if result.outcome is not Outcome.PASS:
            where = f"line {result.line} of the test script: " if result.line else ""
            raise UnfitError(f"the reference does not pass: {where}{result.detail or result.outcome}")
        seconds = [result.cpu + result.script_cpu]
        self._cache.write(entry, seconds, [])
        return Prepared(key, None, Limits.of(seconds, self._config))


def arrange(suite: InputSuite) -> tuple[InputSuite, tuple[int, ...]]:
    """Return a suite with its tests in the order in which they run, and that order."""
    order = by_size(suite.inputs)
    outputs = suite.outputs and tuple(suite.outputs[number] for number in order)
    return replace(suite, inputs=tuple(suite.inputs[number] for number in order), outputs=outputs), order


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
