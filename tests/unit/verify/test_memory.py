"""How much memory runs may take together, and how much there is."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.records import Outcome
from auditor.verify import memory
from auditor.verify.endings import outcome_of_death
from auditor.verify.memory import MemoryBudget, free_memory, may_have_run_out
from auditor.verify.protocol import Ended

GIB = 1 << 30
MEMINFO = {"proc/meminfo": "MemTotal: 9000 kB\nMemAvailable: 8000000 kB\n"}
FREE = 8000000 << 10
V2 = MEMINFO | {"proc/self/cgroup": "0::/work/job\n"}
JOB, WORK, OLD = "sys/fs/cgroup/work/job/memory", "sys/fs/cgroup/work/memory", "sys/fs/cgroup/memory/docker/a/memory"
SYSTEMS = {
    "no groups": (MEMINFO, FREE),
    "a group without a limit": (V2 | {f"{JOB}.max": "max\n"}, FREE),
    "a group with one": (V2 | {f"{JOB}.max": f"{2 * GIB}\n", f"{JOB}.current": f"{GIB}\n"}, GIB),
    "a group above with one": (V2 | {f"{WORK}.max": f"{3 * GIB}\n", f"{WORK}.current": f"{GIB}\n"}, 2 * GIB),
    "more used than allowed": (V2 | {f"{JOB}.max": "5", f"{JOB}.current": "9"}, 0),
    "version 1": (
        MEMINFO
        | {"proc/self/cgroup": "3:cpu:/x\n2:memory:/docker/a\n"}
        | {f"{OLD}.limit_in_bytes": str(2 * GIB), f"{OLD}.usage_in_bytes": str(GIB)},
        GIB,
    ),
    "version 1 without a limit": (
        MEMINFO
        | {"proc/self/cgroup": "2:memory:/docker/a\n"}
        | {f"{OLD}.limit_in_bytes": "9223372036854771712", f"{OLD}.usage_in_bytes": "5"},
        FREE,
    ),
}


@settings(max_examples=30, deadline=None)
@given(needs=st.lists(st.integers(1, 14), min_size=1, max_size=12), total=st.integers(1, 20))
def test_runs_together_stay_within_the_budget(needs: list[int], total: int) -> None:
    """Whatever they need; one that needs more than there is runs by itself, and all of them run."""
    budget, guard = MemoryBudget(total), threading.Lock()
    held: list[int] = []
    seen: list[tuple[int, ...]] = []

    def run(need: int) -> None:
        with budget.take(need):
            with guard:
                held.append(need)
                seen.append(tuple(held))
            time.sleep(0.0005)
            with guard:
                held.remove(need)

    threads = [threading.Thread(target=run, args=(need,)) for need in needs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(seen) == len(needs)
    assert all(sum(together) <= total or len(together) == 1 for together in seen)


def test_what_a_run_held_comes_back_when_it_raises() -> None:
    """The next one does not wait for ever."""
    budget = MemoryBudget(3)
    with pytest.raises(ValueError, match="no"), budget.take(3):
        raise ValueError("no")
    with budget.take(2), budget.take(1):
        pass


@pytest.mark.parametrize("name", SYSTEMS)
def test_free_memory_is_what_system_and_groups_leave(name: str, tmp_path: Path) -> None:
    """The least of them counts."""
    files, expected = SYSTEMS[name]
    for relative, text in files.items():
        path = tmp_path / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert free_memory(tmp_path) == expected


def test_without_proc_it_is_what_the_machine_has(tmp_path: Path) -> None:
    """As on macOS."""
    assert free_memory(tmp_path) >= GIB // 4


def test_the_kernel_s_count_tells_whether_memory_ran_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only if the kernel has killed for lack of memory since the start, or does not say."""
    monkeypatch.setattr(memory, "_KILLS", 3)
    assert may_have_run_out(tmp_path)  # nothing says that it did not
    (tmp_path / "proc").mkdir()
    for count, told in ((3, False), (4, True)):
        (tmp_path / "proc" / "vmstat").write_text(f"nr_free_pages 7\noom_kill {count}\n", encoding="ascii")
        assert may_have_run_out(tmp_path) is told


def test_only_a_large_process_was_killed_for_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small one that ended by SIGKILL is a crash, named so, and so is a large one if memory was left."""
    large, small = (Ended(9, 0.1, killed=False, peak=peak) for peak in (GIB, 20 << 20))
    monkeypatch.setattr(memory, "_KILLS", None)
    assert outcome_of_death(large) == (Outcome.MEMORY, "killed by the system for lack of memory")
    assert outcome_of_death(small) == (Outcome.CRASH, "killed by SIGKILL")
    monkeypatch.setattr(memory, "_KILLS", 1 << 60)
    assert outcome_of_death(large) == (Outcome.CRASH, "killed by SIGKILL")
