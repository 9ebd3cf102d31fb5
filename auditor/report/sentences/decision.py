"""The decision on a run in a few sentences, each of which follows from the typed one."""

from __future__ import annotations

from typing import assert_never

from auditor.report.sentences.evidence import say
from auditor.report.text import brief, count, listing, plural
from auditor.results import Basis, Condition, Decision, DecisionKind, Judgement, TasksNeeded
from auditor.text import noun

NOT_SET = "No requirement is set, as there is no gate, so nothing is accepted or refused."
"""Said in the place of a decision where no gate is set."""


def decided(decision: Decision) -> str:
    """Write the decision and what it rests on: ``Decision: not yet. No model passes every gate. …``."""
    parts = (verdict(decision), _basis(decision), _conditions(decision), _first(decision))
    return " ".join(filter(None, parts))


def verdict(decision: Decision) -> str:
    """Write the decision alone; where no requirement is set, that."""
    match decision.kind:
        case DecisionKind.ACCEPT:
            return say("Decision: accept {model}.", model=_allowed(decision))
        case DecisionKind.ACCEPT_WITH_CONDITIONS:
            return say("Decision: accept {model}, with conditions.", model=_allowed(decision))
        case DecisionKind.NOT_YET:
            return say("Decision: not yet. The data do not settle it.")
        case DecisionKind.NO:
            return say("Decision: no.")
        case DecisionKind.NO_REQUIREMENT:
            return NOT_SET
    assert_never(decision.kind)


def _basis(decision: Decision) -> str:
    model = brief(decision.model or "")
    match decision.basis:
        case Basis.PASSES:
            every = "every gate" if Condition.WARNING not in decision.conditions else "every gate that can fail the run"
            return say("It passes {every}.", every=every)
        case Basis.OPEN:
            return say(
                "{model} fails no gate, but {some} inconclusive.{needed}",
                model=model, some=_some(decision), needed=_settling(decision.tasks_needed),
            )  # fmt: skip
        case Basis.FAILS:
            return say("Every model that is worth sampling fails a gate{or_none}.",
                       or_none=" or is judged by none" if decision.unjudged else "")  # fmt: skip
        case Basis.NO_GAIN | Basis.NOT_JUDGED:
            return ""  # the choice says the rest
    assert_never(decision.basis)


def _conditions(decision: Decision) -> str:
    """Name what is not shown of the model that is accepted."""
    words = {
        Condition.WARNING: "a gate that only warns is not passed",
        Condition.GAIN: "its gain over not sampling may be due to chance",
    }
    found = [words[one] for one in decision.conditions]
    return say("{what}.", what=_capital(listing(found))) if found else ""


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
            how = "passes every gate"
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


def _settling(needed: TasksNeeded | None) -> str:
    """Say how many tasks would settle what is open, behind a space; empty where that is not known."""
    if needed is None:
        return ""
    tasks = (
        f"about {count(needed.least)} to {count(needed.most)} tasks"
        if needed.most is not None and needed.most > needed.least
        else f"at least {plural(needed.least, 'task')}"
    )
    return f" It takes {tasks} like these in all to settle this."


def _allowed(decision: Decision) -> str:
    """Name the model with its attempts to allow."""
    model = brief(decision.model or "")
    return model if decision.attempts is None else f"{model} with {up_to(decision.attempts)}"


def up_to(attempts: int) -> str:
    """Write a number of attempts to allow: ``up to 3 attempts``."""
    return "a single attempt" if attempts == 1 else f"up to {plural(attempts, 'attempt')}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
