"""Mutants that are held out: half of them, and no test is chosen with them or a program that is one."""

from __future__ import annotations

from auditor.config import VerifyConfig
from auditor.grading.explore import Exploration
from auditor.grading.ground import Ground, ProgramPool
from auditor.mutation.mutate import mutants
from auditor.records import InputSuite, Task
from auditor.targets import Target
from auditor.verify.observe import Observer
from tests.benchmarks.strengthened_mutants import MOST, held_out, spread, summary, without

CLIP = "def clip(x, low, high):\n    if x < low:\n        return low\n    return high if x > high else x\n"
SUITE = InputSuite(((5, 0, 10),))


def task(name: str) -> Task:
    return Task(name, "", Target.function("clip"), CLIP, SUITE, SUITE)


def test_half_is_held_out_and_differs_by_task() -> None:
    number = sum(1 for _ in mutants(CLIP))
    found = [held_out(task(f"Own/{n}")) for n in range(20)]
    assert {len(one) for one in found} <= {number // 2, (number + 1) // 2}
    assert len(set(found)) > 3
    assert found[3] == held_out(task("Own/3"))


def test_a_sample_that_is_a_held_out_mutant_is_left_out_too() -> None:
    first, second = [one.source for one in mutants(CLIP)][:2]
    copied = first.replace("def clip", "# the same\ndef clip")
    ground = Ground(task("Own/0"), Observer(VerifyConfig(workers=1)), ProgramPool(samples=(copied, second)))
    names = frozenset(ground.others)
    known = Exploration((), 0, 0, (), (), (), dict.fromkeys(names, frozenset()), names)
    left = without(known, ground, task("Own/0"), {1})
    assert names - left.failing.keys() == names - left.accepted == {"mutant 1", "sample 1"}


def test_spread_takes_from_all_parts() -> None:
    assert spread(range(5)) == set(range(5))
    assert len(spread(range(100))) == MOST
    assert max(spread(range(100))) >= 90
    assert spread([]) == set()


def test_what_base_leaves_is_counted_on_the_tasks_that_were_strengthened() -> None:
    def row(task_id: str, number: int, base: str, **other: str) -> dict[str, object]:
        return {"task_id": task_id, "number": number, "ten": True, "held": False, "base": base, **other}

    rows = [
        row("a", 1, "fail"), row("a", 2, "pass", strengthened="fail", plus="pass"),
        row("b", 1, "pass", strengthened="pass", plus="timeout"), row("c", 1, "pass"), row("d", 1, "fail"),
    ]  # fmt: skip
    told = summary(rows)
    assert "ten: base 2 of 5" in told
    assert "leaves 3 of 3 tasks" in told
    assert "of those of 2 tasks strengthened: 1 of 2" in told
    assert "of those of 2 tasks plus: 1 of 2" in told
    assert "of those of 2 tasks strengthened and plus: 2 of 2" in told
