"""What an audit of 17 models × 164 tasks × 200 samples costs after verification: store, analysis, report, export.

``python -m tests.benchmarks.scale fill FOLDER [SHARE]`` writes ``audit.toml`` and a run with made verdicts, of a SHARE
of the samples; ``… read FOLDER`` then reports and exports, each in a process of its own, and prints wall time, CPU time
and peak memory. Programs have the sizes of HumanEval+; each task of each model has a pass rate of its own, and six of
ten samples are a program of their own.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TypeVar

from auditor.pipeline import Run
from auditor.pipeline.run import claim_model
from auditor.records import (
    FailingTest,
    FailureKind,
    Finding,
    Outcome,
    Sample,
    SampleStatus,
    StyleResult,
    SuiteName,
    Usage,
    Verdict,
)
from auditor.store import ReferenceCheck
from auditor.style import load_rubric, tool_versions

MODELS, TASKS, SAMPLES = 17, 164, 200
_WORDS = ("for", "value", "in", "range(len(numbers)):", "if", "total", ">", "limit", "and", "not", "seen", "return")
_PROMPT = "def solve(numbers, limit):\n    '''" + "Return what the limit leaves of the numbers. " * 8 + "'''\n"
T = TypeVar("T")


def settings(folder: Path) -> Path:
    """Write the tasks and audit.toml."""
    rows = (
        {
            "task_id": f"HumanEval/{n}", "prompt": _PROMPT, "entry_point": "solve", "base": {"inputs": [[[n], 1]] * 7},
            "reference": f"{_PROMPT}    return numbers\n", "plus": {"inputs": [[[n], 1]] * 750},
        }
        for n in range(TASKS)
    )  # fmt: skip
    (folder / "tasks.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    models = "".join(f'[[model]]\nname = "model-{n:02}"\nsimulated = "weak"\n' for n in range(MODELS))
    path = folder / "audit.toml"
    path.write_text(f'[benchmark]\nsource = "tasks.jsonl"\nexclude = "none"\n\n{models}')
    return path


def solution(seed: int) -> str:
    """Make a program of some 500 characters."""
    words = random.Random(seed)
    return _PROMPT + "".join(f"    {' '.join(words.choices(_WORDS, k=7))}\n" for _ in range(8))


def samples(model: int, count: int) -> Iterator[Sample]:
    """Make a model's samples; four of ten repeat an earlier program of their task."""
    chance = random.Random(model)
    for task in range(TASKS):
        seeds: list[int] = []
        for index in range(count):
            own = not seeds or chance.random() < 0.6
            seeds.append((model * TASKS + task) * SAMPLES + index if own else chance.choice(seeds))
            text = solution(seeds[-1])
            raw = f"Here is a solution:\n\n```python\n{text}```\n"
            yield Sample(
                f"model-{model:02}", f"HumanEval/{task}", index, f"{model:02}{task:03}{index:03}" * 8, SampleStatus.OK,
                raw, text, "fence/1", "stop", usage=Usage(150, 120), latency=1.5,
            )  # fmt: skip


def judged(programs: Iterable[str], rate: float) -> Iterator[list[Verdict]]:
    """Make verdicts: ``rate`` of the programs pass base, seven eighths of those pass plus."""
    chance = random.Random(rate)
    failing = FailingTest(300, "solve([3, 1, 2], 4)", "[3, 1, 2]", "[1, 2]", FailureKind.WRONG_VALUE)
    for program in programs:
        accepted = chance.random() < rate
        base = Outcome.PASS if accepted else Outcome.FAIL
        passed = b"\1" * 7 if accepted else bytes(chance.randrange(2) for _ in range(7))
        place = {"sandbox": "landlock+seccomp", "host": "node", "environment": "e" * 16}
        found = [
            Verdict(program, SuiteName.BASE, base, 7, passed, None if accepted else failing, cpu_seconds=0.01, **place)
        ]
        if accepted and chance.random() < 7 / 8:
            found.append(Verdict(program, SuiteName.PLUS, Outcome.PASS, 750, b"\1" * 750, cpu_seconds=0.1, **place))
        elif accepted:
            passed = b"\1" * 300 + b"\0" + b"\2" * 449
            found.append(Verdict(program, SuiteName.PLUS, Outcome.FAIL, 750, passed, failing, cpu_seconds=0.1, **place))
        yield found


def styled(programs: Iterable[str], rubric: str, criteria: Iterable[str]) -> Iterator[StyleResult]:
    """Make style results with up to twelve findings each."""
    criteria = list(criteria)
    for program in programs:
        chance = random.Random(program)
        findings = tuple(
            Finding("pylint", f"C{chance.randrange(40):04d}", "invalid-name", "Name does not conform", n + 1, 4,
                    in_prompt=False, url="https://pylint.readthedocs.io/en/stable/user_guide/messages/convention.html")
            for n in range(chance.randrange(13))
        )  # fmt: skip
        adherence: dict[str, bool | None] = {name: chance.random() < 0.8 for name in criteria}
        metrics = {f"metric_{number}": float(chance.randrange(20)) for number in range(12)}
        yield StyleResult(program, rubric, True, round(chance.random(), 2), adherence, metrics, findings)


def chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Group rows."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def fill(folder: Path, share: float) -> None:
    """Write the run."""
    folder.mkdir(parents=True, exist_ok=True)
    run = Run.open(settings(folder), folder / "run")
    rubric = load_rubric("pep8")
    count = round(SAMPLES * share)
    log = 0
    with run.store() as store:
        store.meta.rubric, store.meta.tools = rubric.facts(), tool_versions(rubric)
        store.meta.references, store.meta.sandbox = ReferenceCheck(0), "landlock+seccomp"
        for number, model in enumerate(run.config.model):
            claim_model(store, model)
            by_task: dict[str, dict[str, None]] = {}
            for chunk in chunks(samples(number, count), 1000):
                store.add_samples(chunk)
                for sample in chunk:
                    by_task.setdefault(sample.task_id, {})[str(sample.program)] = None
            chance = random.Random(number)
            strength = 0.2 + 0.6 * number / MODELS
            for programs in by_task.values():
                rate = chance.betavariate(2 * strength, 2 * (1 - strength))
                rows = list(judged(programs, rate))
                for verdicts in chunks(rows, 64):
                    store.add_verdicts(one for row in verdicts for one in row)
                accepted = [row[0].program for row in rows if len(row) == 2]
                for results in chunks(styled(accepted, rubric.hash, (one.id for one in rubric.criteria)), 64):
                    store.add_style(results)
            log = max(log, run.database.with_name("audit.db-wal").stat().st_size)
    print(f"write-ahead log at most {log / 1e6:.0f} MB; peak {peak(resource.RUSAGE_SELF):.0f} MB")


def peak(who: int) -> float:
    """Return the peak memory in MB."""
    return resource.getrusage(who).ru_maxrss / 1024


def measured(name: str, *command: str) -> None:
    """Run a command in a process of its own; print its wall time, CPU time and peak memory."""
    started, output = time.perf_counter(), ""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        output = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    cpu = usage.ru_utime + usage.ru_stime
    failed = f"  FAILED: {output[-300:]}" if process.returncode not in {0, 3, 4} else ""
    print(f"{name:20} {wall:7.1f} s wall {cpu:7.1f} s CPU  peak {usage.ru_maxrss / 1024:6.0f} MB{failed}", flush=True)


def read(folder: Path) -> None:
    """Analyse, report and export."""
    run, database = folder / "run", folder / "run" / "audit.db"
    with closing(sqlite3.connect(database)) as db:
        for table in ("sample", "program", "verdict", "style", "finding"):
            print(f"{table:12} {db.execute(f'SELECT COUNT(*) FROM {table}').fetchone()[0]:10,} rows")
        print(f"audit.db {database.stat().st_size / 1e6:.0f} MB:")
        for name, size in db.execute("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 8"):
            print(f"  {name:30} {size / 1e6:8.1f} MB")
    auditor = [sys.executable, "-m", "auditor"]
    measured("report", *auditor, "report", str(folder / "audit.toml"), "-o", str(run), "-q")
    pages = sorted((run / "report").iterdir(), key=lambda path: -path.stat().st_size)
    print("  " + ", ".join(f"{path.name} {path.stat().st_size / 1e6:.2f} MB" for path in pages[:4]))
    for table in ("samples", "verdicts", "style"):
        measured(f"export {table}", *auditor, "export", str(run), table, "-f", "parquet", "-o", str(folder / "out"))
    measured("gate", *auditor, "gate", str(run))


def main() -> None:
    """Dispatch."""
    match sys.argv[1:]:
        case ["fill", folder, *share]:
            started = time.perf_counter()
            fill(Path(folder), float(share[0]) if share else 1.0)
            print(f"written in {time.perf_counter() - started:.0f} s")
        case ["read", folder]:
            read(Path(folder))
        case _:
            print(__doc__)


if __name__ == "__main__":
    main()
