"""What sampling costs and survives, against a local server in a process of its own.

    python -m tests.benchmarks.sampling throughput            # 100 ms latency: rate against concurrency / latency
    python -m tests.benchmarks.sampling faults                # 10,000 samples, a fifth of the requests fail
    python -m tests.benchmarks.sampling refusals              # the same, and a tenth is rejected for good
    python -m tests.benchmarks.sampling kills                 # the same, killed twenty times at random
    python -m tests.benchmarks.sampling memory                # 100,000 samples: peak memory by the way
    python -m tests.benchmarks.sampling end-to-end SOURCE     # 200 samples per task for three models into audit.db

Each prints what it measured; CPU seconds are this process's own.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.benchmark import load_benchmark
from auditor.config import ModelConfig
from auditor.records import Sample, SampleStatus, Task
from auditor.sampling import sample_model
from auditor.store import Store
from tests.benchmarks.serving import Remote, remote_server

FAULTY = {"rate": 0.2, "hang": 1.0}
"""A fifth of the requests fail, in one of the eight ways that bring no answer."""


ROUNDS = 80
"""Requests that each place in the air carries in a throughput run, one after the other."""


def model_for(base_url: str, **changes: Any) -> ModelConfig:
    """Settings of the simulated medium model."""
    settings: dict[str, Any] = {"concurrency": 32, "seed": 0, "timeout": 0.8, "max_retries": 30, **changes}
    return ModelConfig(name="m", model="simulated-medium", base_url=base_url, **settings)


def throughput(*concurrencies: str, latency: float = 0.1) -> None:
    """Compare the rate with the best possible one, and print the CPU time a request takes here and at the server.

    The server has written all answers once before, so that it only sends them. The rate is that of the whole run, its
    first request alone and its last ones included, and of its middle eight tenths.
    """
    tasks = load_benchmark("demo").tasks
    for concurrency in map(int, concurrencies or ("8", "16", "32", "64")):
        ideal, per_task = concurrency / latency, max(1, concurrency * ROUNDS // len(tasks))
        with remote_server("demo") as server:
            asyncio.run(_bare(server.base_url, tasks, concurrency, per_task * len(tasks)))
            before = server.set(latency=latency)
            ours = _ours(server, concurrency, per_task)
            bare = asyncio.run(_bare(server.base_url, tasks, concurrency, ours.requests))
            served = Counter(server.counts()) - Counter(before)
        print(
            f"concurrency {concurrency:3} of {ideal:.0f}/s: "
            f"auditor {ours.shares(ideal)}, {ours.cpu_ms:.2f} CPU-ms per request; "
            f"the bare client {bare.shares(ideal)}, {bare.cpu_ms:.2f} CPU-ms; "
            f"the server {served['cpu_ms'] / served['requests']:.2f} CPU-ms",
            flush=True,
        )


@dataclass(frozen=True, slots=True)
class Timed:
    """What one run took."""

    requests: int
    wall: float
    cpu: float
    middle: float
    """Requests per second between the first and the last tenth."""

    @classmethod
    def of(cls, ends: Sequence[float], started: float, cpu: float) -> Timed:
        """Sum up a run from the times at which its requests ended."""
        first, last = len(ends) // 10, len(ends) * 9 // 10
        return cls(
            len(ends), time.perf_counter() - started, time.process_time() - cpu,
            (last - first) / (ends[last] - ends[first]),
        )  # fmt: skip

    @property
    def cpu_ms(self) -> float:
        """CPU time of this process per request, in milliseconds."""
        return 1e3 * self.cpu / self.requests

    def shares(self, ideal: float) -> str:
        """Write the rate, and its share of the best possible one."""
        whole = self.requests / self.wall
        return f"{whole:.1f}/s = {100 * whole / ideal:.1f} % ({100 * self.middle / ideal:.1f} % in the middle)"


def _ours(server: Remote, concurrency: int, per_task: int) -> Timed:
    """Draw into a database."""
    tasks = load_benchmark("demo").tasks
    model = model_for(server.base_url, concurrency=concurrency, samples_per_task=per_task, timeout=30)
    ends: list[float] = []
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "audit.db") as store:

        def write(batch: Sequence[Sample]) -> None:
            store.add_samples(batch)
            ends.extend([time.perf_counter()] * len(batch))

        started, cpu = time.perf_counter(), time.process_time()
        sample_model(model, tasks, write=write)
        return Timed.of(ends, started, cpu)


async def _bare(base_url: str, tasks: Sequence[Task], concurrency: int, count: int) -> Timed:
    """Send as many requests with the client alone, keeping nothing."""
    import openai

    numbers = iter(range(count))
    ends: list[float] = []
    async with openai.AsyncOpenAI(base_url=base_url, api_key="none") as client:

        async def work() -> None:
            for number in numbers:
                await client.chat.completions.create(
                    model="simulated-medium",
                    messages=[{"role": "user", "content": tasks[number % len(tasks)].prompt}],
                    seed=number // len(tasks),
                )
                ends.append(time.perf_counter())

        started, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(work() for _ in range(concurrency)))
        return Timed.of(ends, started, cpu)


def faults(samples: str = "10000") -> None:
    """Draw all samples although a fifth of the requests fail, and count what arrived."""
    tasks = load_benchmark("demo").tasks
    per_task = -(-int(samples) // len(tasks))
    seen: list[tuple[str, int]] = []
    with remote_server("demo", **FAULTY) as server:
        summary = sample_model(
            model_for(server.base_url, samples_per_task=per_task),
            tasks,
            write=lambda batch: seen.extend((s.task_id, s.sample_index) for s in batch),
        )
        counts = server.counts()
    wanted = {(task.task_id, index) for task in tasks for index in range(per_task)}
    print(
        f"wanted {len(wanted)}, arrived {len(seen)}, lost {len(wanted - set(seen))}, twice {len(seen) - len(set(seen))}"
    )
    print(f"retries {dict(summary.retries)}; server {counts}; {summary.seconds:.1f} s")


def refusals(samples: str = "10000") -> None:
    """Draw all samples although a tenth is rejected for good and a fifth of the requests fail; then ask again."""
    tasks = load_benchmark("demo").tasks
    per_task = -(-int(samples) // len(tasks))
    with (
        tempfile.TemporaryDirectory() as folder,
        remote_server("demo", declined=0.1, rate=0.2, hang=4.0) as server,
        Store(Path(folder) / "audit.db") as store,
    ):
        model = model_for(server.base_url, samples_per_task=per_task, timeout=3.0)
        summary = sample_model(model, tasks, write=store.add_samples)
        counts = server.counts()
        stored = list(store.samples("m"))
        again = sample_model(model, tasks, done=store.sample_keys("m"), write=store.add_samples)
        asked_again = server.counts()["requests"] - counts["requests"]
    places = {(s.task_id, s.sample_index) for s in stored}
    wanted = {(task.task_id, index) for task in tasks for index in range(per_task)}
    declined = sum(s.status is SampleStatus.REFUSED and s.finish_reason == "http_400" for s in stored)
    print(f"wanted {len(wanted)}, lost {len(wanted - places)}, twice {len(stored) - len(places)}")
    print(f"statuses {dict(summary.statuses)}")
    print(
        f"answered {len(stored) - declined}, paid for {counts['paid']}; turned down {declined}, "
        f"by the server's count {counts['declined']}"
    )
    print(f"retries {dict(summary.retries)}; {counts['requests']} requests; {summary.seconds:.1f} s")
    print(f"the same again: {again.samples} samples, {asked_again} requests")


def kills(samples: str = "10000", times: int = 20) -> None:
    """Kill the drawing process at random, then let it finish; compare with the server's count of paid requests."""
    tasks = load_benchmark("demo").tasks
    per_task = -(-int(samples) // len(tasks))
    chance = random.Random(0)
    with tempfile.TemporaryDirectory() as folder, remote_server("demo", **FAULTY) as server:
        database = Path(folder) / "audit.db"
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.sampling",
            "draw",
            server.base_url,
            str(database),
            str(per_task),
        ]
        allowed = 0
        for _ in range(times):
            before = server.counts().get("requests", 0)
            process = subprocess.Popen(command)
            while server.counts().get("requests", 0) == before and process.poll() is None:
                time.sleep(0.05)
            time.sleep(chance.uniform(0.0, 2.0))
            allowed += 32 if process.poll() is None else 0
            process.send_signal(signal.SIGKILL)
            process.wait()
        between = _count(database)
        subprocess.run(command, check=True)
        counts = server.counts()
        with Store(database) as store:
            stored = list(store.samples("m"))
    keys = {(s.task_id, s.sample_index) for s in stored}
    wanted = {(task.task_id, index) for task in tasks for index in range(per_task)}
    print(f"killed {times} times, {between} samples there before the last start")
    print(f"wanted {len(wanted)}, stored {len(stored)}, lost {len(wanted - keys)}, twice {len(stored) - len(keys)}")
    print(f"paid {counts['paid']}: {counts['paid'] - len(wanted)} more than needed, {allowed} may have been in flight")


def draw(base_url: str, database: str, per_task: str) -> None:
    """Draw what is missing into a database: what ``kills`` kills."""
    with Store(Path(database)) as store:
        model = model_for(base_url, samples_per_task=int(per_task))
        done = store.sample_keys("m")
        sample_model(model, load_benchmark("demo").tasks, done=done, write=store.add_samples)


def memory(count: str = "100000") -> None:
    """Print the peak memory as samples arrive."""
    tasks = load_benchmark("demo").tasks
    samples = int(count)
    arrived, marks = 0, iter(range(samples // 10, samples + 1, samples // 10))
    mark = next(marks)

    def write(batch: Sequence[Sample]) -> None:
        nonlocal arrived, mark
        arrived += len(batch)
        if arrived >= mark:
            print(f"{arrived:7} samples: {_resident():6.1f} MB now, {_peak():6.1f} MB at most", flush=True)
            mark = next(marks, samples * 10)

    with remote_server("demo") as server:
        started = time.process_time()
        per_task = -(-samples // len(tasks))
        summary = sample_model(model_for(server.base_url, samples_per_task=per_task, timeout=60), tasks, write=write)
        print(
            f"{1e3 * (time.process_time() - started) / summary.samples:.2f} CPU-ms per sample, {summary.seconds:.0f} s"
        )


def end_to_end(source: str, samples: str = "200") -> None:
    """Draw three models' samples for every task into one audit.db."""
    per_task = int(samples)
    tasks = load_benchmark(source).tasks
    with tempfile.TemporaryDirectory() as folder, remote_server(source) as server:
        with Store(Path(folder) / "audit.db") as store:
            for strength in ("weak", "medium", "strong"):
                model = ModelConfig(
                    name=strength, model=f"simulated-{strength}", base_url=server.base_url, samples_per_task=per_task,
                    concurrency=32, seed=0, timeout=60,
                )  # fmt: skip
                cpu = time.process_time()
                summary = sample_model(model, tasks, write=store.add_samples)
                print(
                    f"{strength}: {summary.samples} samples of {len(tasks)} tasks in {summary.seconds:.0f} s, "
                    f"{time.process_time() - cpu:.0f} CPU-s, {_resident():.0f} MB now, {_peak():.0f} MB at most, "
                    f"{dict(summary.statuses)}",
                    flush=True,
                )
            rows = Counter((sample.model, sample.program) for sample in store.samples())
        size = (Path(folder) / "audit.db").stat().st_size / 1e6
        print(
            f"{rows.total()} samples, {len(rows)} programs of a model; audit.db {size:.0f} MB, server {server.counts()}"
        )


def _count(database: Path) -> int:
    with Store(database) as store:
        return len(store.sample_keys("m"))


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    known = {
        "throughput": throughput,
        "faults": faults,
        "refusals": refusals,
        "kills": kills,
        "draw": draw,
        "memory": memory,
    }
    ({**known, "end-to-end": end_to_end}[name])(*arguments)  # type: ignore[operator]
