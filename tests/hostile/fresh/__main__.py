"""Run the fresh corpus: ``python -m tests.hostile.fresh landlock+seccomp``, perhaps with ``quick`` or ids of tasks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator

from auditor.config import VerifyConfig
from auditor.records import Outcome, Program, program_id
from auditor.sandbox import SandboxLevel
from auditor.verify import Verifier
from tests.hostile.fresh import FreshProgram, fresh_programs, fresh_tasks


def not_as_they_have_to_be(
    level: SandboxLevel, programs: Iterable[FreshProgram], config: VerifyConfig
) -> Iterator[str]:
    """Run programs at a level of confinement and name each that comes out otherwise."""
    may_write = level is SandboxLevel.LANDLOCK
    programs = [one for one in programs if may_write or not (one.reads or one.task_id == "Fresh/files")]
    tasks = {name: task for name, task in fresh_tasks().items() if any(one.task_id == name for one in programs)}
    runs = {program_id(one.task_id, one.solution): one for one in programs}
    seen = set()
    with Verifier(tasks, config, level=level) as verifier:
        for task_id, reason in verifier.check_references().items():
            yield f"{task_id} is unfit: {reason}"
        for verdicts in verifier.verify(Program(key, one.task_id, one.solution) for key, one in runs.items()):
            one = runs[verdicts[0].program]
            seen.add(verdicts[0].program)
            outcomes = {verdict.outcome for verdict in verdicts}
            if (outcomes == {Outcome.PASS}) is not one.right or Outcome.ERROR in outcomes:
                got = [(v.suite.value, v.outcome.value, v.detail, v.failing and v.failing.got) for v in verdicts]
                yield f"{one.task_id}: {one.name}: {got}"[:600]
    for key in runs.keys() - seen:
        yield f"{runs[key].task_id}: {runs[key].name}: no verdict"


def main(level: str, *only: str) -> int:
    """Print every program whose verdict is not what it has to be; returns how many there are."""
    named = set(only) - {"quick"}
    chosen = [
        one for one in fresh_programs()
        if (not named or one.task_id in named) and not (one.burns and "quick" in only)
    ]  # fmt: skip
    problems = [*not_as_they_have_to_be(SandboxLevel(level), chosen, VerifyConfig(workers=2, sandbox="none"))]
    print(*problems, sep="\n")
    print(f"user {os.getuid()}, {level}: {len(chosen)} programs, {len(problems)} not as they have to be")
    return len(problems)


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:])))
