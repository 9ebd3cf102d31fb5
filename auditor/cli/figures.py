"""The table of figures at the end of a run."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from auditor.text import one_line, plural

if TYPE_CHECKING:
    from auditor.results import Analysis, Choice, Estimate, ModelAnalysis

LONGEST_NAME = 18
"""Columns of a model's name on a terminal of 80 columns; more on a wider one, unlimited in a pipe."""
TERMINAL = 80
SIMULATED = " *"
"""Mark after the name of a simulated model."""


def figures_table(
    analysis: Analysis, width: int | None, simulated: Collection[str] = (), choice: Choice | None = None, *,
    color: bool = False,
) -> str:  # fmt: skip
    """Return a line per model: tasks, accuracy, share of accepted samples that is wrong, attempts to allow.

    Shares are percentages with their intervals, as in the report; with a ``choice``, what is wrong at the attempts
    to allow is added where these are others. ``width`` is the terminal's; ``None`` for a pipe.
    """
    from auditor.gates.outputs.tables import TextColumn, text_table
    from auditor.report.sentences import names
    from auditor.report.sentences.figures import weighs

    cost = _reference_cost(analysis)
    columns = [
        TextColumn("model", whole=True),
        TextColumn("tasks", right=True),
        TextColumn(names.SINGLE, right=True, whole=True),
        TextColumn(names.WRONG, right=True, whole=True),
    ]
    if cost is not None:
        columns.append(TextColumn("attempts", right=True))
    longest = None if width is None else LONGEST_NAME + max(0, width - TERMINAL)
    rows = [_row(entry, cost, simulated, longest) for entry in analysis.models]
    confidence = f"{100 * analysis.options.confidence:g} %"
    notes = [f"in %, with {confidence} intervals; accepted: passed the base tests"]
    if cost is not None:
        notes.append(f"attempts: to allow if one wrong answer {weighs(cost)}")
        notes.append("(others add at most 1 in net gain per 100 tasks); 0: use no model")
    if choice is not None:
        notes += _at_advice(analysis, choice, width)
    notes += _few_accepted(analysis, width)
    if simulated:
        notes.append("* simulated: says nothing about a real model")
    return "\n".join([text_table(columns, rows, width, color=color), *notes])


def _at_advice(analysis: Analysis, choice: Choice, width: int | None) -> list[str]:
    """Say within how many attempts the table counts wrong answers, and how many are wrong at the attempts to allow."""
    from textwrap import wrap

    from auditor.report.reading import of_tasks
    from auditor.report.sentences import names

    within = {entry.model: entry.false_discovery_rate.attempts for entry in analysis.models}
    others = [one for one in choice.advised if one.attempts != within.get(one.model)]
    if not others:
        return []
    told = "; ".join(
        ", ".join(filter(None, (f"{one_line(one.model)} {share_cell(one.accepted_wrong)}", of_tasks(one.accepted))))
        for one in others
    )
    text = (
        f"{names.WRONG}: within {plural(max(within.values()), 'attempt')}, the most that every model has; "
        f"at the attempts to allow: {told}"
    )
    return [text] if width is None else wrap(text, width)


def _few_accepted(analysis: Analysis, width: int | None) -> list[str]:
    """Say of which tasks the shares of accepted answers are, where these are not nearly all."""
    from textwrap import wrap

    from auditor.report.reading import OF_TASKS, ends_accepted

    found = [(one.model, ends_accepted(one, one.false_discovery_rate.attempts)) for one in analysis.models]
    told = "; ".join(f"{one_line(name)} {behind}" for name, behind in found if behind)
    if not told:
        return []
    text = f"accepted answers that are wrong are shares of: {told}. {OF_TASKS}"
    return [text] if width is None else wrap(text, width)


def attempts_by_cost(entry: ModelAnalysis) -> str:
    """Return a model's attempts to allow at every cost that was analysed."""
    from auditor.report.reading import allowed, best_beside, most_attempts

    most = most_attempts(entry)
    costs = [f"{one.fp_cost:g} correct: {allowed(one)}, {best_beside(one, most)}" for one in entry.optimal_attempts]
    if not costs:
        return "no cost of a wrong answer was analysed"
    return f"attempts to allow if one wrong answer cancels out {'; '.join(costs)}"


def published_table(entry: ModelAnalysis) -> str:
    """Return a model's figures in the published way, in addition to ours; empty if none was requested."""
    from auditor.gates.outputs.tables import TextColumn, text_table
    from auditor.report.sentences.published import beside

    rows = beside(entry)
    if not rows:
        return ""
    columns = [TextColumn("figure"), TextColumn("as published", right=True), TextColumn("ours", right=True)]
    heading = f"{one_line(entry.model)}, figures as arXiv 2411.17501 computes them:"
    return "\n".join([heading, text_table(columns, [list(row) for row in rows], None)])


def _reference_cost(analysis: Analysis) -> float | None:
    """Return the cost of a false positive to show: 1 if it was analysed, else the first."""
    costs = [one.fp_cost for entry in analysis.models for one in entry.optimal_attempts]
    return 1.0 if 1.0 in costs else next(iter(costs), None)


def _row(entry: ModelAnalysis, cost: float | None, simulated: Collection[str], longest: int | None) -> list[str]:
    from auditor.gates.outputs.tables import shortened

    mark = SIMULATED if entry.model in simulated else ""
    name = one_line(entry.model)
    row = [(name if longest is None else shortened(name, longest - len(mark))) + mark, str(entry.tasks)]
    row += [share_cell(entry.single_sample_accuracy), share_cell(entry.false_discovery_rate)]
    if cost is not None:
        best = entry.optimum(cost)
        row.append("–" if best is None else str(best.enough))
    return row


def share_cell(estimate: Estimate) -> str:
    """Write a share as a percentage with its interval, as the report does: ``18.6 (13.0 to 25.1)``."""
    from auditor.report.reading import percent_span
    from auditor.report.text import hundredths

    if estimate.value is None:
        return "–"
    span = f" ({percent_span(estimate)})" if estimate.bounded else ""
    return hundredths(estimate.value) + span
