"""A round trip by batch files, with every process killed on the way.

    python -m tests.benchmarks.batches 3000

A local service takes the files (upload, create, retrieve, download). It expires each batch after two thirds of its
rows, turns a tenth down for good and fails on one in twenty. The commands that write requests and read outputs are
killed by SIGKILL at random, then left to finish, until nothing is missing.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from auditor.benchmark import load_benchmark
from auditor.store import Store
from tests.batch_server import batch_service, submit
from tests.scripted import Scripted, completion, error

CONFIG = """
[benchmark]
source = "demo"

[[model]]
name = "m"
base_url = "http://127.0.0.1:9/v1"
samples_per_task = {per_task}
seed = 0
"""


def main(samples: str = "3000", kills: str = "3") -> None:
    """Print what arrived, how often the service answered, and how many processes were killed."""
    tasks = load_benchmark("demo").tasks
    per_task = -(-int(samples) // len(tasks))
    chance, started, killed, rounds = random.Random(0), time.monotonic(), 0, 0
    answered: Counter[str] = Counter()

    def script(asked: dict[str, Any]) -> Scripted:
        if chance.random() < 0.05:
            return error(500, "passing")
        prompt = asked["messages"][-1]["content"]
        task = next(task for task in tasks if task.prompt.strip() in prompt)
        answered[f"{task.task_id}/{asked['seed']}"] += 1
        filtered = random.Random(f"{task.task_id}/{asked['seed']}").random() < 0.1
        return error(400, "filtered", code="content_filter") if filtered else completion(task.reference)

    def command(folder: Path, *words: str) -> str:
        nonlocal killed
        call = [
            sys.executable,
            "-m",
            "auditor",
            "sample",
            str(folder / "audit.toml"),
            "--out",
            str(folder / "run"),
            *words,
        ]
        for _ in range(int(kills)):
            process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0.5, 4.0))
            killed += process.poll() is None
            process.kill()
            process.wait()
        return subprocess.run(call, capture_output=True, text=True, check=True).stdout

    with tempfile.TemporaryDirectory() as place, batch_service(script) as service:
        folder = Path(place)
        (folder / "audit.toml").write_text(CONFIG.format(per_task=per_task))
        requests = folder / "requests.jsonl"
        while "nothing is missing" not in command(folder, "--write-batch", str(requests)):
            service.most = 2 * len(requests.read_bytes().splitlines()) // 3 if rounds < 3 else None
            outputs = submit(service, requests, folder)
            said = command(folder, *(word for path in outputs for word in ("--read-batch", str(path))))
            rounds += 1
            print(said.splitlines()[0], flush=True)
        with Store(folder / "run" / "audit.db") as store:
            stored = list(store.samples("m"))
    places = {(s.task_id, s.sample_index) for s in stored}
    wanted = {(task.task_id, index) for task in tasks for index in range(per_task)}
    print(f"wanted {len(wanted)}, lost {len(wanted - places)}, twice {len(stored) - len(places)}")
    print(f"statuses {dict(Counter(str(s.status) for s in stored))}")
    print(f"answered twice by the service {sum(count > 1 for count in answered.values())}; {rounds} batches; ", end="")
    print(f"{killed} commands killed; {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
