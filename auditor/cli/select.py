"""``auditor select``: compare rules for choosing among accepted answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, assert_never

import typer

from auditor.cli.run import ConfigArgument
from auditor.cli.terminal import FolderOption, OutputFormat, QuietOption, emit_json, format_option, print_lines
from auditor.numerals import p_value, points, share, share_with_span
from auditor.text import plural

if TYPE_CHECKING:
    from auditor.results import Difference, RuleCurve, Selection, Selections


def select(
    config: ConfigArgument = Path("audit.toml"),
    out: FolderOption = None,
    tests: Annotated[
        Path | None,
        typer.Option("--tests", metavar="FILE", help="Written tests as JSONL: task_id, tests (asserts as text)."),
    ] = None,
    inputs: Annotated[int, typer.Option(min=1, help="New inputs on which the programs of a task are compared.")] = 100,
    subsets: Annotated[int, typer.Option(min=1, help="Random subsets per task and number of samples.")] = 200,
    form: Annotated[OutputFormat, format_option(OutputFormat.TEXT, OutputFormat.JSON)] = OutputFormat.TEXT,
    quiet: QuietOption = False,
) -> None:
    """Compare rules for choosing among accepted samples.

    Resampling takes the first sample that passes base. Other rules take the shortest, the one with the best style,
    one of the largest class of programs that give the same answers to new inputs, one of the class that wins on
    inputs that distinguish classes, or, with --tests, one of the group that agrees with most written tests.
    Accepted programs run in the sandbox on inputs generated from the base suite; plus is only used afterwards to
    check the choice. Each rule's accuracy is given by number of draws, with its interval, and compared with
    resampling's ceiling. The result is stored with the run; `auditor report` shows it.

    Exit codes: 0 compared, 1 the sandbox fails, 2 there is no analysis or a file cannot be read.
    Example: auditor select audit.toml
    Example: auditor select audit.toml --tests written-tests.jsonl --inputs 200
    """
    from auditor.cli.progress import TerminalProgress
    from auditor.pipeline import Run
    from auditor.pipeline.lock import sole_worker
    from auditor.pipeline.select import SelectOptions
    from auditor.pipeline.select import select as compare
    from auditor.results import to_plain

    with TerminalProgress(quiet=quiet) as progress:
        run = Run.open(config, out, progress)
        with sole_worker(run.folder, create=False), run.store(create=False) as store:
            found = compare(run, store, SelectOptions(inputs=inputs, tests=tests, subsets=subsets))
    if form is OutputFormat.JSON:
        emit_json(to_plain(found))
    else:
        print_lines(as_text(found))


def as_text(found: Selections) -> str:
    """Return a table for each model: rules down, draws across, and the difference from the ceiling."""
    return "\n\n".join(_table(one) for one in found.models) or "no model has an accepted sample"


def _table(found: Selection) -> str:
    from auditor.results import CeilingVerdict, SelectionRule

    draws = [point.attempts for point in found.rules[0].points]
    ceiling = found.ceiling
    width = 1 + max(len(_HEADING), *(len(rule.rule.value) for rule in found.rules))
    lines = [
        (
            f"{found.model}: {plural(found.tasks, 'task')}, "
            f"{plural(found.programs, 'accepted program')}, {plural(found.inputs, 'new input')}"
        ),
        f"unlimited resampling, tasks correct: {share_with_span(ceiling.value, ceiling.low, ceiling.high)}",
        "",
        f"{_HEADING:<{width}}" + "".join(f"{number:>8}" for number in draws) + "  minus unlimited resampling, points",
    ]
    for rule in found.rules:
        cells = "".join(f"{_share(point.accuracy.value):>8}" for point in rule.points)
        lines.append(f"{rule.rule.value:<{width}}{cells}  {_compared(rule)}")
    if any(rule.verdict is CeilingVerdict.OPEN and rule.rule is not SelectionRule.ANY for rule in found.rules):
        lines.append("may be chance: the interval, or the test adjusted for the number of rules, does not exclude zero")
    return "\n".join(lines)


_HEADING = "tasks correct, by samples"


def _compared(rule: RuleCurve) -> str:
    """Say how the rule with the most samples compares with resampling without end; resampling is not compared."""
    from auditor.results import SelectionRule

    if rule.rule is SelectionRule.ANY:
        return "resampling itself"
    return f"{_points(rule.over_ceiling)} {_verdict(rule)}"


def _verdict(rule: RuleCurve) -> str:
    """Say whether the difference is clear; an interval that excludes zero has the p value that decides beside it."""
    from auditor.results import CeilingVerdict

    match rule.verdict:
        case CeilingVerdict.ABOVE:
            return "clearly above it"
        case CeilingVerdict.BELOW:
            return "clearly below it"
        case CeilingVerdict.OPEN:
            p = rule.over_ceiling.p_adjusted if rule.over_ceiling.own_side else None
            return "may be chance" if p is None else f"may be chance, p = {p_value(p)} after correction"
    assert_never(rule.verdict)


def _share(value: float | None) -> str:
    return share(value)


def _points(gap: Difference) -> str:
    return f"{points(gap.value)} ({points(gap.low)} to {points(gap.high)})"
