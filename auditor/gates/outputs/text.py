"""Gate results as text: a table for a terminal, one line a result for anything else."""

from __future__ import annotations

import io
from collections.abc import Sequence

from auditor.gates.result import overall
from auditor.gates.wording import figure, span, threshold
from auditor.results import GateResult, Judgement
from auditor.text import one_line

_STYLES = {Judgement.PASS: "green", Judgement.FAIL: "bold red", Judgement.INCONCLUSIVE: "yellow"}
_SHORT = {Judgement.PASS: "pass", Judgement.FAIL: "FAIL", Judgement.INCONCLUSIVE: "inconclusive"}


def to_text(results: Sequence[GateResult], *, width: int | None = None, color: bool = False) -> str:
    """Render results for people: lines when ``width`` is ``None``, else a table of that many columns."""
    if not results:
        return "no gates"
    table = _lines(results) if width is None else _table(results, width, color)
    return f"{table}\n{summary(results)}"


def summary(results: Sequence[GateResult]) -> str:
    """Sum up in one line: the verdict and how many of each."""
    tally = ", ".join(
        f"{count} {verdict.value}"
        for verdict in (Judgement.FAIL, Judgement.INCONCLUSIVE, Judgement.PASS)
        if (count := sum(result.verdict is verdict for result in results))
    )
    warnings = sum(result.warns for result in results)
    note = f"; {warnings} of them only warn" if warnings else ""
    return f"gate: {overall(results).value} ({tally}{note})"


def subject(result: GateResult) -> str:
    """Name the rule, and what it is held against."""
    return f"{result.rule} (against the baseline)" if result.kind == "baseline" else result.rule


def label(result: GateResult) -> str:
    """Name the rule beside a column with its thresholds: as its author called it, else by metric and keys."""
    keys = ", ".join(f"{key} {value}" for key, value in result.parameters.items())
    name = f"{result.metric} ({keys})" if keys else result.metric
    if not result.rule.startswith(result.metric):
        name = result.rule
    return f"{name}, change from the baseline" if result.kind == "baseline" else name


def _lines(results: Sequence[GateResult]) -> str:
    """Write a line a result, the verdict first."""
    return "\n".join(
        f"{_mark(result):<13} {one_line(result.model)}: {one_line(result.sentence)} [{one_line(result.rule)}]"
        for result in results
    )


def _mark(result: GateResult) -> str:
    return "warning" if result.warns else _SHORT[result.verdict]


def _table(results: Sequence[GateResult], width: int, color: bool) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("verdict", "model", "rule", "value", "interval", "wanted"):
        table.add_column(heading, overflow="fold", no_wrap=heading in {"verdict", "value"})
    for result in results:
        table.add_row(
            Text(_mark(result), style=_STYLES[result.verdict]),
            Text(one_line(result.model)),
            Text(one_line(label(result))),
            figure(result.value, result.unit),
            span(result.low, result.high, result.unit) if result.low != result.high else "",
            threshold(result.min, result.max, result.unit),
        )
    buffer = io.StringIO()
    console = Console(file=buffer, width=width, force_terminal=color, no_color=not color, legacy_windows=False)
    console.print(table)
    for result in results:
        if result.verdict is not Judgement.PASS:
            line = Text(f"\n{_mark(result)} ", style=_STYLES[result.verdict])
            line.append(f"{one_line(result.model)}: {one_line(result.sentence)}", style="default")
            console.print(line)
    return "\n".join(line.rstrip() for line in buffer.getvalue().rstrip().splitlines()) + "\n"
