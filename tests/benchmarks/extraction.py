"""How many recorded chat answers become programs: as they are, by ``auditor``, and by ``evalplus.sanitize``.

    python -m tests.benchmarks.extraction DATA --peer VENV/bin/python [--rows 400] [--only TEXT]

DATA is the folder of recorded candidates; VENV a virtual environment of its own with ``evalplus`` (and tree-sitter,
tree-sitter-python). A text counts where the result compiles and defines the entry point with a body. The peer is given
both the answer alone and, as its own command line does, the prompt with the answer behind it; the better of the two
counts, row by row. Nothing is run: texts are only parsed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from auditor.benchmark import load_benchmark
from auditor.extraction.python import parse
from auditor.records import Task
from auditor.sampling import assemble

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
    forms, entry_point = json.loads(line)
    out = []
    for form in forms:
        try:
            out.append(peer.sanitize(form, entry_point))
        except Exception as error:
            out.append("")
    print(json.dumps(out), flush=True)
"""


def main() -> None:
    """Print a row per set, and the sum."""
    arguments = _arguments()
    tasks = {
        task.task_id: task for task in load_benchmark(str(arguments.data / "evalplus/HumanEvalPlus.jsonl.gz")).tasks
    }
    totals: Counter[str] = Counter()
    print(f"{'set':58} {'rows':>6} {'as is':>7} {'auditor':>8} {'evalplus':>8}   rules")
    for path in sorted((arguments.data / "samples").glob("humaneval__*.jsonl.gz")):
        rows = [row for row in _rows(path) if row["task_id"] in tasks]
        rows = rows[:: max(1, len(rows) // arguments.rows)][: arguments.rows]
        if not rows or arguments.only not in path.name:
            continue
        counts, rules = _measure(rows, tasks, arguments.peer)
        totals += counts
        print(
            _line(path.name.removeprefix("humaneval__").removesuffix(".jsonl.gz"), counts), dict(rules.most_common(6))
        )
    print(_line("all", totals))
    print(f"CPU seconds: auditor {totals['ours_ms'] / 1e3:.1f}, evalplus (wall) {totals['peer_ms'] / 1e3:.1f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--peer", type=Path, default=None)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--only", default="")
    return parser.parse_args()


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if "completion" in row:
                yield row


def _measure(
    rows: list[dict[str, Any]], tasks: dict[str, Task], peer: Path | None
) -> tuple[Counter[str], Counter[str]]:
    counts, rules = Counter({"rows": len(rows)}), Counter[str]()
    for row in rows:
        task = tasks[row["task_id"]]
        counts["as is"] += _defines(row["completion"], task) or _defines(task.prompt + row["completion"], task)
        started = time.process_time()
        found = assemble(row["completion"], task)
        counts["ours_ms"] += round((time.process_time() - started) * 1e3)
        counts["auditor"] += _defines(found.solution or "", task)
        rules[found.rule] += 1
    if peer:
        started = time.perf_counter()
        for row, forms in zip(rows, _peer(rows, tasks, peer), strict=True):
            counts["evalplus"] += any(_defines(form, tasks[row["task_id"]]) for form in forms)
        counts["peer_ms"] += round((time.perf_counter() - started) * 1e3)
    return counts, rules


def _peer(rows: list[dict[str, Any]], tasks: dict[str, Task], python: Path) -> list[list[str]]:
    asked = []
    for row in rows:
        task, text = tasks[row["task_id"]], row["completion"]
        asked.append(json.dumps([[text, f"{task.prompt}\n{text}"], task.entry_point]))
    done = subprocess.run([python, "-c", PEER], input="\n".join(asked), capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _defines(source: str, task: Task) -> bool:
    parsed = parse(source)
    return (
        parsed is not None and parsed.definition(task.entry_point) is not None and not parsed.is_stub(task.entry_point)
    )


def _line(name: str, counts: Counter[str]) -> str:
    shares = (100 * counts[key] / max(1, counts["rows"]) for key in ("as is", "auditor", "evalplus"))
    return f"{name[:58]:58} {counts['rows']:6} " + " ".join(f"{share:7.2f}%" for share in shares)


if __name__ == "__main__":
    main()
