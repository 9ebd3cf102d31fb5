"""The benchmark that comes with the package."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

import pytest

from auditor.benchmark import demo_variants, load_benchmark
from auditor.benchmark.demo import KINDS
from auditor.errors import InputError
from auditor.records import AssertSuite, InputSuite

BENCHMARK = load_benchmark("demo")


def test_it_is_large_and_varied_enough() -> None:
    """At least 36 tasks, some with scripts, some with tolerances, tuples and sets."""
    assert len(BENCHMARK) >= 36
    assert BENCHMARK.unfit == {}
    suites = [suite for task in BENCHMARK.tasks for suite in (task.base, task.plus)]
    assert any(isinstance(suite, AssertSuite) for suite in suites)
    expected = [value for suite in suites if isinstance(suite, InputSuite) for value in suite.outputs or ()]
    assert {float, int, str, bool, list, dict, tuple, set, type(None)} <= {type(value) for value in expected} | {bool}
    assert any(isinstance(suite, InputSuite) and suite.atol > 0 for suite in suites)


@pytest.mark.parametrize("task", BENCHMARK.tasks, ids=lambda task: task.task_id)
def test_each_task_has_a_weak_and_a_strong_suite_and_answers_of_each_kind(task) -> None:  # type: ignore[no-untyped-def]
    """3 to 6 base and 15 to 60 plus tests; two right, two falsely accepted and one wrong answer, all distinct."""
    if isinstance(task.base, InputSuite) and isinstance(task.plus, InputSuite):
        assert 3 <= len(task.base) <= 6
        assert 15 <= len(task.plus) <= 60
    variants = demo_variants(task.task_id)
    kinds = Counter(variant.kind for variant in variants)
    assert kinds["correct"] >= 2
    assert kinds["false_positive"] >= 2
    assert kinds["wrong"] >= 1
    assert set(kinds) <= set(KINDS)
    assert len({variant.solution for variant in variants} | {task.reference}) == len(variants) + 1


@pytest.mark.parametrize("task", BENCHMARK.tasks, ids=lambda task: task.task_id)
def test_each_prompt_can_be_completed(task) -> None:  # type: ignore[no-untyped-def]
    """A prompt is a signature with a docstring and examples; with a body it is a program."""
    tree = ast.parse(task.prompt + "    pass\n")
    function = tree.body[-1]
    assert isinstance(function, ast.FunctionDef)
    assert function.name == task.entry_point
    assert ">>>" in (ast.get_docstring(function) or "")
    assert task.prompt.endswith("\n")


def test_an_unknown_task_has_no_answers() -> None:
    """Asking for the answers of a task that the demo lacks is not an error."""
    assert list(demo_variants("Demo/none")) == []


@pytest.mark.parametrize(("written", "meant"), [("demo-kind", "demo-kinds"), ("demos", "demo"), ("Demo", "demo")])
def test_a_misspelt_name_is_answered_without_the_hub(
    written: str, meant: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is refused before the hub's client is loaded; a file of that name is read."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(InputError, match=f"did you mean '{meant}'"):
        load_benchmark(written)
    (tmp_path / written).write_text("{}")
    with pytest.raises(InputError, match="task_id"):
        load_benchmark(written)
