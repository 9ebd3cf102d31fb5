"""How a report opens: one decision, why, what to expect, at which costs it holds, what else is known, and terms."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from statistics import median_low

from auditor.report.reading import confidence
from auditor.report.sentences import choice as choice_words
from auditor.report.sentences import decision as words
from auditor.report.sentences import known, limits, names
from auditor.report.sentences.evidence import say
from auditor.report.sentences.figures import within
from auditor.report.text import brief, count, plural, visible
from auditor.results import (
    WORST_FIRST,
    Basis,
    Choice,
    Decision,
    DecisionKind,
    Estimate,
    GateResult,
    Judgement,
    Limitations,
    ModelReport,
    ReportDocument,
    starting,
)  # fmt: skip

MOST_GATES = 2
"""Gates of the model whose figures are given, the open ones first."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The decision, and what belongs to it; each may be empty but the headline."""

    headline: str
    """The decision, or what to use where no requirement is set."""
    why: tuple[str, ...]
    """What it rests on, with the figures of the gates."""
    settling: str
    """How many tasks would settle it; for where the figures of the gates, which say so too, stand elsewhere."""
    meanwhile: str
    """Which model to use until it is settled."""
    expected: tuple[str, ...]
    """How 100 tasks end with the model to use, and its net gain."""
    holds: str
    """At which costs of a wrong answer that holds."""
    lead: str
    """That the lead over the next model is open."""

    @property
    def short(self) -> str:
        """The opening in a few sentences, for a terminal or a comment: figures of gates are in the table beside it."""
        return choice_words.joined(self.headline, *self.why[:1], self.settling, self.meanwhile, self.lead, self.holds)

    @property
    def lines(self) -> list[tuple[str, list[str]]]:
        """The parts that are not empty, each with its label."""
        found = (
            ("Why", list(self.why)),
            ("For now", [self.meanwhile]),
            ("What to expect", list(self.expected)),
            ("Cost of a wrong answer", [self.holds]),
        )
        return [(label, kept) for label, said in found if (kept := [text for text in said if text])]


def opening(choices: Sequence[Choice], gates: Collection[GateResult]) -> Opening:
    """Open a report on ``choices`` of a model by cost, ascending, and the verdicts of the gates."""
    decision = Decision.over(choices, gates)
    choice = choices[starting(choices)] if choices else None
    used = "" if choice is None else choice_words.use(choice, decision)
    unset = decision.kind is DecisionKind.NO_REQUIREMENT
    why = [words.basis(decision), *_gate_figures(decision, gates)]
    if unset:
        why = [words.NOT_SET] if used else []
    waits = decision.kind is DecisionKind.NOT_YET
    return Opening(
        headline=used if unset and used else words.verdict(decision),
        why=tuple(filter(None, why if waits or unset else [*why, used])),
        settling=words.settling(decision),
        meanwhile=used if waits else "",
        expected=() if choice is None else _expected(choice, decision),
        holds=words.limit(decision),
        lead="" if choice is None else choice_words.open_lead(choice, decision),
    )


def stand(document: ReportDocument, opened: Opening) -> list[tuple[str, list[str]]]:
    """List what belongs to the decision, what else is known, open and limited, and the terms, each with its label."""
    if not document.models:
        return []
    found = [
        *replace(opened, expected=tuple(filter(None, (*opened.expected, _unchecked(document))))).lines,
        ("Also known", known.settled(document)),
        ("Open", known.unsettled(document)),
        ("Limits", limits.told(Limitations.of(document))),
        ("Terms", names.terms(confidence(document), gates=bool(document.gates), costs=bool(document.choices))),
    ]
    return [(label, said) for label, said in found if said]


def _gate_figures(decision: Decision, gates: Collection[GateResult]) -> list[str]:
    """Give the figures of the gates that judge the model decided on; only the open ones where some are."""
    judged = [gate for gate in gates if decision.model in gate.judges and gate.sentence]
    if decision.basis is Basis.OPEN:
        judged = [gate for gate in judged if gate.verdict is Judgement.INCONCLUSIVE]
    judged.sort(key=lambda gate: WORST_FIRST.index(gate.verdict))
    found = [_figure(gate) for gate in judged[:MOST_GATES]]
    if len(judged) > MOST_GATES:
        found.append(say("{others} below.", others=plural(len(judged) - MOST_GATES, "other gate")))
    return found


def _figure(gate: GateResult) -> str:
    """Give a gate's figures, and the reason for which it was set."""
    return f"{gate.sentence} Reason given for this gate: “{visible(gate.reason)}”." if gate.reason else gate.sentence


def _unchecked(document: ReportDocument) -> str:
    """Say what the accepted answers rest on: how often a single answer that no test has checked is wrong."""
    choice = document.choice
    if choice is None or not choice.best.attempts:
        return ""
    model = document.model(choice_words.subject(choice, document.decision).model)
    right = model.single_sample_accuracy
    if right.value is None:
        return ""
    wrong = Estimate(1 - right.value, *(None if one is None else 1 - one for one in (right.high, right.low)))
    sizes = [row.base_tests for row in document.tasks if row.analysed and row.base_tests]
    size = f" ({_sizes(sizes)})" if sizes else ""
    return say(
        "These figures assume that every answer is checked by tests like the base tests here{size}. Of 100 single "
        "answers of {model} that no test has checked, about {wrong} are wrong{within}.{fewer}",
        size=size, fewer=_with_fewer(document, model, sizes), model=brief(model.model),
        wrong=choice_words.hundred(wrong.value or 0.0),
        within=within(wrong, confidence(document)),
    )  # fmt: skip


def _sizes(sizes: Sequence[int]) -> str:
    """Write the numbers of tests per task: ``1 to 105 per task, median 7``."""
    least, most = min(sizes), max(sizes)
    if least == most:
        return f"{count(least)} per task"
    return f"{count(least)} to {count(most)} per task, median {count(median_low(sizes))}"


def _with_fewer(document: ReportDocument, model: ModelReport, sizes: Sequence[int]) -> str:
    """Say behind a space how many accepted answers would be wrong with at most the median number of tests per task.

    Empty where several attempts are advised, since the figure is not for these, or if it was not measured.
    """
    found = None if document.choice is None else document.choice.candidate(model.model)
    middle = median_low(sizes) if sizes else 0
    point = next((one for one in model.base_tests or () if one.tests == middle and middle < max(sizes)), None)
    if point is None or found is None or found.attempts > 1:
        return ""
    share = point.false_discovery_rate
    if share.value is None:
        return ""
    return " " + say(
        "With at most {tests} per task, about {wrong} of 100 accepted answers are wrong{within}{missed}.",
        tests=plural(middle, "base test"), wrong=choice_words.hundred(share.value),
        within=within(share, confidence(document)), missed=_missed(document, model, share),
    )  # fmt: skip


def _missed(document: ReportDocument, model: ModelReport, share: Estimate) -> str:
    """Say behind a comma that a share of wrong answers is not shown to pass a gate that the model passes."""
    limits_ = [
        gate.max
        for gate in document.gates
        if gate.metric == "false_discovery_rate" and model.model in gate.judges and gate.verdict is Judgement.PASS
        and gate.max is not None
    ]  # fmt: skip
    if not limits_ or share.high is None or share.high <= min(limits_):
        return ""
    return ", which is not shown to pass the gate"


def _expected(choice: Choice, decision: Decision) -> tuple[str, ...]:
    """Say how 100 tasks end with the model to use, and what it gains over using none."""
    if not choice.best.attempts:
        return ()
    found = choice_words.subject(choice, decision)
    return choice_words.ends(found), choice_words.over_none(choice, found.model)
