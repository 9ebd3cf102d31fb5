"""``auditor rubric``: list the ready rubrics, show one, check one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from auditor.style import Criterion

app = typer.Typer(help="List, show and check style rubrics, as audit.toml names them.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """List the ready rubrics: name, version, number of criteria, title."""
    from auditor.style import list_rubrics, load_rubric

    rubrics = [load_rubric(path) for path in list_rubrics()]
    width = max(len(rubric.name) for rubric in rubrics)
    for rubric in rubrics:
        typer.echo(f"{rubric.name:<{width}}  {rubric.version}  {len(rubric.criteria):>2} criteria  {rubric.title}")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name of a ready rubric, or path of a .toml file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON, every rule spelled out.")] = False,
) -> None:
    """Show a rubric: each criterion with its source, threshold, weight and reason."""
    from auditor.style import describe_rubric, load_rubric

    rubric = load_rubric(name)
    if as_json:
        import json

        typer.echo(json.dumps(describe_rubric(rubric), indent=2))
        return
    typer.echo(f"{rubric.title} ({rubric.name}, version {rubric.version}, hash {rubric.hash[:12]})")
    if rubric.description:
        typer.echo(" ".join(rubric.description.split()))
    for criterion in rubric.criteria:
        typer.echo(f"\n{criterion.id}: {criterion.title}")
        typer.echo(f"  {', '.join(criterion.sources)}; {_limit(criterion)}; weight {criterion.weight:g}")
        typer.echo(f"  {criterion.reason}")


def _limit(criterion: Criterion) -> str:
    """Say a criterion's threshold in words."""
    what = "findings" if criterion.metric is None else "value"
    if criterion.maximum == 0 and criterion.metric is None:
        return f"no {what}"
    low = f"at least {criterion.minimum:g}" if criterion.minimum is not None else ""
    high = f"at most {criterion.maximum:g}" if criterion.maximum is not None else ""
    return f"{what} {' and '.join(filter(None, (low, high)))}"


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="Path of the .toml file.")],
) -> None:
    """Check a rubric file: exit 0 where it can be used, 2 with file, line and key where it cannot."""
    from auditor.style import load_rubric, overlaps

    rubric = load_rubric(file)
    rules = sum(len(criterion.rules) for criterion in rubric.criteria)
    typer.echo(f"{rubric.name}: {len(rubric.criteria)} criteria over {rules} rules; hash {rubric.hash[:12]}")
    for first, second, shared in overlaps(rubric):
        typer.echo(
            f"note: {first!r} and {second!r} both name {', '.join(shared[:4])}{' …' if len(shared) > 4 else ''}: "
            f"such a defect is charged to {first!r} alone",
            err=True,
        )
