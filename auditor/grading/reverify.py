"""Judge programs again that another harness has judged, and find the cause of every difference."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from auditor.config import ModelConfig, PerTest, ProgramScope, VerifyConfig
from auditor.errors import InputError
from auditor.grading.causes import Cause, Experiments, RecordedDifference, Side
from auditor.grading.progress import BeginStage, silent
from auditor.grading.verdict_journal import VerdictJournal
from auditor.json_types import object_or_empty, objects_in
from auditor.records import Benchmark, InputSuite, Outcome, Program, StdinSuite, SuiteName, Task, Verdict
from auditor.results import to_plain
from auditor.sampling.recorded import RecordedSample, RecordedSamples
from auditor.third_party import ThirdPartyVerdict
from auditor.verify import Verifier

_CUT = "..."
"""Mark with which records shorten long inputs."""
_NOTING = {"livecodebench", "nemo-gym"}
"""Sources that record the failing input; if it is absent, it was lost."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A recorded verdict that differs from ours."""

    task_id: str
    sample_index: int
    suite: SuiteName | None
    """``None`` if the harness has only one suite; ours is then base and plus together."""
    theirs: Outcome
    ours: Outcome
    cause: Cause
    note: str = ""
    """The other harness's note, in one line."""
    call: str = ""
    """The first test that the program fails here; empty if it passes."""
    expected: str = ""
    got: str = ""
    """A repr of the value, or the exception's type and message."""


@dataclass(frozen=True, slots=True)
class Reverification:
    """A file of recorded verdicts, compared with ours."""

    file: str
    format: str
    """The reader of the file."""
    source: str
    """The harness, e.g. ``evalplus``; several names are joined by commas."""
    benchmark: str
    sandbox: str
    """Level of confinement of our verdicts."""
    programs: int
    """Distinct programs judged here."""
    compared: int
    """Recorded verdicts compared: one per sample and suite."""
    not_compared: Mapping[str, int]
    """Reason why a recorded verdict has no counterpart here → number."""
    disagreements: tuple[Disagreement, ...] = field(default_factory=tuple)
    """In the file's order."""

    def of_side(self, side: Side) -> int:
        """Count the disagreements whose cause discredits a side."""
        return sum(one.cause.side is side for one in self.disagreements)

    @property
    def causes(self) -> list[tuple[Cause, int]]:
        """Return causes and the number of their disagreements, most first."""
        return Counter(one.cause for one in self.disagreements).most_common()

    @property
    def wrong(self) -> int:
        """Return the number of recorded verdicts that are wrong because of the other harness."""
        return self.of_side(Side.THEIRS)


@dataclass(slots=True)
class _Said:
    """A file's verdict on one sample and one suite."""

    recorded: RecordedSample
    verdict: ThirdPartyVerdict
    program: Program


def reverify(
    file: Path, benchmark: Benchmark, config: VerifyConfig, *,
    read_as: str | None = None, others: Mapping[str, Task] | None = None, broken_there: frozenset[str] = frozenset(),
    cache: Path | None = None, journal: Path | None = None,
    stage: BeginStage = silent,
) -> Reverification:  # fmt: skip
    """Judge the programs of a recorded file on ``benchmark`` and compare with its verdicts.

    ``others`` are the tasks of another version of the benchmark, by id; ``broken_there`` names tasks whose reference
    the other harness fails; ``journal`` stores our verdicts, so that the same command can resume; ``stage`` starts a
    stage of a number of units and returns a callback for finished units. Raises :class:`~auditor.errors.InputError` if
    the file contains no verdict.
    """
    tasks = {task.task_id: task for task in benchmark.tasks}
    samples = RecordedSamples(
        ModelConfig(name=file.name[:200], recorded=file, format=read_as), tasks, known=benchmark.ids or tuple(tasks)
    )
    missing: Counter[str] = Counter()
    said = _verdicts_of(samples, missing)
    if not said and not missing:
        remedy = f"read as {samples.format}; name the file that your harness wrote its results to"
        raise InputError("contains no verdicts of another harness", where=str(file), remedy=remedy)
    programs = {one.program.program: one.program for one in said}
    ordered = sorted(programs.values(), key=lambda one: (one.task_id, one.program))
    both = config.model_copy(update={"oracle_for": ProgramScope.ALL, "per_test": PerTest.NONE})
    judged_tasks = {one: tasks[one] for one in sorted({p.task_id for p in ordered})}
    kept = VerdictJournal(journal, judged_tasks, both)
    ours = kept.known
    with Verifier(judged_tasks, both, cache=cache) as verifier:
        advance = stage("judging again", len(ordered))
        advance(sum(one.program in ours for one in ordered))
        for verdicts in verifier.verify([one for one in ordered if one.program not in ours]):
            kept.add(verdicts)
            advance(1)
        level = verifier.level
    compared = [(one, verdict) for one in said if (verdict := _counterpart(one, ours, missing)) is not None]
    differing = _differences(compared, tasks)
    experiments = Experiments(
        tasks,
        others or {},
        broken_there,
        cache,
        config,
        stage("naming causes", len(differing)) if differing else _quiet,
    )
    causes = experiments.causes([difference for difference, _ in differing.values()])
    found = [
        (place, _disagreement(said_, difference.ours, cause))
        for (difference, places), cause in zip(differing.values(), causes, strict=True)
        for place, said_ in places
    ]
    kept.end()
    return Reverification(
        file=file.name, format=samples.format, source=", ".join(sorted({one.verdict.source for one in said})),
        benchmark=benchmark.name, sandbox=level, programs=len(ordered), compared=len(compared),
        not_compared=dict(missing), disagreements=tuple(one for _, one in sorted(found, key=lambda pair: pair[0])),
    )  # fmt: skip


def _quiet(_: int) -> None:
    """Report no progress."""


def _verdicts_of(samples: Iterable[RecordedSample], missing: Counter[str]) -> list[_Said]:
    """Pair every recorded verdict with the program that it is about."""
    said = []
    for recorded in samples:
        sample = recorded.sample
        for verdict in recorded.verdicts:
            if sample.solution is None:
                missing["no program could be read from the answer"] += 1
            elif verdict.outcome is Outcome.ERROR:
                missing["the other harness recorded an error of its own"] += 1
            else:
                program = Program.of(sample.task_id, sample.solution)
                said.append(_Said(recorded, verdict, program))
    return said


def _counterpart(said: _Said, ours: Mapping[str, Mapping[SuiteName, Verdict]], missing: Counter[str]) -> Verdict | None:
    """Return our verdict on the same program and suite; without a suite, our first one that does not pass."""
    verdicts = ours.get(said.program.program, {})
    wanted = tuple(SuiteName) if said.verdict.suite is None else (said.verdict.suite,)
    found = [verdicts[name] for name in wanted if name in verdicts]
    broken = next((one for one in found if one.outcome is Outcome.ERROR), None)
    if broken is not None or not found:
        missing[broken.detail if broken else "not judged here"] += 1
        return None
    return next((one for one in found if one.outcome is not Outcome.PASS), found[-1])


def _differences(
    compared: list[tuple[_Said, Verdict]], tasks: Mapping[str, Task]
) -> dict[tuple[str, SuiteName | None], tuple[RecordedDifference, list[tuple[int, _Said]]]]:
    """Group differences by program and suite, with their positions in the file."""
    values: defaultdict[tuple[str, SuiteName | None], set[bool]] = defaultdict(set)
    places: defaultdict[tuple[str, SuiteName | None], list[tuple[int, _Said]]] = defaultdict(list)
    verdicts: dict[tuple[str, SuiteName | None], Verdict] = {}
    for place, (said, ours) in enumerate(compared):
        key = (said.program.program, said.verdict.suite)
        values[key].add(said.verdict.outcome is Outcome.PASS)
        verdicts[key] = ours
        if (said.verdict.outcome is Outcome.PASS) != (ours.outcome is Outcome.PASS):
            places[key].append((place, said))
    return {
        key: (_difference(here[0][1], verdicts[key], values[key], tasks[here[0][1].program.task_id]), here)
        for key, here in places.items()
    }  # fmt: skip


def _is_test(given: str | None, task: Task) -> bool:
    """Return whether an input, as a record writes it, is one of a task's tests.

    A call whose arguments the program may have changed before they were recorded is none.
    """
    match task.plus:
        case _ if given is None or _CUT in given:
            return False
        case StdinSuite(stdin=texts):
            return given in texts
        case InputSuite(inputs=calls):
            try:
                arguments = ast.literal_eval(given)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                return False
            return isinstance(arguments, list) and tuple(arguments) in calls
        case _:
            return True


def _difference(said: _Said, ours: Verdict, theirs: set[bool], task: Task) -> RecordedDifference:
    verdict, sample = said.verdict, said.recorded.sample
    lost = verdict.source in _NOTING and not _is_test(verdict.failing_input, task)
    ran_text = verdict.source == "evalplus" and "def " in sample.raw
    recorded = sample.raw if ran_text else said.program.solution
    return RecordedDifference(
        said.program, recorded, verdict.suite, ours, frozenset(theirs),
        outcome=verdict.outcome, detail=verdict.detail, test_is_known=not lost,
    )  # fmt: skip


def _disagreement(said: _Said, ours: Verdict, cause: Cause) -> Disagreement:
    failing = ours.failing
    return Disagreement(
        said.verdict.task_id, said.verdict.sample_index, said.verdict.suite, said.verdict.outcome, ours.outcome, cause,
        said.verdict.detail, *(("", "", "") if failing is None else (failing.call, failing.expected, failing.got)),
    )  # fmt: skip


def to_json(found: Reverification) -> dict[str, object]:
    """Return the comparison as a JSON object, with counts and disagreements."""
    plain = object_or_empty(to_plain(found))
    rows = [
        {**row, "cause": one.cause.name.lower(), "side": one.cause.side.value}
        for row, one in zip(objects_in(plain["disagreements"]), found.disagreements, strict=True)
    ]
    causes = {cause.name.lower(): count for cause, count in found.causes}
    sides = {side.value: found.of_side(side) for side in Side}
    return {
        "schema": "auditor/reverification/1", "wrong": found.wrong, "causes": causes, "sides": sides, **plain,
        "disagreements": rows,
    }  # fmt: skip
