"""``auditor suites``: measure how far the tests of a run can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.run import ConfigArgument
from auditor.cli.terminal import FolderOption, OutputFormat, QuietOption, emit_json, format_option, print_lines
from auditor.errors import UsageError
from auditor.numerals import share_with_span
from auditor.text import noun, plural

if TYPE_CHECKING:
    from auditor.results import Estimate, SecondSuites, SuiteGrades


def suites(
    config: ConfigArgument = Path("audit.toml"),
    out: FolderOption = None,
    second: Annotated[
        str | None,
        typer.Option("--second", metavar="SOURCE", help="A second strong suite: another source of the same task ids."),
    ] = None,
    recorded: Annotated[
        bool,
        typer.Option("--recorded", help="Use the verdicts recorded with the answers as the second suite's."),
    ] = False,
    grade: Annotated[
        bool, typer.Option("--grade/--no-grade", help="Run controls, mutants, known-right and known-wrong programs.")
    ] = True,
    mutants: Annotated[int, typer.Option(min=1, help="Most mutants per reference.")] = 10,
    form: Annotated[OutputFormat, format_option(OutputFormat.TEXT, OutputFormat.JSON)] = OutputFormat.TEXT,
    quiet: QuietOption = False,
) -> None:
    """Measure how far a run's tests can be trusted.

    The suites are graded with programs that must fail (empty, constant, echo, raising, the answer to another task),
    mutants of the references, and the tasks' known-right and known-wrong programs.

    With --second, every program of an analysed run that passes base is also judged on another suite of the same tasks,
    such as a second benchmark, or the output of `auditor tasks strengthen`. What it rejects of the programs that plus
    calls correct is plus's own error. With --recorded nothing runs: the verdicts in the models' files are used, such as
    LiveCodeBench's in a run on LeetCodeDataset. Mistakes of the harness that recorded them then count, too.

    The results are stored with the run: `auditor report` shows them, and gates name suite_mutation_score,
    suite_controls and suite_error.

    Exit codes: 0 done, 1 the sandbox fails, 2 there is no run or a source cannot be read.
    Example: auditor suites audit.toml
    Example: auditor suites audit.toml --no-grade --second stronger.jsonl
    Example: auditor suites audit.toml --no-grade --recorded
    """
    from auditor.cli.progress import TerminalProgress
    from auditor.pipeline import Run
    from auditor.pipeline.lock import sole_worker
    from auditor.pipeline.suites import compare_recorded, grade_suites, judge_second
    from auditor.results import to_plain

    if second is not None and recorded:
        raise UsageError("--second and --recorded exclude each other", remedy="give one of them")
    with TerminalProgress(quiet=quiet) as progress:
        run = Run.open(config, out, progress)
        with sole_worker(run.folder, create=False), run.store(create=False) as store:
            graded = grade_suites(run, store, mutants=mutants) if grade else None
            judged = judge_second(run, store, second) if second is not None else None
            judged = compare_recorded(store) if recorded else judged
    if form is OutputFormat.JSON:
        emit_json({"grades": to_plain(graded), "second": to_plain(judged)})
    else:
        print_lines("\n\n".join(text for text in (_grades(graded), _second(judged)) if text))


def _grades(found: SuiteGrades | None) -> str:
    if found is None:
        return ""
    lines = [f"{plural(found.tasks, 'task')} graded"]
    for name, one in (("base", found.base), ("base and plus", found.plus)):
        lines.append(
            f"{name}: kills {_share(one.mutation_score)} of {plural(one.mutants, 'mutant')}, "
            f"accepts {one.controls_passed} of {plural(one.controls, 'program')} that must fail"
        )
    lines += [
        f"  {one.task_id}: base {'and plus accept' if one.plus else 'accepts'} a program that {one.control}"
        for one in found.accepted_controls
    ]
    return "\n".join(lines)


def _second(found: SecondSuites | None) -> str:
    if found is None:
        return ""
    suite = found.suite
    other, verb, accept = (
        ("the recorded verdicts", "reject", "accept") if suite.recorded else ("the second suite", "rejects", "accepts")
    )
    counts = (
        f"  both accept {suite.both_accept}, {other} alone {verb} {suite.second_rejects}, plus alone "
        f"{suite.plus_rejects}, both {suite.both_reject}"
    )
    lines = [
        (
            f"{suite.source}: {plural(suite.programs, 'program')} of "
            f"{plural(suite.tasks, 'task')} {noun(suite.programs, 'passes', 'pass')} base"
        ),
        f"  plus and {other} agree on {_share(suite.agreement)}",
        counts,
        f"  of what plus accepts {other} {verb} {_wrong(suite.plus_found, suite.plus_estimated)}",
        f"  of what {other} {accept} plus rejects {_wrong(suite.second_found, suite.second_estimated)}",
    ]
    lines += [
        f"  {model}: of {plural(one.called_correct, 'sample')} called "
        f"correct {other} {verb} {_wrong(one.found, one.estimated)}"
        for model, one in found.models.items()
    ]
    return "\n".join(lines)


def _wrong(found: Estimate, estimated: Estimate) -> str:
    return f"{_share(found)}; estimated wrong {_share(estimated)}"


def _share(one: Estimate) -> str:
    if one.value is None:
        return "an unknown share"
    return share_with_span(one.value, one.low, one.high)
