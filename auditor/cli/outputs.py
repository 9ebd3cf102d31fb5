"""What a command may write to: never a file that it reads, and never a file named ``-``."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from functools import wraps
from pathlib import Path
from typing import get_type_hints

from typer.models import OptionInfo

from auditor.cli.terminal import writable
from auditor.errors import UsageError

_OF_A_RUN = ("audit.db", "report/report.json")
"""Files of a run folder that commands read."""


def checked(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that is refused where an output is one of its inputs."""

    @wraps(command)
    def run(**values: object) -> None:
        outputs = set(_outputs(command))  # here, since all commands are registered at each start
        for name in outputs:
            if isinstance(path := values[name], Path):
                refuse_inputs(path, (value for other, value in values.items() if other not in outputs))
        command(**values)

    return run


def refuse_inputs(output: Path, inputs: Iterable[object]) -> None:
    """Raise :class:`~auditor.errors.UsageError` if ``output`` is a file among the inputs, by whatever path, or ``-``.

    Inputs are options' values: paths, texts that may be paths, and lists of them.
    """
    if str(output) == "-":
        raise UsageError("this result does not go to stdout", where="-", remedy="name a file or folder")
    for path in _files(inputs):
        if os.path.isfile(output) and os.path.exists(path) and os.path.samefile(output, path):  # noqa: PTH110,PTH113,PTH121 - these accept any text
            raise UsageError(
                "is a file that the command reads, which the result would overwrite",
                where=str(output),
                remedy="name another file",
            )


def _outputs(command: Callable[..., None]) -> Iterator[str]:
    """Yield the parameters that name what a command writes."""
    hints: Mapping[str, object] = get_type_hints(command, include_extras=True)
    for name in inspect.signature(command).parameters:
        for option in getattr(hints[name], "__metadata__", ()):
            if isinstance(option, OptionInfo) and ("-o" in (option.param_decls or ()) or option.callback is writable):
                yield name


def _files(values: Iterable[object]) -> Iterator[Path]:
    """Yield the files among options' values, those of run folders included."""
    for value in values:
        if isinstance(value, list | tuple):
            yield from _files(value)
        elif isinstance(value, Path | str) and not isinstance(value, Enum):
            path = Path(value)
            yield path
            yield from (path / name for name in _OF_A_RUN)
