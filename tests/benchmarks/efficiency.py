"""What a cluster on this machine takes more than the local pool: CPU seconds once, and for each program.

``AUDITOR_DATA=… python -m tests.benchmarks.efficiency [--tasks 15] [--samples 5 20 60] [--rounds 3] [--processes 1]``
verifies and scores the first samples per task of CodeT's codegen-16B-mono on light tasks of HumanEval+, here with two
workers, and on a Dask cluster with two threads (``--processes 2``: two processes of one thread). Each round does both
for each number of samples, in a random order, so that other work on the machine falls on both. References are cached,
verdicts are not reused. A line through the sizes tells what is taken once from what each program takes. What worker and
scheduler take for each second, with or without work, is measured while they are idle. It is left out of the line, since
other work on the machine makes a run longer, and added as it would be on two cores with nothing else to do.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.pipeline import Run, carry_out
from tests.benchmarks.cluster import prepare
from tests.cluster import LocalCluster

STAGES = ("verify", "score")
HERE, CLUSTER = "here", "cluster"
CORES = 2
IDLE_SECONDS = 20
Costs = dict[tuple[str, str], float]
"""Stage and process → CPU seconds."""


def stages(config: str, out: str, *address: str) -> None:
    """Verify and score in this process; print after each stage what this process and its children took so far."""
    run = Run.open(config, out)
    if address:
        run = run.changed({"engine": {"scheduler": address[0]}})
    for stage in STAGES:
        carry_out(run, [stage])
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        print(json.dumps([one.ru_utime + one.ru_stime for one in used]), flush=True)
    with run.store() as store:
        print(json.dumps(store.program_count()))


def used_by(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Return the CPU seconds of a running process, and of its children that have ended."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    own, children = sum(map(int, fields[11:13])), sum(map(int, fields[13:15]))
    tick = os.sysconf("SC_CLK_TCK")
    return own / tick, children / tick


def used_so_far(cluster: LocalCluster | None, driver: Sequence[float]) -> dict[str, float]:
    """Return CPU seconds by process, in all so far."""
    found = {"driver": driver[0], "its children": driver[1]}
    if cluster is not None:
        workers = [used_by(worker) for worker in cluster.workers]
        found |= {"workers": sum(own for own, _ in workers), "their children": sum(other for _, other in workers)}
        found["scheduler"] = used_by(cluster.scheduler)[0]
    return found


@dataclass(frozen=True, slots=True)
class Audit:
    """What one audit took."""

    programs: int
    costs: Costs
    wall: float
    """Seconds."""

    def total(self, background: float = 0.0) -> float:
        """Return its CPU seconds, without so many for each second that it lasted."""
        return sum(self.costs.values()) - background * self.wall


def audit(config: Path, out: Path, cluster: LocalCluster | None) -> Audit:
    """Verify and score in a process of its own."""
    address = [] if cluster is None else [cluster.address]
    command = [sys.executable, "-m", "tests.benchmarks.efficiency", "--stages", str(config), str(out), *address]
    before = used_so_far(cluster, (0.0, 0.0))
    costs: Costs = {}
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for stage in STAGES:
            now = used_so_far(cluster, json.loads(process.stdout.readline()))
            costs |= {(stage, who): seconds - before[who] for who, seconds in now.items()}
            before = now
        programs = int(process.stdout.readline())
    return Audit(programs, costs, time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class Line:
    """CPU seconds as a line over the number of programs."""

    once: float
    each: float

    @classmethod
    def through(cls, points: Sequence[tuple[int, float]]) -> Line:
        """Fit by least squares."""
        each, once = statistics.linear_regression([n for n, _ in points], [seconds for _, seconds in points])
        return cls(once, each)


def tell_parts(audits: Mapping[int, Sequence[Audit]]) -> None:
    """Print what each process took in the smallest and the largest audit: medians."""
    for size in (min(audits), max(audits)):
        for part in audits[size][0].costs:
            middle = statistics.median(one.costs[part] for one in audits[size])
            print(f"    {size:5} programs, {part[0]:6} {part[1]:14} {middle:7.2f} CPU-s")


def tell(found: Mapping[str, Mapping[int, Sequence[Audit]]], background: float) -> None:
    """Print totals, their parts and the lines; the cluster's CPU seconds per second without work are ``background``."""
    lines: dict[str, Line] = {}
    for way, audits in found.items():
        apart = background if way == CLUSTER else 0.0
        for size, rows in audits.items():
            totals, walls = ([round(of(one), 2) for one in rows] for of in (Audit.total, lambda one: one.wall))
            print(f"{way}: {size} programs: median {statistics.median(totals):.2f} CPU-s of {totals}, wall {walls} s")
        tell_parts(audits)
        line = lines[way] = Line.through([(size, one.total(apart)) for size in audits for one in audits[size]])
        print(f"{way}: {line.once:.2f} CPU-s once and {1000 * line.each:.2f} ms per program")
    share = 1 + background / CORES  # for each CPU second of work the background runs for half a second
    here, cluster = lines[HERE], Line(lines[CLUSTER].once * share, lines[CLUSTER].each * share)
    print(f"cluster, background on idle cores added: {cluster.once:.2f} CPU-s once, {1000 * cluster.each:.2f} ms each")
    print(f"per program {100 * (cluster.each / here.each - 1):+.1f} %, once {cluster.once - here.once:+.2f} CPU-s")
    for more in (0.1, 0.05):
        spare = (1 + more) * here.each - cluster.each
        least = (cluster.once - (1 + more) * here.once) / spare
        print(f"within {more:.0%} " + (f"from {max(0, least):.0f} programs on" if spare > 0 else "never"))


def main() -> None:
    """Measure in rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=15)
    parser.add_argument("--samples", type=int, nargs="*", default=[5, 20, 60])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=1, choices=(1, 2))
    options = parser.parse_args()
    found: dict[str, dict[int, list[Audit]]] = {HERE: defaultdict(list), CLUSTER: defaultdict(list)}
    chance = random.Random(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["AUDITOR_CACHE"] = str(folder / "cache")
        configs = []
        for samples in options.samples:
            place = folder / str(samples)
            place.mkdir()
            configs.append(prepare(place, Path(os.environ["AUDITOR_DATA"]), samples, options.tasks))
        audit(configs[-1], folder / "warm", None)
        settings = {"threads": 2 // options.processes, "AUDITOR_CACHE": str(folder / "cache")}
        with LocalCluster(folder, options.processes, **settings) as cluster:
            time.sleep(5)
            started = used_so_far(cluster, (0.0, 0.0))
            print(f"start: workers {started['workers']:.2f}, scheduler {started['scheduler']:.2f} CPU-s")
            time.sleep(IDLE_SECONDS)
            later = used_so_far(cluster, (0.0, 0.0))
            rates = {who: (later[who] - started[who]) / IDLE_SECONDS for who in ("workers", "scheduler")}
            background = sum(rates.values())
            print(f"idle, ms of CPU a second: {', '.join(f'{who} {1000 * rate:.1f}' for who, rate in rates.items())}")
            for number in range(options.rounds):
                ways = [(config, way) for config in configs for way in found]
                for config, way in chance.sample(ways, k=len(ways)):
                    one = audit(config, config.parent / f"{number}-{way}", cluster if way == CLUSTER else None)
                    found[way][one.programs].append(one)
                    load = os.getloadavg()[0]
                    print(f"  {one.programs} programs, {way}: {one.total():.2f} CPU-s at load {load:.1f}", flush=True)
    tell({way: dict(sorted(audits.items())) for way, audits in found.items()}, background)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--stages"]:
        stages(*sys.argv[2:])
    else:
        main()
