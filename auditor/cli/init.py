"""``auditor init``: write a commented audit.toml."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.terminal import ForceOption, print_lines, write_new
from auditor.errors import writing
from auditor.targets import TaskKind


def init(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("audit.toml"),
    force: ForceOption = False,
    kind: Annotated[
        TaskKind | None,
        typer.Option(help="Also write tasks.jsonl with an example task of this kind, and name it as the benchmark."),
    ] = None,
) -> None:
    """Write a commented audit.toml with every key and its default.

    A missing folder is created.
    Example: auditor init audits/audit.toml --kind function
    """
    settings = resources.files("auditor").joinpath("audit.example.toml").read_text(encoding="utf-8")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    if kind is None:
        write_new(path, settings, force=force)
        print_lines(f"wrote {path}; edit [[model]], then: auditor run {path}")
        return
    from auditor.benchmark.examples import EXAMPLES

    tasks = path.with_name("tasks.jsonl")
    write_new(tasks, json.dumps(EXAMPLES[kind]) + "\n", force=force)
    write_new(path, re.sub(r'(?m)^source = ".*?"', f'source = "{tasks.name}"', settings, count=1), force=force)
    print_lines(
        f"wrote {path} and {tasks}; check that the tasks can be judged: auditor tasks check {tasks}\n"
        f"then edit [[model]], and: auditor run {path}"
    )
