"""The commands, each in its own module, registered on one app.

A command's module has no heavy top-level imports; they are local, so that ``auditor --help`` stays fast.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable
from typing import Annotated

import typer
from typer.core import TyperGroup

import auditor
from auditor.cli import terminal
from auditor.cli.outputs import checked
from auditor.errors import UsageError
from auditor.refusals import worded

_ITEM = re.compile(r"(Examples?|Exit codes|[a-z][a-z-]*): ")
"""Start of a line of help that is not reflowed."""
_HELP_NAMES = {"help_option_names": ["-h", "--help"]}


class _Commands(TyperGroup):
    """The commands, whose refusals of a value are in words rather than in those of the library that checked it."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]  # the type of some versions is private
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # the library would exit with 1
            terminal.end_with_closed_pipe()
        except Exception as error:
            errors = getattr(error.__cause__, "errors", None)  # pydantic's, where typer has them from
            if callable(errors) and hasattr(error, "message"):
                error.message = worded(errors())
            raise


app = typer.Typer(
    name="auditor",
    cls=_Commands,
    help="Measure what resampling a code model until its unit tests pass really yields.\n\n"
    "To see it: auditor demo. For your own model: auditor init, then auditor run audit.toml.\n\n"
    "Exit codes: 0 passed, 1 error, 2 bad input, 3 a gate failed, 4 a gate was inconclusive, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich doubles the time of --help
    context_settings=_HELP_NAMES,
)


def _version(wanted: bool) -> None:
    if wanted:
        terminal.print_lines(f"auditor {auditor.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    del version
    asks_for_help = {"--help", "-h"} & set(sys.argv)
    if sys.flags.optimize > 1 and not asks_for_help:
        remedy = "unset PYTHONOPTIMIZE, or run Python without -OO"
        raise UsageError(
            "Python runs with -OO, which removes docstrings that libraries need", where="-OO", remedy=remedy
        )


def _register() -> None:
    """Register every command, in the order of a user's work."""
    from auditor.cli import (
        analyze,
        choose,
        compare,
        demo,
        doctor,
        export,
        extract,
        gate,
        history,
        init,
        merge,
        reverify,
        rubric,
        run,
        sample,
        select,
        strengthen,
        suites,
        tasks,
    )

    _add(app, (demo.demo, init.init, doctor.doctor, run.run, sample.sample, run.verify, run.score, merge.merge))
    _add(app, (analyze.analyze, run.report, gate.gate, select.select, suites.suites))
    _add(app, (choose.choose, compare.compare, history.history))
    _add(app, (export.export, extract.extract, reverify.reverify))
    app.add_typer(rubric.app, name="rubric")
    app.add_typer(tasks.app, name="tasks")
    _add(rubric.app, (rubric.list_, rubric.show, rubric.init, rubric.sources, rubric.try_, rubric.check))
    _add(tasks.app, (tasks.check, tasks.mini, strengthen.strengthen, strengthen.canary))


def _add(group: typer.Typer, commands: Iterable[Callable[..., None]]) -> None:
    for command in commands:
        name = command.__name__.rstrip("_")
        group.command(name, help=_help(command), context_settings=_HELP_NAMES)(checked(command))


def _help(command: Callable[..., None]) -> str:
    """Return a command's docstring laid out for a terminal; under ``python -OO`` it is read from the source."""
    text = command.__doc__
    if text is None:
        try:
            (function,) = ast.parse(inspect.getsource(command)).body
        except (OSError, SyntaxError):
            return "see the documentation"
        text = ast.get_docstring(function) if isinstance(function, ast.FunctionDef) else None
    return laid_out(inspect.cleandoc(text or ""))


def laid_out(text: str) -> str:
    """Keep examples, exit codes and other ``name: …`` lines on their own lines; reflow the rest."""
    paragraphs: list[str] = []
    for block in text.split("\n\n"):
        flowing, items = [], []
        for line in block.splitlines():
            if _ITEM.match(line):
                items.append(line)
            elif items:
                items[-1] += f" {line}"
            else:
                flowing.append(line)
        if flowing:
            paragraphs.append(" ".join(flowing))
        if items:
            paragraphs.append("\b\n" + "\n".join(map(_hanging, items)))  # \b: click keeps the lines as they are
    return "\n\n".join(paragraphs)


def _hanging(item: str) -> str:
    return textwrap.fill(item, 74, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)


_register()
