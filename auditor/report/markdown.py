"""The report as Markdown that fits a pull-request comment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import assert_never

from auditor.report.gates import ShownGate, all_verdicts, over_models, verdict
from auditor.report.matrices import MORE, not_compared, style_gaps
from auditor.report.reading import (
    OF_TASKS,
    OR_MORE,
    advice_differs,
    allowed,
    best_beside,
    confidence,
    cost_ratios,
    ends_accepted,
    headline_cost,
    most_attempts,
    of_tasks,
    percent_whole,
    points_of,
    samples_of,
    tasks_analysed,
)  # fmt: skip
from auditor.report.sentences import across, canaries, curves, figures, limits, names, published, readings
from auditor.report.sentences import choice as choice_words
from auditor.report.sentences import decision as decision_words
from auditor.report.sentences import history as history_words
from auditor.report.sentences import suites as suite_words
from auditor.report.sentences.differences import rule
from auditor.report.sentences.opening import opening, rows
from auditor.report.standing import signed_verdict
from auditor.report.text import count, cut, plural, visible
from auditor.results import (
    UNDEFINED,
    Choice,
    Decision,
    DecisionKind,
    Estimate,
    GateResult,
    GateScope,
    History,
    ModelReport,
    Optimum,
    ReportDocument,
    starting,
)  # fmt: skip

LONGEST = 60_000
"""Characters; a comment on the common forges holds 65,536."""
MOST_ROWS = 40
_STYLE_NOTE = (
    "How much more often wrong programs meet a criterion than correct ones of the same task, in percentage points."
)


def summary(document: ReportDocument) -> str:
    """Write verdict, models, best attempts, style and provenance; long tables are cut and say so."""
    level = confidence(document)
    gates = verdict(document.gates)
    models = document.models
    blocks = [f"# {plain(document.title or 'Audit report')}", *_opening(document)]
    if document.provenance.benchmark.caveat:
        blocks.append(f"> ⚠️ {plain(document.provenance.benchmark.caveat, 600)}")
    blocks += [f"> ⚠️ {plain(text, 600)}" for model in models if (text := readings.warning(model.model, model.readings))]
    blocks += [f"> ⚠️ {plain(text, 600)}" for model in models if (text := canaries.warning(model.model, model.canaries))]
    if document.choices:
        blocks += ["## Which model to use", _choices(document)]
    if gates.gates:
        counts = all_verdicts(document.gates)
        blocks += [f"**{over_models(document.gates)}.**" + (f" {counts}." if counts else ""), _gates(gates.gates)]
        if narrow := limits.scope(GateScope.of(document)):
            blocks.append(plain(narrow, 600))
    blocks += ["## Models", _models(document, level), *_sentences(models, level)]
    blocks += [told(text, 800) for text in _tests(document)]
    if document.history is not None:
        blocks += ["## Over time", _history(document.history)]
    if best := _optimal(models):
        blocks += ["## Attempts to allow", best, _attempts_note(best)]
    for model in models:
        if rows := published.beside(model):
            blocks += [f"## {published.TITLE}: {plain(model.model)}", published.ABOUT]
            blocks.append(_table(("figure", "as published", "ours"), [[plain(text) for text in row] for row in rows]))
    if style := _style(models, level):
        blocks += ["## Style, wrong minus correct programs", style]
    fit = document.across.line
    if fit:
        blocks.append(f"{across.line(document.across)} (R² {fit.r_squared:.2f}).")
    blocks += ["---", _stands_on(document, level)]
    return _fit(blocks)


def _opening(document: ReportDocument) -> list[str]:
    """Write what was compared, the decision, and what belongs to it."""
    if not document.models:
        return [_about(document)]
    opened = opening(document.choices, document.gates)
    blocks = [_about(document), f"**{plain(opened.headline, 800)}**"]
    for title, found in rows(document, opened):
        if len(found) == 1:
            blocks.append(f"{title}: {plain(found[0], 900)}")
        else:
            blocks.append("\n".join([f"{title}:", "", *(f"- {plain(text, 900)}" for text in found)]))
    return blocks


def plain(text: str, limit: int = 120) -> str:
    """Write a text so that Markdown shows it as it is: no markup, mention, link or line break in it."""
    text = cut(visible(text).replace("\n", " "), limit)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_{}\[\]()#|~!])", r"\\\1", text)
    return text.replace("@", "&#64;").replace("://", "&#58;//")


def told(text: str, limit: int = 800) -> str:
    """Write a sentence of ours; what it has between backticks stays code."""
    pieces = cut(visible(text), limit).split("`")
    return "".join(f"`{part}`" if place % 2 else plain(part, limit) for place, part in enumerate(pieces))


def _about(document: ReportDocument) -> str:
    benchmark = document.provenance.benchmark
    models = document.models
    name = plain(benchmark.name or "the benchmark")
    text = f"{plural(len(models), 'model')} on {name}, {tasks_analysed(models)}, {plain(samples_of(models), 400)}"
    simulated = [plain(model.model) for model in models if model.simulated]
    if not simulated:
        return f"{text}."
    return f"{text}. Simulated models, which say nothing about a real one: {', '.join(simulated)}."


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join([" --- ", *(" ---: " for _ in head[1:])]) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in body[:MOST_ROWS]]
    if len(body) > MOST_ROWS:
        lines.append(f"\n{count(len(body) - MOST_ROWS)} more rows in report.json.")
    return "\n".join(lines)


def _history(history: History) -> str:
    """Say what changed from the baseline, and what else did; the tables are in the index."""
    return "\n".join(f"- {plain(history_words.lead(history, model), 1000)}" for model in history.models)


def _choices(document: ReportDocument) -> str:
    """Answer at the cost that the report speaks of first, and tabulate the answers at others."""
    gates = document.gates
    at = {choice.terms.fp_cost: choice for choice in document.choices}
    body = [
        [
            f"{cost:g}",
            _decided(at[cost], gates),
            plain(best.model) if best.attempts else "use no model",
            *choice_words.candidate_cells(best)[:3],
            _lead(at[cost]),
        ]
        for cost in _costs(document)
        for best in [at[cost].best]
    ]
    head = (
        "one wrong answer cancels out … correct ones",
        "decision",
        "model with the best net gain",
        names.ATTEMPTS,
        "correct, of 100 tasks",
        "wrong, of 100 tasks",
        "lead over the next best",
    )
    start = document.choices[starting(document.choices)]
    cost = choice_words.cost_in_words(start.terms.fp_cost)
    said = f"**If {plain(cost)}.** {plain(choice_words.at_cost(start, gates), 900)}"
    return f"{said}\n\n{_table(head, body)}" + (f"\n\n{_DECISIONS}" if gates else "")


_DECISIONS = (
    "Decision: accept, if a model passes every gate and clearly gains over using no model; not yet, if the data do not "
    "settle that; no, if every model fails a gate or sampling clearly loses."
)


def _costs(document: ReportDocument) -> list[float]:
    """Choose the costs of the table: those analysed, and those between which the decision ceases to hold."""
    held = document.decision.holds
    ends = set() if held is None else {held.least, held.most, *(one.fp_cost for one in held.beyond)}
    wanted = {*cost_ratios(document.models), *ends, document.choices[starting(document.choices)].terms.fp_cost}
    return [choice.terms.fp_cost for choice in document.choices if choice.terms.fp_cost in wanted]


def _lead(choice: Choice) -> str:
    """Name the second and say whether the first is clearly ahead of it."""
    second = plain(choice.runner_up.model) if choice.runner_up.attempts else "no model"
    how = ("only just" if choice.lead.only_just else "clear") if choice.clear else "open"
    return f"{how}, over {second}"


def _decided(choice: Choice, gates: Sequence[GateResult]) -> str:
    """Write the decision at a cost in a few words, with the conditions."""
    decision = Decision.of(choice, gates)
    match decision.kind:
        case DecisionKind.ACCEPT | DecisionKind.ACCEPT_WITH_CONDITIONS:
            model, named = plain(decision.model or ""), decision_words.conditions(decision)
            return f"accept {model}; {named}" if named else f"accept {model}"
        case DecisionKind.NOT_YET | DecisionKind.NO:
            return decision.kind.value
        case DecisionKind.NO_REQUIREMENT:
            return "no gate is set"
    assert_never(decision.kind)


def _gates(gates: Sequence[ShownGate]) -> str:
    body = []
    for gate in gates:
        sign = signed_verdict(gate.verdict, warns=gate.warning)
        body.append([sign, plain(gate.model), plain(gate.sentence, 600)])
    return _table(("verdict", "model", "why"), body).replace(" ---: ", " --- ")


def _models(document: ReportDocument, level: str) -> str:
    """Tabulate the headline figures, wrong answers also at the attempts to allow where a model's differ."""
    models, choice = document.models, document.choice
    cost = headline_cost(models[0]) if models else None
    at_advice = {one.model: one for one in choice.advised} if choice else {}
    advised = advice_differs(document)
    body = []
    for model in models:
        wrong = model.false_discovery_rate
        written = [_of_accepted(wrong, ends_accepted(model, wrong.attempts))]
        written.append(percent_whole(model.single_sample_accuracy, 1))
        if advised:
            one = at_advice.get(model.model)
            found = (UNDEFINED, "") if one is None else (one.accepted_wrong, of_tasks(one.accepted))
            written.insert(0, _of_accepted(*found))
        body.append([plain(model.model), _allowed(model.optimum(cost), most_attempts(model)), *written])
    ratio = names.ATTEMPTS if cost is None else f"{names.ATTEMPTS} if one wrong answer {figures.weighs(cost)}"
    advice = [names.WRONG_AT_ADVICE] if advised else []
    head = (f"model ({level} intervals)", ratio, *advice, figures.wrong_within(document), names.SINGLE)
    table = _table(head, body)
    return f"{table}\n\n{OF_TASKS}" if " of 100 tasks" in table else table


def _of_accepted(share: Estimate, behind: str) -> str:
    """Write a share of accepted answers with the tasks that it rests on, unless these are nearly all."""
    return ", ".join(filter(None, (percent_whole(share, 1), behind if share.known else "")))


def _sentences(models: Sequence[ModelReport], level: str) -> list[str]:
    """Say per model how often an accepted answer is wrong, and what more plus tests would find, for few models."""
    if len(models) > 5:
        return []
    said = [f"{figures.false_share(model, level)} {curves.saturation(model.saturation)}".rstrip() for model in models]
    return ["\n".join(f"- {plain(model.model)}: {text}" for model, text in zip(models, said, strict=True))]


def _tests(document: ReportDocument) -> list[str]:
    """Say what is known of the suites' own errors; nothing where nothing was measured."""
    said = [] if document.suites is None else [suite_words.grades(document.suites)]
    return said + [
        f"{model.model}: {text}"
        for model in document.models
        if (text := suite_words.error(model.suite_error, document.second_suite))
    ]


def _optimal(models: Sequence[ModelReport]) -> str:
    ratios = cost_ratios(models)
    body = []
    for model in models:
        found = (_allowed(model.optimum(ratio), most_attempts(model)) for ratio in ratios)
        body.append([plain(model.model), *found])
    return _table(("model", *(f"cancels {ratio:g}" for ratio in ratios)), body) if ratios else ""


def _allowed(best: Optimum | None, most: int) -> str:
    """Write the attempts to allow, the best number and its interval: ``3 (best 14, may be 2 to 20)``."""
    beside = best_beside(best, most)
    return f"{allowed(best)} ({beside})" if beside else allowed(best)


def _attempts_note(table: str) -> str:
    """Explain the table of the best numbers of attempts, and the marks that it has."""
    text = (
        "The fewest attempts that come within 1 per 100 tasks of the best net gain, by how many correct answers one "
        "wrong answer cancels out; in brackets the best number (K\\*), and which numbers may be the best."
    )
    if re.search(r"\| 0 [|(]", table):
        text += " 0: use no model."
    if OR_MORE in table:
        text += f" {MORE}"
    return text


def _style(models: Sequence[ModelReport], level: str) -> str:
    """Tabulate the style gaps and say when one is clear; name the models without any."""
    rows, titles = style_gaps(models)
    few = plain(not_compared(models), 600)
    if not rows:
        return few
    body = [
        [plain(name), *(f"**{points_of(line[key])}**" if line[key].side else points_of(line[key]) for key in titles)]
        for name, line in rows.items()
    ]
    table = _table(("model", *(plain(title) for title in titles.values())), body)
    return "\n\n".join(filter(None, (table, few, f"{_STYLE_NOTE} {rule('**bold**', 'criteria', level)}")))


def _stands_on(document: ReportDocument, level: str) -> str:
    row, benchmark = document.provenance, document.provenance.benchmark
    excluded, unfit = len(document.exclusions.tasks), sum(bool(task.unfit) for task in document.tasks)
    lines = [
        f"auditor {plain(row.auditor)}, Python {plain(row.python)}",
        f"sandbox {plain(str(row.sandbox))}",
        f"{level} intervals",
        f"{plural(benchmark.tasks, 'task')}, {count(excluded)} excluded, {count(unfit)} unfit",
        plural(row.harness_errors, "harness error"),
        f"SHA-256 of the tasks {plain(benchmark.digest[:16])}",
    ]
    return "; ".join(lines) + "."


def _fit(blocks: Sequence[str]) -> str:
    """Join blocks up to the longest comment; what is left out is named."""
    kept: list[str] = []
    size = 0
    for block in blocks:
        size += len(block) + 2
        if size > LONGEST:
            kept.append("The rest is in index.html and report.json.")
            break
        kept.append(block)
    return "\n\n".join(kept) + "\n"
