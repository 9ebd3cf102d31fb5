"""The last stage: document → gates → pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import UsageError, writing
from auditor.pipeline.analysed import analysis_of
from auditor.pipeline.document import document
from auditor.pipeline.run import Run
from auditor.store import Store

if TYPE_CHECKING:
    from auditor.gates import GateResult, RunView
    from auditor.results import Choice, History


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a report says at its top."""

    gates: list[GateResult]
    """The gates' results."""
    choices: tuple[Choice, ...]
    """Which model to use, by the cost of a wrong answer, ascending; empty if no task is shared."""


def report(run: Run, store: Store) -> Conclusion:
    """Judge the gates, choose a model, and write the report folder.

    Raises :class:`~auditor.errors.UsageError` without an analysis, and
    :class:`~auditor.errors.OutputError` if the folder cannot be written.
    """
    from auditor.gates import RunView, evaluate
    from auditor.gates.choose import choices
    from auditor.gates.paired import judged_pairs
    from auditor.report import write_report
    from auditor.report.samples import write_samples

    analysis_of(store)
    content = document(run, store)
    view = RunView.of(content, run.database)
    results = evaluate(run.config.gate, view, _baseline(run, view))
    content = replace(
        content, gates=tuple(results), choices=choices(view), history=_history(run, view),
        across=judged_pairs(view, content.across),
    )  # fmt: skip
    formats = run.config.report.formats
    pages = 1 + 2 * len(content.models) if "html" in formats else 0
    advance = run.progress.stage("writing the report", pages + len({"markdown", "json"} & set(formats)))
    with writing(run.report_folder):
        write_report(content, run.report_folder, formats, samples=True, advance=advance)
        if "html" in formats:
            write_samples(content, store, run.report_folder, has_json="json" in formats, advance=advance)
    if simulated := [model.model for model in content.models if model.simulated]:
        run.progress.note(f"simulated models, which say nothing about a real one: {', '.join(simulated)}")
    return Conclusion(results, content.choices)


def _baseline(run: Run, view: RunView) -> RunView | None:
    """Open the baseline that ``[history]`` names, for rules with a margin; if it cannot be used, say why."""
    from auditor.gates.baseline import open_baseline

    settings = run.config.history
    path = settings.baseline or next(iter(settings.runs), None)
    if path is None:
        return None
    try:
        return open_baseline(path, view)
    except UsageError as error:
        run.progress.note(f"[history]: no rule is judged against {path}: {error.message}")
        return None


def _history(run: Run, view: RunView) -> History | None:
    """Compare this run with the earlier ones that ``[history]`` names; if they cannot be compared, say why."""
    from auditor.gates.history import history_with

    settings = run.config.history
    if not settings.runs and settings.baseline is None:
        return None
    try:
        return history_with(
            view,
            run.folder,
            settings.runs,
            baseline=settings.baseline,
            models=settings.models,
            rules=run.config.gate,
            confidence=run.config.analysis.confidence,
        )
    except UsageError as error:
        run.progress.note(f"[history]: left out of the report: {error}")
        return None


def report_of_counts(analysis: Path, folder: Path, formats: Sequence[str] = ()) -> Path:
    """Write the pages of an analysis of counts, or of a report.json, into ``folder``; return the index or the folder.

    Raises :class:`~auditor.errors.InputError` for a file that is neither, and
    :class:`~auditor.errors.OutputError` if the folder cannot be written.
    """
    from auditor.gates import RunView
    from auditor.gates.choose import choices
    from auditor.gates.paired import judged_pairs
    from auditor.report import write_report

    view = RunView.open(analysis)
    assert view.document is not None, "a file that was opened has a document"
    content = replace(
        view.document,
        choices=view.document.choices or choices(view),
        across=judged_pairs(view, view.document.across),
    )
    with writing(folder):
        written = write_report(content, folder, formats or ("html", "markdown", "json"))
    return next((path for path in written if path.name == "index.html"), folder)
