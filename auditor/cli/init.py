"""``auditor init``: a commented audit.toml to start from."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.terminal import ForceOption, print_lines, write_new


def init(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("audit.toml"),
    force: ForceOption = False,
) -> None:
    """Write a commented audit.toml: every key, its default and what it is for."""
    write_new(path, resources.files("auditor").joinpath("audit.example.toml").read_text(encoding="utf-8"), force=force)
    print_lines(f"wrote {path}; edit [[model]], then: auditor run {path}")
