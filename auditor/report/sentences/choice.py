"""Which model to use, at how many attempts, or none: the answer at one cost of a wrong answer."""

from __future__ import annotations

from collections.abc import Collection
from typing import assert_never

from auditor.report.sentences.evidence import of_choice, say
from auditor.report.standing import GateStanding, standing
from auditor.report.text import brief, count, number, percent, plural, signed
from auditor.results import Candidate, Choice, Estimate, GateResult, Judgement


def answer(choice: Choice, gates: Collection[GateResult] = ()) -> str:
    """Say which model to use, how many attempts, what they yield, and how it stands to the gates and the runner-up."""
    best = choice.best
    if not best.attempts:
        other = brief(choice.runner_up.model)
        tries = plural(choice.runner_up.attempts, "attempt")
        if choice.clear:
            return say(
                "Use none of these models: {other} with {tries} is clearly worse than not sampling, with {gain}.",
                of_choice(choice), other=other, tries=tries, gain=_gain(choice.difference.negative()),
            )  # fmt: skip
        return say(
            "On these data, use none of these models: the best of them, {other} with {tries}, has {gain}. {open}",
            other=other, tries=tries, gain=_gain(choice.difference.negative()),
            open=_open(choice.difference.negative(), choice.strict.negative()),
        )  # fmt: skip
    judged = standing(best.model, gates)
    by_utility = judged not in {GateStanding.NOT_JUDGED, GateStanding.PASSES}
    use = say(
        "{use} {model} with {attempts}: "
        "about {right} of 100 tasks end with a correct answer, {wrong} with a wrong one.",
        use="By net gain alone, use" if by_utility else "Use", model=brief(best.model),
        attempts=_up_to(best.attempts), right=hundred(best.correct), wrong=hundred(best.wrong),
    )  # fmt: skip
    parts = (use, _gates(best.model, judged), _settling(best.model, gates), _against(choice), _worth_it(choice))
    return " ".join(filter(None, parts))


def _gates(model: str, judged: GateStanding) -> str:
    """Say how the model to use stands to the gates."""
    match judged:
        case GateStanding.NOT_JUDGED:
            return ""
        case GateStanding.PASSES:
            return say("It passes every gate.")
        case GateStanding.ONLY_ONE:
            return say("It does not pass every gate.")
        case GateStanding.NONE_PASSES:
            return say("No model passes every gate.")
        case GateStanding.OTHERS_DO:
            return say("{model} does not pass every gate; another model does.", model=brief(model))
    assert_never(judged)


def _settling(model: str, gates: Collection[GateResult]) -> str:
    """Say how many tasks would settle the open gates of a model that fails none; empty where that is not known."""
    judged = [gate for gate in gates if gate.model == model and not gate.members]
    needed = [gate.tasks_needed for gate in judged if gate.tasks_needed and gate.verdict is Judgement.INCONCLUSIVE]
    if not needed or any(gate.verdict is Judgement.FAIL for gate in judged):
        return ""
    least, most = max(one.least for one in needed), [one.most for one in needed if one.most is not None]
    tasks = (
        f"about {count(least)} to {count(max(most))} tasks"
        if len(most) == len(needed) and max(most) > least
        else f"at least {plural(least, 'task')}"
    )
    return say("{model} fails none, and it takes {tasks} like these in all to settle the rest.",
               model=brief(model), tasks=tasks)  # fmt: skip


def _up_to(attempts: int) -> str:
    return "a single attempt" if attempts == 1 else f"up to {plural(attempts, 'attempt')}"


def _against(choice: Choice) -> str:
    """Compare the first with the second."""
    gain = _gain(choice.difference)
    if not choice.runner_up.attempts:
        if choice.clear:
            return say("That is clearly better than not sampling, by {gain}.", of_choice(choice), gain=gain)
        return say(
            "Against not sampling, that is {gain}. {open}", gain=gain, open=_open(choice.difference, choice.strict)
        )
    other = brief(choice.runner_up.model)
    if choice.clear:
        return say("It is clearly better than {other}, by {gain}.", of_choice(choice), other=other, gain=gain)
    return say("{other} comes next, {less}{span} behind in net gain per 100 tasks. {open}", other=other,
               less=number(100 * (choice.difference.value or 0.0), 1), span=_in_brackets(choice.difference),
               open=_open(choice.difference, choice.strict))  # fmt: skip


def _open(difference: Estimate, strict: Estimate) -> str:
    """Say which interval leaves the difference open."""
    if difference.side:
        return say("That may be due to chance: the stricter interval that a verdict needs, {span}, includes zero.",
                   span=hundredfold(strict))  # fmt: skip
    return say("That may be due to chance: the interval includes zero.")


def _worth_it(choice: Choice) -> str:
    """Say where the model to use is not shown to be better than not sampling; empty if not sampling comes second."""
    utility = choice.best.utility
    if not choice.runner_up.attempts or utility.low is None or utility.low > 0:
        return ""
    return say("Against not sampling it has {gain}, which may be due to chance.", gain=_gain(utility))


def _gain(difference: Estimate) -> str:
    """Write a difference of utility as net gain per 100 tasks (correct answers minus the cost of wrong ones)."""
    if difference.value is None:
        return "an unknown net gain"
    return f"a net gain of {number(100 * difference.value, 1)} per 100 tasks{_in_brackets(difference)}"


def _in_brackets(difference: Estimate) -> str:
    return f" ({hundredfold(difference)})" if difference.bounded else ""


def hundredfold(estimate: Estimate) -> str:
    """Write the interval of a utility per 100 tasks, ``1.2 to 9.4``; empty without one."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{number(100 * estimate.low, 1)} to {number(100 * estimate.high, 1)}"


def hundred(share: float) -> str:
    """Write a share as a number of 100."""
    return number(100 * share, 0) if share in (0, 1) or 0.5 <= 100 * share <= 99.5 else number(100 * share, 1)


def cost_in_words(cost: float) -> str:
    """Say what a wrong answer costs."""
    if cost == 0:
        return "a wrong answer costs nothing"
    if cost == 1:
        return "a wrong answer cancels out one correct answer"
    if cost < 1:
        return f"a wrong answer cancels out {number(cost, 2).rstrip('0')} of a correct answer"
    return f"a wrong answer cancels out {cost:g} correct answers"


def lead(choice: Choice, gates: Collection[GateResult] = ()) -> str:
    """Open the report: the cost, then the answer."""
    found = answer(choice, gates)
    return f"If {cost_in_words(choice.terms.fp_cost)}: {found[0].lower()}{found[1:]}"


def candidate_cells(candidate: Candidate) -> tuple[str, ...]:
    """Write a candidate's attempts, correct and wrong of 100 tasks, gain per 100 tasks, its interval, and draws."""
    if not candidate.attempts:
        return ("0", "0", "0", "0", "", "0")
    return (
        str(candidate.attempts), hundred(candidate.correct), hundred(candidate.wrong),
        signed(100 * (candidate.utility.value or 0.0), 1), hundredfold(candidate.utility), number(candidate.draws, 1),
    )  # fmt: skip


def agreement(candidate: Candidate) -> str:
    """Write in how many resamples a candidate is the best."""
    return "" if candidate.chance is None else percent(candidate.chance, 0)


def left_out(choice: Choice, names: Collection[str]) -> list[tuple[str, str]]:
    """List the models that are not candidates, in the report's order, each with the reason."""
    return [(name, choice.left_out[name]) for name in names if name in choice.left_out]
