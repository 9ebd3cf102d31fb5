"""``auditor demo``: a whole audit without a key, a network or a download."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.terminal import QuietOption


def demo(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The run folder.")] = Path("reports/demo"),
    quiet: QuietOption = False,
) -> None:
    """Audit three simulated models, every stage, in about a minute.

    A busy machine takes longer. The benchmark ships with auditor. The models are simulated: a server on this machine
    answers with mutated reference solutions. The numbers show what a report looks like, not how any real model
    performs. Ends like `auditor run`, but with exit code 0 whatever the gates' verdicts, which are part of the
    demonstration.
    Example: auditor demo --out reports/demo
    """
    from auditor.cli.run import perform

    with resources.as_file(resources.files("auditor.pipeline").joinpath("demo.toml")) as config:
        perform(config, out, quiet=quiet)
