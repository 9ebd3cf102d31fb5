"""Time us and EvalPlus in turn on the same CodeT candidates, both judging base and plus, two workers each.

    AUDITOR_DATA=… python -m tests.benchmarks.speed --evalplus SITE_PACKAGES [--samples 10] [--python /usr/bin/python3]

``SITE_PACKAGES`` is the folder that EvalPlus 0.3.1 from PyPI is installed in. It runs as nobody in a network
namespace of its own (so this needs root and unshare), from the same local file of tasks. CPU seconds are
those of the whole tree of processes, references included on both sides; compare the ratios, not the rows.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import codet


def measured(command: list[str], **settings: object) -> tuple[float, float, float]:
    """Run a command; returns CPU seconds of its whole tree, wall seconds, and its largest process in MB."""
    began = time.monotonic()
    process = subprocess.Popen(command, **settings)  # type: ignore[call-overload]
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        raise SystemExit(f"{command[0]} … ended with status {status}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / 1024


def evalplus(options: argparse.Namespace, data: Path, folder: Path) -> tuple[float, float, float]:
    """Run EvalPlus on the candidates, unprivileged and without a network."""
    tasks = codet.tasks(data)
    with (folder / "samples.jsonl").open("w") as file:
        for one in codet.recorded(data, tasks, options.samples):
            file.write(json.dumps({"task_id": one.task_id, "solution": one.program.solution}) + "\n")
    shutil.copy(data / "evalplus/HumanEvalPlus.jsonl.gz", folder / "HumanEvalPlus.jsonl.gz")
    for path in (folder, *folder.iterdir()):
        os.chown(path, 65534, 65534)
    environment = {
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": options.evalplus,
        "HUMANEVAL_OVERRIDE_PATH": str(folder / "HumanEvalPlus.jsonl.gz"),
    }
    command = ["unshare", "-n", "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", options.python]
    command += ["-m", "evalplus.evaluate", "--dataset", "humaneval", "--samples", str(folder / "samples.jsonl")]
    return measured([*command, "--parallel", "2"], env=environment, cwd=folder, stdout=sys.stderr)


def ours(options: argparse.Namespace, *more: str) -> tuple[float, float, float]:
    """Run our own verifier from a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.agreement", "--samples", str(options.samples)]
    return measured([*command, *more], stdout=sys.stderr)


def main() -> None:
    """Measure each in turn and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=10, help="candidates a task, 1 to 100")
    parser.add_argument("--evalplus", help="folder of its installation; left out, only we are timed")
    parser.add_argument("--python", default="/usr/bin/python3.11", help="an interpreter that nobody may run")
    options = parser.parse_args()
    data = Path(os.environ["AUDITOR_DATA"])
    rows = {"ours, plus where base passed": ours(options, "--oracle-for", "accepted")}
    rows["ours, plus always"] = ours(options, "--oracle-for", "all")
    if options.evalplus:
        with tempfile.TemporaryDirectory() as folder:
            rows["EvalPlus"] = evalplus(options, data, Path(folder))
    theirs = rows.get("EvalPlus")
    print(f"{'':30} {'CPU s':>8} {'wall s':>8} {'MB':>6}")
    for name, (cpu, wall, memory) in rows.items():
        ratio = f"  CPU 1/{theirs[0] / cpu:.1f}, wall 1/{theirs[1] / wall:.1f} of EvalPlus" if theirs else ""
        print(f"{name:30} {cpu:8.1f} {wall:8.1f} {memory:6.0f}{ratio}")


if __name__ == "__main__":
    main()
