"""The decision on a run in a few sentences, each of which follows from the typed one."""

from __future__ import annotations

from typing import assert_never

from auditor.report.sentences.evidence import Evidence, say
from auditor.report.sentences.figures import weighs
from auditor.report.text import brief, count, number, percent, plural
from auditor.results import Basis, Beyond, BeyondCost, Condition, Decision, DecisionKind, Estimate, Judgement
from auditor.text import noun

NOT_SET = "No requirement is set, as there is no gate, so nothing is accepted or refused."
"""Said in the place of a decision where no gate is set."""
CHANCE = "its gain over using no model may be due to chance"
"""Said of a model that does not clearly gain."""


def verdict(decision: Decision, *, costs: bool = True) -> str:
    """Write the decision alone, with its conditions; where no requirement is set, that.

    ``costs`` says whether to name the conditions: tests, and the costs of a wrong answer at which it holds; without it,
    the text around does.
    """
    where, model = at_costs(decision) if costs else "", brief(decision.model or "")
    match decision.kind:
        case DecisionKind.ACCEPT:
            return say("Decision: accept {model}{where}.", model=_allowed(decision, checked=costs), where=where)
        case DecisionKind.ACCEPT_WITH_CONDITIONS:
            return say("Decision: accept {model}{where}, with {conditions}.", model=_allowed(decision, checked=costs),
                       where=where, conditions=conditions(decision))  # fmt: skip
        case DecisionKind.NOT_YET:
            return say("Decision: not yet. The data do not settle whether {what}.", what=_unsettled(decision, model))
        case DecisionKind.NO:
            return say("Decision: no.")
        case DecisionKind.NO_REQUIREMENT:
            return NOT_SET
    assert_never(decision.kind)


def _unsettled(decision: Decision, model: str) -> str:
    """Say what the data do not settle, after ``whether``."""
    match decision.basis:
        case Basis.OPEN:
            return f"{model} passes {_every(decision)}"
        case Basis.CHANCE:
            return f"{model} gains anything over using no model"
        case Basis.NO_GAIN | Basis.PASSES | Basis.FAILS | Basis.NOT_JUDGED:
            return "any model gains anything over using no model"
    assert_never(decision.basis)


def basis(decision: Decision) -> str:
    """Say what the decision rests on, and how another model with the best net gain stands to the gates."""
    return " ".join(filter(None, (_basis(decision), _first(decision))))


def _basis(decision: Decision) -> str:
    model = brief(decision.model or "")
    match decision.basis:
        case Basis.PASSES:
            return say("{model} passes {every}.", model=model, every=_every(decision))
        case Basis.OPEN:
            return say("{model} fails no gate, but {some} inconclusive.", model=model, some=_some(decision))
        case Basis.FAILS:
            return say("Every model that is worth sampling fails a gate{or_none}.",
                       or_none=" or is judged by none" if decision.unjudged else "")  # fmt: skip
        case Basis.CHANCE:
            return say("{model} passes {every}, but {chance}.", model=model, every=_every(decision), chance=CHANCE)
        case Basis.NO_GAIN | Basis.NOT_JUDGED:
            return ""  # the choice says the rest
    assert_never(decision.basis)


def _every(decision: Decision) -> str:
    if Condition.WARNING in decision.conditions:
        return "every gate that can fail the run"
    return "its only gate" if decision.gates == 1 else "every gate"


def conditions(decision: Decision) -> str:
    """Name what is not shown of the model that is accepted: ``one condition: …``; empty without any."""
    return "one condition: a gate that only warns is not passed" if decision.conditions else ""


def at_costs(decision: Decision) -> str:
    """Say behind a comma at which costs of a wrong answer it holds with these attempts; empty if no cost is known.

    ``, if one wrong answer cancels out at most 8 correct ones``.
    """
    if decision.fp_cost is None:
        return ""
    held = decision.holds
    if held is None or held.least == held.most or held.fewest_attempts < held.most_attempts:
        return f", if one wrong answer {weighs(decision.fp_cost)}"
    if held.whole:
        return f", if one wrong answer cancels out at most {_correct(held.most)}"
    return f", if one wrong answer cancels out {held.least:g} to {_correct(held.most)}"


def _correct(cost: float) -> str:
    """Write a cost after ``at most`` or ``to``."""
    return "one correct answer" if cost == 1 else f"{cost:g} correct ones" if cost > 1 else f"{cost:g} of a correct one"


def limit(decision: Decision) -> str:
    """Say up to which cost it holds with other attempts, and what is so above; empty if neither is known."""
    held = decision.holds
    if held is None or decision.model is None:
        return ""
    model, said = brief(decision.model), []
    if held.fewest_attempts < held.most_attempts and held.least < held.most:
        said.append(say(
            "cancels out {least:g} to {most:g} correct ones, {model} clearly gains too, with {fewest} to {attempts}",
            Evidence.CLEAR, least=held.least, most=held.most, model=model, fewest=held.fewest_attempts,
            attempts=f"{plural(held.most_attempts, 'attempt')} allowed",
        ))  # fmt: skip
    elif held.least < held.most and held.gain.value is not None:
        said.append(say("{weight}, {model} still clearly gains, by {gain} per 100 tasks ({span})", Evidence.CLEAR,
                        weight=weighs(held.most), model=model, gain=number(100 * held.gain.value, 1),
                        span=per_hundred(held.gain)))  # fmt: skip
    said += [say("{weight}, {what}", weight=weighs(one.fp_cost), what=_beyond(one, model)) for one in held.beyond]
    return " ".join(f"If {'it' if place else 'one wrong answer'} {text}." for place, text in enumerate(said))


def _beyond(found: BeyondCost, model: str) -> str:
    match found.why:
        case Beyond.ONLY_JUST:
            return f"{model} gains only just, which the decision does not rely on{_span(found.gain)}"
        case Beyond.CHANCE:
            return f"the gain of {model} over using no model may be due to chance{_span(found.gain)}"
        case Beyond.ANOTHER:
            return "another model is chosen"
        case Beyond.NO_MODEL:
            return "no model is chosen"
    assert_never(found.why)


def _span(gain: Estimate | None) -> str:
    """Give the deciding interval of a gain behind a colon; empty without one."""
    if gain is None or not gain.bounded:
        return ""
    return f": the deciding interval of its net gain per 100 tasks is {per_hundred(gain)}"


def per_hundred(estimate: Estimate) -> str:
    """Write the interval of a utility per 100 tasks, ``1.2 to 9.4``; empty without one."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{number(100 * estimate.low, 1)} to {number(100 * estimate.high, 1)}"


def _first(decision: Decision) -> str:
    """Say how a model with the best net gain stands to the gates, if another one is decided on."""
    if decision.first is None or decision.basis is Basis.FAILS:
        return ""
    match decision.first_verdict:
        case Judgement.FAIL:
            how = "fails a gate"
        case Judgement.INCONCLUSIVE:
            how = "is not shown to pass every gate"
        case Judgement.PASS:
            how = CHANCE  # it passes too: one that clearly gains is preferred
        case None:
            how = "is judged by no gate"
        case _:
            assert_never(decision.first_verdict)
    return say("{model} has the best net gain, but {how}.", model=brief(decision.first), how=how)


def _some(decision: Decision) -> str:
    """Say which of its gates: ``1 of its 2 gates is``."""
    if decision.open_gates < decision.gates:
        are = noun(decision.open_gates, "is", "are")
        return f"{count(decision.open_gates)} of its {plural(decision.gates, 'gate')} {are}"
    return "its only gate is" if decision.gates == 1 else f"all {count(decision.gates)} of its gates are"


def settling(decision: Decision) -> str:
    """Say how many tasks would settle the open gates; empty where that is not known."""
    needed, gates = decision.tasks_needed, noun(decision.open_gates, "this gate", "these gates")
    if needed is None:
        return ""
    tasks = (
        f"about {count(needed.least)} to {count(needed.most)} tasks"
        if needed.most is not None and needed.most > needed.least
        else f"at least {plural(needed.least, 'task')}"
    )
    return say("It takes {tasks} like these in all to settle {gates}, with a probability of {power}.", tasks=tasks,
               gates=gates, power=percent(needed.power, 0))  # fmt: skip


CHECKED = " on tasks like these, checked by tests like the base tests"
"""What every figure of accepted answers assumes; said after the attempts."""


def _allowed(decision: Decision, *, checked: bool) -> str:
    """Name the model with its attempts to allow."""
    model = brief(decision.model or "")
    if decision.attempts is None:
        return model
    return f"{model} with {up_to(decision.attempts)}{CHECKED if checked else ''}"


def up_to(attempts: int) -> str:
    """Write a number of attempts to allow: ``up to 3 attempts``."""
    return "a single attempt" if attempts == 1 else f"up to {plural(attempts, 'attempt')}"
