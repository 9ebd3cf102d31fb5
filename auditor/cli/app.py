"""The commands, each in a module of its own, hung on one app.

A command's module imports nothing heavy at its top: what it needs is imported where it is used, so
that ``auditor --help`` stays quick.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

import auditor

app = typer.Typer(
    name="auditor",
    help="Audit what resampling a code model until the unit tests pass really yields.",
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
    from auditor.cli import analyze, choose, compare, demo, export, gate, init, rubric, run, tasks

    commands: list[Callable[..., None]] = [
        demo.demo, init.init, run.run, run.sample, run.verify, run.score, analyze.analyze, run.report,
        gate.gate, choose.choose, compare.compare, export.export,
    ]  # fmt: skip
    for command in commands:
        special = {"cls": analyze.AnalyzeCommand} if command is analyze.analyze else {}
        app.command(**special)(command)
    app.add_typer(rubric.app, name="rubric")
    app.add_typer(tasks.app, name="tasks")


_hang()
