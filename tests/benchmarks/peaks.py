"""Measure the memory that processes of programs held at most: hostile programs, and MBPP+'s references.

    AUDITOR_DATA=… python -m tests.benchmarks.peaks [fresh] [bombs] [mbpp] [Mbpp/255 …]

Peaks are the kernel's count of resident pages of each process, shared ones of its fork server among them. A process
counts as above its limit where that is more than it may take, and what it starts with.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

from auditor.benchmark import load_benchmark
from auditor.config import VerifyConfig
from auditor.records import Program, Task, program_id
from auditor.verify import Verifier
from auditor.verify.batch import VerifyWorker
from auditor.verify.children import Child
from auditor.verify.protocol import Ended
from auditor.verify.server import Zygote
from tests.hostile.bombs import BOMBS
from tests.hostile.fresh import fresh_programs, fresh_tasks
from tests.hostile.review import REVIEW_BOMBS
from tests.hostile.suites import TASKS

_LARGE = 1 << 30
_START = 64 << 20
"""Bytes that a process has at its start, shared ones among them."""

_at_hand = threading.local()
_peaks: dict[str, int] = defaultdict(int)
_most_children = 0
_above: list[str] = []
"""Processes whose peak is above their limit."""


def _watch() -> None:
    """Note the peak of every process under the task and program that it ran for."""
    end, judge, check = Child.end, VerifyWorker._judge, VerifyWorker._check_reference
    _note_limits("run")
    _note_limits("run_program")

    def noted_end(child: Child) -> Ended:
        global _most_children
        ended = end(child)
        _most_children += 1
        name = getattr(_at_hand, "name", "the sandbox's own probes")
        _peaks[name] = max(_peaks[name], ended.peak)
        most = getattr(child, "most", 0)
        if ended.peak > most:
            _above.append(f"{name}: {ended.peak >> 20} of {most >> 20} MB")
        return ended

    def noted_judge(worker: Any, task: Task, standing: Any) -> Any:
        _at_hand.name = f"{task.task_id}: {standing.program.solution[:60]!r}"
        return judge(worker, task, standing)

    def noted_check(worker: Any, task: Task) -> Any:
        _at_hand.name = f"{task.task_id}: its reference"
        return check(worker, task)

    Child.end, VerifyWorker._judge, VerifyWorker._check_reference = noted_end, noted_judge, noted_check  # type: ignore[method-assign]


def _note_limits(method: str) -> None:
    """Let each child that a fork server starts know how much memory it may take."""
    start = getattr(Zygote, method)

    def noted(zygote: Zygote, *arguments: Any, data_bytes: int = 0, **more: Any) -> Any:
        child = start(zygote, *arguments, data_bytes=data_bytes, **more)
        memory = zygote.plan.memory
        made = child if isinstance(child, Child) else child.child
        made.most = min(memory, (data_bytes or memory) + _START)  # type: ignore[attr-defined]
        return child

    setattr(Zygote, method, noted)


def _report(title: str) -> None:
    ranked = sorted(_peaks.items(), key=lambda one: -one[1])
    print(
        f"{title}: {_most_children} processes, {len(ranked)} programs; largest first, MB; load {os.getloadavg()[0]:.1f}"
    )
    for name, peak in ranked[:12]:
        print(f"  {peak >> 20:6}  {name}")
    print(f"  above 1 GiB: {sum(peak > _LARGE for peak in _peaks.values())}; above their limit: {len(_above)}")
    print(*(f"  {one}" for one in _above), sep="\n", flush=True)
    _peaks.clear()
    _above.clear()


def _run(tasks: dict[str, Task], programs: list[tuple[str, str]]) -> None:
    with Verifier(tasks, VerifyConfig(workers=2, timeout=1.0, oracle_for="all")) as verifier:
        for task_id, reason in verifier.check_references().items():
            print(f"  {task_id} is unfit: {reason}")
        for _ in verifier.verify(Program(program_id(task, source), task, source) for task, source in programs):
            pass


def main(*parts: str) -> None:
    """Run what is asked for, or all of it."""
    _watch()
    parts = parts or ("fresh", "bombs", "mbpp")
    if "fresh" in parts:
        _run(fresh_tasks(), [(one.task_id, one.solution) for one in fresh_programs() if not one.burns])
        _report("hostile programs of the review")
    if "bombs" in parts:
        number = next(iter(TASKS))
        _run({number: TASKS[number]}, [(number, source) for source in {**BOMBS, **REVIEW_BOMBS}.values()])
        _report("bombs")
    chosen = [part for part in parts if part.startswith("Mbpp/")]
    if "mbpp" in parts or chosen:
        path = Path(os.environ["AUDITOR_DATA"], "evalplus/MbppPlus.jsonl.gz")
        tasks = {task.task_id: task for task in load_benchmark(str(path), None, chosen).tasks}
        _run(tasks, [(name, task.reference) for name, task in tasks.items()])
        _report("MBPP+: references, as such and judged as programs")


if __name__ == "__main__":
    main(*sys.argv[1:])
