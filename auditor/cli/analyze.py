"""``auditor analyze``: the figures of a run, or of counts from elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict, cast

import typer

from auditor.cli.terminal import emit_json, numbers, print_lines, say
from auditor.errors import InputError, UsageError
from auditor.text import plural

if TYPE_CHECKING:
    from auditor.config import AuditConfig
    from auditor.results import Analysis, Pairs, Published


class _Settings(TypedDict, total=False):
    """Settings from the command line, named as in :class:`~auditor.analysis.AnalysisOptions`."""

    fp_costs: tuple[float, ...]
    max_attempts: int
    exclude: str | tuple[str, ...]
    draw_cost: float
    pairs: Pairs
    confidence: float
    resamples: int
    seed: int
    slices: tuple[str, ...]
    as_published: tuple[Published, ...]


def analyze(
    config: Annotated[
        Path | None, typer.Argument(help="The audit's settings. Default: audit.toml, unless --counts is given.")
    ] = None,
    counts: Annotated[
        Path | None,
        typer.Option(
            help="A CSV with the columns model, task_id, n, base_passes, correct, or EvalPlus's eval_results.json; "
            "needs no run."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="PATH", help="The run folder; with --counts, the JSON file to write."),
    ] = None,
    fp_cost: Annotated[
        list[str] | None,
        typer.Option("--fp-cost", metavar="COSTS", help="Costs of a false positive; repeatable. Default: 0,1,2,4,8."),
    ] = None,
    max_attempts: Annotated[
        int | None,
        typer.Option(
            help="Most attempts. Default: what nine in ten of a model's tasks have samples for, up to 10,000."
        ),
    ] = None,
    exclude: Annotated[
        str | None,
        typer.Option(
            metavar="auto|contradicted|published-rates|paper|none|FILE",
            help="Tasks to leave out; FILE holds one id per line. Default: none, or what audit.toml says.",
        ),
    ] = None,
    draw_cost: Annotated[
        float | None, typer.Option(help="Cost of an attempt, in units of a correct solution's value. Default: 0.")
    ] = None,
    all_pairs: Annotated[
        bool, typer.Option("--all-pairs", help="Compare every pair of models, even of more than 20.")
    ] = False,
    slices: Annotated[
        list[str] | None,
        typer.Option("--slice", metavar="SLICE", help="Also by slices: difficulty, date>=2024-08; repeatable."),
    ] = None,
    as_published: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAMES",
            help="Also compute like the notebooks of arXiv 2411.17501: all, or some of attempts, soundness, easy, "
            "horizon, pass-at-1, exclusion.",
        ),
    ] = None,
    confidence: Annotated[float | None, typer.Option(help="Confidence of every interval. Default: 0.95.")] = None,
    resamples: Annotated[int | None, typer.Option(help="Bootstrap resamples. Default: 2000.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the bootstrap. Default: 0.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr but warnings and errors.")] = False,
) -> None:
    """Compute accuracy, ceiling, curves and best number of attempts.

    Reads a run (audit.toml), or counts alone. Every figure has an interval. Without -o the analysis of counts goes
    to stdout.
    Example: auditor analyze --counts counts.csv --fp-cost 0,1,4 -o analysis.json
    """
    settings = _given(
        fp_costs=numbers(fp_cost, "--fp-cost") if fp_cost else None,
        max_attempts=max_attempts,
        exclude=_exclusion(exclude),
        draw_cost=draw_cost,
        pairs=_all_pairs() if all_pairs else None,
        slices=tuple(slices) if slices else None,
        as_published=_published(as_published) if as_published else None,
        confidence=confidence,
        resamples=resamples,
        seed=seed,
    )
    if counts is None:
        _from_run(config or Path("audit.toml"), out, settings, quiet=quiet)
        return
    if config is not None:
        raise UsageError("--counts takes no settings file", remedy="give one or the other")
    _report_counts(counts, settings, out, quiet=quiet)


def _report_counts(path: Path, settings: _Settings, out: Path | None, *, quiet: bool) -> None:
    """Analyse counts and write the result."""
    if "slices" in settings:
        raise UsageError("counts do not describe their tasks, so --slice needs a run", remedy="give audit.toml")
    from auditor.results import to_plain

    result = _from_counts(path, settings)
    if not quiet:
        _tell(result)
    emit_json(to_plain(result), out)


def _given(**settings: object) -> _Settings:
    """Return the settings that the command line names."""
    return cast("_Settings", {name: value for name, value in settings.items() if value is not None})


def _published(names: list[str]) -> tuple[Published, ...]:
    from auditor.results import Published

    return Published.named(names)


def _all_pairs() -> Pairs:
    from auditor.results import Pairs

    return Pairs.ALL


def _from_counts(path: Path, settings: _Settings) -> Analysis:
    from auditor.analysis import AnalysisOptions, Counts, counts_from_csv
    from auditor.analysis import analyze as compute
    from auditor.benchmark.results import counts_rows, model_name

    evalplus = path.suffix == ".json"
    counts = [Counts.from_rows(model_name(path), counts_rows(path))] if evalplus else counts_from_csv(path)
    return compute(counts, AnalysisOptions(**settings))


def _from_run(config: Path, folder: Path | None, settings: _Settings, *, quiet: bool) -> None:
    """Analyse a run's verdicts and store the result in the run."""
    from auditor.cli.progress import TerminalProgress
    from auditor.pipeline import Run, Stage, carry_out

    with TerminalProgress(quiet=quiet) as progress:
        run = Run.open(config, folder, progress)
        run = replace(run, config=_override(run.config, settings))
        carry_out(run, (Stage.ANALYZE,))
    with run.store(create=False) as store:
        result = store.meta.analysis
    assert result is not None, "the stage above keeps one"
    if not quiet:
        _tell(result, {model.name for model in run.config.model if model.simulated})
    print_lines(f"run: {run.folder}", essential=False)


def _override(config: AuditConfig, settings: _Settings) -> AuditConfig:
    """Replace settings of the file by those of the command line."""
    from pydantic import ValidationError

    from auditor.config import AnalysisConfig
    from auditor.refusals import worded

    exclude = settings.get("exclude", config.benchmark.exclude)
    given = {"fp_cost" if name == "fp_costs" else name: value for name, value in settings.items() if name != "exclude"}
    try:
        analysis = AnalysisConfig.model_validate(config.analysis.model_dump() | given)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise UsageError(f"--{str(found[0]['loc'][0]).replace('_', '-')}: {worded(found)}") from None
    benchmark = config.benchmark.model_copy(update={"exclude": exclude})
    return config.model_copy(update={"analysis": analysis, "benchmark": benchmark})


def _exclusion(rule: str | None) -> str | tuple[str, ...] | None:
    """Return a rule by its name, or the task ids in a file."""
    from auditor.analysis.exclusions import RULES

    if rule is None or rule in RULES:
        return rule
    try:
        lines = Path(rule).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        remedy = f"give {', '.join(RULES)}, or a file with one task id per line"
        raise InputError("neither an exclusion rule nor a readable file", where=rule, remedy=remedy) from None
    return tuple(name for line in lines if (name := line.split("#")[0].strip()))


def _tell(result: Analysis, simulated: Collection[str] = ()) -> None:
    """Summarise on stderr: the figures, attempts by cost, what twice the tests would find, and the excluded tasks."""
    from auditor.cli.figures import attempts_by_cost, figures_table, published_table
    from auditor.cli.slices import slice_tables
    from auditor.report.sentences.curves import saturation

    tables = [figures_table(result, None, simulated), slice_tables(result, None)]
    tables = [*filter(None, tables), *filter(None, map(published_table, result.models))]
    for line in tables[0].split("\n"):
        say(line)
    for entry in result.models:
        say(f"{entry.model}: {attempts_by_cost(entry)}")
        if found := saturation(entry.saturation):
            say(f"{entry.model}: {found}")
    for line in "\n".join(tables[1:]).splitlines():
        say(line)
    names = ", ".join(result.exclusions.reasons)
    count = len(result.exclusions.tasks)
    tasks = plural(count, "task")
    if count:
        say(f"left out by rule {result.exclusions.rule}: {tasks} {names}".rstrip())
