"""What the driver of a cluster does for each program, and what travels: the figures behind the simulation.

``AUDITOR_DATA=… python -m tests.benchmarks.driver_cost [SAMPLES]`` takes the first samples per task of CodeT's
candidates on HumanEval+, makes batches of them as the verifier does, packs and unpacks them, and stores made verdicts.
"""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
import time
from pathlib import Path

from auditor.engine.dask import BATCH
from auditor.engine.remote import Call, Done, Packer
from auditor.records import Outcome, Sample, SampleStatus, SuiteName, Task, Verdict
from auditor.store import Store
from auditor.verify.batch import Batch, Judged, Standing
from auditor.verify.verifier import _Queue
from tests.benchmarks import codet


def main() -> None:
    """Print seconds and bytes of each program."""
    data, count = Path(os.environ["AUDITOR_DATA"]), int(sys.argv[1]) if len(sys.argv) > 1 else 20
    tasks = codet.tasks(data)
    recorded = list(codet.recorded(data, tasks, count))
    programs = sorted({one.program.program: one.program for one in recorded}.values(), key=lambda one: one.task_id)

    started = time.process_time()
    queue = _Queue(tasks, {}, BATCH, compare=True)
    batches: list[Batch] = list(queue.batches(programs))
    making = time.process_time() - started
    started = time.process_time()
    list(_Queue(tasks, {}, BATCH, compare=False).batches(programs))
    plain = time.process_time() - started
    leaders = sum(len(batch.programs) for batch in batches)

    packer = Packer((Task,))
    started = time.process_time()
    for task in tasks.values():
        packer.pack(task)
    suites = time.process_time() - started
    started = time.process_time()
    calls = [pickle.dumps(Call("s" * 32, *packer.pack(batch), blobs={}, seconds=10.0)) for batch in batches]
    packing = time.process_time() - started

    place = {"sandbox": "landlock+seccomp", "host": "node", "environment": "e" * 16}

    def verdict(one: Standing) -> Judged:
        made = Verdict(one.program.program, SuiteName.BASE, Outcome.FAIL, 9, b"\1" * 9, **place)
        return Judged(one.ticket, (made,))

    answers = [pickle.dumps(Done([verdict(one) for one in batch.programs], None, 1.0)) for batch in batches]
    started = time.process_time()
    verdicts = [v for answer in answers for record in pickle.loads(answer).records for v in record.verdicts]
    reading = time.process_time() - started
    with tempfile.TemporaryDirectory() as name, Store(Path(name) / "audit.db") as store:
        store.add_samples(
            Sample("m", one.task_id, n, "h", SampleStatus.OK, one.solution, one.solution, "raw")
            for n, one in enumerate(programs)
        )
        started = time.process_time()
        for first in range(0, len(verdicts), 64):
            store.add_verdicts(verdicts[first : first + 64])
        storing = time.process_time() - started

    each = 1e6 / len(programs)
    print(f"{len(recorded)} samples, {len(programs)} programs, {leaders} to run, in {len(batches)} batches")
    print(f"μs a program: {making * each:.0f} to make batches, {plain * each:.0f} without comparing layouts")
    print(f"μs a program: {packing * each:.0f} to pack, {reading * each:.0f} to read the result")
    print(f"μs a verdict: {storing * 1e6 / len(verdicts):.0f} to store")
    sent, back = sum(map(len, calls)), sum(map(len, answers))
    print(f"bytes a program: {sent / leaders:.0f} sent, {back / leaders:.0f} returned")
    print(f"largest batch: {max(map(len, calls))} bytes")
    blobs = [len(blob) for blob in packer.blobs.values()]
    print(f"suites: {len(blobs)}, {sum(blobs) / 1e6:.1f} MB packed, largest {max(blobs) / 1e6:.2f} MB, {suites:.1f} s")


if __name__ == "__main__":
    main()
