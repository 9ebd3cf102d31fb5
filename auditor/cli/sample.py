"""``auditor sample``: draw missing samples, by requests or batch files, or estimate what that would take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.run import ConfigArgument, DryRunOption, perform, print_estimates
from auditor.cli.terminal import FolderOption, QuietOption, print_lines

RequestsOption = Annotated[
    Path | None,
    typer.Option("--write-batch", help="Write the missing requests to this JSONL file, in OpenAI's batch format."),
]
OutputsOption = Annotated[
    list[Path] | None,
    typer.Option("--read-batch", help="Read a batch's output or error file; repeatable."),
]
ModelOption = Annotated[str | None, typer.Option("--model", help="Which model's batch, if audit.toml has several.")]


def sample(
    config: ConfigArgument = Path("audit.toml"),
    out: FolderOption = None,
    quiet: QuietOption = False,
    dry_run: DryRunOption = False,
    write_batch: RequestsOption = None,
    read_batch: OutputsOption = None,
    model: ModelOption = None,
    retry_rejected: Annotated[
        bool, typer.Option("--retry-rejected", help="Request samples again that the server rejected with an error.")
    ] = False,
) -> None:
    """Draw each model's missing samples, or read recorded ones.

    --dry-run shows what would be requested and what it may cost. --write-batch writes the requests to a file, for a
    provider's batch service or an engine without a server; --read-batch reads its answers.

    Example: auditor sample audit.toml --dry-run
    Example: auditor sample audit.toml --write-batch requests.jsonl
    Example: auditor sample audit.toml --read-batch output.jsonl
    """
    chosen = [dry_run, write_batch is not None, bool(read_batch)]
    if sum(chosen) > 1:
        raise typer.BadParameter("--dry-run, --write-batch and --read-batch exclude each other")
    if model is not None and not any(chosen[1:]):
        raise typer.BadParameter("--model requires --write-batch or --read-batch")
    if dry_run:
        print_estimates(config, out, quiet=quiet)
        return
    from auditor.cli.progress import TerminalProgress
    from auditor.pipeline import Run, Stage, forget_rejected
    from auditor.pipeline.batch import read_outputs, write_requests

    with TerminalProgress(quiet=quiet) as progress:
        the_run = Run.open(config, out, progress)
        if retry_rejected:
            forget_rejected(the_run)
        lines: Iterator[str] = iter(())
        if write_batch is not None:
            lines = write_requests(the_run, write_batch, model)
        elif read_batch:
            lines = read_outputs(the_run, read_batch, model)
        for line in lines:
            print_lines(line)
    if not any(chosen):
        perform(config, out, quiet=quiet, stages=(Stage.SAMPLE,))
