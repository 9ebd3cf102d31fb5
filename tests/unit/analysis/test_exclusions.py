"""Which tasks are left out, and why."""

from __future__ import annotations

import pytest

from auditor.analysis import Counts, suspect_tasks
from auditor.analysis.exclusions import excluded_tasks, exclusions
from auditor.errors import UsageError
from auditor.results import Exclusion, ExclusionRule, Exclusions


def counts(model: str, **tasks: tuple[int, int, int]) -> Counts:
    return Counts.from_rows(model, [(task_id, *numbers) for task_id, numbers in tasks.items()])


WEAK = counts("weak", a=(4, 2, 0), b=(4, 3, 0), c=(4, 0, 0), d=(4, 4, 4))
STRONG = counts("strong", a=(4, 4, 0), b=(4, 4, 1), c=(4, 4, 0), d=(4, 4, 4))


def test_a_task_that_all_pass_and_none_solves_is_suspect() -> None:
    """Base passes for every model and plus for none: only that task is named, with the reason."""
    assert suspect_tasks([WEAK, STRONG]) == {"a": "base passes for all 2 models, plus for none"}


def test_one_model_alone_makes_no_task_suspect() -> None:
    """A single model that is always falsely accepted is what the audit is for, not a broken task."""
    assert suspect_tasks([STRONG]) == {}


def test_a_task_that_some_model_lacks_is_not_unsolved_by_all() -> None:
    """The sign needs every model to have the task."""
    assert suspect_tasks([WEAK, STRONG.without({"a"})]) == {}


def test_known_facts_give_their_reasons() -> None:
    """An unfit reference and samples that pass plus alone are named with what was seen, in the tasks' order."""
    found = suspect_tasks([WEAK], unfit={"d": "plus fails"}, false_negatives={"b": 1, "c": 2, "zzz": 3, "a": 0})
    assert found == {
        "b": "plus passes where base fails, in 1 sample",
        "c": "plus passes where base fails, in 2 samples",
        "d": "the reference is not accepted: plus fails",
    }


@pytest.mark.parametrize(
    ("rule", "gone"),
    [
        ("none", []),
        ("auto", ["a"]),
        ("paper", ["HumanEval/6"]),
        (("d", "b"), ["b", "d"]),
        ([], []),
        (("unfit one",), []),
    ],
)
def test_rules(rule: str | tuple[str, ...], gone: list[str]) -> None:
    """Each rule leaves out its tasks, in the order of the counts; a listed task that is unfit anyway is no error."""
    paper = counts("paper", **{"HumanEval/6": (4, 2, 1), "HumanEval/7": (4, 2, 1)})
    models = [WEAK, STRONG] if rule != "paper" else [paper]
    assert list(excluded_tasks(rule, models, unfit={"unfit one": "why"})) == gone


def test_unknown_rules_and_tasks_are_refused() -> None:
    """A rule of no known name, and a listed task that is not there, are refused with the remedy."""
    with pytest.raises(UsageError, match="no exclusion rule 'papr' — one of none, auto, paper"):
        excluded_tasks("papr", [WEAK])
    with pytest.raises(
        UsageError, match=r"'HumanEval/77' is to be excluded but is not there.*did you mean 'HumanEval/7'"
    ):
        excluded_tasks(["HumanEval/77"], [counts("m", **{"HumanEval/7": (1, 0, 0)})])


def test_the_rule_and_the_names_are_always_told() -> None:
    """Every output says by which rule tasks were left out, which and why."""
    assert exclusions(("a",), {"a": "listed by the user"}) == Exclusions(
        rule=ExclusionRule.LIST, tasks=(Exclusion(task_id="a", reason="listed by the user"),)
    )
    assert exclusions("none", {}) == Exclusions(rule=ExclusionRule.NONE)
