"""``auditor doctor``: which confinement this machine reaches, and what it protects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from auditor.verify import Report


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
    level: Annotated[
        str | None, typer.Option(help="Look at this level only: landlock+seccomp, seccomp or none.")
    ] = None,
) -> None:
    """Try the sandbox: say which level this machine reaches, what it protects and what it does not.

    Exit codes: 0 programs of strangers are confined here, 1 they are not.
    """
    from auditor.errors import UsageError
    from auditor.verify import doctor as examine
    from auditor.verify.levels import ORDER

    if level is not None and level not in ORDER:
        raise UsageError(f"no such level: {level}", where="--level", remedy=f"one of {', '.join(ORDER)}")
    report = examine(level=level)
    if as_json:
        import json
        from dataclasses import asdict

        typer.echo(json.dumps({**asdict(report), "confined": report.confined}, indent=2))
    else:
        typer.echo(_as_text(report))
    raise typer.Exit(0 if report.confined else 1)


def _as_text(report: Report) -> str:
    """Lay the report out for a terminal."""
    lines = [f"sandbox level: {report.level}"]
    if report.problem:
        lines.append(f"  {report.problem}")
    lines += [f"  {name}: {value}" for name, value in report.facts.items()]
    lines.append("a program")
    for check in report.checks:
        lines.append(f"  ok  {check.what}" if check.kept else f"  NO  {check.what} ({check.answer})")
    lines.append("not protected: " + "; ".join(report.unprotected))
    return "\n".join(lines)
