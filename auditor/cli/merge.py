"""``auditor merge``: merge shards into one run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.terminal import print_lines


def merge(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR…", help="Run folders of shards: reports/NAME/shards/3-of-16, …")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The run folder to merge into.")],
) -> None:
    """Merge shards that were verified separately into one run.

    Merging a shard again changes nothing. Verdicts that differ between shards are listed and count as flaky.
    Example: auditor merge reports/audit/shards/* --out reports/audit
    """
    from auditor.pipeline.merge import merge as carry_out

    for line in carry_out(folders, out):
        print_lines(line)
