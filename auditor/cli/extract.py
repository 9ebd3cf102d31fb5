"""``auditor extract``: show which program an answer is read as, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.terminal import FileOption, OutputFormat, emit, emit_json, emit_text, format_option
from auditor.errors import ExitCode, InputError, UsageError
from auditor.json_types import why_not_json

if TYPE_CHECKING:
    from auditor.extraction import Extraction
    from auditor.records import Task

_TEXT_KEYS = ("completion", "raw", "answer", "response", "content", "text", "output", "solution")


def extract(
    file: Annotated[str, typer.Argument(metavar="FILE", help="One answer as text, or answers as JSONL; - is stdin.")],
    source: Annotated[
        str | None,
        typer.Option("--benchmark", help="Source of the tasks: hub id, EvalPlus JSONL(.gz), own JSONL, or `demo`."),
    ] = None,
    task: Annotated[str | None, typer.Option("--task", help="Id of the task that the answer belongs to.")] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--entry-point", help="What a solution defines: f, or Solution().f. Default: nothing; it is a program."
        ),
    ] = None,
    prompt: Annotated[
        Path | None, typer.Option("--prompt", help="File with the prompt; its imports and helpers count as defined.")
    ] = None,
    completion: Annotated[
        bool, typer.Option("--completion", help="The text continues the prompt, as from a base model.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show spans, readings and the choice instead of the program.")
    ] = False,
    form: Annotated[OutputFormat, format_option(OutputFormat.TEXT, OutputFormat.JSON)] = OutputFormat.TEXT,
    out: FileOption = None,
) -> None:
    """Show which program an answer is read as; nothing is run.

    An answer is split into spans: reasoning, prose, code, tokens. Every reading is formed and the best is taken: the
    one that defines what the task asks for, is complete, and uses only names that exist; of equals, the last.
    --explain shows the spans and how other readings differ.
    A JSONL row has its text under completion, raw, answer, response, content, text or output.
    It needs task_id if --benchmark names the tasks.
    Exit codes: 0 every answer contains a program, 1 some do not, 2 the input cannot be read.
    Example: auditor extract answer.txt --entry-point total --explain
    Example: auditor extract samples.jsonl --benchmark evalplus/humanevalplus --format json

    """
    from auditor.extraction import assemble
    from auditor.extraction import extract as read
    from auditor.extraction.explain import as_dict
    from auditor.extraction.explain import explain as describe

    tasks = _tasks(source, task, name, prompt)
    shown: list[str] = []
    rows: list[dict[str, object]] = []
    failed = several = False
    for label, task_id, text in _answers(file):
        wanted = _task_of(tasks, task_id, task, where=label)
        found: Extraction = (assemble if completion else read)(text, wanted)
        failed |= found.solution is None
        several |= label != file
        head = f"== {label}\n" if several else ""
        if form is OutputFormat.JSON:
            rows.append({"answer": label, "task_id": task_id, **as_dict(found)})
        elif explain:
            shown.append(f"{head}{describe(text, found)}\n")
        else:
            shown.append(f"{head}{found.solution if found.solution is not None else f'no program: {found.reason}'}")
    if form is OutputFormat.JSON:
        emit_json(rows if several else rows[0], out)
    elif explain or several or failed:
        emit_text("\n".join(shown), out)
    else:
        emit("".join(shown), out)
    raise typer.Exit(ExitCode.ERROR if failed else ExitCode.PASSED)


def _tasks(source: str | None, task: str | None, name: str | None, prompt: Path | None) -> dict[str, Task]:
    """Return the tasks to which answers may belong; without a benchmark, one task with the empty id."""
    from auditor.benchmark import load_benchmark
    from auditor.records import InputSuite, Task
    from auditor.targets import Target, TargetKind

    if source is not None:
        if name is not None or prompt is not None:
            raise UsageError("--benchmark already gives them", remedy="omit --entry-point and --prompt")
        return {found.task_id: found for found in load_benchmark(source, None, [task] if task else ()).tasks}
    if task is not None:
        raise UsageError("--task names a task of a benchmark", remedy="name the benchmark with --benchmark")
    try:
        text = prompt.read_text(encoding="utf-8-sig") if prompt else ""
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InputError(f"cannot be read: {why}", where=str(prompt), remedy="name a text file in UTF-8") from None
    if name is None:
        target = Target(TargetKind.PROGRAM)
    else:
        kind = TargetKind.METHOD if "." in name else TargetKind.FUNCTION
        try:
            target = Target(kind, name)
        except ValueError as error:
            raise UsageError(str(error), remedy="write --entry-point f or --entry-point 'Solution().f'") from None
    return {"": Task("", text, target, "", InputSuite(()), InputSuite(()))}


def _task_of(tasks: dict[str, Task], task_id: str | None, chosen: str | None, *, where: str) -> Task:
    if list(tasks) == [""]:
        return tasks[""]
    wanted = task_id if task_id is not None else chosen
    if wanted is None:
        raise UsageError("the answer does not name its task", where=where, remedy="name it with --task")
    if wanted not in tasks:
        example = next(iter(tasks), "none")
        raise InputError(f"unknown task {wanted!r}", where=where, remedy=f"the benchmark's ids look like {example!r}")
    return tasks[wanted]


def _answers(file: str) -> Iterator[tuple[str, str | None, str]]:
    """Yield (label, task id, text) of each answer in a file."""
    from auditor.benchmark.rows import text_lines

    if Path(file).suffix in (".jsonl", ".gz", ".zst"):
        for line, text in text_lines(Path(file)):
            yield f"{file}:{line}", *_row(text, f"{file}:{line}")
        return
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
        raise InputError(why, where=file, remedy="name a text file, or - for stdin") from None
    yield file, None, data.decode("utf-8", "replace")


def _row(text: str, where: str) -> tuple[str | None, str]:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {why_not_json(error)}", where=where, remedy="one JSON object per line") from None
    key = next((key for key in _TEXT_KEYS if isinstance(row, dict) and isinstance(row.get(key), str)), None)
    if key is None:
        raise InputError("contains no answer", where=where, remedy=f"put its text under one of {', '.join(_TEXT_KEYS)}")
    task_id = row.get("task_id")
    return (None if task_id is None else str(task_id)), row[key]
