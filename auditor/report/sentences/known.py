"""What a run shows and what it leaves open, said at its top: each sentence follows from clear or open verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.report.gates import limits
from auditor.report.reading import confidence, percent_whole, points_span
from auditor.report.sentences import choice as choice_words
from auditor.report.sentences.decision import up_to
from auditor.report.sentences.evidence import Evidence, say
from auditor.report.sentences.figures import one_sample
from auditor.report.text import brief, listing, number, plural
from auditor.results import Basis, Estimate, GateResult, Judgement, ReportDocument

MOST_NAMED = 4
"""Models that a sentence names; more are counted."""
MOST_SAID = 5
"""Sentences per list."""

_VERBS = {Judgement.PASS: ("passes", "pass"), Judgement.FAIL: ("fails", "fail")}


def settled(document: ReportDocument) -> list[str]:
    """Say what is clear: whose single answers are correct more often, and which gates are passed or failed.

    The gates of a model that is accepted are left out, since the reasons for the decision give their figures.
    """
    compared = _single_answers(document), *_accepted_answers(document), _wrong_pass(document), _ahead(document)
    found = [text for text in compared if text]
    told = document.decision.model if document.decision.basis is Basis.PASSES else None
    for rule, gates in _by_rule(document.gates).items():
        for verdict, verbs in _VERBS.items():
            models = [gate.model for gate in gates if gate.verdict is verdict and gate.model != told]
            if models:
                found.append(say(
                    "{models} clearly {verb} the gate “{rule}”.", Evidence.CLEAR,
                    models=_models(models), verb=_verb(models, *verbs), rule=rule,
                ))  # fmt: skip
    return _some(found)


def unsettled(document: ReportDocument) -> list[str]:
    """Say what is open: gates of models that fail none, the lead of the first model, and attempts never made.

    The gates of the model decided on are left out, since the reasons for the decision give their figures.
    """
    found = []
    told = {gate.model for gate in document.gates if gate.verdict is Judgement.FAIL} | {document.decision.model}
    for rule, gates in _by_rule(document.gates).items():
        open_gates = [gate for gate in gates if gate.verdict is Judgement.INCONCLUSIVE]
        models = [gate.model for gate in open_gates if gate.model not in told]
        if models:
            found.append(say("It is not yet known whether {models} {verb} the gate “{rule}”.", models=_models(models),
                             verb=_verb(models, "passes", "pass"), rule=rule))  # fmt: skip
    choice = document.choice
    if choice is not None and not choice.clear:
        first, second = choice.candidates[:2]
        if first.attempts and second.attempts:
            found.append(say(
                "The lead of {first} over {second}, {gap} in net gain per 100 tasks, may be due to chance: {why}.",
                first=brief(first.model), second=brief(second.model), gap=choice_words.lead_in_figures(choice),
                why=choice_words.includes_zero(choice.lead),
            ))  # fmt: skip
    found += _accepted_open(document)
    single = [model.model for model in document.models if one_sample(model)]
    if single and document.choice is not None:
        found.append(say("Whether more attempts help is not known for {models}: one answer per task was sampled.",
                         Evidence.CLEAR, models=_models(single)))  # fmt: skip
    return _some(found)


def _ahead(document: ReportDocument) -> str:
    """Say that the model with the best net gain is clearly ahead of the next one; empty if it is not."""
    choice = document.choice
    if choice is None or not choice.clear or not choice.best.attempts or not choice.runner_up.attempts:
        return ""
    first, second = choice.candidates[:2]
    return say(
        "If {cost}, {model} with {attempts} is clearly ahead of {other} with {others}, by {lead}{just}.",
        Evidence.CLEAR, cost=choice_words.cost_in_words(choice.terms.fp_cost), model=brief(first.model),
        attempts=up_to(first.attempts), other=brief(second.model), others=up_to(second.attempts),
        lead=choice_words.net_gain(choice.difference), just=choice_words.only_just(choice.lead),
    )  # fmt: skip


def _pairs(document: ReportDocument, metric: str, model: str) -> list[tuple[str, Estimate, bool]]:
    """List the paired differences of a model from each other one in a metric, the largest last, and which are clear."""
    found = []
    for row in document.across.paired:
        if row.metric == metric and model in (row.a, row.b) and row.difference.known:
            turned = row.a != model
            gap = row.difference.negative() if turned else row.difference
            found.append((row.a if turned else row.b, gap, bool(row.side)))
    return sorted(found, key=lambda one: one[1].value or 0.0)


def _single_answers(document: ReportDocument) -> str:
    """Say which models the one with the most accurate single answers clearly surpasses; empty where none."""
    models = [one for one in document.models if one.single_sample_accuracy.known]
    best = max(models, key=lambda one: one.single_sample_accuracy.value or 0.0, default=None)
    if best is None:
        return ""
    found = _pairs(document, "single_sample_accuracy", best.model)
    ahead = [(name, gap) for name, gap, clear in found if clear and gap.side > 0]
    if not ahead:
        return ""
    return say("Single answers of {best} are clearly more often correct than those of {than}.", Evidence.CLEAR,
               best=brief(best.model), than=_by(document, ahead))  # fmt: skip


def _by(document: ReportDocument, ahead: Sequence[tuple[str, Estimate]]) -> str:
    """Name models, each with the size of the difference; many are counted."""
    if len(ahead) > MOST_NAMED:
        return plural(len(ahead), "other model")
    level = confidence(document)
    return listing([f"{brief(name)} (by {number(100 * abs(gap.value or 0.0), 1)} points, {level} interval "
                    f"{points_span(gap if gap.side > 0 else gap.negative()).replace('+', '')})"
                    for name, gap in ahead])  # fmt: skip


SAME_TASKS, OWN_TASKS = "shared_precision", "conditional_accuracy"
"""How often accepted answers are correct: on the tasks where both models have some, and on those where each has."""


def _accepted_answers(document: ReportDocument) -> list[str]:
    """Say whose accepted answers, on the same tasks, are clearly wrong more or less often than the chosen model's."""
    model, said = document.subject, []
    if model is None:
        return []
    found = [(name, gap) for name, gap, clear in _pairs(document, SAME_TASKS, model) if clear]
    for words, rows in (
        ("less", [row for row in found if row[1].side > 0]), ("more", [row for row in found if row[1].side < 0])
    ):  # fmt: skip
        if rows:
            said.append(say(
                "On the same tasks, accepted answers of {model} are clearly {words} often wrong than those of {them}.",
                Evidence.CLEAR, model=brief(model), words=words, them=_by(document, rows),
            ))  # fmt: skip
    return said


def _accepted_open(document: ReportDocument) -> list[str]:
    """Say against which models it is open whose accepted answers are wrong more often, by both ways of comparing."""
    model = document.subject
    if model is None:
        return []
    own, same = (
        [name for name, _, clear in _pairs(document, metric, model) if not clear] for metric in (OWN_TASKS, SAME_TASKS)
    )
    ways = [("Over each model’s own accepted answers", own), ("On the same tasks", same)]
    if own == same:
        ways = [("Over each model’s own accepted answers and on the same tasks alike", own)]
    return [
        say("{where}, {model} is not shown to differ from {others} in how often accepted answers are wrong.",
            where=where, model=brief(model), others=_models(names))
        for where, names in ways if names
    ]  # fmt: skip


def _wrong_pass(document: ReportDocument) -> str:
    """Say whose wrong answers pass the base tests clearly less often than those of the model to use."""
    model = document.subject
    if model is None:
        return ""
    rows = [
        (name, gap) for name, gap, clear in _pairs(document, "false_positive_rate", model) if clear and gap.side > 0
    ]
    if not rows:
        return ""
    rate = percent_whole(document.model(model).false_positive_rate)
    return say("Wrong answers of {model} pass the base tests clearly more often, {rate}, than those of {others}.",
               Evidence.CLEAR, model=brief(model), rate=rate, others=_by(document, rows))  # fmt: skip


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
