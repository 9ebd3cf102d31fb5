"""A history as text, Markdown and JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from auditor.gates.outputs.tables import TextColumn, markdown_table, text_table
from auditor.gates.wording import percent
from auditor.report.sentences import history as words
from auditor.results import ChangeVerdict, History, HistoryPoint, ModelHistory, to_plain
from auditor.text import json_text, markdown_cell, one_line, plural

SHOWN = ("single_sample_accuracy", "false_discovery_rate", "best_utility")
"""Figures shown in tables; JSON and the page have all."""
_SHORT = {"single_sample_accuracy": "correct", "false_discovery_rate": "wrong", "best_utility": "worth"}
_LONGEST = 16
"""Characters of a run's name in a table of 80 columns."""
_COLUMNS = (
    TextColumn("run"),
    TextColumn("figure"),
    TextColumn("value", right=True),
    TextColumn("change", right=True),
    TextColumn("verdict"),
)


def to_text(history: History, *, width: int | None = None) -> str:
    """Render as text; with ``width``, for a terminal of that many columns."""
    parts = [_wrapped(_heading(history), width)]
    for model in history.models:
        rows = [tuple(map(one_line, row)) for row in _rows(history, model, short=True)]
        parts += ["", one_line(model.model), text_table(_COLUMNS, rows, width)]
        parts += [_wrapped(told, width) for told in _gates(history, model)]
    parts += ["", *(_wrapped(remark, width) for remark in _remarks(history))]
    return "\n".join(parts).rstrip() + "\n"


def _wrapped(text: str, width: int | None) -> str:
    return one_line(text) if width is None else textwrap.fill(one_line(text), width, subsequent_indent="  ")


def to_markdown(history: History) -> str:
    """Render as Markdown."""
    parts = ["### Over time", "", markdown_cell(_heading(history))]
    for model in history.models:
        rows = list(_rows(history, model, short=False))
        parts += ["", f"#### {markdown_cell(model.model)}", "", markdown_table(_COLUMNS, rows)]
        parts += [line for told in _gates(history, model) for line in ("", markdown_cell(told))]
    if remarks := list(_remarks(history)):
        parts += ["", *(f"- {markdown_cell(remark)}" for remark in remarks)]
    return "\n".join(parts) + "\n"


def to_json(history: History) -> str:
    """Render as JSON, with every figure."""
    return json_text(to_plain(history))


def _heading(history: History) -> str:
    return (
        f"{plural(len(history.runs), 'run')}; changes are against {history.baseline.name}, paired by task, "
        f"with intervals at {percent(history.confidence)}"
    )


def _rows(history: History, model: ModelHistory, *, short: bool) -> Iterator[Sequence[str]]:
    for point in model.points:
        run = history.runs[point.run]
        yield from _rows_of(point, _fitting(run.name) if short else run.name, run.baseline, short=short)


def _gates(history: History, model: ModelHistory) -> Iterator[str]:
    """Say in one line how many of the model's rules passed in each run; nothing without rules."""
    told = [
        f"{history.runs[point.run].name}: {counts}"
        for point in model.points
        if (counts := words.gates(history, point.run, model.model))
    ]
    if told:
        yield f"gates: {'; '.join(told)}"


def _rows_of(point: HistoryPoint, run: str, baseline: bool, *, short: bool) -> Iterator[Sequence[str]]:
    for metric in SHOWN:
        figure = point.figure(metric)
        if figure is None or figure.value.value is None:
            continue
        span, change = words.value_span(figure), words.amount(figure)
        moved = words.amount_span(figure)
        yield (
            run,
            _SHORT[metric] if short else words.NAMES[metric],
            f"{words.value(figure)} ({span})" if span else words.value(figure),
            "baseline" if baseline else f"{change} ({moved})" if moved else change,
            "" if baseline else words.verdict(figure.change),
        )
        run = ""


def _remarks(history: History) -> Iterator[str]:
    """List what else changed between the runs, and what the words of the table mean."""
    for run in history.runs:
        for told in words.other(run.since_previous):
            yield f"{run.name}: {told}"
    if history.alone:
        yield f"in one run only: {', '.join(history.alone)}"
    if any(point.simulated for model in history.models for point in model.points):
        yield "some models are simulated"
    shown = (point.figure(metric) for model in history.models for point in model.points for metric in SHOWN)
    if any(figure and figure.change and figure.change.verdict is ChangeVerdict.OPEN for figure in shown):
        yield f"“{words.UNCLEAR}”: the deciding interval includes zero"
    yield (
        "correct: of single answers; wrong: of accepted answers; worth: of the best number of attempts, per task; "
        "changes of shares in points"
    )


def _fitting(name: str) -> str:
    """Shorten a name in its middle."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 8]}…{name[-7:]}"
