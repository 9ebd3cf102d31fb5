"""Which tasks are left out, and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.analysis import Counts, suspect_tasks
from auditor.analysis.exclusions import excluded_tasks, exclusions
from auditor.errors import UsageError
from auditor.results import Exclusion, ExclusionRule, Exclusions


def counts(model: str, **tasks: tuple[int, int, int]) -> Counts:
    return Counts.from_rows(model, [(task_id, *numbers) for task_id, numbers in tasks.items()])


WEAK = counts("weak", a=(4, 2, 0), b=(4, 3, 0), c=(4, 0, 0), d=(4, 4, 4))
STRONG = counts("strong", a=(4, 4, 0), b=(4, 4, 1), c=(4, 4, 0), d=(4, 4, 4))


def test_known_facts_give_their_reasons() -> None:
    """An unfit reference, and base rejecting much of what passes plus, are named with what was seen."""
    found = suspect_tasks([WEAK, STRONG], unfit={"c": "plus fails"}, false_negatives={"a": 3, "d": 1, "zzz": 3, "b": 0})
    assert found == {
        "a": "base rejects 3 of 3 samples that pass plus",
        "c": "the reference is not accepted: plus fails",
    }


@given(st.integers(1, 200))
def test_one_sample_is_no_evidence_once_plus_passes_are_known(solved: int) -> None:
    """With one contradicting sample and three that agree or more, a task stays in, however many are drawn."""
    task = counts("m", a=(300, 299, solved + 2))
    assert suspect_tasks([task], false_negatives={"a": 1}) == {}


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))
def test_the_default_depends_on_the_benchmark_alone(first: int, second: int, contradicting: int) -> None:
    """Whatever models say, and whichever are audited together, `auto` leaves out what the reference fails."""
    models = [counts("m", a=(4, 4, first), b=(4, 4, second)), counts("n", a=(4, 4, second), b=(4, 4, 0))]
    for some in (models, models[:1]):
        found = excluded_tasks("auto", some, unfit={"b": "base fails"}, false_negatives={"a": contradicting})
        assert list(found) == ["b"]


@pytest.mark.parametrize(
    ("rule", "gone"),
    [
        ("none", []),
        ("auto", []),
        ("contradicted", ["a"]),
        ("paper", ["HumanEval/6"]),
        (("d", "b"), ["b", "d"]),
        ([], []),
        (("unfit one",), []),
    ],
)
def test_rules(rule: str | tuple[str, ...], gone: list[str]) -> None:
    """Each rule leaves out its tasks, in the order of the counts; a listed task that is unfit is not an error."""
    paper = counts("paper", **{"HumanEval/6": (4, 2, 1), "HumanEval/7": (4, 2, 1)})
    models = [WEAK, STRONG] if rule != "paper" else [paper]
    assert list(excluded_tasks(rule, models, unfit={"unfit one": "why"}, false_negatives={"a": 4})) == gone


def test_unknown_rules_and_tasks_are_refused() -> None:
    """A rule of no known name, and a listed task that is not there, are refused with the remedy."""
    with pytest.raises(
        UsageError, match="no exclusion rule 'papr' — one of none, auto, contradicted, published-rates, paper"
    ):
        excluded_tasks("papr", [WEAK])
    with pytest.raises(
        UsageError, match=r"'HumanEval/77' is to be excluded but does not exist.*did you mean 'HumanEval/7'"
    ):
        excluded_tasks(["HumanEval/77"], [counts("m", **{"HumanEval/7": (1, 0, 0)})])


def test_the_rule_and_the_names_are_always_told() -> None:
    """Every output says by which rule tasks were left out, which and why."""
    assert exclusions(("a",), {"a": "listed by the user"}) == Exclusions(
        rule=ExclusionRule.LIST, tasks=(Exclusion(task_id="a", reason="listed by the user"),)
    )
    assert exclusions("none", {}) == Exclusions(rule=ExclusionRule.NONE)
