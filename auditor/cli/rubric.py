"""``auditor rubric``: list and show the built-in rubrics; start, check and try your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.terminal import ForceOption, OutputFormat, emit_json, format_option, print_lines, say, write_new
from auditor.errors import ConfigError, UsageError
from auditor.text import one_line, plural

if TYPE_CHECKING:
    from auditor.style import Criterion, CriterionOutcome

app = typer.Typer(
    help="Show, check, write and try style rubrics.\n\n"
    "To write your own: auditor rubric init team.toml, edit it, auditor rubric try team.toml some_code.py.",
    no_args_is_help=True,
)


def list_() -> None:
    """List the built-in rubrics: name, version, criteria, title.

    Example: auditor rubric list
    """
    from auditor.style import list_rubrics, load_rubric

    paths = list_rubrics()
    width = max(len(path.stem) for path in paths)
    for path in paths:
        try:
            rubric = load_rubric(path)
        except ConfigError as error:  # it needs a linter that is not installed
            print_lines(f"{path.stem:<{width}}  cannot be used here — {error.remedy}")
            continue
        print_lines(f"{rubric.name:<{width}}  {rubric.version}  {len(rubric.criteria):>2} criteria  {rubric.title}")


def show(
    name: Annotated[str, typer.Argument(help="Name of a built-in rubric, or path of a .toml file.")],
    form: Annotated[
        OutputFormat, format_option(OutputFormat.TEXT, OutputFormat.JSON, about="json spells out every rule.")
    ] = OutputFormat.TEXT,
) -> None:
    """Show a rubric's criteria: source, threshold, weight and reason.

    Example: auditor rubric show pep8
    """
    from auditor.style import describe_rubric, load_rubric

    rubric = load_rubric(name)
    if form is OutputFormat.JSON:
        emit_json(describe_rubric(rubric))
        return
    print_lines(f"{rubric.title} ({rubric.name}, version {rubric.version}, hash {rubric.hash[:12]})")
    if rubric.description:
        print_lines(" ".join(rubric.description.split()))
    for criterion in rubric.criteria:
        print_lines("")
        print_lines(f"{criterion.id}: {criterion.title}")
        print_lines(f"  {', '.join(criterion.sources)}; {_limit(criterion)}; weight {criterion.weight:g}")
        print_lines(f"  {criterion.reason}")


def _limit(criterion: Criterion) -> str:
    """Return a criterion's threshold in words."""
    what = "findings" if criterion.metric is None else "value"
    if criterion.maximum == 0 and criterion.metric is None:
        return f"no {what}"
    low = f"at least {criterion.minimum:g}" if criterion.minimum is not None else ""
    high = f"at most {criterion.maximum:g}" if criterion.maximum is not None else ""
    return f"{what} {' and '.join(filter(None, (low, high)))}"


def init(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("team.toml"),
    base: Annotated[str | None, typer.Option("--from", help="A rubric to start from, e.g. pep8.")] = None,
    force: ForceOption = False,
) -> None:
    """Write a commented rubric, or a copy of a built-in one.

    Example: auditor rubric init team.toml --from pep8
    """
    from auditor.style import starting_text

    write_new(path, starting_text(path.stem, base), force=force)
    print_lines(f"wrote {path}; edit it, then: auditor rubric try {path} CODE.py")


def sources(
    source: Annotated[str | None, typer.Argument(help="A source, e.g. ruff:N: list its single rules.")] = None,
) -> None:
    """List what a criterion's source may name, by linter.

    Example: auditor rubric sources ruff:N
    """
    from auditor.style import rules_named, vocabulary

    rows = vocabulary() if source is None else rules_named(source)
    width = max(len(name) for name, _ in rows)
    for name, says in rows:
        print_lines(f"{name:<{width}}  {says}")
    if source is None:
        print_lines(
            "Also single rules, by code or name: ruff:E501, pylint:invalid-name. Those of a group: sources GROUP"
        )


def try_(
    name: Annotated[str, typer.Argument(help="Name of a built-in rubric, or path of a .toml file.")],
    files: Annotated[list[Path], typer.Argument(help="Python programs to score; they are read, never run.")],
) -> None:
    """Score your own programs: which criteria they meet, and why.

    Example: auditor rubric try team.toml some_code.py
    """
    from auditor.records import Program
    from auditor.style import explain, load_rubric, score_programs

    rubric = load_rubric(name)
    texts = {str(path): _text(path) for path in files}
    programs = [Program.of(name, text) for name, text in texts.items()]
    for path, result in zip(texts, score_programs(programs, {}, rubric), strict=True):
        score = "no score" if result.score is None else f"score {result.score:.2f}"
        print_lines(f"{path}: {score}")
        for finding in result.findings:
            if finding.rule in ("unparsable", "no-answer"):
                print_lines(f"  {finding.rule}, line {finding.line}: {one_line(finding.message)}")
        for outcome in explain(result, rubric):
            print_lines(_verdict(outcome))
            for f in outcome.findings:
                print_lines(f"    {f.line}:{f.column} {f.tool}:{f.rule} {one_line(f.message)}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UsageError(f"cannot be read: {why}", where=str(path), remedy="name a Python file in UTF-8") from None


def _verdict(outcome: CriterionOutcome) -> str:
    """Return one line: whether a criterion is met and, if not, its value and threshold."""
    if outcome.met is None:
        return f"  {outcome.criterion.id}: does not apply"
    if outcome.met or outcome.value is None:
        return f"  {outcome.criterion.id}: {'met' if outcome.met else 'MISSED'}"
    if outcome.criterion.maximum == 0 and outcome.criterion.metric is None:
        return f"  {outcome.criterion.id}: MISSED ({plural(round(outcome.value), 'finding')}; none allowed)"
    return f"  {outcome.criterion.id}: MISSED ({outcome.value:g}; {_limit(outcome.criterion)})"


def check(
    file: Annotated[str, typer.Argument(help="Path of the .toml file.")],
) -> None:
    """Check a rubric file.

    Exit codes: 0 it is valid, 2 it is not; the message names the line and the key.
    Example: auditor rubric check team.toml
    """
    from auditor.style import load_rubric, overlaps

    rubric = load_rubric(file)
    rules = sum(len(criterion.rules) for criterion in rubric.criteria)
    print_lines(
        f"{rubric.name}: {plural(len(rubric.criteria), 'criterion', 'criteria')} "
        f"over {plural(rules, 'rule')}; hash {rubric.hash[:12]}"
    )
    for first, second, shared in overlaps(rubric):
        say(
            f"note: {first!r} and {second!r} both name {', '.join(shared[:4])}{' …' if len(shared) > 4 else ''}: "
            f"such a defect is charged only to {first!r}"
        )
