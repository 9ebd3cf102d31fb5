"""Run the fresh corpus: ``python -m tests.hostile.fresh landlock+seccomp``, perhaps with ``quick`` or ids of tasks."""

from __future__ import annotations

import os
import sys

from auditor.config import VerifyConfig
from auditor.records import Outcome, Program, program_id
from auditor.verify import Verifier
from tests.hostile.fresh import fresh_programs, fresh_tasks


def main(level: str, *only: str) -> int:
    """Print every program whose verdict is not what it has to be; returns how many there are."""
    named = set(only) - {"quick"}
    tasks = {name: task for name, task in fresh_tasks().items() if not named or name in named}
    chosen = [one for one in fresh_programs() if one.task_id in tasks and not (one.burns and "quick" in only)]
    runs = {program_id(one.task_id, one.solution): one for one in chosen}
    programs = [Program(program, one.task_id, one.solution) for program, one in runs.items()]
    wrong = seen = 0
    with Verifier(tasks, VerifyConfig(workers=2, sandbox="none"), level=level) as verifier:
        unfit = verifier.check_references()
        for verdicts in verifier.verify(programs):
            one = runs[verdicts[0].program]
            outcomes = [verdict.outcome for verdict in verdicts]
            seen += 1
            if (set(outcomes) == {Outcome.PASS}) is not one.right or Outcome.ERROR in outcomes:
                wrong += one.task_id not in unfit
                got = [(v.suite.value, v.outcome.value, v.detail, v.failing and v.failing.got) for v in verdicts]
                print(f"{one.task_id}: {one.name}: {got}"[:600])
    peaks = f"unfit {unfit}" if unfit else "all tasks fit"
    print(
        f"user {os.getuid()}, {level}: {seen} of {len(runs)} programs, {wrong} otherwise than they have to be; {peaks}"
    )
    return wrong + (seen != len(runs))


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:])))
