"""Which model to use, at how many attempts, or none: the answer at one cost of a wrong answer."""

from __future__ import annotations

from collections.abc import Collection
from typing import assert_never

from auditor.report.sentences import decision as decision_words
from auditor.report.sentences.decision import per_hundred, up_to
from auditor.report.sentences.evidence import of_choice, of_lead, say
from auditor.report.sentences.figures import weighs
from auditor.report.text import brief, number, plural, signed
from auditor.results import (
    Candidate,
    Choice,
    Decision,
    DecisionKind,
    Estimate,
    GateResult,
    Lead,
)  # fmt: skip


def answer(choice: Choice, gates: Collection[GateResult] = ()) -> str:
    """Say what is decided, which model to use with how many attempts, what they yield, and how far it is ahead."""
    decision = Decision.of(choice, gates)
    said = decision_words.verdict(decision), decision_words.basis(decision), decision_words.settling(decision)
    return joined(*said, use(choice, decision), yields(choice, decision))


def at_cost(choice: Choice, gates: Collection[GateResult] = ()) -> str:
    """Say the same without what the decision rests on."""
    decision = Decision.of(choice, gates)
    said = decision_words.verdict(decision, costs=False), use(choice, decision, costs=False)
    return joined(*said, yields(choice, decision))


def open_lead(choice: Choice, decision: Decision) -> str:
    """Say that the lead over another model is open; empty if it is not, or if the decision is on another model."""
    second = choice.runner_up
    if choice.clear or not second.attempts or decision.model is None or decision.model != choice.best.model:
        return ""
    return say("The lead of {model} over {other} may be due to chance.", model=brief(decision.model),
               other=brief(second.model))  # fmt: skip


def joined(*sentences: str) -> str:
    """Join sentences, of which some may be empty."""
    return " ".join(filter(None, sentences))


def use(choice: Choice, decision: Decision, *, costs: bool = True) -> str:
    """Say which model to use, with how many attempts and at which costs; empty if the decision has said it."""
    if not choice.best.attempts:
        return _none(choice, costs=costs)
    candidate = subject(choice, decision)
    if not costs:
        where = ""
    elif decision.model is None:
        where = f", if {cost_in_words(choice.terms.fp_cost)}"
    else:
        where = decision_words.at_costs(decision)
    attempts = up_to(candidate.attempts) + (decision_words.CHECKED if costs else "")
    named = {"model": brief(candidate.model), "attempts": attempts, "where": where}
    match decision.kind:
        case DecisionKind.ACCEPT | DecisionKind.ACCEPT_WITH_CONDITIONS:
            return ""
        case DecisionKind.NOT_YET:
            return say("If you have to choose now, use {model} with {attempts}{where}.", **named)
        case DecisionKind.NO:
            return say("By net gain alone, {model} with {attempts} comes first{where}.", **named)
        case DecisionKind.NO_REQUIREMENT:
            return say("By net gain, use {model} with {attempts}{where}.", **named)
    assert_never(decision.kind)


def _none(choice: Choice, *, costs: bool) -> str:
    """Say that no model is to be used, and what the best of them would lose."""
    where = f" if {cost_in_words(choice.terms.fp_cost)}" if costs else ""
    found = choice.not_losing or choice.runner_up
    named = {"where": where, "other": brief(found.model), "attempts": up_to(found.attempts),
             "gain": net_gain(found.utility)}  # fmt: skip
    if choice.clear:
        return say("Use no model{where}: even the best of them, {other} with {attempts}, clearly loses, with {gain}.",
                   of_choice(choice), **named)  # fmt: skip
    return say("For now, use no model{where}: {other} with {attempts} has {gain}. {open}", **named,
               open=_open(Lead(found.utility, found.strict)))  # fmt: skip


def subject(choice: Choice, decision: Decision) -> Candidate:
    """Return the model that the decision is about, else the one with the best net gain."""
    return choice.candidate(decision.model) or choice.best


def yields(choice: Choice, decision: Decision) -> str:
    """Say what the model to use yields, why its attempts are enough, and how far it is ahead of the next."""
    if not choice.best.attempts:
        return ""
    found = subject(choice, decision)
    then = ends(found)
    if found is not choice.best:
        return joined(then, enough(found, Estimate(found.best_adds)))
    return joined(then, enough(found, choice.best_adds), _against(choice), _worth_it(choice))


def ends(found: Candidate) -> str:
    """Say how 100 tasks end, and how many of 100 accepted answers are wrong."""
    accepted, share = found.accepted, found.accepted_wrong.value
    rest = "" if accepted == 1 else f", and {hundred(1 - accepted)} without an accepted answer"
    text = say("About {right} of 100 tasks then end with a correct answer, {wrong} with a wrong one{rest}.",
               right=hundred(found.correct), wrong=hundred(found.wrong), rest=rest)  # fmt: skip
    if share is None or accepted == 1:
        return text
    return joined(text, say("So of 100 accepted answers, about {wrong} are wrong.", wrong=hundred(share)))


def enough(candidate: Candidate, adds: Estimate) -> str:
    """Say that the attempts to allow are enough, and what the best number would add; empty if it is that number."""
    if candidate.attempts == candidate.best_attempts:
        return ""
    one = candidate.attempts == 1
    return say(
        "{attempts} enough: the best number, {best}, would add {adds} in net gain per 100 tasks.",
        attempts="A single attempt is" if one else f"{plural(candidate.attempts, 'attempt')} are",
        best=candidate.best_attempts, adds=f"{number(100 * candidate.best_adds, 1)}{_in_brackets(adds)}",
    )  # fmt: skip


def _against(choice: Choice) -> str:
    """Compare the first with the second."""
    gain, model = net_gain(choice.difference), brief(choice.best.model)
    if not choice.runner_up.attempts:
        if choice.clear:
            return say("That is clearly better than using no model, by {gain}{just}.", of_choice(choice), gain=gain,
                       just=only_just(choice.lead))  # fmt: skip
        return say("Against using no model, that is {gain}. {open}", gain=gain, open=_open(choice.lead))
    other = f"{brief(choice.runner_up.model)} with {up_to(choice.runner_up.attempts)}"
    if choice.clear:
        return say("{model} is clearly better than {other}, by {gain}{just}.", of_choice(choice), model=model,
                   other=other, gain=gain, just=only_just(choice.lead))  # fmt: skip
    return say("{other} comes next, {less}{span} behind in net gain per 100 tasks. {open}", other=other,
               less=number(100 * (choice.difference.value or 0.0), 1), span=_in_brackets(choice.difference),
               open=_open(choice.lead))  # fmt: skip


def _open(lead: Lead) -> str:
    """Say which interval leaves a lead open."""
    return say("That may be due to chance: {why}.", why=includes_zero(lead))


def includes_zero(lead: Lead) -> str:
    """Name the interval that includes zero; the deciding one where the difference's own excludes it."""
    if lead.difference.side:
        return f"the deciding interval, {per_hundred(lead.deciding)}, includes zero"
    return "the interval includes zero"


def only_just(lead: Lead) -> str:
    """Give the deciding interval of a clear lead behind a comma, where it excludes zero only just; else nothing."""
    return f", only just: the deciding interval is {per_hundred(lead.deciding)}" if lead.only_just else ""


def lead_in_figures(choice: Choice) -> str:
    """Write how far the first is ahead of the second, per 100 tasks: ``19.5 (8.8 to 30.5)``."""
    return f"{number(100 * (choice.difference.value or 0.0), 1)}{_in_brackets(choice.difference)}"


def _worth_it(choice: Choice) -> str:
    """Say where the model to use is not shown to be better than using no model; empty if that comes second."""
    gain = choice.gain(choice.best.model)
    if not choice.runner_up.attempts or gain is None or not gain.difference.bounded or gain.clear:
        return ""
    return say("Against using no model it has {gain}. {open}", gain=net_gain(gain.difference), open=_open(gain))


def over_none(choice: Choice, model: str) -> str:
    """Say what a model gains over using no model, and whether that is clear; empty without an interval."""
    gain = choice.gain(model)
    if gain is None or not gain.difference.bounded:
        return ""
    named = {"cost": cost_in_words(choice.terms.fp_cost), "model": brief(model), "gain": net_gain(gain.difference)}
    if gain.clear:
        return say("If {cost}, {model} clearly gains over using no model: {gain}{just}.", of_lead(gain),
                   just=only_just(gain), **named)  # fmt: skip
    return say("If {cost}, {model} has {gain} against using no model. {open}", open=_open(gain), **named)


def net_gain(difference: Estimate) -> str:
    """Write a difference of utility as net gain per 100 tasks, correct answers minus the cost of wrong ones.

    A loss has the sign that it has in the tables, below 0.
    """
    if difference.value is None:
        return "an unknown net gain"
    return f"a net gain of {number(100 * difference.value, 1)} per 100 tasks{_in_brackets(difference)}"


def _in_brackets(difference: Estimate) -> str:
    return f" ({per_hundred(difference)})" if difference.bounded else ""


def hundred(share: float) -> str:
    """Write a share as a number of 100."""
    return number(100 * share, 0) if share in (0, 1) or 0.5 <= 100 * share <= 99.5 else number(100 * share, 1)


def cost_in_words(cost: float) -> str:
    """Say what a wrong answer costs."""
    return f"one wrong answer {weighs(cost)}"


def candidate_cells(candidate: Candidate) -> tuple[str, ...]:
    """Write a candidate's attempts, correct and wrong of 100 tasks, gain per 100 tasks, its interval, and draws."""
    if not candidate.attempts:
        return ("0", "0", "0", "0", "", "0")
    return (
        str(candidate.attempts), hundred(candidate.correct), hundred(candidate.wrong),
        signed(100 * (candidate.utility.value or 0.0), 1), per_hundred(candidate.utility), number(candidate.draws, 1),
    )  # fmt: skip


def best_cell(candidate: Candidate) -> str:
    """Write the best number of attempts and what it would add in net gain per 100 tasks: ``14 +0.4``."""
    if candidate.attempts == candidate.best_attempts:
        return str(candidate.best_attempts)
    return f"{candidate.best_attempts} {signed(100 * candidate.best_adds, 1)}"


def left_out(choice: Choice, names: Collection[str]) -> list[tuple[str, str]]:
    """List the models that are not candidates, in the report's order, each with the reason."""
    return [(name, choice.left_out[name]) for name in names if name in choice.left_out]
