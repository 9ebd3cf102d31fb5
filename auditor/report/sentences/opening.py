"""How a report opens: one decision, why, what to expect, at which costs it holds, what else is known, and terms."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

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
    FewerTests,
    GateResult,
    Judgement,
    Limitations,
    ReportDocument,
    SuiteSizes,
    Unchecked,
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


def rows(document: ReportDocument, opened: Opening) -> list[tuple[str, list[str]]]:
    """List what belongs to the decision, what else is known or open, the limits and the terms, each with its label."""
    if not document.models:
        return []
    level = confidence(document)
    unchecked = _unchecked(Unchecked.of(document), level)
    found = [
        *replace(opened, expected=tuple(filter(None, (*opened.expected, unchecked)))).lines,
        ("Also known", known.settled(document)),
        ("Open", known.unsettled(document)),
        ("Limits", limits.told(Limitations.of(document))),
        (
            "Terms",
            names.terms(
                level, unanswered=document.options.unanswered, gates=bool(document.gates), costs=bool(document.choices)
            ),
        ),
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


def _unchecked(found: Unchecked | None, level: str) -> str:
    """Say what the accepted answers rest on: how often a single answer that no test has checked is wrong."""
    if found is None:
        return ""
    size = f" ({_sizes(found.sizes)})" if found.sizes else ""
    said = say(
        "These figures assume that every answer is checked by tests like the base tests here{size}. Of 100 single "
        "answers of {model} that no test has checked, about {wrong} are wrong{within}.",
        size=size, model=brief(found.model), wrong=choice_words.hundred(found.wrong.value or 0.0),
        within=within(found.wrong, level),
    )  # fmt: skip
    return choice_words.joined(said, _with_fewer(found.fewer, level))


def _sizes(sizes: SuiteSizes) -> str:
    """Write the numbers of tests per task: ``1 to 105 per task, median 7``."""
    if sizes.least == sizes.most:
        return f"{count(sizes.least)} per task"
    return f"{count(sizes.least)} to {count(sizes.most)} per task, median {count(sizes.median)}"


def _with_fewer(found: FewerTests | None, level: str) -> str:
    """Say how many accepted answers would be wrong with at most the median number of tests per task."""
    if found is None:
        return ""
    return say(
        "With at most {tests} per task, chosen at random, about {wrong} of 100 accepted answers are wrong{within}"
        "{missed}.",
        tests=plural(found.tests, "base test"), wrong=choice_words.hundred(found.wrong.value or 0.0),
        within=within(found.wrong, level),
        missed=", which is not shown to pass the gate" if found.misses_gate else "",
    )  # fmt: skip


def _expected(choice: Choice, decision: Decision) -> tuple[str, ...]:
    """Say how 100 tasks end with the model to use, and what it gains over using none."""
    if not choice.best.attempts:
        return ()
    found = choice_words.subject(choice, decision)
    return choice_words.ends(found), choice_words.over_none(choice, found.model)
