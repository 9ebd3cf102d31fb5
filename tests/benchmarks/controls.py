"""Which stubs would the suites of a benchmark accept? Worked out from the expected outputs, without running anything.

A stub returns or prints a constant or its input, so whether a suite accepts it follows from the inputs, the expected
outputs and the rule of equality. Those that are empty or raise are accepted by none. ``--check`` also runs them in
the sandbox, on the first tasks, to see that it says the same.

    python -m tests.benchmarks.controls ../shared/data/graders/livecodebench/o1-mini_eval_all.json.gz
"""

from __future__ import annotations

import argparse
import ast
import base64
import json
import pickletools
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from auditor.benchmark import load_benchmark
from auditor.comparators import Comparator, agrees
from auditor.config import VerifyConfig
from auditor.grading.suites import PoolName, judged_specimens
from auditor.records import Benchmark, InputSuite, Outcome, StdinSuite, Suite, SuiteName, Task
from auditor.targets import Target, TargetKind
from auditor.verify.equality import accepts


class UnknownError(Exception):
    """What a suite accepts does not follow from its text."""


Stub = Callable[[tuple[object, ...]], object]
RETURNED: dict[str, Stub] = {
    "returns nothing": lambda _: None,
    "returns 0": lambda _: 0,
    "returns an empty text": lambda _: "",
    "returns an empty list": lambda _: [],
    "returns False": lambda _: False,
    "returns True": lambda _: True,
    "echoes its first argument": lambda arguments: arguments[0] if arguments else None,
}
PRINTED: dict[str, Callable[[str], str]] = {
    "prints nothing": lambda _: "",
    "prints 0": lambda _: "0\n",
    "prints 1": lambda _: "1\n",
    "prints YES": lambda _: "YES\n",
    "prints NO": lambda _: "NO\n",
    "echoes its input": lambda text: text,
}


def accepted(suite: Suite) -> Iterator[str]:
    """Name the stubs that a suite accepts; raises ``UnknownError`` for one whose expected outputs are not given."""
    if isinstance(suite, StdinSuite) and suite.stdout is not None and suite.comparator is not Comparator.CHECKER:
        pairs = list(zip(suite.stdin, suite.stdout, strict=True))
        for name, stub in PRINTED.items():
            if all(
                agrees(suite.comparator, stub(one), out, absolute=suite.atol, relative=suite.rtol) for one, out in pairs
            ):
                yield name
    elif isinstance(suite, InputSuite) and suite.outputs is not None and not suite.nodes:
        calls = list(zip(suite.inputs, suite.outputs, strict=True))
        for name, stub_of in RETURNED.items():
            if all(accepts(stub_of(one), out, one, atol=suite.atol, oracle=suite.oracle) for one, out in calls):
                yield name
    else:
        raise UnknownError("its expected outputs are not given")


def packed_rows(path: Path) -> list[Task]:
    """Read tasks of LiveCodeBench as SandboxFusion packs them: all tests, public and private, in one text."""
    found = []
    for row in map(json.loads, path.read_text().splitlines()):
        name = json.loads(row["labels"])["task_id"]
        texts = [text for _, text, _ in pickletools.genops(zlib.decompress(base64.b64decode(row["test"])))]
        tests = json.loads(next(text for text in texts if isinstance(text, str) and text.startswith("{")))
        given, outputs, method = tests["inputs"], tests["outputs"], tests["fn_name"]
        if method is None:
            suite: Suite = StdinSuite(tuple(given), tuple(outputs), Comparator.LINES_DECIMAL)
        else:
            calls = (tuple(map(ast.literal_eval, one.splitlines())) for one in given)
            suite = InputSuite(tuple(calls), tuple(map(ast.literal_eval, outputs)))
        target = Target(TargetKind.PROGRAM) if method is None else Target(TargetKind.METHOD, f"Solution().{method}")
        found.append(Task(name, row["content"], target, "", suite, suite))
    return found


def summary(tasks: Iterable[Task]) -> str:
    """Count the stubs that each suite accepts, and name their tasks."""
    lines: dict[SuiteName, list[str]] = {name: [] for name in SuiteName}
    kinds: dict[SuiteName, Counter[str]] = {name: Counter() for name in SuiteName}
    number = unread = 0
    for task in tasks:
        try:
            base, plus = list(accepted(task.base)), list(accepted(task.plus))
        except UnknownError:
            unread += 1
            continue
        number += 1
        for suite, names in ((SuiteName.BASE, base), (SuiteName.PLUS, [one for one in base if one in plus])):
            kinds[suite].update(names)
            lines[suite] += [f"    {task.task_id} ({len(task.plus)} tests): {', '.join(names)}"] if names else []
    found = [f"{number} tasks, {unread} without expected outputs"]
    for suite, told in lines.items():
        what = "base" if suite is SuiteName.BASE else "base and plus"
        found += [f"  {what}: {kinds[suite].total()} stubs accepted in {len(told)} tasks: {dict(kinds[suite])}", *told]
    return "\n".join(found)


def check(benchmark: Benchmark, most: int) -> str:
    """Run the stubs of the first tasks in the sandbox and compare."""
    tasks = tuple(replace(task, reference="") for task in islice(benchmark.tasks, most))
    judged = judged_specimens(replace(benchmark, tasks=tasks), VerifyConfig(workers=1), most_mutants=0)
    known = {**RETURNED, **PRINTED}
    differing = [
        f"{one.specimen.program.task_id}: {one.specimen.about}"
        for one in judged.graded
        if one.specimen.pool is PoolName.CONTROL and one.specimen.about in known
        for suite, outcome in (("base", one.base), ("plus", one.plus))
        if (outcome is Outcome.PASS)
        != (one.specimen.about in accepted(_suite(judged.fit[one.specimen.program.task_id], suite)))
    ]
    return f"{len(judged.graded)} stubs of {len(judged.fit)} tasks run, unfit {len(judged.unfit)}; other: {differing}"


def _suite(task: Task, name: str) -> Suite:
    return task.base if name == "base" else task.plus


def main() -> None:
    """Print what stubs pass."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--packed", action="store_true", help="rows of LiveCodeBench as SandboxFusion packs them")
    parser.add_argument("--check", type=int, default=0, help="run the stubs of so many tasks")
    options = parser.parse_args()
    if options.packed:
        print(summary(packed_rows(options.source)))
        return
    benchmark = load_benchmark(str(options.source))
    print(summary(benchmark.tasks))
    if options.check:
        print(check(benchmark, options.check))


if __name__ == "__main__":
    main()
