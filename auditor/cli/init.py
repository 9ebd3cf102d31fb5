"""``auditor init``: a commented audit.toml to start from."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from auditor.errors import UsageError


def init(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("audit.toml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Write a commented audit.toml: every key, its default and what it is for."""
    write_new(path, resources.files("auditor").joinpath("audit.example.toml").read_text(encoding="utf-8"), force=force)
    typer.echo(f"wrote {path}; edit [[model]], then: auditor run {path}")


def write_new(path: Path, text: str, *, force: bool) -> None:
    """Write a file to start from; what is there already is overwritten only by force."""
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError("is there already", where=str(path), remedy="name another path, or say --force") from None
    except OSError as error:
        raise UsageError(f"cannot be written: {error}", where=str(path), remedy="name another path") from None
