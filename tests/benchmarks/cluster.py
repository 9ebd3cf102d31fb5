"""The same audit here and on Dask clusters of processes: reports compared to the byte, time, memory, and with kills.

``AUDITOR_DATA=… python -m tests.benchmarks.cluster [--samples 5] [--tasks N] [--kills 10]`` audits the first samples a
task of CodeT's codegen-16B-mono on HumanEval+, from the recorded file to the report: here, in four shards that are
merged, and on clusters of one, two and four workers. Then once more on two workers while ten of them are killed at
random and the scheduler is restarted. References are in a cache that the first run fills, so the figures are those of
the programs; verdicts are not reused.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from auditor.store import Store
from tests.cluster import LocalCluster
from tests.conftest import ROOT

CONFIG = """
[benchmark]
source = "{data}/evalplus/HumanEvalPlus.jsonl.gz"
tasks = {tasks}

[[model]]
name = "codegen-16B-mono"
recorded = "samples.jsonl"
extract = "raw"
stop = ["\\nclass", "\\ndef", "\\n#", "\\nif", "\\nprint"]

[verify]
workers = 2
reuse = false

[style]
workers = 2
"""


HEAVY = {15, 36, 59, 83, 94, 130, 139}
"""Tasks of HumanEval+ whose references take nine tenths of the time of all."""


def prepare(folder: Path, data: Path, samples: int, tasks: int) -> Path:
    """Write audit.toml and the first samples of each task, or of the first light tasks."""
    source = data / "samples/humaneval__CodeT__codegen-16B-mono.jsonl.gz"
    taken: Counter[str] = Counter()
    with gzip.open(source, "rt") as rows, (folder / "samples.jsonl").open("w") as out:
        for row in rows:
            task = json.loads(row)["task_id"]
            taken[task] += 1
            if taken[task] <= samples:
                out.write(row)
    path = folder / "audit.toml"
    light = [f"HumanEval/{n}" for n in range(164) if n not in HEAVY][:tasks]
    path.write_text(CONFIG.format(data=data, tasks=json.dumps(light)))
    return path


def audit(config: Path, out: Path, stage: str, *more: str) -> float:
    """Run a stage in a process of its own; return its wall time and print what it took."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "auditor", stage, str(config), "-o", str(out), *more]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    cpu = usage.ru_utime + usage.ru_stime
    print(f"  {stage:8} {wall:7.1f} s wall, {cpu:7.1f} s CPU here, peak {usage.ru_maxrss / 1024:.0f} MB", flush=True)
    if process.returncode not in {0, 3, 4}:
        print(said[-2000:])
    return wall


def cpu_of(cluster: LocalCluster) -> float:
    """Return the CPU seconds of the workers and their children so far."""
    total = 0.0
    for worker in cluster.workers:
        fields = Path(f"/proc/{worker.pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return total


def report(folder: Path) -> dict[str, bytes]:
    """Return the report's files."""
    place = folder / "report"
    return {str(path.relative_to(place)): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}


def code() -> str:
    """Return a digest of the code under test: reports of two versions of it do not compare."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "auditor").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def compare(first: Path, second: Path) -> None:
    """Say whether two runs came to the same, and where not."""
    one_report, other_report = report(first), report(second)
    names = sorted(
        name for name in one_report.keys() | other_report.keys() if one_report.get(name) != other_report.get(name)
    )
    print("  report:", f"DIFFERENT in {', '.join(names)}" if names else "the same bytes")
    with Store(first / "audit.db") as one, Store(second / "audit.db") as other:
        here = {(v.program, v.suite): (v.outcome, v.flaky) for v in one.verdicts()}
        there = {(v.program, v.suite): (v.outcome, v.flaky) for v in other.verdicts()}
        errors = other.harness_errors()
    differing = [key for key in here if here[key] != there.get(key)]
    print(f"  {len(here)} verdicts, {len(there)} there, {errors} harness errors, {len(differing)} differ")
    for program, suite in differing[:5]:
        print(f"    {program} {suite}: {here[program, suite]} and {there.get((program, suite))}")


def sharded(config: Path, out: Path, count: int) -> None:
    """Verify and score each shard in processes of their own, merge them and report."""
    for number in range(1, count + 1):
        for stage in ("verify", "score"):
            audit(config, out, stage, "-q", "--shard", f"{number}/{count}")
    folders = sorted(str(path) for path in (out / "shards").iterdir())
    subprocess.run([sys.executable, "-m", "auditor", "merge", *folders, "--out", str(out)], check=True)
    audit(config, out, "run", "-q")


def with_kills(cluster: LocalCluster, kills: int, over: threading.Event) -> None:
    """Kill workers at random moments, restart the scheduler after half of them."""
    chance, left = random.Random(0), kills
    while left and not over.wait(chance.uniform(0.5, 2.5)):
        if left == kills // 2:
            cluster.restart_scheduler()
            print("  scheduler restarted", flush=True)
        cluster.kill_worker(chance.randrange(len(cluster.workers)))
        left -= 1
    print(f"  {kills - left} workers killed", flush=True)


def main() -> None:
    """Run here, then on clusters."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=5, help="samples per task, 1 to 100")
    parser.add_argument("--tasks", type=int, default=0, help="so many of the light tasks; 0: all of them")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    options = parser.parse_args()
    data, version = Path(os.environ["AUDITOR_DATA"]), code()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = prepare(folder, data, options.samples, options.tasks)
        os.environ["AUDITOR_CACHE"] = str(folder / "cache")
        print("references, into the cache")
        audit(config, folder / "warm", "verify", "-q")
        print("this machine, two workers")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        local = sum(audit(config, folder / "local", stage, "-q") for stage in ("verify", "score", "report"))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"  {cpu:.1f} s CPU with children, audit.db {(folder / 'local/audit.db').stat().st_size / 1e6:.1f} MB")
        if options.shards:
            print(f"{options.shards} shards, merged")
            sharded(config, folder / "shards", options.shards)
            compare(folder / "local", folder / "shards")
        for count in options.workers:
            print(f"Dask, {count} workers of one thread")
            with LocalCluster(folder, count, AUDITOR_CACHE=str(folder / "cache")) as cluster:
                time.sleep(5)  # all of them are up
                out, at = folder / f"dask{count}", ["-q", "--scheduler", cluster.address]
                begun = cpu_of(cluster)
                wall = sum(audit(config, out, stage, *at) for stage in ("verify", "score"))
                print(f"  {cpu_of(cluster) - begun:.1f} s CPU of workers")
                wall += audit(config, out, "report", "-q")
            print(f"  wall {wall:.1f} s, {wall / local:.2f} of this machine's")
            compare(folder / "local", out)
        if options.kills:
            print(f"Dask, 2 workers, {options.kills} killed")
            with LocalCluster(folder, 2, AUDITOR_CACHE=str(folder / "cache")) as cluster:
                over = threading.Event()
                killer = threading.Thread(target=with_kills, args=(cluster, options.kills, over))
                killer.start()
                for stage in ("verify", "score"):
                    audit(config, folder / "killed", stage, "-q", "--scheduler", cluster.address)
                over.set()
                killer.join()
                audit(config, folder / "killed", "report", "-q")
            compare(folder / "local", folder / "killed")
    if code() != version:
        print("the code changed meanwhile: the reports were written by different versions and do not compare")


if __name__ == "__main__":
    main()
