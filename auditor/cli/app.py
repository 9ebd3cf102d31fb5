"""The commands, each in a module of its own, hung on one app.

A command's module imports nothing heavy at its top: what it needs is imported where it is used, so
that ``auditor --help`` stays quick.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from typer.core import TyperCommand

import auditor

app = typer.Typer(
    name="auditor",
    help="Audit what resampling a code model until the unit tests pass really yields.\n\n"
    "To see it: auditor demo. For a model of yours: auditor init, then auditor run audit.toml.\n"
    "Exit codes: 0 passed, 1 error, 2 bad input, 3 a gate failed, 4 a gate was inconclusive, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"auditor {auditor.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    del version


def _hang() -> None:
    """Hang every command on the app, in the order of their work."""
    from auditor.cli import analyze, choose, compare, demo, doctor, export, gate, init, rubric, run, tasks

    commands: list[tuple[Callable[..., None], type[TyperCommand]]] = [
        (demo.demo, TyperCommand),
        (init.init, TyperCommand),
        (doctor.doctor, TyperCommand),
        (run.run, TyperCommand),
        (run.sample, TyperCommand),
        (run.verify, TyperCommand),
        (run.score, TyperCommand),
        (analyze.analyze, analyze.AnalyzeCommand),
        (run.report, TyperCommand),
        (gate.gate, TyperCommand),
        (choose.choose, TyperCommand),
        (compare.compare, TyperCommand),
        (export.export, TyperCommand),
    ]
    for command, kind in commands:
        app.command(cls=kind)(command)
    app.add_typer(rubric.app, name="rubric")
    app.add_typer(tasks.app, name="tasks")


_hang()
