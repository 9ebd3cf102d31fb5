"""Prepare a suite for programs: expected outputs, time limits, and whether the suite is usable.

A reference must pass, and gives the time limits. Without one, limits come from the statement or the settings, and the
suite is tried on programs that are known to be right; without those, the suite is unchecked.
"""

from __future__ import annotations

from auditor.comparators import TOLERANCE, Comparator, expects_fractions
from auditor.config import VerifyConfig
from auditor.records import Outcome, StdinSuite, Task
from auditor.verify.kinds.base import REFERENCE_SECONDS, UnfitError, Workshop
from auditor.verify.kinds.program.judge import PreparedProgram
from auditor.verify.kinds.program.run import CheckerError, ProgramText, is_right, run_program
from auditor.verify.machine import UNSTATED_SECONDS, machine_factor
from auditor.verify.runner import Runner

REFERENCE_BYTES = 64 << 20
"""Size limit, in bytes, of a reference's output if it becomes the expected output."""


def prepare(task: Task, suite: StdinSuite, workshop: Workshop) -> PreparedProgram:
    """Run the reference, or the programs known to be right, on a suite.

    Raises :class:`~auditor.verify.kinds.base.UnfitError` if one of them does not pass it, or if outputs
    are missing and no reference gives them; and :class:`~auditor.verify.server.ZygoteDiedError`.
    """
    if suite.stdout is None and not task.reference:
        raise UnfitError("there are neither expected outputs nor a reference that gives them")
    seconds: list[float] = []
    outputs = suite.stdout
    stated = [text for one in (task.base, task.plus) if isinstance(one, StdinSuite) for text in one.stdout or ()]
    tolerant = (suite.atol, suite.rtol) != (TOLERANCE, TOLERANCE)
    integers_only = suite.comparator is Comparator.TOKENS_FLOAT and not (tolerant or expects_fractions(stated))
    if task.reference:
        seconds, outputs = _from_reference(task, suite, workshop, integers_only=integers_only)
    assert outputs is not None
    limits = _limits(suite, seconds, workshop.config)
    prepared = PreparedProgram(suite, outputs, limits, workshop.config.suite_timeout, task.prelude, integers_only)
    _check_expected(prepared, workshop.runner)
    for number, source in enumerate(task.known_right, 1):
        _check_right(prepared, source, f"program {number} of those known to be right", workshop.runner)
    return prepared


def _from_reference(
    task: Task, suite: StdinSuite, workshop: Workshop, *, integers_only: bool
) -> tuple[list[float], tuple[str, ...]]:
    """Return the reference's CPU seconds and the expected outputs, from the cache or by running it."""
    cache = workshop.cache
    facts = [
        "stdin",
        suite.stdin,
        suite.stdout,
        suite.comparator.value,
        suite.checker,
        suite.atol,
        suite.rtol,
        integers_only,
    ]
    name = cache.name(task, facts, workshop.runner.level)
    known = cache.read(name)
    if known is not None:
        texts = tuple(line.decode("unicode_escape") for line in known[1])
        return known[0], suite.stdout or texts
    seconds, outputs = [], []
    program = ProgramText(task.reference, task.prelude, runs_again=len(suite) > 1)
    for number, stdin in enumerate(suite.stdin):
        room = REFERENCE_BYTES if suite.stdout is None else len(suite.stdout[number])
        output = run_program(
            workshop.runner, program, stdin, seconds=REFERENCE_SECONDS, expected_bytes=room
        )  # fmt: skip
        if output.outcome is not Outcome.PASS:
            raise UnfitError(f"the reference does not pass test {number + 1}: {output.detail or output.outcome}")
        if suite.stdout is not None:
            judged = PreparedProgram(suite, suite.stdout, (), 0.0, task.prelude, integers_only)
            _demand_right(workshop.runner, judged, number, output.stdout, "the reference")
        seconds.append(output.cpu)
        outputs.append(output.stdout)
    kept = [text.encode("unicode_escape") for text in outputs] if suite.stdout is None else []
    cache.write(name, seconds, kept)
    return seconds, suite.stdout or tuple(outputs)


def _limits(suite: StdinSuite, seconds: list[float], config: VerifyConfig) -> tuple[float, ...]:
    """Return each test's limit in CPU seconds: the reference's, scaled, or the stated one, scaled to this machine."""
    stated = suite.cpu_seconds
    floor = config.timeout if stated is None else max(config.timeout, stated * machine_factor())
    if not seconds and stated is None:
        floor = max(floor, UNSTATED_SECONDS * machine_factor())
    scaled = [config.timeout_factor * one for one in seconds] or [0.0] * len(suite)
    return tuple(max(floor, one) for one in scaled)


def _check_expected(prepared: PreparedProgram, runner: Runner) -> None:
    """Check that the suite's own rule accepts every expected output; a checker may not."""
    for number, expected in enumerate(prepared.outputs):
        _demand_right(runner, prepared, number, expected, "the expected output")


def _check_right(prepared: PreparedProgram, source: str, who: str, runner: Runner) -> None:
    program = ProgramText(source, prepared.prelude, runs_again=len(prepared.outputs) > 1)
    for number, expected in enumerate(prepared.outputs):
        stdin, limit = prepared.suite.stdin[number], prepared.limits[number]
        output = run_program(runner, program, stdin, seconds=limit, expected_bytes=len(expected))
        if output.outcome is not Outcome.PASS:
            raise UnfitError(f"{who} does not pass test {number + 1}: {output.detail or output.outcome}")
        _demand_right(runner, prepared, number, output.stdout, who)


def _demand_right(runner: Runner, prepared: PreparedProgram, number: int, got: str, who: str) -> None:
    suite, expected = prepared.suite, prepared.outputs[number]
    try:
        right, why = is_right(runner, suite, suite.stdin[number], got, expected, integers_only=prepared.integers_only)
    except CheckerError as error:
        raise UnfitError(f"test {number + 1}: {error}") from None
    if not right:
        reason = f": {why}" if why else ""
        raise UnfitError(f"{who} is wrong on test {number + 1} by the rule {suite.comparator.value!r}{reason}")
