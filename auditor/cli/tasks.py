"""``auditor tasks``: inspect a benchmark before any model is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, assert_never

import typer

from auditor.cli.terminal import (
    FileOption,
    OutputFormat,
    PackagesOption,
    PythonOption,
    QuietOption,
    emit_json,
    format_option,
    print_lines,
    say,
)
from auditor.errors import ExitCode, UsageError
from auditor.sandbox import Sandbox
from auditor.text import noun, one_line, plural

if TYPE_CHECKING:
    from auditor.config import VerifyConfig
    from auditor.grading.requirements import Requirement
    from auditor.grading.suites import BenchmarkGrade
    from auditor.records import Benchmark, SuiteName

app = typer.Typer(help="Check a benchmark; make its suites stronger or smaller.", no_args_is_help=True)


def check(
    source: Annotated[
        str, typer.Argument(help="Hub id, folder in the hub's layout, EvalPlus JSONL(.gz), own JSONL, or `demo`.")
    ],
    base: Annotated[
        str | None, typer.Option("--base", help="Source of the base suites, if SOURCE has none of its own.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--task", help="Only this task; repeatable.")] = None,
    form: Annotated[OutputFormat, format_option(OutputFormat.TEXT, OutputFormat.JSON)] = OutputFormat.TEXT,
    grade: Annotated[
        bool, typer.Option("--grade", help="Also grade the suites: controls, mutants, known-right and known-wrong.")
    ] = False,
    mutants: Annotated[int, typer.Option(min=1, help="Most mutants per reference, with --grade.")] = 20,
    require: Annotated[
        list[str] | None,
        typer.Option("--require", metavar="METRIC=X", help="With --grade: suite_mutation_score=0.8, suite_controls=0."),
    ] = None,
    python: PythonOption = None,
    package: PackagesOption = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that run references; 0 = one per core.")] = 0,
    sandbox: Annotated[Sandbox, typer.Option(help="Weakest level of confinement to accept.")] = Sandbox.AUTO,
    quiet: QuietOption = False,
) -> None:
    """Run every reference through both suites and name unfit tasks.

    With --grade it also grades the suites: programs that must fail (empty, constant, echo, raise), mutants
    of the references, and the tasks' known-right and known-wrong programs. --require gates on a figure of base and plus
    together, suite_mutation_score being at least X, or suite_controls (controls accepted) at most X.

    Exit codes: 0 every task is fit, 1 some are unfit, or the hub or the sandbox fails, 2 the source cannot be read,
    3 a required figure is missed, 4 its interval leaves that undecided.
    Example: auditor tasks check evalplus/humanevalplus --base openai/openai_humaneval
    Example: auditor tasks check ClassEval_data.json --python .venv
    Example: auditor tasks check tasks.jsonl --grade --require suite_mutation_score=0.8 --require suite_controls=0
    """
    from auditor.benchmark import load_benchmark
    from auditor.config import VerifyConfig
    from auditor.grading.suite_text import grade_json, grade_text

    rules = _requirements(require or [], grade=grade)
    benchmark = load_benchmark(source, base, only or ())
    config = VerifyConfig(workers=workers, sandbox=sandbox, python=python, packages=tuple(package or ()))
    with TemporaryDirectory() as outputs:
        references = _check_references(benchmark, config, Path(outputs), quiet=quiet)
        found = _grade(benchmark, config, Path(outputs), mutants, quiet=quiet) if grade else None
    if form is OutputFormat.JSON:
        emit_json({**_as_dict(benchmark, references), **({} if found is None else {"grade": grade_json(found)})})
    else:
        print_lines(_as_text(benchmark, references) + ("" if found is None else f"\n\n{grade_text(found)}"))
    code = ExitCode.ERROR if references.unfit else ExitCode.PASSED
    if found is not None and rules:
        code = max(code, *(_held(rule, found) for rule in rules), key=_GRAVITY.index)
    raise typer.Exit(code)


_GRAVITY = [ExitCode.PASSED, ExitCode.GATE_INCONCLUSIVE, ExitCode.GATE_FAILED, ExitCode.ERROR]


def _requirements(words: list[str], *, grade: bool) -> list[Requirement]:
    """Read the values of ``--require``."""
    from auditor.grading.requirements import Requirement

    if words and not grade:
        raise UsageError("needs --grade", where="--require", remedy="add --grade")
    return [Requirement.parse(word) for word in words]


def _held(rule: Requirement, grade: BenchmarkGrade) -> ExitCode:
    from auditor.results import Judgement

    verdict = rule.verdict(grade)
    say(f"{rule}: {verdict.value}")
    match verdict:
        case Judgement.PASS:
            return ExitCode.PASSED
        case Judgement.FAIL:
            return ExitCode.GATE_FAILED
        case Judgement.INCONCLUSIVE:
            return ExitCode.GATE_INCONCLUSIVE
    assert_never(verdict)


def _grade(benchmark: Benchmark, config: VerifyConfig, checked: Path, mutants: int, *, quiet: bool) -> BenchmarkGrade:
    from auditor.cli.progress import TerminalProgress
    from auditor.grading.suites import grade_benchmark

    with TerminalProgress(quiet=quiet) as progress:
        return grade_benchmark(benchmark, config, most_mutants=mutants, checked=checked, stage=progress.stage)


def mini(
    runs: Annotated[list[Path], typer.Argument(metavar="DIR…", help="Finished run folders on one benchmark.")],
    output: FileOption = None,
) -> None:
    """Make a smaller plus suite of tests that wrong programs fail.

    Keeps the tests that fail some program that passes base, and measures what share of another model's wrong programs
    they accept. Use it for quick checks: [verify] plus = "mini.json".

    Runs with [verify] per_test = "all" know every failed test, others only the first, which gives larger suites.
    Example: auditor tasks mini reports/audit --out mini.json
    """
    from auditor.pipeline.mini import describe, make, write

    file = make(runs)
    emit_json(write(file), output)
    say(describe(file.suite))


@dataclass(frozen=True, slots=True)
class _CheckedReferences:
    """Results of the references."""

    unfit: Mapping[str, str]
    """Task id → why it is unfit."""
    in_process: Mapping[str, Mapping[SuiteName, str]]
    """Task id → suites that run in the solution's process without asking for it, and what fails when run apart."""
    apart_only: Mapping[str, Mapping[SuiteName, str]]
    """Task id → suites that the reference passes only apart from them, and what fails in one process."""
    level: str
    """The level of confinement."""


def _check_references(benchmark: Benchmark, config: VerifyConfig, outputs: Path, *, quiet: bool) -> _CheckedReferences:
    """Run the references and keep their outputs in a folder."""
    from auditor.cli.progress import TerminalProgress
    from auditor.verify import Verifier

    tasks_by_id = {task.task_id: task for task in benchmark.tasks}
    with TerminalProgress(quiet=quiet) as progress, Verifier(tasks_by_id, config, cache=outputs) as verifier:
        failing = verifier.check_references(progress.stage("references", len(tasks_by_id)))
        unfit = {**benchmark.unfit, **failing}
        return _CheckedReferences(unfit, verifier.in_process, verifier.apart_only, verifier.level)


def _as_dict(benchmark: Benchmark, found: _CheckedReferences) -> dict[str, object]:
    unfit = found.unfit
    rows = [
        {
            "task_id": task.task_id,
            "entry_point": task.target.name,
            "has_reference": bool(task.reference),
            "base_tests": len(task.base),
            "plus_tests": len(task.plus),
            "unfit": unfit.get(task.task_id),
            "in_process": {name.value: why for name, why in found.in_process.get(task.task_id, {}).items()},
            "apart_only": {name.value: why for name, why in found.apart_only.get(task.task_id, {}).items()},
            "place": benchmark.places.get(task.task_id, ""),
        }
        for task in benchmark.tasks
    ]
    return {
        "name": benchmark.name,
        "source": benchmark.source,
        "digest": benchmark.digest,
        "sandbox": found.level,
        "tasks": rows,
        "unfit": unfit,
        "caveat": benchmark.caveat,
    }


def _state(benchmark: Benchmark, task_id: str, unfit: Mapping[str, str], unchecked: Collection[str]) -> str:
    """Say that a task is fit, or where it is in the source and why it is not; ``unchecked`` have no program to run."""
    if task_id in unchecked:
        return "no reference"
    if task_id not in unfit:
        return "fit"
    place = benchmark.places.get(task_id, "")
    return f"{place}: {unfit[task_id]}" if place else unfit[task_id]


_IN_PROCESS = (
    "is run in the solution's process, where a hostile one could fool it; apart, {}. "
    'Compare values rather than identity, or accept this by writing "trust": "in-process"'
)
_APART_ONLY = (
    "does not check aliasing: its reference passes only apart from the tests; in one process, {}. "
    "Correct the reference or the test, so that it passes both ways"
)
"""What is said of a suite that the reference passes only one way, and the remedy."""


def _as_text(benchmark: Benchmark, found: _CheckedReferences) -> str:
    """Return a table in plain text, one line per task, and a summary after it."""
    unfit = found.unfit
    unchecked = [
        task.task_id for task in benchmark.tasks
        if not task.reference and not task.known_right and task.task_id not in unfit
    ]  # fmt: skip
    head = ("task", "entry point", "base", "plus", "")
    rows = [
        (
            one.task_id,
            one.entry_point,
            str(len(one.base)),
            str(len(one.plus)),
            _state(benchmark, one.task_id, unfit, unchecked),
        )
        for one in benchmark.tasks
    ]
    rows += [(task_id, "", "", "", _state(benchmark, task_id, unfit, ())) for task_id in benchmark.unfit]
    table = [head, *(tuple(map(one_line, row)) for row in rows)]
    width = [max(len(row[column]) for row in table) for column in range(4)]
    lines = [
        f"{task:<{width[0]}}  {entry:<{width[1]}}  {base:>{width[2]}}  {plus:>{width[3]}}  {state}".rstrip()
        for task, entry, base, plus, state in table
    ]
    count = len(benchmark.tasks) + len(benchmark.unfit)
    summary = (
        f"{count - len(unfit)} of {plural(count, 'task')} {noun(count, 'is', 'are')} "
        f"fit; digest {benchmark.digest[:12]}; sandbox {found.level}"
    )
    lacking = [f"without a reference, so that no program checked the tests: {len(unchecked)}"] if unchecked else []
    named = [f"unfit: {', '.join(map(one_line, unfit))}"] if unfit else []
    notes = [
        f"{one_line(task_id)}: {name} {text.format(one_line(why))}"
        for cases, text in ((found.in_process, _IN_PROCESS), (found.apart_only, _APART_ONLY))
        for task_id, suites in cases.items() for name, why in suites.items()
    ]  # fmt: skip
    said = [benchmark.caveat] if benchmark.caveat else []
    return "\n".join([*lines, "", summary, *lacking, *named, *notes, *said])
