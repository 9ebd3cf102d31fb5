"""Time us and EvalPlus in turn on the same CodeT candidates, both judging base and plus, two workers each.

    AUDITOR_DATA=… python -m tests.benchmarks.speed --evalplus SITE_PACKAGES [--samples 10] [--python /usr/bin/python3]

``SITE_PACKAGES`` is the folder that EvalPlus 0.3.1 from PyPI is installed in. It runs as nobody in a network
namespace of its own (so this needs root and unshare), from the same local file of tasks. CPU seconds are
those of the whole tree of processes; compare the ratios, not the rows. The first run of each includes the references,
the run "again" finds what they gave in the cache that the first has left, as each keeps one.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import codet, peer


def ours(options: argparse.Namespace, *more: str) -> peer.Cost:
    """Run our own verifier from a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.agreement", "--samples", str(options.samples)]
    return peer.measured([*command, *more], stdout=sys.stderr)


def theirs(options: argparse.Namespace, data: Path, folder: Path) -> peer.Cost:
    """Run EvalPlus on the same candidates."""
    rows = [
        {"task_id": one.task_id, "solution": one.program.solution}
        for one in codet.recorded(data, codet.tasks(data), options.samples)
    ]
    source = data / "evalplus/HumanEvalPlus.jsonl.gz"
    return peer.evaluate("humaneval", source, rows, folder, options.evalplus, options.python).cost


def main() -> None:
    """Measure each in turn and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=10, help="candidates a task, 1 to 100")
    parser.add_argument("--evalplus", help="folder of its installation; left out, only we are timed")
    parser.add_argument("--python", default="/usr/bin/python3.11", help="an interpreter that nobody may run")
    parser.add_argument("--all", action="store_true", help="time us once more with plus always run")
    parser.add_argument("--again", action="store_true", help="time each once more with what its references gave")
    options = parser.parse_args()
    data = Path(os.environ["AUDITOR_DATA"])
    rows: dict[str, peer.Cost] = {}
    with tempfile.TemporaryDirectory() as kept, tempfile.TemporaryDirectory() as folder:
        accepted = ["--oracle-for", "accepted", "--cache", kept]
        rows["ours, plus if base passed"] = ours(options, *accepted)
        if options.again:
            rows["ours, again"] = ours(options, *accepted)
        if options.all:
            rows["ours, plus always"] = ours(options, "--oracle-for", "all")
        if options.evalplus:
            rows["EvalPlus"] = theirs(options, data, Path(folder))
            if options.again:
                rows["EvalPlus, again"] = theirs(options, data, Path(folder))
    print(f"{'':30} {'CPU s':>8} {'wall s':>8} {'MB':>6}")
    for name, cost in rows.items():
        base = rows.get("EvalPlus, again" if name.endswith("again") else "EvalPlus")
        ratio = f"  CPU 1/{base.cpu / cost.cpu:.1f}, wall 1/{base.wall / cost.wall:.1f} of EvalPlus" if base else ""
        print(f"{name:30} {cost.cpu:8.1f} {cost.wall:8.1f} {cost.memory:6.0f}{ratio}")


if __name__ == "__main__":
    main()
