"""Compare our verdicts with EvalPlus's on recorded candidates: every difference, listed with its cause.

    AUDITOR_DATA=… python -m tests.benchmarks.agreement [--samples 100] [--sets humaneval|mbpp] [--every 4]

By default on CodeT's candidates, with EvalPlus 0.3.1's verdicts; ``--sets`` takes all published sets of a benchmark
that carry the verdicts of their own time. Both suites are run for every program, since EvalPlus runs both. Prints the
agreement per suite, the differences with ours, theirs and the cause (:mod:`auditor.grading.causes`), outcomes, CPU
seconds and the largest memory of a process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from auditor.benchmark import load_benchmark
from auditor.config import ModelConfig, VerifyConfig
from auditor.grading.causes import Cause, Experiments, RecordedDifference
from auditor.records import Outcome, Program, SuiteName, Task, Verdict, program_id
from auditor.sampling.recorded import read_recorded
from auditor.verify import Verifier
from tests.benchmarks import codet, recorded_sets

OTHER_VERSIONS = {
    "humaneval": ("hub/evalplus/humanevalplus", "hub/openai/openai_humaneval"),
    "mbpp": ("hub/evalplus/mbppplus",),
}
"""The hub's version of each benchmark, with the source of its base suites."""
BROKEN_THERE = frozenset({"HumanEval/32"})
"""EvalPlus 0.3.1 fails even the reference."""


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=100, help="candidates a task, 1 to 100")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--oracle-for", default="all", choices=["accepted", "all"])
    parser.add_argument("--per-test", default="none", choices=["none", "base", "all"])
    parser.add_argument("--cache", type=Path, help="keep what references gave in this folder, and take it from there")
    parser.add_argument("--sets", choices=sorted(OTHER_VERSIONS), help="published sets of this benchmark instead")
    parser.add_argument("--every", type=int, default=1, help="every so many tasks, from the first")
    parser.add_argument("--save", type=Path, help="write our verdicts here as JSONL")
    options = parser.parse_args()
    data = Path(os.environ["AUDITOR_DATA"])
    benchmark = load_benchmark(str(data / recorded_sets.SOURCES[options.sets or "humaneval"]))
    tasks = {task.task_id: task for task in benchmark.tasks}
    candidates = published(data, options.sets, tasks) if options.sets else codet.recorded(data, tasks, options.samples)
    tasks = {task.task_id: task for task in benchmark.tasks[:: options.every]}
    candidates = [one for one in candidates if one.task_id in tasks]
    programs = codet.distinct(candidates)
    config = VerifyConfig(workers=options.workers, oracle_for=options.oracle_for, per_test=options.per_test)
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    found: dict[tuple[str, SuiteName], Verdict] = {}
    with Verifier(tasks, config, cache=options.cache, benchmark=benchmark.digest) as verifier:
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
    broken = frozenset() if options.sets else BROKEN_THERE
    report(candidates, found, lambda: Experiments(tasks, others(data, options), broken, options.cache, config))
    print("flaky:", [(v.program, v.suite.value, v.outcome.value, v.detail) for v in found.values() if v.flaky])
    if options.save:
        lines = [
            json.dumps([v.program, v.suite, v.outcome, v.passed.hex(), v.flaky, v.cpu_seconds, v.detail])
            for _, v in sorted(found.items())
        ]
        options.save.write_text("\n".join(lines) + "\n")


def published(data: Path, benchmark: str, tasks: Mapping[str, Task]) -> list[codet.Recorded]:
    """Return the candidates of all published sets with verdicts, read as an audit reads them."""
    found = []
    for path in sorted((data / "samples").glob(f"{benchmark}__*.jsonl.gz")):
        rows = {(str(row["task_id"]), row["sample_index"]): row for row in codet.rows(path)}
        if not any("src_plus_status" in row for row in rows.values()):
            continue
        known = frozenset(task_id for task_id, _ in rows)
        for sample in read_recorded(ModelConfig(name=path.name, recorded=path), tasks, known=known):
            row = rows[sample.task_id, sample.sample_index]
            if sample.solution is not None and sample.task_id in tasks:
                program = Program(program_id(sample.task_id, sample.solution), sample.task_id, sample.solution)
                said = (row["src_base_status"] == "pass", row["src_plus_status"] == "pass")
                found.append(codet.Recorded(sample.task_id, sample.sample_index, program, *said, row["solution"]))
    return sorted(found, key=lambda one: (one.task_id, one.program.program))


def others(data: Path, options: argparse.Namespace) -> dict[str, Task]:
    """Load the hub's version of the benchmark."""
    sources = (str(data / name) for name in OTHER_VERSIONS[options.sets or "humaneval"])
    return {task.task_id: task for task in load_benchmark(*sources).tasks}


def report(
    candidates: Sequence[codet.Recorded],
    found: Mapping[tuple[str, SuiteName], Verdict],
    experiments: Callable[[], Experiments],
) -> None:
    """Print the agreement and each difference with its cause, equal programs together."""
    for suite in SuiteName:
        compared = [one for one in candidates if (one.program.program, suite) in found]
        said: dict[str, set[bool]] = defaultdict(set)
        differing: dict[str, list[codet.Recorded]] = defaultdict(list)
        for one in compared:
            theirs = one.base if suite is SuiteName.BASE else one.plus
            said[one.program.program].add(theirs)
            if (found[one.program.program, suite].outcome is Outcome.PASS) != theirs:
                differing[one.program.program].append(one)
        number = sum(map(len, differing.values()))
        print(
            f"{suite.value}: {len(compared)} compared, {number} differ ({1 - number / max(len(compared), 1):.4%} agree)"
        )
        causes: Counter[Cause] = Counter()
        differences = [
            RecordedDifference(ones[0].program, ones[0].text, suite, found[program, suite], frozenset(said[program]))
            for program, ones in differing.items()
        ]
        for difference, cause in zip(
            differences, experiments().causes(differences) if differences else (), strict=True
        ):
            verdict, ones = difference.ours, differing[difference.program.program]
            first = ones[0]
            causes[cause] += len(ones)
            theirs_said = "fail" if verdict.outcome is Outcome.PASS else "pass"
            indices = [one.sample_index for one in ones]
            print(f"  {first.task_id} {indices} ours {verdict.outcome.value}, theirs {theirs_said}: {cause.value}")
            print(f"    {verdict.detail} {verdict.failing or ''}"[:300])
        for cause, count in causes.most_common():
            print(f"  {count:5} {cause.name.lower().replace('_', ' ')}: {cause.value}")


if __name__ == "__main__":
    main()
