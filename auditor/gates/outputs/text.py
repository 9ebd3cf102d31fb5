"""Gate results as text: a table for a terminal, one line per result for anything else."""

from __future__ import annotations

import io
from collections.abc import Sequence
from textwrap import wrap

from auditor.gates.outputs.tables import TextColumn, shortened, text_table
from auditor.gates.result import overall
from auditor.gates.wording import asked, figure, span, threshold
from auditor.report.sentences.opening import opening
from auditor.results import Choice, GateKind, GateResult, Judgement
from auditor.text import noun, one_line

_STYLES = {Judgement.PASS: "green", Judgement.FAIL: "bold red", Judgement.INCONCLUSIVE: "yellow"}
_SHORT = {Judgement.PASS: "pass", Judgement.FAIL: "FAIL", Judgement.INCONCLUSIVE: "inconclusive"}


def to_text(
    results: Sequence[GateResult], choices: Sequence[Choice] = (), *, width: int | None = None, color: bool = False
) -> str:
    """Render results for people: lines when ``width`` is ``None``, else a table of that many columns.

    With the run's ``choices`` of a model by cost, the decision comes before the line that sums up.
    """
    if not results:
        return "no gates"
    table = _lines(results) if width is None else _table(results, width, color)
    return "\n".join([table, *_decided(results, choices, width), summary(results)])


def _decided(results: Sequence[GateResult], choices: Sequence[Choice], width: int | None) -> list[str]:
    if not choices:
        return []
    text = one_line(opening(choices, results).short)
    return [text] if width is None else [*wrap(text, width), ""]


def summary(results: Sequence[GateResult]) -> str:
    """Summarise in one line: the verdict and the number of each."""
    tally = ", ".join(
        f"{count} {verdict.value}"
        for verdict in (Judgement.FAIL, Judgement.INCONCLUSIVE, Judgement.PASS)
        if (count := sum(result.verdict is verdict for result in results))
    )
    warnings = sum(result.warns for result in results)
    note = f"; {warnings} of them only {noun(warnings, 'warns', 'warn')}" if warnings else ""
    return f"gate: {overall(results).value} ({tally}{note})"


def subject(result: GateResult) -> str:
    """Name the rule, and what it is compared with."""
    return f"{result.rule} (against the baseline)" if result.kind is GateKind.BASELINE else result.rule


def _lines(results: Sequence[GateResult]) -> str:
    """Write one line per result, the verdict first."""
    return "\n".join(
        f"{_mark(result):<13} {one_line(result.model)}: {one_line(result.sentence)} [{one_line(result.rule)}]"
        for result in results
    )


def _mark(result: GateResult) -> str:
    return "warning" if result.warns else _SHORT[result.verdict]


_LONGEST_NAME = 20
"""Columns of a model's name in the table."""


def _table(results: Sequence[GateResult], width: int, color: bool) -> str:
    """Write a row for each result, then a sentence for each that does not pass."""
    from rich.console import Console
    from rich.text import Text

    columns = [
        TextColumn("verdict", whole=True, styles={_mark(result): _STYLES[result.verdict] for result in results}),
        TextColumn("model", whole=True),
        TextColumn("what is asked"),
        TextColumn("measured, deciding interval"),
        TextColumn("wanted"),
    ]
    rows = [
        (_mark(result), shortened(one_line(result.model), _LONGEST_NAME), one_line(asked(result)),
         _measured(result), threshold(result.min, result.max, result.unit))
        for result in results
    ]  # fmt: skip
    buffer = io.StringIO()
    console = Console(file=buffer, width=width, force_terminal=color, no_color=not color, legacy_windows=False)
    for result in results:
        if result.verdict is not Judgement.PASS:
            line = Text(f"\n{_mark(result)} ", style=_STYLES[result.verdict])
            line.append(f"{one_line(result.model)}: {one_line(result.sentence)}", style="default")
            console.print(line)
    sentences = "\n".join(line.rstrip() for line in buffer.getvalue().rstrip().splitlines())
    return f"{text_table(columns, rows, width, color=color)}\n{sentences}\n"


def _measured(result: GateResult) -> str:
    """Write the figure above the interval that decides."""
    value, exact = figure(result.value, result.unit), result.deciding_low == result.deciding_high
    return value if exact else f"{value}\n{span(result.deciding_low, result.deciding_high, result.unit)}"
