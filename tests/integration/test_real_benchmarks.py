"""HumanEval+ and MBPP+ as they are published."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from auditor.benchmark import load_benchmark
from auditor.benchmark.values import canonical
from auditor.records import AssertSuite, Benchmark, InputSuite, Task

pytestmark = pytest.mark.data


@cache
def load(source: str, base: str | None = None) -> Benchmark:
    return load_benchmark(source, base)


def inputs_of(task: Task, *suites: str) -> set[str]:
    """Collect the canonical texts of a task's inputs; -2j as a literal has a negative zero in it."""
    calls = [canonical(call) for name in suites for call in getattr(task, name).inputs]
    return {re.sub(r"\(-0(-[^()]*j)\)", r"\1", call) for call in calls}


@pytest.mark.slow
def test_mbpp_plus_inputs_have_the_types_that_the_hub_shows(data: Path) -> None:
    """Tuples, sets and complex numbers lost in EvalPlus's JSON come back as the hub's Python literals have them."""
    ours = {task.task_id: task for task in load(str(data / "evalplus" / "MbppPlus.jsonl.gz")).tasks}
    hub = {task.task_id: task for task in load(str(data / "hub" / "evalplus" / "mbppplus")).tasks}
    assert ours.keys() == hub.keys()
    assert len(ours) == 378
    for task_id, task in hub.items():
        assert isinstance(task.plus, InputSuite)
        missing = inputs_of(task, "plus") - inputs_of(ours[task_id], "base", "plus")
        assert not missing, f"{task_id}: {min(missing)[:200]}"
        assert task.entry_point == ours[task_id].entry_point
        assert task.plus.atol == ours[task_id].plus.atol  # type: ignore[union-attr]


@pytest.mark.slow
def test_humaneval_plus_of_the_hub_is_that_of_evalplus(data: Path) -> None:
    """All but HumanEval/32 are read by their literals, and ask what EvalPlus's own file asks."""
    hub_folder = data / "hub"
    hub = load(str(hub_folder / "evalplus" / "humanevalplus"), str(hub_folder / "openai" / "openai_humaneval"))
    ours = {task.task_id: task for task in load(str(data / "evalplus" / "HumanEvalPlus.jsonl.gz")).tasks}
    assert len(hub) == len(ours) == 164
    assert [task.task_id for task in hub.tasks if isinstance(task.plus, AssertSuite)] == ["HumanEval/32"]
    for task in hub.tasks:
        other = ours[task.task_id]
        assert (task.prompt, task.reference) == (other.prompt, other.reference)
        if isinstance(task.plus, InputSuite):
            assert inputs_of(task, "plus") <= inputs_of(other, "base", "plus")
            assert task.plus.atol == other.plus.atol  # type: ignore[union-attr]


def test_special_rules_are_attached(data: Path) -> None:
    """The tasks that EvalPlus compares by a rule of their own carry its name."""
    files = [data / "evalplus" / name for name in ("HumanEvalPlus.jsonl.gz", "MbppPlus.jsonl.gz")]
    rules = {t.task_id: t.plus.oracle for file in files for t in load(str(file)).tasks if t.plus.oracle}  # type: ignore[union-attr]
    sets = dict.fromkeys(("Mbpp/2", "Mbpp/7", "Mbpp/111", "Mbpp/140", "Mbpp/232", "Mbpp/579", "Mbpp/769"), "set")
    kinds = dict.fromkeys(("Mbpp/737", "Mbpp/787", "Mbpp/794"), "not_none")
    single = {"HumanEval/32": "find_zero", "Mbpp/558": "digit_distance_nums", "Mbpp/581": "surface_area"}
    assert rules == sets | kinds | single


@pytest.mark.slow
def test_the_broken_task_of_the_hub_is_named(data: Path) -> None:
    """The reference check names HumanEval/32 of the hub, whose test unpacks a float, and no sound neighbour."""
    from auditor.config import VerifyConfig
    from auditor.verify import Verifier

    hub = data / "hub"
    names = ("HumanEval/31", "HumanEval/32", "HumanEval/33")
    loaded = load(str(hub / "evalplus" / "humanevalplus"), str(hub / "openai" / "openai_humaneval"))
    tasks = {task.task_id: task for task in loaded.tasks if task.task_id in names}
    with Verifier(tasks, VerifyConfig(workers=1)) as verifier:
        unfit = verifier.check_references()
    assert list(unfit) == ["HumanEval/32"]
    assert "TypeError" in unfit["HumanEval/32"]


def test_the_published_files_have_references_that_are_known_to_pass(data: Path) -> None:
    """Their digests are as the loader reads them; other Pythons than those tried, and other tasks, are checked."""
    from auditor.verify import known

    for name in ("HumanEvalPlus.jsonl.gz", "MbppPlus.jsonl.gz"):
        digest = load(str(data / "evalplus" / name)).digest
        assert known.are_fit(digest, "3.11.2")
        assert not known.are_fit(digest, "3.10.1")
        assert not known.are_fit(digest, "3.14.0")
    assert not known.are_fit("", "3.11.2")
