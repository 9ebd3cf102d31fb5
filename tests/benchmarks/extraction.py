"""What extraction makes of recorded chat answers: now, by another version, and by ``evalplus.sanitize``.

    python -m tests.benchmarks.extraction DATA [--before CHECKOUT] [--peer VENV/bin/python] [--rows 40] [--only TEXT]

DATA is the folder of recorded candidates, CHECKOUT the root of another version of this repository, VENV a virtual
environment of its own with ``evalplus``. Prints, for each set, the share of answers whose program parses and defines
the entry point with a body, and the share that passes the base suite: a mutilated program parses too. The peer is given
the answer alone and, as its own command line does, the prompt with the answer behind it; the better of the two counts,
row by row. Programs run only in the sandbox; equal programs run once.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auditor.benchmark import load_benchmark
from auditor.config import VerifyConfig
from auditor.extraction import assemble
from auditor.extraction.python import parse
from auditor.records import Outcome, Program, SuiteName, Task, program_id
from auditor.verify import Verifier

PEER = """
import json, sys, types, warnings
warnings.simplefilter("ignore")
for name in ("datasets", "wget", "tempdir"):  # what its data module imports and the sanitiser does not use
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].load_dataset = sys.modules[name].TempDir = None
from evalplus import sanitize as peer
def code_extract(text):  # the peer's own, but it skips ranges that are too short to win: the same result, sooner
    lines, best, pair = text.split("\\n"), 0, (0, 0)
    filled = [bool(line.strip()) for line in lines]
    for i in range(len(lines)):
        for j in range(i + 1, len(lines)):
            if sum(filled[i:j + 1]) > best and peer.syntax_check("\\n".join(lines[i:j + 1])):
                best, pair = sum(filled[i:j + 1]), (i, j)
    return "\\n".join(lines[pair[0]:pair[1] + 1])
peer.code_extract = code_extract
for line in sys.stdin:
    prompt, text, entry_point = json.loads(line)
    out = []
    for form in (text, f"{prompt}\\n{text}"):
        try:
            out.append(peer.sanitize(form, entry_point))
        except Exception as error:
            out.append("")
    print(json.dumps(out), flush=True)
"""
BEFORE = """
import json, sys
from auditor.records import InputSuite, Task
try:
    from auditor.extraction import assemble
except ImportError:
    from auditor.sampling import assemble
try:
    from auditor.targets import Target
    target = Target.function
except ImportError:
    target = str
for line in sys.stdin:
    prompt, text, name = json.loads(line)
    task = Task("T", prompt, target(name), "", InputSuite(()), InputSuite(()))
    print(json.dumps([assemble(text, task).solution or ""]), flush=True)
"""


@dataclass(slots=True)
class Row:
    """One recorded answer and the programs made of it."""

    name: str
    task: Task
    text: str
    programs: dict[str, list[str]] = field(default_factory=dict)
    """Reader → the programs that it offers; the best of them counts."""


def main() -> None:
    """Print a row per set, and the sum."""
    arguments = _arguments()
    tasks = {
        task.task_id: task for task in load_benchmark(str(arguments.data / "evalplus/HumanEvalPlus.jsonl.gz")).tasks
    }
    rows = list(_rows(arguments, tasks))
    for row in rows:
        row.programs["now"] = [assemble(row.text, row.task).solution or ""]
    if arguments.before:
        _elsewhere(rows, "before", [sys.executable, "-P", "-c", BEFORE], arguments.before)
    if arguments.peer:
        _elsewhere(rows, "peer", [str(arguments.peer), "-c", PEER], None)
    passed = _base(rows, tasks)
    readers = list(rows[0].programs)
    print(f"{'set':58} {'rows':>5}  " + "  ".join(f"{reader:>7} defines, passes base" for reader in readers))
    for name in [*dict.fromkeys(row.name for row in rows), "all"]:
        chosen = [row for row in rows if name in (row.name, "all")]
        print(_line(name, chosen, readers, passed))
    for row in rows:
        best = {reader: _passes(row, reader, passed) for reader in readers}
        if best.get("before") and not best["now"]:
            print(f"passed before and fails now: {row.name} {row.task.task_id}\n{row.text}\n{'-' * 60}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--before", type=Path, default=None)
    parser.add_argument("--peer", type=Path, default=None)
    parser.add_argument("--rows", type=int, default=40, help="Answers of each set, evenly spread.")
    parser.add_argument("--only", default="", help="Only sets whose name holds this.")
    return parser.parse_args()


def _rows(arguments: argparse.Namespace, tasks: dict[str, Task]) -> Iterator[Row]:
    """Read the chat sets: completions that usually restate the function."""
    paths = (arguments.data / "samples").glob("humaneval__*.jsonl.gz")
    for path in sorted(path for path in paths if arguments.only in path.name):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            found = [row for row in map(json.loads, file) if "completion" in row and row["task_id"] in tasks]
        if not any(name in path.name for name in ("human-eval-IP-2", "llm-humaneval-benchmarks")):
            continue
        name = path.name.removeprefix("humaneval__").removesuffix(".jsonl.gz")
        for row in found[:: max(1, len(found) // arguments.rows)][: arguments.rows]:
            yield Row(name, tasks[row["task_id"]], row["completion"])


def _elsewhere(rows: list[Row], reader: str, command: list[str], root: Path | None) -> None:
    """Let another program read all rows."""
    asked = "\n".join(json.dumps([row.task.prompt, row.text, row.task.entry_point]) for row in rows)
    environment = {**os.environ, **({"PYTHONPATH": str(root)} if root else {})}
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, env=environment, cwd=root)
    for row, line in zip(rows, done.stdout.splitlines(), strict=True):
        row.programs[reader] = json.loads(line)


def _base(rows: list[Row], tasks: dict[str, Task]) -> dict[tuple[str, str], bool]:
    """Run the base suite once for each distinct program that defines its entry point."""
    programs: dict[str, Program] = {}
    names: dict[tuple[str, str], str] = {}
    for row in rows:
        for source in (source for offered in row.programs.values() for source in offered):
            if _defines(source, row.task):
                tree = (row.task.task_id, ast.dump(ast.parse(source)))
                name = names.setdefault(tree, program_id(row.task.task_id, source))
                programs.setdefault(name, Program(name, row.task.task_id, source))
    used = {program.task_id for program in programs.values()}
    with Verifier({name: tasks[name] for name in used}, VerifyConfig(workers=1, oracle_for="accepted")) as verifier:
        verifier.check_references()
        verdicts: dict[str, Any] = {}
        for group in verifier.verify(programs.values()):
            verdicts |= {verdict.program: verdict for verdict in group if verdict.suite is SuiteName.BASE}
    return {tree: verdicts[name].outcome is Outcome.PASS for tree, name in names.items() if name in verdicts}


def _defines(source: str, task: Task) -> bool:
    parsed = parse(source)
    return (
        parsed is not None and parsed.definition(task.entry_point) is not None and not parsed.is_stub(task.entry_point)
    )


def _passes(row: Row, reader: str, passed: dict[tuple[str, str], bool]) -> bool:
    offered = (source for source in row.programs[reader] if _defines(source, row.task))
    return any(passed.get((row.task.task_id, ast.dump(ast.parse(source))), False) for source in offered)


def _line(name: str, rows: list[Row], readers: list[str], passed: dict[tuple[str, str], bool]) -> str:
    counts: Counter[str] = Counter()
    for row in rows:
        for reader in readers:
            counts[f"{reader} defines"] += any(_defines(source, row.task) for source in row.programs[reader])
            counts[f"{reader} passes"] += _passes(row, reader, passed)
    shares = {key: f"{100 * count / len(rows):6.1f} %" for key, count in counts.items()}
    cells = (f"{shares[f'{reader} defines']:>17}{shares[f'{reader} passes']:>14}" for reader in readers)
    return f"{name[:58]:58} {len(rows):5}  " + "  ".join(cells)


if __name__ == "__main__":
    main()
