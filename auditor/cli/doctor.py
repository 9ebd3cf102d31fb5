"""``auditor doctor``: which level of confinement this machine reaches, what it protects, and facts for bug reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.terminal import OutputFormat, emit_json, format_option, print_lines, say

if TYPE_CHECKING:
    from auditor.verify import Report


def doctor(
    form: Annotated[OutputFormat, format_option(OutputFormat.TEXT, OutputFormat.JSON)] = OutputFormat.TEXT,
    level: Annotated[str | None, typer.Option(help="Check this level only: landlock+seccomp, seccomp or none.")] = None,
    bundle: Annotated[
        bool, typer.Option("--bundle", help="Also write a zip file for a bug report, without private data.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="With --bundle: the zip file.")] = Path(
        "auditor-bug.zip"
    ),
    run: Annotated[
        Path | None, typer.Option(metavar="DIR", help="With --bundle: a run folder, whose counts are included.")
    ] = None,
) -> None:
    """Test the sandbox: what it protects here, and what it does not.

    Exit codes: 0 untrusted programs are confined here, 1 they are not.
    Example: auditor doctor --bundle --run reports/audit
    """
    from dataclasses import asdict

    from auditor.errors import ExitCode, UsageError, writing
    from auditor.sandbox import SandboxLevel
    from auditor.verify import doctor as examine

    if level is not None and level not in list(SandboxLevel):
        raise UsageError(f"no such level: {level}", where="--level", remedy=f"one of {', '.join(SandboxLevel)}")
    if run is not None and not bundle:
        raise UsageError("requires --bundle", where="--run", remedy="give --bundle too")
    report = examine(level=None if level is None else SandboxLevel(level))
    if bundle:
        from auditor.cli.bundle import write_bundle

        with writing(out):
            say(f"{out}: {', '.join(write_bundle(out, report, run))}")
    if form is OutputFormat.JSON:
        emit_json({**asdict(report), "confined": report.confined})
    else:
        print_lines(_as_text(report))
    raise typer.Exit(ExitCode.PASSED if report.confined else ExitCode.ERROR)


def _as_text(report: Report) -> str:
    """Format the report for a terminal."""
    lines = [f"sandbox level: {report.level}"]
    if report.problem:
        lines.append(f"  {report.problem}")
    lines += [f"  {name}: {value}" for name, value in report.facts.items()]
    lines.append("a program")
    for check in report.checks:
        lines.append(f"  ok  {check.what}" if check.kept else f"  NO  {check.what} ({check.answer})")
    lines.append("not protected: " + "; ".join(report.unprotected))
    return "\n".join(lines)
