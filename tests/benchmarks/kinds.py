"""Audit the benchmarks of classes, methods and libraries, and measure what a test of each kind costs.

    AUDITOR_DATA=… python -m tests.benchmarks.kinds livecodebench|methods|leetcode|shared|classeval|bigcodebench|cost

``livecodebench`` runs o1-mini's recorded programs that read stdin on the tests that the record kept, ``methods`` its
recorded methods, and lists where the recorded verdict differs. ``leetcode`` and ``bigcodebench`` run every reference
(and, for test suites, a stub that has to fail); ``shared`` compares LiveCodeBench's recorded verdicts on o1-mini with
those of LeetCodeDataset's tests on the same programs; ``classeval`` audits GPT-4's recorded classes; ``cost`` times
trivial programs, so that all CPU time is overhead. ``--python`` names a virtual environment with the packages that
tasks require.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import resource
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from auditor.benchmark import load_benchmark
from auditor.config import ModelConfig, PerTest, ProgramScope, VerifyConfig
from auditor.records import Outcome, Program, SuiteName, Task, Verdict, program_id
from auditor.sampling.recorded import read_recorded
from auditor.suites import InputSuite, StdinSuite, Suite, Trust, UnittestSuite
from auditor.targets import Target, TargetKind
from auditor.verify import Verifier


def fit(tasks: Iterable[Task], config: VerifyConfig) -> dict[str, Task]:
    """Run every reference; print how many pass and why others do not; return those that pass."""
    known = {task.task_id: task for task in tasks}
    with Verifier(known, config) as verifier:
        unfit = verifier.check_references()
    print(f"references: {len(known) - len(unfit)} of {len(known)} pass both suites")
    for task_id, reason in unfit.items():
        print(f"  {task_id}: {reason[:160]}")
    return {task_id: task for task_id, task in known.items() if task_id not in unfit}


def judged(tasks: Mapping[str, Task], programs: Iterable[Program], config: VerifyConfig) -> dict[str, list[Verdict]]:
    """Return the verdicts of programs by their ids."""
    ordered = sorted({one.program: one for one in programs}.values(), key=lambda one: one.task_id)
    with Verifier(tasks, config) as verifier:
        return {verdicts[0].program: verdicts for verdicts in verifier.verify(ordered)}


def livecodebench(data: Path, config: VerifyConfig) -> None:
    """Run o1-mini's programs that read stdin again; list every difference from the recorded verdicts."""
    _livecodebench(data, config, TargetKind.PROGRAM)


def methods(data: Path, config: VerifyConfig) -> None:
    """Run o1-mini's answers to problems with starter code again; list every difference."""
    _livecodebench(data, config, TargetKind.METHOD)


def _livecodebench(data: Path, config: VerifyConfig, kind: TargetKind) -> None:
    path = data / "livecodebench/o1-mini_eval_all.json.gz"
    tasks = {t.task_id: t for t in load_benchmark(path).tasks if t.target.kind is kind}
    more = sum(len(task.plus) > len(task.base) for task in tasks.values())
    print(f"{len(tasks)} problems, {more} with the input on which the recorded program failed")
    recorded: dict[str, tuple[Program, bool, str]] = {}
    for problem in json.loads(gzip.decompress(path.read_bytes())):
        task_id, codes = str(problem["question_id"]), problem["code_list"]
        if task_id in tasks and codes and codes[0].strip():
            program = Program(program_id(task_id, codes[0]), task_id, codes[0])
            note = json.loads(problem["metadata"][0]) if problem["metadata"] else {}
            recorded[task_id] = (program, bool(problem["graded_list"][0]), str(note.get("error_code", "")))
    config = config.model_copy(update={"oracle_for": ProgramScope.ALL, "per_test": PerTest.NONE})
    found = judged({one: tasks[one] for one in recorded}, [program for program, _, _ in recorded.values()], config)
    table: Counter[tuple[str, str]] = Counter()
    for task_id, (program, right, code) in recorded.items():
        verdicts = found[program.program]
        bad = next((one for one in verdicts if one.outcome is not Outcome.PASS), None)
        ours = "right" if bad is None else bad.outcome.value
        table["right" if right else f"wrong {code}", ours] += 1
        if right != (bad is None):
            tests = len(tasks[task_id].plus)
            why = f"{bad.detail} {bad.failing}"[:200] if bad is not None else ""
            print(f"  {task_id}: recorded {'right' if right else f'wrong {code}'}, ours {ours} on {tests} tests {why}")
    print(f"{len(recorded)} programs; (recorded verdict and error code, ours):")
    for pair, count in table.most_common():
        print(f"  {count:4} {pair}")


def leetcode(data: Path, config: VerifyConfig) -> None:
    """Check LeetCodeDataset's references, of both versions."""
    tasks, unread = _both_versions(data)
    print(f"{len(tasks)} tasks read, {len(unread)} not:")
    for task_id, reason in unread.items():
        print(f"  {task_id}: {reason[:160]}")
    fit(tasks.values(), config)


def _both_versions(data: Path) -> tuple[dict[str, Task], dict[str, str]]:
    """Return LeetCodeDataset's tasks of two versions, the later one's if both have it, and what cannot be read."""
    tasks: dict[str, Task] = {}
    unread: dict[str, str] = {}
    for version in ("v0.3.0", "v0.3.1"):
        benchmark = load_benchmark(data / f"leetcodedataset/lcd_{version}-test.jsonl.gz")
        tasks |= {task.task_id: task for task in benchmark.tasks}
        unread |= benchmark.unfit
    return tasks, {task_id: reason for task_id, reason in unread.items() if task_id not in tasks}


def shared(data: Path, config: VerifyConfig) -> None:
    """Compare recorded verdicts on o1-mini with those of another suite for the same problems."""
    tasks, _ = _both_versions(data)
    recorded: dict[str, tuple[Program, bool]] = {}
    for problem in json.loads(gzip.decompress((data / "livecodebench/o1-mini_eval_all.json.gz").read_bytes())):
        slug = re.sub(r"[^a-z0-9]+", "-", problem["question_title"].lower()).strip("-")
        if slug in tasks and problem["code_list"] and problem["code_list"][0].strip():
            code = problem["code_list"][0]
            recorded[slug] = (Program(program_id(slug, code), slug, code), bool(problem["graded_list"][0]))
    config = config.model_copy(update={"oracle_for": ProgramScope.ALL, "per_test": PerTest.NONE})
    found = judged({slug: tasks[slug] for slug in recorded}, [program for program, _ in recorded.values()], config)
    table: Counter[tuple[str, str]] = Counter()
    for slug, (program, right) in recorded.items():
        outcomes = {verdict.suite: verdict for verdict in found[program.program]}
        error = any(verdict.outcome is Outcome.ERROR for verdict in outcomes.values())
        passes = all(verdict.outcome is Outcome.PASS for verdict in outcomes.values())
        ours = "error" if error else "right" if passes else "wrong"
        table["right" if right else "wrong", ours] += 1
        if ours not in {"error", "right" if right else "wrong"}:
            why = next((v for v in outcomes.values() if v.outcome is not Outcome.PASS), None)
            detail = f"{why.outcome.value} {why.detail} {why.failing}"[:200] if why else ""
            print(f"  {slug}: recorded {'right' if right else 'wrong'}, LeetCodeDataset {ours} {detail}")
    print(f"{len(recorded)} problems in both; (LiveCodeBench's verdict, LeetCodeDataset's): {dict(table)}")


def classeval(data: Path, config: VerifyConfig) -> None:
    """Audit GPT-4's recorded classes: how many that the main test accepts fail the test of a method."""
    benchmark = load_benchmark(data / "classeval/ClassEval_data.json.gz")
    tasks = fit(benchmark.tasks, config)
    model = ModelConfig(name="GPT-4", recorded=data / "classeval/GPT-4_100_c_5.json.gz")
    samples = [s for s in read_recorded(model, {t.task_id: t for t in benchmark.tasks}) if s.task_id in tasks]
    programs = [Program(s.program or "", s.task_id, s.solution) for s in samples if s.solution is not None]
    found = judged(tasks, programs, config)
    table: Counter[str] = Counter()
    for sample in samples:
        outcomes = {one.suite: one.outcome for one in found.get(sample.program or "", ())}
        base, plus = outcomes.get(SuiteName.BASE), outcomes.get(SuiteName.PLUS)
        table[
            "no program" if base is None else f"main test {base.value}" + (f", all {plus.value}" if plus else "")
        ] += 1
    accepted = sum(count for key, count in table.items() if key.startswith("main test pass"))
    wrong = accepted - table["main test pass, all pass"]
    print(f"{len(samples)} samples of fit tasks: {dict(table.most_common())}")
    print(f"accepted by the main test {accepted}, of these {wrong} fail another test ({wrong / max(accepted, 1):.1%})")
    print("trust of verdicts:", dict(Counter(v.trust.value for verdicts in found.values() for v in verdicts)))


def bigcodebench(data: Path, config: VerifyConfig) -> None:
    """Check BigCodeBench's references that need the standard library and numpy, each against a stub too."""
    benchmark = load_benchmark(data / "bigcodebench/BigCodeBench.jsonl.gz")
    fit([task for task in benchmark.tasks if set(task.requires) <= {"numpy"}], config)


_SIZES = (20, 220)
"""Tests of a suite; what a further test costs is the difference of the two."""
_COSTS = ("stdin test", "stdin test, 37 lines", "unittest method apart", "unittest method in process", "function call")


def cost(_data: Path, config: VerifyConfig) -> None:
    """Time trivial programs of each kind; the difference of two sizes is what a further test costs."""
    for name in _COSTS:
        seconds: list[float] = []
        for size in _SIZES:
            target, source, suite = _trivial(name, size)
            task = Task("t", "", target, source, suite, suite)
            solutions = [f"{source}x = {n}\n" for n in range(8)]
            programs = [Program(program_id("t", one), "t", one) for one in solutions]
            before = _cpu()
            with Verifier({"t": task}, config) as verifier:
                count = sum(verdict.tests for verdicts in verifier.verify(programs) for verdict in verdicts)
            seconds.append(_cpu() - before)
            print(f"{name}: {count} tests, {seconds[-1]:.2f} CPU-s with start and reference, {_peaks()}", flush=True)
        tests = 18 * (_SIZES[1] - _SIZES[0])
        print(f"  a further test: {1000 * (seconds[1] - seconds[0]) / tests:.2f} CPU-ms", flush=True)


def _trivial(name: str, size: int) -> tuple[Target, str, Suite]:
    """Return a target, a solution that does next to nothing, and a suite of this many tests."""
    numbers = tuple(range(size))
    if name.startswith("stdin test"):
        texts = tuple(f"{n}\n" for n in numbers)
        lines = "".join(f"def f{n}(a, b=[x for x in range(3)]):\n    return [a, *b][0] + {n}\n" for n in range(18))
        source = "print(input())\n"
        return Target(TargetKind.PROGRAM), lines + source if "37" in name else source, StdinSuite(texts, texts)
    source, target = "def f(n):\n    return n\n", Target.function("f")
    if name == "function call":
        return target, source, InputSuite(tuple((n,) for n in numbers), numbers)
    body = "".join(f"    def test_{n}(self):\n        self.assertEqual(f({n}), {n})\n" for n in numbers)
    trust = Trust.IN_PROCESS if "in process" in name else Trust.SEPARATE
    unit = f"import unittest\nclass T(unittest.TestCase):\n{body}"
    return target, source, UnittestSuite(unit, tuple(f"T.test_{n}" for n in numbers), trust)


def _peaks() -> str:
    """Say how much memory this process and its largest child have held so far."""
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return f"at most {own / 1024:.0f} MB here, {children / 1024:.0f} MB in a child"


def _cpu() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def main() -> None:
    """Run one measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    measurements = {
        one.__name__: one for one in (livecodebench, methods, leetcode, shared, classeval, bigcodebench, cost)
    }
    parser.add_argument("what", choices=measurements)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--python", type=Path, help="interpreter or virtual environment that runs the programs")
    options = parser.parse_args()
    config = VerifyConfig(workers=options.workers, python=options.python)
    began = time.monotonic()
    measurements[options.what](Path(os.environ["AUDITOR_DATA"]) / "graders", config)
    print(f"{time.monotonic() - began:.0f} s, {_cpu():.0f} CPU-s")


if __name__ == "__main__":
    main()
