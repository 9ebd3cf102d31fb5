"""Compare our verdicts with EvalPlus's on CodeT's candidates: every difference, listed.

    AUDITOR_DATA=… python -m tests.benchmarks.agreement [--samples 100] [--workers 2]

Both suites are run for every program, since EvalPlus runs both. Prints the agreement per suite, the
differences with ours and theirs, outcomes, CPU seconds and the largest memory of this process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections import Counter, defaultdict
from pathlib import Path

from auditor.config import VerifyConfig
from auditor.records import Outcome, SuiteName, Verdict
from auditor.verify import Verifier
from tests.benchmarks import codet


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=100, help="candidates a task, 1 to 100")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--oracle-for", default="all", choices=["accepted", "all"])
    parser.add_argument("--per-test", default="none", choices=["none", "base", "all"])
    parser.add_argument("--cache", type=Path, help="keep what references gave in this folder, and take it from there")
    parser.add_argument("--save", type=Path, help="write our verdicts here as JSONL")
    options = parser.parse_args()
    data = Path(os.environ["AUDITOR_DATA"])
    tasks = codet.tasks(data)
    candidates = codet.recorded(data, tasks, options.samples)
    programs = codet.distinct(candidates)
    config = VerifyConfig(workers=options.workers, oracle_for=options.oracle_for, per_test=options.per_test)
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    found: dict[tuple[str, SuiteName], Verdict] = {}
    with Verifier(tasks, config, cache=options.cache) as verifier:
        unfit = verifier.check_references()
        prepared = time.monotonic()
        for verdicts in verifier.verify(programs):
            found |= {(verdict.program, verdict.suite): verdict for verdict in verdicts}
    ended, own = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    parent = own.ru_utime + own.ru_stime - before.ru_utime - before.ru_stime
    print(f"{len(candidates)} candidates, {len(programs)} programs, level {verifier.level}, unfit {unfit}")
    print(f"references {prepared - began:.1f} s wall, programs {ended - prepared:.1f} s wall")
    print(f"CPU: parent {parent:.1f} s, fork servers and children {children.ru_utime + children.ru_stime:.1f} s")
    print(f"candidates' own {sum(v.cpu_seconds for v in found.values()):.1f} CPU-s in {len(found)} verdicts")
    print(f"peak memory: parent {own.ru_maxrss >> 10} MB, largest child {children.ru_maxrss >> 10} MB")
    for suite in SuiteName:
        print(suite, dict(Counter(v.outcome.value for (_, name), v in found.items() if name is suite)))
    report(candidates, found)
    print("flaky:", [(v.program, v.suite.value, v.outcome.value, v.detail) for v in found.values() if v.flaky])
    if options.save:
        lines = [
            json.dumps([v.program, v.suite, v.outcome, v.passed.hex(), v.flaky, v.cpu_seconds, v.detail])
            for _, v in sorted(found.items())
        ]
        options.save.write_text("\n".join(lines) + "\n")


def report(candidates: list[codet.Recorded], found: dict[tuple[str, SuiteName], Verdict]) -> None:
    """Print the agreement and each difference, equal programs together."""
    for suite in SuiteName:
        differing: dict[str, list[codet.Recorded]] = defaultdict(list)
        compared = 0
        for one in candidates:
            verdict = found.get((one.program.program, suite))
            if verdict is None:
                continue
            compared += 1
            if (verdict.outcome is Outcome.PASS) != (one.base if suite is SuiteName.BASE else one.plus):
                differing[one.program.program].append(one)
        number = sum(map(len, differing.values()))
        share = (compared - number) / max(compared, 1)
        without = sum(len(ones) for ones in differing.values() if ones[0].task_id != "HumanEval/32")
        print(
            f"{suite.value}: {compared} compared, {number} differ ({share:.4%} agree; {without} outside HumanEval/32)"
        )
        for program, ones in differing.items():
            verdict = found[program, suite]
            theirs = "pass" if verdict.outcome is not Outcome.PASS else "fail"
            indices = [one.sample_index for one in ones]
            print(f"  {ones[0].task_id} {indices} ours {verdict.outcome.value}, theirs {theirs}: {verdict.detail}")
            if verdict.failing:
                print(f"    {verdict.failing}"[:400])


if __name__ == "__main__":
    main()
