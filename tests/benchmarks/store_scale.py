"""What the store costs at scale: seconds to write and read, peak memory, bytes of each table.

Run ``python -m tests.benchmarks.store_scale 100000 /tmp/scale``. The samples are made, with the sizes of HumanEval+
(164 tasks, 7 base and 750 plus tests, programs of about 500 characters, 8 findings for each accepted program, seven
of ten samples, each with a program of its own), so that the figures depend on nothing that has to be downloaded.
"""

from __future__ import annotations

import random
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from auditor.pipeline import tables
from auditor.records import Finding, Outcome, Sample, SampleStatus, StyleResult, SuiteName, Usage, Verdict
from auditor.store import Store

TASKS, MODELS, RUBRIC = 164, 5, "f" * 64
_WORDS = ("for", "value", "in", "range(len(numbers)):", "if", "total", ">", "limit", "and", "not", "seen", "return")


def made_samples(count: int) -> Iterator[Sample]:
    """Make samples; three of ten repeat an earlier program of their task."""
    chance = random.Random(0)
    for number in range(count):
        model, task = f"model-{number % MODELS}-7b-instruct", f"HumanEval/{number // MODELS % TASKS}"
        index = number // (MODELS * TASKS)
        own = number if index == 0 or chance.random() < 0.7 else number % (MODELS * TASKS)
        words = random.Random(own)
        body = "".join(f"    {' '.join(words.choices(_WORDS, k=7))}\n" for _ in range(10))
        solution = f"def solve(numbers, limit):\n{body}"
        raw = f"Here is a solution:\n\n```python\n{solution}```\n"
        digest = f"{number:064x}"
        usage = Usage(150, 120)
        yield Sample(
            model, task, index, digest, SampleStatus.OK, raw, solution, "fence/1", "stop", usage=usage, latency=1.5
        )


def made_verdicts(programs: list[str]) -> Iterator[list[Verdict]]:
    """Make verdicts; half of the programs pass base, two thirds of those pass plus."""
    for number, program in enumerate(programs):
        base = Outcome.PASS if number % 2 else Outcome.FAIL
        made = [Verdict(program, SuiteName.BASE, base, 7, b"\1" * 7, cpu_seconds=0.01, sandbox="landlock")]
        if base is Outcome.PASS:
            plus, shown = (
                (Outcome.FAIL, b"\1" * 300 + b"\0" + b"\2" * 449) if number % 3 else (Outcome.PASS, b"\1" * 750)
            )
            made.append(Verdict(program, SuiteName.PLUS, plus, 750, shown, cpu_seconds=0.1, sandbox="landlock"))
        yield made


def made_style(programs: list[str]) -> Iterator[StyleResult]:
    """Make style results with eight findings each."""
    adherence: dict[str, bool | None] = {f"criterion-{number}": True for number in range(20)}
    metrics = {f"metric_{number}": 1.5 for number in range(12)}
    for program in programs:
        findings = tuple(
            Finding("pylint", f"C{n:04d}", "invalid-name", "Variable name does not conform", n + 1, 4, in_prompt=False,
                    url=f"https://pylint.readthedocs.io/en/stable/user_guide/messages/convention/C{n:04d}.html")
            for n in range(8)
        )  # fmt: skip
        yield StyleResult(program, RUBRIC, True, 0.9, adherence, metrics, findings)


def timed(name: str, work: Callable[[], object]) -> None:
    """Run a step and print its seconds, its CPU seconds and the process's peak memory so far."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name:32} {wall:8.2f} s   CPU {cpu:8.2f} s   peak {peak:6.0f} MB", flush=True)


def write(store: Store, count: int) -> None:
    """Write everything a run of ``count`` samples holds."""

    def in_batches(add: Callable[[list[object]], None], rows: Iterator[object], size: int = 64) -> None:
        batch: list[object] = []
        for row in rows:
            batch.append(row)
            if len(batch) == size:
                add(batch)
                batch = []
        add(batch)

    timed("write samples", lambda: in_batches(store.add_samples, made_samples(count), 1000))  # type: ignore[arg-type]
    programs = [program.program for program in store.programs()]
    print(f"{len(programs)} programs")
    add_verdicts = lambda rows: store.add_verdicts(v for row in rows for v in row)  # noqa: E731
    timed("write verdicts", lambda: in_batches(add_verdicts, made_verdicts(programs)))
    timed("write style", lambda: in_batches(store.add_style, made_style(programs[1::2])))  # type: ignore[arg-type]


def read(store: Store) -> None:
    """Read everything once, as streams, and as the analysis and the exports do."""
    fit = {f"HumanEval/{number}" for number in range(TASKS)}
    for name, rows in {
        "read judged": store.judged,
        "columns": lambda: iter([store.columns()]),
        "count by label": lambda: iter(tables.tallies(store.columns())),
        "read judged, one model": lambda: store.judged("model-1-7b-instruct"),
        "read samples": store.samples,
        "read base verdicts": lambda: store.verdicts(SuiteName.BASE),
        "read style with findings": lambda: store.style(RUBRIC, findings=True),
        "read programs": store.programs,
        "rows of base tests": lambda: tables.base_test_rows(store.columns(), fit),
        "table of style": lambda: iter([tables.style_table(store.columns(), store.style_columns(RUBRIC), ())]),
        "outcomes of programs": store.program_outcomes,
        "false positives, one model": lambda: store.false_positives("model-1-7b-instruct"),
        "duplicates, one model": lambda: iter([store.duplicates("model-1-7b-instruct")]),
        "ask what is unverified": lambda: iter(store.unverified(all_plus=False)),
    }.items():
        timed(name, lambda rows=rows: sum(1 for _ in rows()))  # type: ignore[misc]


def main(count: int, folder: Path) -> None:
    """Write in one run of this program, read in another, so that each one's peak memory is its own."""
    path = folder / "audit.db"
    if not path.exists():
        with Store(path) as store:
            write(store, count)
    else:
        timed("open", lambda: Store(path).close())
        with Store(path) as store:
            read(store)
    with closing(sqlite3.connect(path)) as db:
        for name, size in db.execute("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC"):
            print(f"{name:32} {size / 1e6:8.1f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
