"""Everything the commands print or write goes through here: data to stdout or a file, messages to stderr.

Text for people passes through :func:`auditor.text.one_line` line by line, so nothing from a task, a program or a server
can move the cursor, forge a line or command a CI system. Data keeps every character.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO, NoReturn, TextIO

import typer

from auditor.errors import ExitCode, OutputError, UsageError, check_writable, writing
from auditor.text import json_text, one_line

MIN_WIDTH = 60
"""Columns below which tables are not folded further."""
_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")
"""The only escape sequences in our own tables."""


class OutputFormat(StrEnum):
    """All output formats; each command supports some of them."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    MARKDOWN = "markdown"
    HTML = "html"
    JUNIT = "junit"
    SARIF = "sarif"
    GITHUB = "github"
    EVERY_EVAL_EVER = "every-eval-ever"
    EVALPLUS = "evalplus"


RunArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help="A run folder, its report.json, or an analysis of counts.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr; warnings still show.")]


def writable(path: Path | None) -> Path | None:
    """Check an option's file before the work for it begins; raises :class:`~auditor.errors.OutputError`."""
    if path is not None:
        check_writable(path)
    return path


def file_or_stdout(path: Path | None) -> Path | None:
    """Check an option's file likewise; ``-`` is stdout."""
    return None if path == Path("-") else writable(path)


FileOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", callback=file_or_stdout, help="Write to this file, not to stdout (-)."),
]
ConfidenceOption = Annotated[float, typer.Option(min=0.5, max=0.9999, help="Confidence of the intervals.")]
PythonOption = Annotated[
    Path | None,
    typer.Option("--python", metavar="PATH", help="Interpreter or virtual environment that runs the programs."),
]
PackagesOption = Annotated[
    list[str] | None,
    typer.Option("--package", metavar="NAME", help="Package that programs may import; repeatable."),
]
FolderOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="DIR", help="The run folder. Default: reports/NAME next to NAME.toml."),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite the file if it exists.")]


def format_option(*allowed: OutputFormat, about: str = "") -> Any:
    """Declare ``--format`` with a command's formats."""

    def parse(word: str) -> OutputFormat:
        if word not in allowed:
            raise typer.BadParameter(f"{word!r} is not one of {', '.join(allowed)}")
        return OutputFormat(word)

    return typer.Option("--format", "-f", parser=parse, metavar="|".join(allowed), help=about or "Output format.")


def numbers(words: list[str] | None, option: str) -> tuple[float, ...]:
    """Parse the values of an option that takes ``0,1,2``, may be repeated, or both."""
    try:
        return tuple(float(word) for value in words or () for word in value.split(","))
    except ValueError:
        given = ",".join(words or ())
        raise UsageError(f"not a list of numbers: {given}", where=option, remedy="for example 0,1,4") from None


def say(message: str) -> None:
    """Print a message as one line on stderr; a closed stderr is not an error."""
    _print(one_line(message) + "\n", sys.stderr)


def print_lines(text: str, *, essential: bool = True) -> None:
    """Print text lines on stdout, in the terminal's encoding; colours of our own tables are kept.

    Raises :class:`~auditor.errors.OutputError` if stdout is closed and the lines are ``essential``, the result.
    """
    if essential:
        _require_stdout()
    lines = (_clean(line) for line in text.removesuffix("\n").split("\n"))
    _print("\n".join(lines) + "\n", sys.stdout)


def emit(text: str, output: Path | None) -> None:
    """Write data as UTF-8 to a file, or to stdout whatever the terminal's encoding."""
    if output is not None:
        with writing(output):
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_text(text, encoding="utf-8", errors="replace")
        return
    with binary_stdout() as stream:
        stream.write(text.encode("utf-8", "replace"))


def emit_json(value: object, output: Path | None = None) -> None:
    """Write a JSON document to a file or stdout."""
    emit(json_text(value), output)


def emit_text(text: str, output: Path | None) -> None:
    """Write text lines to a file, or show them on stdout."""
    if output is None:
        print_lines(text)
    else:
        emit(text if text.endswith("\n") else text + "\n", output)


@contextmanager
def binary_stdout() -> Iterator[BinaryIO]:
    """Open stdout for bytes; the process ends with 141 if its reader has gone.

    Raises :class:`~auditor.errors.OutputError` if it is closed or cannot be written.
    """
    _require_stdout()
    sys.stdout.flush()
    with _open_pipe():
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()


def write_new(path: Path, text: str, *, force: bool) -> None:
    """Write an example file; an existing one is overwritten only with ``force``."""
    if not force and os.path.lexists(path):
        raise UsageError("exists already", where=str(path), remedy="name another path, or use --force")
    with writing(path), path.open("w" if force else "x", encoding="utf-8") as file:
        file.write(text)


def table_width(output: Path | None = None) -> int | None:
    """Return the columns available for a table on a terminal; ``None`` for a file or a pipe."""
    import shutil

    if output is not None or not sys.stdout.isatty():
        return None
    return max(MIN_WIDTH, shutil.get_terminal_size().columns)


def use_colour(output: Path | None = None) -> bool:
    """Return whether the result goes to a terminal that wants colour (https://no-color.org)."""
    return output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _clean(line: str) -> str:
    """Sanitise a line but keep our own colours."""
    parts = _COLOUR.split(line) if sys.stdout.isatty() else [line]
    if len(parts) == 1:
        return one_line(line)
    return "".join(part if _COLOUR.fullmatch(part) else one_line(part) for part in parts)


def _print(text: str, stream: TextIO | None) -> None:
    if stream is None or stream.closed:
        return
    encoding = getattr(stream, "encoding", None) or "utf-8"
    with suppress(OutputError) if stream is sys.stderr else nullcontext(), _open_pipe():
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()


@contextmanager
def _open_pipe() -> Iterator[None]:
    """End the process quietly if the reader of a stream has gone; a full disk behind it is named."""
    try:
        yield
    except BrokenPipeError:
        end_with_closed_pipe()
    except OSError as error:
        raise OutputError.at(Path("stdout"), error) from None


def end_with_closed_pipe() -> NoReturn:
    """Exit like a program killed by SIGPIPE, dropping buffered output without a message."""
    null = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        try:
            os.dup2(null, number)
        except OSError:
            continue
    sys.exit(ExitCode.CLOSED_PIPE)


_closed_at_start: set[int] = set()


def open_standard_streams() -> None:
    """Open the null device in place of each standard stream that was closed when the process started.

    Otherwise the next file opened, such as audit.db, takes the stream's number and receives what is printed.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
            _closed_at_start.add(number)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115


def _require_stdout() -> None:
    if 1 in _closed_at_start:
        raise OutputError("stdout is closed", remedy="redirect it, or name a file with -o")
