"""Prepare a suite of inputs by running the reference, which gives expected outputs and time limits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from auditor.records import InputSuite, Outcome, SuiteName, Task
from auditor.text import plural
from auditor.verify import wire
from auditor.verify.endings import why_not_ready
from auditor.verify.kinds.base import REFERENCE_SECONDS, UnfitError, Workshop, entry_of
from auditor.verify.kinds.calls import expected as expecting
from auditor.verify.kinds.calls import run as running
from auditor.verify.kinds.calls.claims import Claims
from auditor.verify.kinds.calls.judge import PreparedCalls
from auditor.verify.kinds.calls.ordering import by_size
from auditor.verify.limits import Clocks, Limits
from auditor.verify.machine import UNSTATED_SECONDS, machine_factor
from auditor.verify.oracles import ORACLES
from auditor.verify.protocol import Message, greeting, said
from auditor.verify.show import show_line
from auditor.verify.values import WireError

REPEAT_BELOW = 1.0
"""References faster than this run twice, to detect non-deterministic ones."""


def prepare(task: Task, name: SuiteName, suite: InputSuite, workshop: Workshop) -> PreparedCalls:
    """Prepare a suite; raises :class:`~auditor.verify.kinds.base.UnfitError` if its reference does not pass it."""
    if suite.oracle is not None and suite.oracle not in ORACLES:
        raise UnfitError(f"{name}: no such oracle: {suite.oracle}")
    if suite.outputs is not None and len(suite.outputs) != len(suite.inputs):
        raise UnfitError(f"{name}: {plural(len(suite.inputs), 'input')} but {plural(len(suite.outputs), 'output')}")
    suite, order = arrange(suite)
    inputs = expecting.encode_inputs(suite)
    if wire.OPAQUE_MARK in inputs:
        raise UnfitError(f"{name}: an input is of a type that cannot be handed to a candidate")
    return _Calibration(task, name, suite, order, inputs, workshop).prepared()


def arrange(suite: InputSuite) -> tuple[InputSuite, tuple[int, ...]]:
    """Return a suite with its tests in execution order, and that order."""
    order = by_size(suite.inputs)
    outputs = suite.outputs and tuple(suite.outputs[number] for number in order)
    return replace(suite, inputs=tuple(suite.inputs[number] for number in order), outputs=outputs), order


@dataclass(frozen=True, slots=True)
class _Calibration:
    task: Task
    name: SuiteName
    suite: InputSuite
    """With its tests in execution order."""
    order: tuple[int, ...]
    inputs: bytes
    workshop: Workshop

    @property
    def key(self) -> str:
        """Return the suite's name for fork servers, which is short however long the task's id is."""
        task = hashlib.sha256(self.task.task_id.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{task[:32]}:{self.name}"

    def prepared(self) -> PreparedCalls:
        if not self.task.reference:
            return self._without_reference()
        cache = self.workshop.cache
        entry = cache.name(self.task, self._facts(), self.workshop.runner.level)
        known = cache.read(entry)
        if known is not None:
            lines = known.lines if self.suite.inputs else []
            return self._prepared(lines, known.seconds, known.peak)
        answers, seconds, peak = self._run_reference()
        outputs = self.suite.outputs
        lines = answers if outputs is None else [expecting.value_line(value) for value in outputs]
        try:
            prepared = self._prepared(expecting.shrink(lines), seconds, peak)
        except WireError as error:
            raise UnfitError(f"{self.name}: an expected output cannot be read: {error}") from None
        if not self.workshop.known_fit:
            self._check(prepared, answers)
        cache.write(entry, seconds, prepared.expected.lines, peak)
        return prepared

    def _without_reference(self) -> PreparedCalls:
        """Use the given outputs and the limits from the settings; programs known to be right must pass."""
        if self.suite.outputs is None:
            raise UnfitError(f"{self.name}: there are neither expected outputs nor a reference that gives them")
        lines = [expecting.value_line(value) for value in self.suite.outputs]
        seconds = [UNSTATED_SECONDS * machine_factor() / self.workshop.config.timeout_factor] * len(lines)
        try:
            prepared = self._prepared(expecting.shrink(lines), seconds)
        except WireError as error:
            raise UnfitError(f"{self.name}: an expected output cannot be read: {error}") from None
        for number, source in enumerate(self.task.known_right, 1):
            entry = entry_of(self.task, self.suite)
            run = running.run(
                self.workshop.runner, source, entry, prepared.key, prepared.expected, prepared.limits,
                running.Settings(alone=True),
            )  # fmt: skip
            outcome, detail = run.outcome
            if outcome is not Outcome.PASS:
                raise UnfitError(f"{self.name}: program {number} of those known to be right does not pass: {detail}")
        return prepared

    def _facts(self) -> list[object]:
        """List what the reference's answers and their verdicts depend on besides task and machine."""
        suite, expected = self.suite, hashlib.sha256()
        for value in suite.outputs or ():
            expected.update(wire.encode(value).encode("ascii") + b"\n")
        digests = [hashlib.sha256(self.inputs).hexdigest(), expected.hexdigest()]
        return [*digests, suite.outputs is None, suite.atol, suite.oracle, suite.keywords, suite.nodes]

    def _prepared(self, lines: Sequence[bytes], seconds: Sequence[float], peak: int = 0) -> PreparedCalls:
        expected = expecting.build(self.suite, lines, self.inputs)
        return PreparedCalls(self.key, expected, Limits.of(seconds, self.workshop.config, peak), self.order)

    def _run_reference(self) -> tuple[list[bytes], list[float], int]:
        """Return the reference's value lines and CPU seconds per test, in execution order, and its peak memory."""
        name, order, task = self.name, self.order, self.task
        clocks = Clocks(REFERENCE_SECONDS, REFERENCE_SECONDS)
        said_all, problem = running.calibrate(
            self.workshop.runner,
            task.reference,
            entry_of(task, self.suite),
            self.key,
            self.inputs,
            len(order),
            clocks,
        )
        lines = said_all.lines
        if lines[:2] != greeting(ready=True).split():
            found = why_not_ready(lines[1]) if len(lines) > 1 else None
            raise UnfitError(f"the reference does not load: {found[1] if found else problem}")
        if problem:
            raise UnfitError(f"{name}: the reference does not finish: {problem}")
        answers, times = lines[2:-1:2], lines[3:-1:2]
        for index, line in enumerate(answers):
            if said(line) in {Message.RAISED, Message.MEMORY}:
                raise UnfitError(f"{name} test {order[index] + 1}: the reference raises {show_line(line)}")
        if len(answers) != len(order) or len(times) != len(answers):
            raise UnfitError(f"{name}: the reference answers {len(answers)} of {plural(len(order), 'test')}")
        return [expecting.as_digest(line) for line in answers], [_seconds(line) for line in times], said_all.peak

    def _check(self, prepared: PreparedCalls, answers: Sequence[bytes]) -> None:
        """Check that the reference's answers would pass and, if cheap, that it gives them again."""
        name, task = self.name, self.task
        claims = Claims(prepared.expected, 0, stop=True)
        done = Message.DONE.encode()
        claims.feed(greeting(ready=True) + b"\n".join([*expecting.shrink(answers), done, b""]))
        claims.finish()
        if claims.failing is None and sum(prepared.limits.tests) < REPEAT_BELOW:
            run = running.run(
                self.workshop.runner, task.reference, entry_of(task, self.suite),
            prepared.key, prepared.expected, prepared.limits,
                running.Settings(alone=True),
            )  # fmt: skip
            claims = run.claims
            if claims.failing is None and run.outcome[0] is not Outcome.PASS:
                raise UnfitError(f"{name}: the reference does not pass a second time: {run.outcome[1]}")
        if claims.failing is not None:
            index, line = claims.failing
            wanted = show_line(prepared.expected.lines[index])
            number = prepared.order[index] + 1  # as reports count them
            text = f"{name} test {number}: the reference gives {show_line(line)}, expected is {wanted}"[:600]
            raise UnfitError(text + (_NAN if wanted == show_line(line) and "nan" in wanted else ""))


_NAN = "; nan is not equal to itself: remove this input, or test it in an assert with math.isnan"


def _seconds(line: bytes) -> float:
    """Read the CPU seconds of a call; an untrusted reference may write anything."""
    try:
        seconds = float(line[1:])
    except ValueError:
        seconds = -1.0
    if not (said(line) is Message.SECONDS and 0 <= seconds <= REFERENCE_SECONDS):
        raise UnfitError("the reference writes to the harness's channel")
    return seconds
