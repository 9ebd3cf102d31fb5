"""Programs that two runs judged differently."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from auditor.records import SuiteName
from auditor.store import ProgramOutcomes, Store


@dataclass(frozen=True, slots=True, order=True)
class ChangedProgram:
    """One program with two verdicts."""

    task_id: str
    program: str
    suite: str
    a: str
    """A's outcome; ``not run`` if there was no reason to run it."""
    b: str
    samples_a: int
    """Samples of all models of A with this program."""
    samples_b: int


_Changed = tuple[ChangedProgram, ...]


def changed_programs(a: Path | None, b: Path | None) -> tuple[_Changed, _Changed, int]:
    """Return the changed programs, the flaky ones among them separately, and how many programs both judged.

    Plus is compared if base has the same outcome, since a program that fails base is not run on plus.
    """
    if a is None or b is None:
        return (), (), 0
    ours, theirs = _verdicts(a), _verdicts(b)
    shared = sorted(set(ours) & set(theirs))
    changed: list[ChangedProgram] = []
    flaky: list[ChangedProgram] = []
    for program in shared:
        one, other = ours[program], theirs[program]
        suite = SuiteName.BASE if one.base is not other.base else SuiteName.PLUS
        outcomes = [row.outcomes[suite] for row in (one, other)]
        if outcomes[0] is outcomes[1]:
            continue
        a_came, b_came = (outcome or "not run" for outcome in outcomes)
        found = ChangedProgram(one.task_id, program, suite, a_came, b_came, one.samples, other.samples)
        (flaky if one.flaky or other.flaky else changed).append(found)
    return tuple(sorted(changed)), tuple(sorted(flaky)), len(shared)


def _verdicts(database: Path) -> dict[str, ProgramOutcomes]:
    with Store(database, create=False) as store:
        return {found.program: found for found in store.program_outcomes()}
