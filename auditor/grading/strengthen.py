"""More plus tests for function tasks by differential testing: inputs that tell wrong programs from the reference.

The expected outputs are what the reference returns. :mod:`~auditor.grading.explore` says which inputs can be used, and
which programs fail them. What is kept is a weighted greedy cover: each test is worth the programs that fail it, those
that the present suites accept most, and less for every earlier test that they fail already. Programs not seen yet are
likely to be wrong on cases that tests leave out, so each :mod:`case <auditor.grading.traits>` counts as a program, too,
and so does each expected output: many inputs that all give ``[]`` say little.
Tests that fail a known program are made smaller as long as they fail the same programs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from auditor.benchmark.values import canonical
from auditor.grading.explore import Exploration, explore
from auditor.grading.ground import ALL_SEEDS_SECONDS, Dispute, Ground, ProgramPool
from auditor.grading.inputs import Arguments
from auditor.grading.smaller import KeptTest, shrink
from auditor.grading.stdin_programs import StdinTask, as_function, why_no_grammar
from auditor.grading.traits import traits
from auditor.records import InputSuite, Task
from auditor.targets import TargetKind
from auditor.verify.observe import Observer, show_answer

INPUTS, TESTS = 1000, 30
"""Inputs made for a task, and tests kept at most."""
_REJECTED = 0.05
"""What failing a program that the present suites reject is worth, if one that they accept is worth 1."""
_REPEATED = 0.3
"""What failing a program is worth, next to what it was worth before the last test that it fails."""
_CASE = 0.1
"""What a case that an input is one of is worth, and an expected output."""
_LEAST_GAIN = 1e-3
_CONFIRMING = 0.9
"""Share of the time left for asking right programs and samples about the inputs that are chosen."""
_UNANSWERED = f"its reference does not answer its own tests, twice the same, within {ALL_SEEDS_SECONDS:.0f} CPU seconds"


@dataclass(frozen=True, slots=True)
class NewTest:
    """An input that was added."""

    arguments: Arguments
    origin: str
    """How it was made, e.g. ``seed 3, argument 1 replaced``."""
    expected: str
    """What the reference returns, as a short text."""
    kills: tuple[str, ...]
    """Programs that the suites before accept and this test fails, e.g. ``mutant 3`` or ``sample 1``.

    Empty: kept against programs not seen yet.
    """
    got: str
    """What the first of them returns or raises; empty without one."""


@dataclass(frozen=True, slots=True)
class Strengthened:
    """What became of one task."""

    task_id: str
    tests: tuple[NewTest, ...] = ()
    """Added to plus, in order."""
    tried: int = 0
    """Inputs made."""
    valid: int = 0
    """Those of them that the contract, or what the known inputs have in common, allows."""
    raising: int = 0
    """Valid inputs on which the reference raises, answers differently each time or takes too long; not used."""
    underspecified: tuple[Dispute, ...] = ()
    """Inputs on which right programs, or most samples, differ from the reference; not used."""
    suspects: int = 0
    """Mutants, known-wrong programs and samples that the suites accept."""
    caught: int = 0
    """Those of them that the new tests fail."""
    assumed: tuple[str, ...] = ()
    """What inputs were taken to have in common, for want of a contract."""
    cpu_seconds: float = 0.0
    """CPU time of all programs that ran."""
    skipped: str = ""
    """Why the task is left as it is; empty if it was worked on."""


def why_not(task: Task) -> str:
    """Say why a task cannot be strengthened; empty if it can."""
    base, plus = task.base, task.plus
    if task.target.kind is TargetKind.PROGRAM:
        return why_no_grammar(task)
    if task.target.kind is TargetKind.CLASS:
        return "a class: functions, methods and programs are strengthened"
    if not isinstance(base, InputSuite) or not isinstance(plus, InputSuite):
        return "its suites are not both given as inputs"
    if plus.keywords or plus.nodes or base.keywords or base.nodes:
        return "its suites pass keywords or nodes"
    return "" if task.reference else "it has no reference"


def strengthen(
    task: Task, observer: Observer, programs: ProgramPool | None = None, *, inputs: int = INPUTS, tests: int = TESTS,
    seed: int = 0, vote: bool = True,
) -> Strengthened:  # fmt: skip
    """Find at most ``tests`` inputs that fail what the suites of a task accept wrongly.

    ``inputs`` valid ones are made and tried. ``vote`` lets samples dispute the reference, see
    :mod:`~auditor.grading.explore`. The same task, programs and seed give the same tests.
    """
    if reason := why_not(task):
        return Strengthened(task.task_id, skipped=reason)
    programs = programs or ProgramPool()
    if task.target.kind is TargetKind.PROGRAM:
        program = as_function(task)
        found = _strengthened(program.task, observer, program.pool(programs), inputs, tests, seed, vote=vote)
        return _with_texts(program, found)
    return _strengthened(task, observer, programs, inputs, tests, seed, vote=vote)


def _with_texts(program: StdinTask, found: Strengthened) -> Strengthened:
    """Replace values by the texts of standard input that they stand for."""
    return replace(
        found,
        tests=tuple(replace(test, arguments=(program.text(test.arguments),)) for test in found.tests),
        underspecified=tuple(replace(one, arguments=(program.text(one.arguments),)) for one in found.underspecified),
    )


def _strengthened(
    task: Task, observer: Observer, programs: ProgramPool, inputs: int, tests: int, seed: int, *, vote: bool
) -> Strengthened:
    ground = Ground(task, observer, programs)
    found = explore(ground, most=inputs, seed=seed, vote=vote)
    return tests_of(ground, found, tests=tests, seed=seed, vote=vote)


def tests_of(ground: Ground, found: Exploration | None, *, tests: int, seed: int, vote: bool) -> Strengthened:
    """Choose at most ``tests`` of the inputs that were explored, and make them smaller."""
    if found is None:
        return Strengthened(ground.task.task_id, skipped=_UNANSWERED)
    voters = [name for name in ground.samples if name in found.accepted] if vote else []
    chosen = [
        KeptTest(
            found.candidates[place].arguments, found.candidates[place].origin,
            frozenset(name for name in found.accepted if place in found.failing[name]),
        )
        for place in choose(found, tests + tests // 2, seed=seed)  # some become equal when they are made smaller
    ]  # fmt: skip
    kept = shrink(ground, chosen, voters)
    ground.begin(_CONFIRMING)
    disputed = ground.disputed([one.arguments for one in kept], voters)
    found = replace(found, disputes=(*found.disputes, *disputed.values()))
    kept = [one for place, one in enumerate(kept) if place not in disputed]
    return _result(ground, found, kept[:tests])


def choose(found: Exploration, tests: int, *, seed: int = 0) -> list[int]:
    """Return the places of at most ``tests`` inputs, the most telling first; of equals the shortest.

    If neither a known program nor a case is left, inputs follow whose outputs differ from those of the others.
    """
    left = {f"program {name}": 1.0 if name in found.accepted else _REJECTED for name in found.failing}
    kills = {
        place: sorted(f"case {trait}" for trait in traits(found.candidates[place].arguments)) for place in found.usable
    }
    for place in found.usable:
        kills[place].append(f"output {found.expected[place]!r}")
    left |= {case: _CASE for cases in kills.values() for case in cases}
    for name, places in found.failing.items():
        for place in places:
            kills[place].append(f"program {name}")
    length = {place: len(canonical(found.candidates[place].arguments)) for place in found.usable}
    chosen: list[int] = []
    while len(chosen) < tests and len(chosen) < len(kills):
        gains = {place: sum(left[name] for name in names) for place, names in kills.items() if place not in set(chosen)}
        best = max(gains, key=lambda place: (round(gains[place], 9), -length[place], -place))
        if gains[best] < _LEAST_GAIN:
            break
        chosen.append(best)
        for name in kills[best]:
            left[name] *= _REPEATED
    return chosen + _unlike(found, set(chosen), tests - len(chosen), seed)


def _unlike(found: Exploration, chosen: set[int], count: int, seed: int) -> list[int]:
    """Return places of further inputs at random, those first whose expected outputs no other test has."""
    places = [place for place in found.usable if place not in chosen]
    Random(seed).shuffle(places)  # noqa: S311 - not for secrets
    seen = {found.expected[place] for place in chosen}
    fresh: list[int] = []
    known: list[int] = []
    for place in places:
        (known if found.expected[place] in seen else fresh).append(place)
        seen.add(found.expected[place])
    return (fresh + known)[: max(0, count)]


def _result(ground: Ground, found: Exploration, kept: Sequence[KeptTest]) -> Strengthened:
    """Run what is kept once more, for what each test expects, and what the first program that it fails gives there."""
    inputs = [one.arguments for one in kept]
    kills = [tuple(name for name in ground.others if name in one.fails) for one in kept]
    ground.begin(1.0)
    answered = ground.ask(inputs, dict.fromkeys(names[0] for names in kills if names), always=True)
    made = []
    for at, place in enumerate(answered.places):
        names = kills[place]
        got = show_answer(answered.lines[names[0]][at]) if names else ""
        made.append(NewTest(inputs[place], kept[place].origin, show_answer(answered.expected[at]), names, got))
    caught = {name for test in made for name in test.kills}
    return Strengthened(
        ground.task.task_id, tuple(made), found.tried, found.valid, found.valid - len(found.candidates),
        found.disputes, len(found.accepted), len(caught), ground.assumed, ground.cpu_seconds,
    )  # fmt: skip
