"""More plus tests for function tasks by differential testing: inputs that tell wrong programs from the reference.

The expected outputs are what the reference returns. An input counts only where the reference returns and every
known-right program agrees with it; inputs on which they differ are listed as underspecified and not used. Numbers and
lengths stay within those of the present inputs, and go beyond only where a second known-right program has to agree.
What is kept is a greedy cover of the mutants and known-wrong programs that the present suites accept, and a few more.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from auditor.config import VerifyConfig
from auditor.grading.inputs import Arguments, generate
from auditor.records import InputSuite, Outcome, Program, SuiteName, Task, program_id
from auditor.sampling.simulated.mutate import mutants
from auditor.targets import TargetKind
from auditor.verify import Verifier

_RAISED = "<raised>"
_WRAPPER = """\
_space = dict(globals())
exec(compile({source!r}, "<program>", "exec"), _space)
_inner = _space[{name!r}]
def {name}(*arguments):
    try:
        return ["returned", _inner(*arguments)]
    except Exception:
        return ["<raised>"]
"""


@dataclass(frozen=True, slots=True)
class NewTest:
    """An input that was added."""

    arguments: Arguments
    kills: tuple[str, ...]
    """Programs that pass the suites before and fail this test, e.g. ``mutant 3`` or ``wrong 1``; empty: kept against
    programs not seen yet."""


@dataclass(frozen=True, slots=True)
class Strengthened:
    """What became of one task."""

    task_id: str
    tests: tuple[NewTest, ...]
    """Added to plus, in order."""
    tried: int
    """Inputs generated."""
    raising: int
    """Inputs on which the reference raises; not used."""
    underspecified: tuple[Arguments, ...]
    """Inputs on which a known-right program differs from the reference; not used."""
    suspects: int
    """Mutants and known-wrong programs that the suites accept."""
    caught: int
    """Those of them that the new tests fail."""
    skipped: str = ""
    """Why the task is left as it is; empty where it was worked on."""


def strengthen(
    task: Task, config: VerifyConfig, *, most: int = 200, extra: int = 3, right: Sequence[str] = (),
    wrong: Sequence[str] = (), seed: int = 0,
) -> Strengthened:  # fmt: skip
    """Find inputs that fail what the suites of a function task accept wrongly.

    ``most`` inputs are generated; ``extra`` of those kept kill nothing that is known. ``right`` and ``wrong`` are
    programs beside those that the task names. The same task and seed give the same tests.
    """
    base, plus = task.base, task.plus
    reason = ""
    if task.target.kind is not TargetKind.FUNCTION:
        reason = f"a {task.target.kind.value}: only functions are strengthened"
    elif not isinstance(base, InputSuite) or not isinstance(plus, InputSuite):
        reason = "its suites are not both given as inputs"
    elif plus.oracle or plus.keywords or plus.nodes:
        reason = "plus has a rule of equality, keywords or nodes of its own"
    if reason or not isinstance(base, InputSuite) or not isinstance(plus, InputSuite):
        return Strengthened(task.task_id, (), 0, 0, (), 0, 0, reason)
    random = Random(int.from_bytes(hashlib.sha256(f"{seed}:{task.task_id}".encode()).digest()[:8]))  # noqa: S311
    known_right = {f"right {n}": source for n, source in enumerate((*task.known_right, *right), 1)}
    seeds, constants = (*base.inputs, *plus.inputs), _constants(task.reference)
    inputs = tuple(generate(seeds, constants, most, random, widen=bool(known_right)))
    suspects = {f"mutant {n}": one.source for n, one in enumerate(mutants(task.reference), 1)}
    suspects |= {f"wrong {n}": source for n, source in enumerate((*task.known_wrong, *wrong), 1)}
    open_ones = _accepted(task, suspects, config)
    failing = _failing(task, inputs, {**known_right, **{name: suspects[name] for name in open_ones}}, config)
    if failing is None:
        return Strengthened(
            task.task_id, (), len(inputs), 0, (), len(open_ones), 0, "its reference is not reproducible"
        )
    raising = set(range(len(inputs))) - failing.pop(_RAISED)
    disputed = set().union(*(failing.pop(name, set()) for name in known_right)) - raising
    usable = [place for place in range(len(inputs)) if place not in raising and place not in disputed]
    kept = _cover({name: places & set(usable) for name, places in failing.items()}, usable, extra)
    tests = tuple(NewTest(inputs[place], tuple(name for name in open_ones if place in failing[name])) for place in kept)
    caught = {name for test in tests for name in test.kills}
    return Strengthened(
        task.task_id, tests, len(inputs), len(raising), tuple(inputs[place] for place in sorted(disputed)),
        len(open_ones), len(caught),
    )  # fmt: skip


def _constants(source: str) -> list[object]:
    """Return the constants of a program, and its whole numbers' neighbours."""
    found: dict[tuple[type, object], object] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
            near = (node.value - 1, node.value, node.value + 1) if type(node.value) is int else (node.value,)
            found |= {(type(value), value): value for value in near}
    return list(found.values())


def _accepted(task: Task, programs: Mapping[str, str], config: VerifyConfig) -> list[str]:
    """Return the programs that pass both suites."""
    plain = replace(task, known_right=(), known_wrong=())
    verdicts = _verdicts(plain, programs, config.model_copy(update={"oracle_for": "all", "per_test": "none"}))
    return [name for name in programs if {one[0] for one in verdicts[name].values()} == {Outcome.PASS}]


def _failing(
    task: Task, inputs: tuple[Arguments, ...], programs: Mapping[str, str], config: VerifyConfig
) -> dict[str, set[int]] | None:
    """Return program → inputs on which it differs from the reference; ``None`` where the reference differs from itself.

    Programs are wrapped to return what they raise. The name ``<raised>`` stands for a program that always raises.
    """
    if not inputs:
        return {_RAISED: set(), **{name: set() for name in programs}}

    def wrapped(source: str) -> str:
        return _WRAPPER.format(source=source, name=task.target.name)

    suite = InputSuite(inputs, atol=task.plus.atol if isinstance(task.plus, InputSuite) else 0.0)
    other = replace(task, reference=wrapped(task.reference), base=suite, plus=suite, known_right=(), known_wrong=())
    always = f"def {task.target.name}(*arguments):\n    return [{_RAISED!r}]\n"
    sources = {name: wrapped(source) for name, source in programs.items()}
    sources |= {_RAISED: always, "the reference": f"{wrapped(task.reference)}_again = True\n"}
    verdicts = _verdicts(other, sources, config.model_copy(update={"oracle_for": "accepted", "per_test": "all"}))
    failing = {}
    for name in sources:
        base = verdicts[name].get(SuiteName.BASE)
        if base is None or base[0] is Outcome.ERROR:
            return None
        failing[name] = {place for place in range(len(inputs)) if base[1][place : place + 1] != b"\x01"}
    return failing if not failing.pop("the reference") else None


def _verdicts(
    task: Task, programs: Mapping[str, str], config: VerifyConfig
) -> dict[str, dict[SuiteName, tuple[Outcome, bytes]]]:
    ids = {name: program_id(task.task_id, source) for name, source in programs.items()}
    unique = {ids[name]: Program(ids[name], task.task_id, source) for name, source in programs.items()}
    with Verifier({task.task_id: task}, config) as verifier:
        found = {
            verdicts[0].program: {one.suite: (one.outcome, one.passed) for one in verdicts}
            for verdicts in verifier.verify(unique.values())
        }
    return {name: found[ids[name]] for name in programs}


def _cover(failing: Mapping[str, set[int]], usable: Sequence[int], extra: int) -> list[int]:
    """Choose inputs greedily until every program that can be caught is; then ``extra`` more that kill the most."""
    left = {name for name, places in failing.items() if places}
    kept: list[int] = []
    kills = {place: {name for name, places in failing.items() if place in places} for place in usable}
    while left:
        best = max(usable, key=lambda place: (len(kills[place] & left), -place))
        kept.append(best)
        left -= kills[best]
    others = sorted((place for place in usable if place not in kept), key=lambda place: (-len(kills[place]), place))
    return kept + others[:extra]
