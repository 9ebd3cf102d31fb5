"""Whether a model is accepted: one decision, which follows from the verdicts of the gates and the choice of a model."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from auditor.results.choice import Choice, Lead, starting
from auditor.results.estimate import Count, Document, Estimate, Positive
from auditor.results.gate import WORST_FIRST, GateResult, Judgement, Severity, TasksNeeded


class DecisionKind(StrEnum):
    """What is decided."""

    ACCEPT = "accept"
    """A model that clearly gains over using no model passes every gate."""
    ACCEPT_WITH_CONDITIONS = "accept with conditions"
    """So it does with the gates that can fail the run, but not with all that only warn; see :class:`Condition`."""
    NOT_YET = "not yet"
    """The data do not settle it."""
    NO = "no"
    """Every model fails a gate, or sampling clearly loses."""
    NO_REQUIREMENT = "no requirement"
    """No gate is set, so there is nothing to accept or refuse; the choice stands alone."""


class Basis(StrEnum):
    """What a decision rests on."""

    PASSES = "passes"
    """The model passes every gate that can fail the run."""
    OPEN = "open"
    """The model fails no such gate and is inconclusive on at least one; no model passes all."""
    CHANCE = "chance"
    """The model passes every such gate, but its gain over using no model may be due to chance; no other does better."""
    FAILS = "fails"
    """Every model that could be chosen fails at least one such gate, or is judged by none."""
    NO_GAIN = "no gain"
    """No model gains anything over using no model."""
    NOT_JUDGED = "not judged"
    """No gate is set."""


class Condition(StrEnum):
    """What is not shown of a model that is accepted."""

    WARNING = "warning"
    """It does not pass every gate that only warns."""


class Beyond(StrEnum):
    """Why a decision does not hold at the next cost of a wrong answer."""

    ONLY_JUST = "only just"
    """The same model is chosen and clearly gains, but only just; see :attr:`Lead.only_just`."""
    CHANCE = "chance"
    """The same model is chosen, but its gain over using no model may be due to chance."""
    ANOTHER = "another model"
    """Another model is chosen."""
    NO_MODEL = "no model"
    """No model is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeyondCost(Document):
    """A cost of a wrong answer above a range, and why the decision does not hold there without doubt."""

    fp_cost: float
    """The cost."""
    why: Beyond
    """Why."""
    gain: Estimate | None
    """Utility of the model minus that of no model there, with the interval that decides; null if it is not chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRange(Document):
    """The costs of a wrong answer, of those computed, at which the same model is chosen and clearly gains, no gap.

    Costs at which it gains only just are left out, unless the decision is made at such a cost.
    """

    least: float
    """The smallest."""
    most: float
    """The largest."""
    whole: bool
    """Whether `least` is the smallest cost computed, so that the decision holds at every cost up to `most`."""
    fewest_attempts: Positive
    """The fewest attempts to allow at these costs."""
    most_attempts: Positive
    """The most attempts to allow at these costs."""
    gain: Estimate
    """Utility of the model minus that of no model at `most`, with its own interval."""
    beyond: tuple[BeyondCost, ...]
    """What is so at larger costs: at the last at which it gains only just, if any, and at the first at which it does
    not gain clearly, if any was computed.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Document):
    """One decision on the models of a run, at one cost of a wrong answer."""

    kind: DecisionKind
    """What is decided."""
    basis: Basis
    """What it rests on."""
    model: str | None
    """The model that it is about: the one with the best net gain among those with the best verdict; null if none.

    Of models that pass, those that clearly gain come first.
    """
    attempts: Count | None
    """Its attempts to allow; null without a model, or if the models share no task."""
    fp_cost: float | None
    """The cost of a wrong answer at which it is made, in correct answers; null if the models share no task."""
    first: str | None
    """The model with the best net gain, if it is another one; else null."""
    first_verdict: Judgement | None
    """The worst verdict of the gates on that model; null if no gate judges it."""
    conditions: tuple[Condition, ...] = ()
    """What is not shown; empty unless the model is accepted with conditions."""
    gates: Count = 0
    """Gates that can fail the run and judge the model."""
    open_gates: Count = 0
    """Those that are inconclusive."""
    unjudged: Count = 0
    """Models worth sampling that no gate judges."""
    tasks_needed: TasksNeeded | None = None
    """Tasks that would settle all of these; null if that is not known of each."""
    holds: CostRange | None = None
    """The costs around `fp_cost` at which it holds; null without a model, if the model does not clearly gain at
    `fp_cost`, or if only that cost was computed.
    """

    @classmethod
    def over(cls, choices: Sequence[Choice], gates: Collection[GateResult]) -> Decision:
        """Decide at the cost that a report speaks of first, and find the other costs at which that holds.

        ``choices`` are in ascending order of cost.
        """
        if not choices:
            return cls.of(None, gates)
        start = starting(choices)
        decision = cls.of(choices[start], gates)
        return replace(decision, holds=_holds(decision.model, [cls.of(one, gates) for one in choices], choices, start))

    @classmethod
    def of(cls, choice: Choice | None, gates: Collection[GateResult]) -> Decision:
        """Decide by the gates and, among models with the same verdict, by net gain.

        Only gates that can fail the run count, and one over several models counts for each. Without a choice, models
        are taken in the order of the gates.
        """
        worst = blocking_verdicts(gates)
        if not gates:
            first = choice.chosen if choice else None
            return cls._about(choice, gates, DecisionKind.NO_REQUIREMENT, Basis.NOT_JUDGED, first)
        if choice and choice.chosen is None:
            kind = DecisionKind.NO if choice.clear else DecisionKind.NOT_YET
            return cls._about(choice, gates, kind, Basis.NO_GAIN, None)
        order = [one.model for one in choice.advised] if choice else list(worst)
        for verdict in (Judgement.PASS, Judgement.INCONCLUSIVE):
            found = [name for name in order if worst.get(name) is verdict]
            if not found:
                continue
            if verdict is Judgement.INCONCLUSIVE:
                return cls._about(choice, gates, DecisionKind.NOT_YET, Basis.OPEN, found[0])
            gaining = found if choice is None else [name for name in found if choice.settled_for(name)]
            if not gaining:
                return cls._about(choice, gates, DecisionKind.NOT_YET, Basis.CHANCE, found[0])
            return cls._about(choice, gates, DecisionKind.ACCEPT, Basis.PASSES, gaining[0])
        return cls._about(choice, gates, DecisionKind.NO, Basis.FAILS, None)

    @classmethod
    def _about(
        cls, choice: Choice | None, gates: Collection[GateResult], kind: DecisionKind, basis: Basis, model: str | None
    ) -> Decision:
        """Add what is known of the model, and of another one with a better net gain."""
        candidate = choice.candidate(model) if choice else None
        first = choice.chosen if choice and choice.chosen != model else None
        conditions = _conditions(gates, model) if kind is DecisionKind.ACCEPT else ()
        judged = [gate for gate in gates if _blocking(gate) and model in gate.judges]
        open_gates = [gate for gate in judged if gate.verdict is Judgement.INCONCLUSIVE]
        return cls(
            kind=DecisionKind.ACCEPT_WITH_CONDITIONS if conditions else kind,
            basis=basis,
            model=model,
            attempts=candidate.attempts if candidate else None,
            fp_cost=choice.terms.fp_cost if choice else None,
            first=first,
            first_verdict=blocking_verdicts(gates).get(first) if first else None,
            conditions=conditions,
            gates=len(judged),
            open_gates=len(open_gates),
            unjudged=_unjudged(choice, gates) if choice and gates else 0,
            tasks_needed=_needed([gate.tasks_needed for gate in open_gates]),
        )


def _holds(
    model: str | None, at_costs: Sequence[Decision], choices: Sequence[Choice], start: int
) -> CostRange | None:  # fmt: skip
    """Return the costs around ``start`` at which ``model`` is decided on and clearly gains."""
    gains = [choice.gain(model) if one.model == model else None for one, choice in zip(at_costs, choices, strict=True)]
    held = [gain is not None and gain.clear for gain in gains]
    firm = [gain is not None and gain.clear and not gain.only_just for gain in gains]
    if not held[start]:
        return None
    first, last = _run(firm, start)
    _, end = _run(held, last)
    at_most = gains[last]
    assert at_most is not None, "it is held"
    attempts = [one.attempts for one in at_costs[first : last + 1] if one.attempts]
    places = ([] if end == last else [end]) + ([end + 1] if end + 1 < len(held) else [])
    return CostRange(
        least=choices[first].terms.fp_cost,
        most=choices[last].terms.fp_cost,
        whole=first == 0,
        fewest_attempts=min(attempts),
        most_attempts=max(attempts),
        gain=at_most.difference,
        beyond=tuple(
            BeyondCost(
                fp_cost=choices[place].terms.fp_cost,
                why=_why(at_costs[place], gain),
                gain=gain.deciding if gain else None,
            )
            for place in places
            for gain in [gains[place]]
        ),
    )


def _run(flags: Sequence[bool], start: int) -> tuple[int, int]:
    """Return the ends of the run of true flags around ``start``; twice ``start`` if its own is false."""
    first = last = start
    while flags[start] and first and flags[first - 1]:
        first -= 1
    while flags[start] and last + 1 < len(flags) and flags[last + 1]:
        last += 1
    return first, last


def _why(there: Decision, gain: Lead | None) -> Beyond:
    """Return why the decision does not hold at another cost without doubt; ``gain`` is its model's, if chosen there."""
    if gain is None:
        return Beyond.NO_MODEL if there.model is None else Beyond.ANOTHER
    return Beyond.ONLY_JUST if gain.clear else Beyond.CHANCE


def _unjudged(choice: Choice, gates: Collection[GateResult]) -> int:
    judged = {model for gate in gates for model in gate.judges}
    return sum(one.model not in judged for one in choice.advised)


def blocking_verdicts(gates: Collection[GateResult]) -> dict[str, Judgement]:
    """Return each model's worst verdict over the gates that can fail the run; one over several models counts for each.

    A model that only gates that warn judge passes.
    """
    worst: dict[str, Judgement] = {}
    for gate in gates:
        verdict = gate.verdict if _blocking(gate) else Judgement.PASS
        for model in gate.judges:
            worst[model] = min(worst.get(model, Judgement.PASS), verdict, key=WORST_FIRST.index)
    return worst


def _blocking(gate: GateResult) -> bool:
    return gate.severity is Severity.ERROR


def _conditions(gates: Collection[GateResult], model: str | None) -> tuple[Condition, ...]:
    return (Condition.WARNING,) if any(gate.warns and model in gate.judges for gate in gates) else ()


def _needed(found: list[TasksNeeded | None]) -> TasksNeeded | None:
    """Return the tasks that settle everything; ``None`` if that is not known of each."""
    known = [one for one in found if one is not None]
    if not known or len(known) < len(found):
        return None
    most = [one.most for one in known if one.most is not None]
    return TasksNeeded(
        least=max(one.least for one in known),
        most=max(most) if len(most) == len(known) else None,
        power=min(one.power for one in known),
    )
