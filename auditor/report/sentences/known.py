"""What a run shows and what it leaves open, said at its top: each sentence follows from clear or open verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.report.gates import limits
from auditor.report.reading import confidence, points_span
from auditor.report.sentences.evidence import Evidence, say
from auditor.report.text import brief, listing, number, plural
from auditor.results import Estimate, GateResult, Judgement, ReportDocument

MOST_NAMED = 4
"""Models that a sentence names; more are counted."""
MOST_SAID = 4
"""Sentences per list."""

_VERBS = {Judgement.PASS: ("meets", "meet"), Judgement.FAIL: ("misses", "miss")}


def settled(document: ReportDocument) -> list[str]:
    """Say what is clear: whose single answers are correct more often, and which gates are passed or failed."""
    found = [text for text in (_single_answers(document),) if text]
    for rule, gates in _by_rule(document.gates).items():
        for verdict, verbs in _VERBS.items():
            models = [gate.model for gate in gates if gate.verdict is verdict]
            if models:
                found.append(say(
                    "{models} clearly {verb} the requirement “{rule}”.", Evidence.CLEAR,
                    models=_models(models), verb=_verb(models, *verbs), rule=rule,
                ))  # fmt: skip
    return _some(found)


def unsettled(document: ReportDocument) -> list[str]:
    """Say what is open: gates of models that fail none, and whether the first model is ahead of the next."""
    found = []
    failed = {gate.model for gate in document.gates if gate.verdict is Judgement.FAIL}
    for rule, gates in _by_rule(document.gates).items():
        open_gates = [gate for gate in gates if gate.verdict is Judgement.INCONCLUSIVE]
        models = [gate.model for gate in open_gates if gate.model not in failed]
        if models:
            found.append(say("It is open whether {models} {verb} the requirement “{rule}”.", models=_models(models),
                             verb=_verb(models, "meets", "meet"), rule=rule))  # fmt: skip
    choice = document.choice
    if choice is not None and not choice.clear:
        first, second = (brief(one.model) if one.attempts else "not sampling" for one in choice.candidates[:2])
        found.append(say("It is open whether the lead of {first} over {second} in net gain is due to chance.",
                         first=first, second=second))  # fmt: skip
    return _some(found)


def _single_answers(document: ReportDocument) -> str:
    """Say which models the one with the most accurate single answers clearly surpasses; empty where none."""
    models = [one for one in document.models if one.single_sample_accuracy.known]
    best = max(models, key=lambda one: one.single_sample_accuracy.value or 0.0, default=None)
    if best is None:
        return ""
    ahead: list[tuple[str, Estimate]] = []
    for row in document.across.paired:
        if row.metric != "single_sample_accuracy" or best.model not in (row.a, row.b) or not row.side:
            continue
        turned = row.a != best.model
        difference = row.difference.negative() if turned else row.difference
        if difference.side > 0:
            ahead.append((row.a if turned else row.b, difference))
    if not ahead:
        return ""
    level = confidence(document)
    if len(ahead) > MOST_NAMED:
        than = plural(len(ahead), "other model")
    else:
        than = listing([f"{brief(name)} (by {number(100 * (gap.value or 0.0), 1)} points, {level} interval "
                        f"{points_span(gap).replace('+', '')})" for name, gap in ahead])  # fmt: skip
    return say("Single answers of {best} are clearly more often correct than those of {than}.", Evidence.CLEAR,
               best=brief(best.model), than=than)  # fmt: skip


def _by_rule(gates: Sequence[GateResult]) -> dict[str, list[GateResult]]:
    """Group the verdicts by what is asked, in plain words."""
    found: dict[str, list[GateResult]] = {}
    for gate in gates:
        asked = f"{gate.asked}, {limits(gate)}" if gate.asked else gate.rule
        found.setdefault(asked, []).append(gate)
    return found


def _models(names: Sequence[str]) -> str:
    if len(names) > MOST_NAMED:
        return plural(len(names), "model")
    return listing([brief(name) for name in names])


def _verb(names: Sequence[str], one: str, many: str) -> str:
    """Agree with the names; a rule over all models is about many."""
    return many if len(names) > 1 or names[0] == "all models" else one


def _some(found: list[str]) -> list[str]:
    """Keep the first sentences, and count the others."""
    if len(found) <= MOST_SAID + 1:
        return found
    return [*found[:MOST_SAID], say("{others} below.", others=plural(len(found) - MOST_SAID, "other statement"))]
