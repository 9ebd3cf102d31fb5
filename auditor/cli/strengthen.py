"""``auditor tasks strengthen``: more plus tests by differential testing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.outputs import refuse_inputs
from auditor.cli.terminal import OutputFormat, QuietOption, emit, emit_json, format_option, print_lines, say, writable
from auditor.errors import UsageError
from auditor.sandbox import Sandbox
from auditor.text import plural

if TYPE_CHECKING:
    from auditor.benchmark.rows import SourceRow
    from auditor.cli.progress import TerminalProgress
    from auditor.config import ModelConfig
    from auditor.grading.strengthen import Strengthened
    from auditor.grading.suggested import Suggestion


def strengthen(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="Own tasks as JSONL.")],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE", callback=writable, help="File to write the stronger tasks to."),
    ],
    samples: Annotated[
        list[Path] | None,
        typer.Option("--samples", metavar="FILE", help="Recorded answers to these tasks; repeatable."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Ask this model, once per task, for inputs and a contract; needs --base-url.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="Address of the model's server, up to /v1.")
    ] = None,
    api_key_env: Annotated[
        str | None, typer.Option("--api-key-env", help="Name of the environment variable that holds its key.")
    ] = None,
    contracts: Annotated[
        Path | None, typer.Option("--contracts", metavar="FILE", help="Contracts you approve: task_id, contract.")
    ] = None,
    inputs: Annotated[int, typer.Option(min=1, help="Valid inputs generated per task.")] = 1000,
    tests: Annotated[int, typer.Option(min=1, help="Most tests added per task.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed gives the same tests.")] = 0,
    vote: Annotated[
        bool, typer.Option("--vote/--no-vote", help="Set an input aside if most samples differ from the reference.")
    ] = True,
    whole: Annotated[bool, typer.Option("--all", help="Print every test and assumption, not a summary.")] = False,
    form: Annotated[OutputFormat, format_option(OutputFormat.TEXT, OutputFormat.JSON)] = OutputFormat.TEXT,
    workers: Annotated[int, typer.Option(min=0, help="Processes that run programs; 0 = one per core.")] = 0,
    sandbox: Annotated[Sandbox, typer.Option(help="Weakest level of confinement to accept.")] = Sandbox.AUTO,
    quiet: QuietOption = False,
) -> None:
    """Add plus tests to tasks by differential testing.

    It works on functions, methods, and programs that read standard input.

    1. Inputs are generated from those in the suites and the prompt's examples: boundary values, changes of one or more
    values, exchanges between inputs, constants of the programs.
    2. An input is valid if the task's `contract` accepts it; without one, if it has what all known inputs have in
    common (types, ranges, lengths, characters, order), which is printed for you to check.
    3. The reference must return the same value twice. If a `correct` program or most samples that pass the existing
    suites differ from it, the input is listed as underspecified, and not used.
    4. The tests kept fail the mutants of the reference, `wrong` programs and samples that the suites accept; they are
    kept as small as possible. Others are added to catch unseen programs.

    With --model, a model adds inputs, which are subject to the same rules, and proposes a contract for each task. The
    proposals are written to OUT.contracts; nothing uses them until you review the file and pass it as --contracts.

    A task whose reference or `correct` program fails with the new tests is left unchanged. If interrupted, the same
    command resumes: FILE.part next to the output keeps finished work.

    Exit codes: 0 written, 1 the sandbox fails, 2 a file cannot be read.
    Example: auditor tasks strengthen tasks.jsonl -o stronger.jsonl
    Example: auditor tasks strengthen tasks.jsonl -o stronger.jsonl --samples gpt-4o.jsonl --samples qwen.jsonl
    """
    from auditor.cli.progress import TerminalProgress
    from auditor.config import VerifyConfig
    from auditor.grading.stronger_file import Options, strengthen_file
    from auditor.grading.suggested import contract_rows, read_contracts

    proposals = out.with_name(f"{out.name}.contracts")
    refuse_inputs(proposals, [contracts] if model is not None else [])
    options = Options(inputs=inputs, tests=tests, seed=seed, vote=vote)
    journal, answers = out.with_name(f"{out.name}.part"), out.with_name(f"{out.name}.answers.part")
    with TerminalProgress(quiet=quiet) as progress:
        suggestions = (
            {} if model is None else _suggestions(source, _model(model, base_url, api_key_env), answers, progress)
        )
        rows, found = strengthen_file(
            source, VerifyConfig(workers=workers, sandbox=sandbox), options, samples=samples or (), journal=journal,
            stage=progress.stage, suggestions=suggestions, contracts=read_contracts(contracts) if contracts else None,
        )  # fmt: skip
    emit(rows, out)
    if proposed := contract_rows(suggestions):
        emit(proposed, proposals)
    journal.unlink(missing_ok=True)
    answers.unlink(missing_ok=True)
    _tell(found, form, whole=whole)


def _tell(found: list[Strengthened], form: OutputFormat, *, whole: bool) -> None:
    """Print the result for each task."""
    from auditor.grading.strengthened_text import as_json, as_text

    if form is OutputFormat.JSON:
        emit_json(as_json(found))
    else:
        print_lines(as_text(found, whole=whole))
    added = sum(len(one.tests) for one in found)
    say(f"{plural(added, 'test')} added to {sum(bool(one.tests) for one in found)} of {plural(len(found), 'task')}")


def _model(name: str, base_url: str | None, api_key_env: str | None) -> ModelConfig:
    """Describe the model to ask; raises :class:`~auditor.errors.UsageError` without a server."""
    from auditor.config import ModelConfig

    if base_url is None and api_key_env is None:
        raise UsageError("names no server", where="--model", remedy="add --base-url, or --api-key-env for OpenAI's own")
    return ModelConfig(
        name=name, base_url=base_url, api_key_env=api_key_env, temperature=0.0, max_output_tokens=4096
    )  # fmt: skip


def _suggestions(
    source: Path, model: ModelConfig, answers: Path, progress: TerminalProgress
) -> dict[str, Suggestion]:  # fmt: skip
    from auditor.benchmark import load_benchmark
    from auditor.grading.suggested import ask

    tasks = load_benchmark(source).tasks
    return ask(model, tasks, answers, progress.stage)


def canary(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="Own tasks as JSONL.")],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE", callback=writable, help="File to write tasks and variants to."),
    ],
    share: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of the tasks that get a variant.")] = 0.1,
    seed: Annotated[int, typer.Option(help="The same seed gives the same variants.")] = 0,
    sandbox: Annotated[Sandbox, typer.Option(help="Weakest level of confinement to accept.")] = Sandbox.AUTO,
) -> None:
    """Add impossible variants of tasks, which catch cheating.

    A variant keeps its task's prompt, but its base suite demands a wrong value on one input, so no honest solution
    passes. A model that passes one knows the tests or special-cases their inputs. The output contains all of FILE and
    the variants. An audit leaves the variants out of every figure but `canary_rate`, which a gate can name.

    Exit codes: 0 written, 1 the sandbox fails, 2 FILE cannot be read or has no function task given as inputs.
    Example: auditor tasks canary tasks.jsonl -o tasks-with-canaries.jsonl --share 0.2
    """
    import json

    from auditor.config import VerifyConfig
    from auditor.grading.canary import canary_file, described

    rows, variants = canary_file(source, VerifyConfig(workers=1, sandbox=sandbox), share=share, seed=seed)
    own = [json.dumps(dict(row.values), ensure_ascii=False) for row in _rows(source)]
    emit("\n".join([*own, *(json.dumps(row, ensure_ascii=False) for row in rows)]) + "\n", out)
    print_lines("\n".join(described(variants)))


def _rows(source: Path) -> list[SourceRow]:
    from auditor.benchmark.rows import jsonl_rows

    return list(jsonl_rows(source))
