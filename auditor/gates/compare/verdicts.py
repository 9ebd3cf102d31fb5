"""Programs that both runs judged and judged differently."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from auditor.store import Store


@dataclass(frozen=True, slots=True, order=True)
class ChangedProgram:
    """One program with two verdicts."""

    task_id: str
    program: str
    suite: str
    a: str
    """A's outcome; ``not run`` where there was no cause to run it."""
    b: str
    samples_a: int
    """Samples of all models of A that are this program."""
    samples_b: int


_VERDICTS = """
SELECT p.program, p.task_id, base.outcome AS base, plus.outcome AS plus,
       base.flaky OR COALESCE(plus.flaky, 0) AS flaky,
       (SELECT COUNT(*) FROM sample s WHERE s.program = p.program) AS samples
FROM program p
JOIN verdict base ON base.program = p.program AND base.suite = 'base'
LEFT JOIN verdict plus ON plus.program = p.program AND plus.suite = 'plus'
"""

_Changed = tuple[ChangedProgram, ...]


def changed_programs(a: Path | None, b: Path | None) -> tuple[_Changed, _Changed, int]:
    """Return the changed programs, the flaky ones among them apart, and how many programs both judged.

    Plus is compared where base came out alike, since a program that fails base is not run on plus.
    """
    if a is None or b is None:
        return (), (), 0
    ours, theirs = _verdicts(a), _verdicts(b)
    shared = sorted(set(ours) & set(theirs))
    changed: list[ChangedProgram] = []
    flaky: list[ChangedProgram] = []
    for program in shared:
        one, other = ours[program], theirs[program]
        suite = "base" if one["base"] != other["base"] else "plus"
        if one[suite] == other[suite]:
            continue
        outcomes = [str(row[suite] or "not run") for row in (one, other)]
        found = ChangedProgram(
            str(one["task_id"]), program, suite, outcomes[0], outcomes[1], int(one["samples"]), int(other["samples"])
        )
        (flaky if one["flaky"] or other["flaky"] else changed).append(found)
    return tuple(sorted(changed)), tuple(sorted(flaky)), len(shared)


def _verdicts(database: Path) -> dict[str, dict[str, str | int]]:
    with Store(database, create=False) as store:
        return {row["program"]: row for row in store.query(_VERDICTS)}
