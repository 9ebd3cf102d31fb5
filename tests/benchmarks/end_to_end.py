"""An audit of recorded models from their files to the report: CPU time, memory of each process, size of the run.

``AUDITOR_DATA=… python -m tests.benchmarks.end_to_end FOLDER [--seconds 550] [--tasks 164]`` audits 13 models with 10
to 100 samples per task of HumanEval+: 41,000 samples, stage by stage; references first, into a cache of the folder's.
It stops after this many seconds; the same command continues. What each stage took is added up in ``FOLDER/cost.jsonl``.
At the end it prints the sums, scaled to 557,600 samples; ``style_steps FOLDER/run/audit.db`` divides the scoring.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path

from auditor.pipeline import Run
from auditor.pipeline.references import verifier_of
from auditor.records import Outcome, SuiteName
from auditor.store import Store
from auditor.verify.batch import Batch

TASKS = 164
FULL = 17 * TASKS * 200
"""Samples of the largest audit in the paper."""
PUBLISHERS = ("CodeT", "COTTON", "bdytx5")
STAGES = ("references", "sample", "verify", "score", "analyze", "report")
CODET_STOP = ["\nclass", "\ndef", "\n#", "\nif", "\nprint"]


def prepare(folder: Path, data: Path, tasks: int) -> Path:
    """Write audit.toml: every model that these publishers sampled at least ten times per task."""
    lines = ["[benchmark]", f'source = "{data}/evalplus/HumanEvalPlus.jsonl.gz"', "[verify]", "workers = 2"]
    lines += ["[style]", "workers = 2"]
    if tasks < TASKS:
        every = [f"HumanEval/{number * TASKS // tasks}" for number in range(tasks)]
        lines.insert(2, f"tasks = {json.dumps(every)}")
    files = (path for by in PUBLISHERS for path in sorted((data / "samples").glob(f"humaneval__{by}__*")))
    for path in files:
        name = path.name.removesuffix(".jsonl.gz").split("__")[2]
        lines += ["[[model]]", f'name = "{name}"', f'recorded = "{path}"']
        if "CodeT" in path.name:
            lines += ['extract = "raw"', f"stop = {json.dumps(CODET_STOP)}"]
    config = folder / "audit.toml"
    config.write_text("\n".join(lines) + "\n")
    return config


def kind_of(command: list[str]) -> str:
    """Tell the processes of an audit apart by their command line."""
    line = " ".join(command)
    if " -m auditor " in f" {line} ":
        return "auditor itself"
    for name in ("pylint", "ruff", "style", "forkserver", "verify"):
        if name in line:
            return name
    return Path(command[0]).name if command and command[0] else "other"


def descendants(root: int) -> list[int]:
    """Return a process and all that it has started, directly or not."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            children[parent].append(int(entry.name))
    found, queue = [], [root]
    while queue:
        found.append(queue.pop())
        queue += children[found[-1]]
    return found


def references(config: str) -> None:
    """Run every reference and keep what it gives, as verification does where a program needs it."""
    run = Run.open(config, "unused")
    with verifier_of(run) as verifier:
        for _ in verifier._opened.map(map(Batch, run.tasks.values())):  # also where all are known to pass
            pass


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Say whether a process has ended, without taking its status: until then its times can be read."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def times_of(pid: int) -> tuple[float, float]:
    """Return the CPU seconds of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    tick = os.sysconf("SC_CLK_TCK")
    return sum(map(int, fields[11:13])) / tick, sum(map(int, fields[13:15])) / tick


def watch(process: subprocess.Popen[bytes], seconds: float) -> tuple[dict[str, float], float]:
    """Wait for the audit, at most so long; return peak MB by kind of process, and of all at one moment."""
    peaks: dict[str, float] = defaultdict(float)
    most, end = 0.0, time.monotonic() + seconds
    while not has_ended(process):
        if time.monotonic() > end:
            process.send_signal(signal.SIGINT)
            end += 60
        total = 0.0
        for pid in descendants(process.pid):
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
                fields = Path(f"/proc/{pid}/smaps_rollup").read_text().split()
            except OSError:
                continue  # it has ended
            resident = int(fields[fields.index("Rss:") + 1]) / 1024
            total += int(fields[fields.index("Pss:") + 1]) / 1024  # pages that processes share count once
            kind = kind_of(command)
            peaks[kind] = max(peaks[kind], resident)
        most = max(most, total)
        time.sleep(1)
    return dict(peaks), most


def attempt(config: Path, folder: Path, seconds: float) -> None:
    """Run the stages for a while and add what each took to ``cost.jsonl``."""
    end = time.monotonic() + seconds
    for stage in STAGES:
        started = time.perf_counter()
        command = [sys.executable, "-m", "auditor", stage, str(config), "-o", str(folder / "run"), "-q"]
        if stage == "references":
            command = [sys.executable, "-m", "tests.benchmarks.end_to_end", f"--references={config}", str(folder)]
        with (folder / "log.txt").open("ab") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
            peaks, most = watch(process, end - time.monotonic())
            own, children = times_of(process.pid)
        row = {
            "stage": stage, "wall": time.perf_counter() - started, "own": own, "children": children,
            "peaks": peaks, "most": most, "code": process.returncode, "load": os.getloadavg()[0],
        }  # fmt: skip
        with (folder / "cost.jsonl").open("a") as out:
            out.write(json.dumps(row) + "\n")
        if process.returncode not in {0, 3, 4}:
            return


def summary(folder: Path) -> None:
    """Print the sums of all parts, and what is done."""
    rows = [json.loads(line) for line in (folder / "cost.jsonl").read_text().splitlines()]
    cpu, wall = sum(row["own"] + row["children"] for row in rows), sum(row["wall"] for row in rows)
    database = folder / "run" / "audit.db"
    with closing(Store(database)) as store:
        samples, programs = sum(store.status_counts().values()), store.program_count()
        scored = len(store.programs_in_scope(accepted_only=True))
        verdicts = [(one.suite, one.outcome, one.cpu_seconds or 0.0) for one in store.verdicts()]
    print(
        f"{samples:,} samples, {programs:,} programs, {len(verdicts):,} verdicts, {scored:,} accepted programs scored"
    )
    print(f"last exit code {rows[-1]['code']}, in {len(rows)} parts")
    for stage in STAGES:
        own, children = (sum(row[of] for row in rows if row["stage"] == stage) for of in ("own", "children"))
        print(f"  {stage:10} {own + children:7.1f} CPU-s, of it {children:7.1f} in child processes")
    print(f"of verify, programs: {sum(seconds for *_, seconds in verdicts):.1f} CPU-s, without first runs out of time")
    for suite in SuiteName:
        for outcome in Outcome:
            found = [seconds for name, what, seconds in verdicts if (name, what) == (suite, outcome)]
            if found:
                print(f"    {suite:5} {outcome:8} {len(found):6,} verdicts {sum(found):7.1f} CPU-s")
    print(f"{cpu:.0f} CPU-s, {wall:.0f} s wall; load at the end of each part {[round(row['load'], 1) for row in rows]}")
    peaks: dict[str, float] = defaultdict(float)
    for row in rows:
        for kind, peak in row["peaks"].items():
            peaks[kind] = max(peaks[kind], peak)
    print("peak of a process, MB:", ", ".join(f"{kind} {peak:.0f}" for kind, peak in sorted(peaks.items())))
    print(f"all at one moment at most {max(row['most'] for row in rows):.0f} MB (shared pages counted once)")
    print(f"audit.db {database.stat().st_size / 1e6:.0f} MB")
    if rows[-1]["code"] in {0, 3, 4}:
        share = FULL / samples
        print(
            f"{FULL:,} samples of this mixture: {cpu * share / 3600:.1f} CPU-h, {cpu * share / 7200:.1f} h on two cores"
        )


def main() -> None:
    """Go on with the audit and print the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=550)
    parser.add_argument("--tasks", type=int, default=TASKS, help="so many of the 164 tasks, evenly spread")
    parser.add_argument("--references", metavar="CONFIG", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.references:
        references(options.references)
        return
    os.environ["AUDITOR_CACHE"] = str(options.folder.resolve() / "cache")
    options.folder.mkdir(parents=True, exist_ok=True)
    config = prepare(options.folder, Path(os.environ["AUDITOR_DATA"]), options.tasks)
    attempt(config, options.folder, options.seconds)
    summary(options.folder)


if __name__ == "__main__":
    main()
