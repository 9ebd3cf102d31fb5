"""Which model, how many attempts, or none."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import UsageError
from auditor.gates.choose import choices, choose
from auditor.gates.outputs.choice import choice_json, choice_markdown, choice_text
from auditor.report.sentences.choice import answer
from auditor.results import Terms
from auditor.results.choice import NONE
from tests.examples import examples
from tests.unit.gates.builders import CountRow, counts, entry, view

TASK = st.integers(1, 6).flatmap(
    lambda n: st.integers(0, n).flatmap(lambda b: st.tuples(st.just(n), st.just(b), st.integers(0, b)))
)
TABLES = st.lists(st.lists(TASK, min_size=1, max_size=4), min_size=1, max_size=3)


def utility(n: int, b: int, t: int, k: int, cost: float, draw_cost: float) -> float:
    """Net utility of one task by walking through the draws."""
    total, alive = 0.0, 1.0
    for drawn in range(k):
        accept = b / (n - drawn)
        total -= alive * draw_cost
        if b:
            total += alive * accept * (t - cost * (b - t)) / b
        alive *= 1 - accept
    return total


@given(TABLES, st.sampled_from([0.0, 1.0, 4.0]), st.sampled_from([0.0, 0.05, 0.3]),
       st.sampled_from([0.0, 0.01, 0.2]))  # fmt: skip
@examples(60)
def test_the_choice_is_the_best_of_all(
    tables: list[list[tuple[int, int, int]]], cost: float, draw_cost: float, tolerance: float
) -> None:
    """No model at any K, nor none, beats the chosen one by more than the tolerance, by walking through every draw.

    The attempts to allow are the fewest within it, and no model at its attempts to allow beats the chosen one.
    """
    tasks = min(map(len, tables))
    tables = [table[:tasks] for table in tables]
    entries = [
        entry(f"m{index}", [(f"T/{i}", *row) for i, row in enumerate(table)]) for index, table in enumerate(tables)
    ]
    choice = choose(view(*entries), Terms(cost, draw_cost, tolerance=tolerance))
    best = choice.best
    reachable = {(NONE, 0): 0.0}
    for index, table in enumerate(tables):
        for k in range(1, min(row[0] for row in table) + 1):
            reachable[f"m{index}", k] = float(np.mean([utility(*row, k, cost, draw_cost) for row in table]))
    assert reachable[best.model, best.attempts] >= max(reachable.values()) - tolerance - 1e-9
    assert best.utility.value == pytest.approx(reachable[best.model, best.attempts], abs=1e-12)
    for one in choice.candidates:
        own = [utility for (name, _), utility in reachable.items() if name == one.model]
        most = max(own)
        if one.model == NONE or most <= 1e-12:
            continue
        enough = [k for k, utility in enumerate(own, 1) if utility >= most - tolerance - 1e-12 and utility > 1e-12]
        assert one.attempts == enough[0]
        assert own[one.best_attempts - 1] == pytest.approx(most, abs=1e-12)
        assert one.best_adds == pytest.approx(most - own[one.attempts - 1], abs=1e-12)
        assert one.best_adds <= tolerance + 1e-9
        assert own[one.attempts - 1] <= reachable[best.model, best.attempts] + 1e-12


STRONG = entry("strong", counts(100, 20, 16, 15))
WEAK = entry("weak", counts(100, 20, 8, 2))


def test_a_strong_model_is_chosen_with_evidence() -> None:
    """A model that is right far more often wins clearly over the weak one and over none."""
    choice = choose(view(STRONG, WEAK), Terms(1.0))
    assert choice.best.model == "strong"
    assert choice.clear
    assert choice.runner_up.model == NONE
    assert choice.left_out == {"weak": "no number of attempts is worth it"}
    assert choice.best.chance == 1.0


def test_none_is_an_answer() -> None:
    """If wrong answers cost more than right ones bring, the answer is none, with the least bad model next to it."""
    choice = choose(view(STRONG, WEAK), Terms(100.0))
    assert choice.best.model == NONE
    assert choice.clear
    assert choice.runner_up.model == "strong"
    assert choice.runner_up.attempts == 1
    assert "Use no model if one wrong answer cancels out 100 correct answers: even the best of them" in answer(choice)
    assert "clearly loses" in answer(choice)


def test_using_no_model_is_clear_only_if_every_model_loses() -> None:
    """The least bad model loses on every task; a worse one loses on average, over tasks that differ much."""
    tasks = [f"T/{i}" for i in range(60)]
    steady = entry("steady", [(task, 10, 10, 8) for task in tasks])  # 0.1 lost on each
    varied = entry("varied", [(task, 10, 10, 10 if i % 4 else 0) for i, task in enumerate(tasks)])  # 0.375 on average
    assert choose(view(steady), Terms(4.5)).clear
    choice = choose(view(steady, varied), Terms(4.5))
    assert [(one.model, one.attempts) for one in choice.candidates] == [(NONE, 0), ("steady", 1), ("varied", 1)]
    assert choice.lead.clear  # over the runner-up
    assert not choice.clear
    assert choice.not_losing is not None
    assert choice.not_losing.model == "varied"
    assert "For now, use no model if one wrong answer cancels out 4.5 correct answers: varied" in answer(choice)
    assert "may be due to chance" in answer(choice)
    assert choice.left_out == {}


def test_an_open_choice_says_so() -> None:
    """Two models of one kind are not told apart: the better one is named, not called clear."""
    rng = np.random.default_rng(5)
    made = [entry(name, [(f"T/{i}", 10, 10, int(rng.binomial(10, 0.8))) for i in range(40)]) for name in ("one", "two")]
    choice = choose(view(*made), Terms(1.0))
    assert not choice.clear
    assert "may be due to chance" in answer(choice)
    assert "better" not in answer(choice)
    assert choice.difference.low is not None
    assert choice.difference.low <= 0 <= (choice.difference.value or 0.0)


def test_money_decides() -> None:
    """What a solution is worth, prices and budget change model and K as they should."""
    cheap = entry("cheap", counts(100, 20, 10, 9), cost=100 * 20 * 0.01)
    dear = entry("dear", counts(100, 20, 16, 15), cost=100 * 20 * 1.0)
    run = view(cheap, dear)
    assert choose(run, Terms(1.0)).best.model == "dear"
    assert choose(run, Terms(1.0, value=2.0)).best.model == "cheap"
    assert choose(run, Terms(1.0, value=0.001)).best.model == NONE
    capped = choose(run, Terms(1.0, budget=0.5))
    assert capped.best.model == "cheap"
    assert capped.left_out == {"dear": "one attempt costs 1, above the budget"}
    tight = choose(run, Terms(1.0, budget=0.0151)).best
    assert tight.cost is not None
    assert tight.cost <= 0.0151
    assert tight.attempts < capped.best.attempts
    assert choose(run, Terms(1.0, max_attempts=2)).best.attempts <= 2


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (Terms(1.0, draw_cost=0.1, value=1.0), "contradict"),
        (Terms(1.0, value=0.0), "value"),
        (Terms(float("nan")), "fp cost"),
        (Terms(1.0, budget=0.001), "above the budget"),
        (Terms(-1.0), "0 or more"),
        (Terms(1.0, max_attempts=0), "max attempts"),
        (Terms(1.0, confidence=1.0), "confidence"),
    ],
)
def test_terms_that_cannot_be_met_are_refused(terms: Terms, message: str) -> None:
    """Contradictory or unaffordable terms are refused by name."""
    with pytest.raises(UsageError, match=message):
        choose(view(STRONG), terms)


def test_a_model_may_be_called_none() -> None:
    """A model of that name is chosen, and told from using no model, like any other."""
    named = choose(view(replace(STRONG, model=NONE)), Terms(1.0))
    other = choose(view(STRONG), Terms(1.0))
    assert answer(named) == answer(other).replace("strong", NONE)
    assert [one.chance for one in named.candidates] == [one.chance for one in other.candidates] == [1.0, 0.0]
    assert choice_text(named).count("(use no model)") == 1


def test_small_money_is_not_written_as_nothing() -> None:
    """A price below a thousandth keeps its digits in what is said."""
    model = entry("m", counts(10, 20, 10, 9), cost=200 * 0.00042)
    with pytest.raises(UsageError, match=r"one attempt costs 0\.00042, above the budget"):
        choose(view(model), Terms(1.0, budget=0.0001))


def test_draws_cost_what_the_report_charges() -> None:
    """Without terms of its own a choice charges each model what its report does, as from a solution's worth."""
    cheap, dear = replace(STRONG, draw_cost=0.01), replace(WEAK, draw_cost=0.5)
    own = choose(view(cheap, dear), Terms(0.0))
    assert own.best == choose(view(cheap, dear), Terms(0.0, draw_cost=0.01)).best
    assert own.left_out == {"weak": "no number of attempts is worth it"}
    assert choose(view(cheap, dear), Terms(0.0, draw_cost=0.0)).best.draw_cost == 0


def test_prices_are_asked_for_where_needed() -> None:
    """A value in money without a price leaves the model out, and refuses if none is left."""
    free = entry("free", counts(50, 5, 5, 5), cost=None)
    assert choose(view(free, STRONG), Terms(1.0, value=1.0)).left_out == {
        "free": "the run has no costs: give the model a price"
    }
    with pytest.raises(UsageError, match="no cost"):
        choose(view(free), Terms(1.0, value=1.0))


def test_models_left_out_for_one_reason_are_named_together() -> None:
    """What leaves several models out is said once with their names, in each form and in a refusal."""
    free = [entry(name, counts(50, 5, 5, 5), cost=None) for name in ("c", "a", "b")]
    reason = "a, b, c: the run has no costs: give the model a price"
    choice = choose(view(*free, STRONG), Terms(1.0, value=1.0))
    for text in (choice_text(choice), choice_markdown(choice)):
        assert text.count("left out: ") == 1
        assert f"left out: {reason}\n" in text
    with pytest.raises(UsageError) as caught:
        choose(view(*free), Terms(1.0, value=1.0))
    assert str(caught.value).startswith(f"no model can be considered ({reason}) — ")


def test_only_common_tasks_count() -> None:
    """Models are compared on the tasks that all have; without one the choice is refused."""
    rows: list[CountRow] = [("A", 5, 5, 5), ("B", 5, 5, 0)]
    choice = choose(view(entry("both", rows), entry("one", [("A", 5, 5, 4)])), Terms(1.0))
    assert (choice.tasks, choice.best.model, choice.best.utility.value) == (1, "both", 1.0)
    with pytest.raises(UsageError, match="share no task"):
        choose(view(entry("a", [("A", 1, 1, 1)]), entry("b", [("B", 1, 1, 1)])), Terms(1.0))


def test_the_empty_run_is_refused() -> None:
    """No scored sample anywhere is no basis for a choice."""
    with pytest.raises(UsageError, match="empty"):
        choose(view(entry("m", [])), Terms(1.0))


def test_every_form_carries_the_answer() -> None:
    """Text, table, Markdown and JSON name the choice; a hostile model name stays harmless."""
    hostile = replace(STRONG, model="st|rong\n\x1b[31m<b>")
    choice = choose(view(hostile, WEAK), Terms(1.0))
    assert "\x1b[31m" not in choice_text(choice)
    assert "\x1b[31m" not in choice_text(choice, width=100)
    assert "st\\|rong" in choice_markdown(choice)
    assert "<b>" not in choice_markdown(choice)
    assert json.loads(choice_json(choice))["best"] == hostile.model


def test_a_report_holds_the_choice_at_each_cost() -> None:
    """Each cost has its own choice, the very one that the command gives; models without a common task have none."""
    held = choices(view(STRONG, WEAK))
    assert {0.0, 1.0, 100.0} <= {one.terms.fp_cost for one in held}
    assert [one.terms.fp_cost for one in held] == sorted(one.terms.fp_cost for one in held)
    for one in held:
        alone = choose(view(STRONG, WEAK), one.terms, chances=False)
        assert one == alone
        assert all(candidate.chance is None for candidate in one.candidates)
    assert held[-1].best.model == NONE
    assert choices(view(entry("a", [("A", 1, 1, 1)]), entry("b", [("B", 1, 1, 1)]))) == ()
