"""A run as the gates see it: the report's document, and the style of single programs if available.

The counts come from the document's ``per_task``: tasks excluded from the report are excluded here. Style at a rule's
own confidence needs one row per program, which only the database has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from auditor.analysis.bootstrap import Bootstrap
from auditor.analysis.counts import Counts
from auditor.errors import ErrorSlug, InputError, UsageError
from auditor.gates.programs import ProgramRow, read_programs
from auditor.json_types import objects_in
from auditor.results import (
    BenchmarkFacts,
    ModelReport,
    ReportDocument,
    RubricFacts,
    SuiteGrades,
    TaskCounts,
    read_document,
)
from auditor.slices import Pairs
from auditor.store.refused import is_database


@dataclass(frozen=True)
class ModelView:
    """One model's numbers."""

    name: str
    counts: Counts
    """Samples, base passes and correct ones of the analysed tasks, in the report's order."""
    report: ModelReport | None = None
    """The model's entry of the document; ``None`` in a baseline file, and if the run has no figures of it."""
    draw_cost: float = 0.0
    """Cost of a draw in the report, in units of a correct solution's value."""
    price: float | None = None
    """Cost of one sample in the currency of the configured prices; ``None`` if unknown."""
    source: Callable[[], tuple[ProgramRow, ...]] | None = None
    """Source of the accepted programs' style rows; ``None`` if there is only the document."""
    bootstrap: Bootstrap = field(default_factory=Bootstrap)
    """Settings of the report's intervals."""
    shared_attempts: int | None = None
    """K at which the report gives conditional accuracy; ``None`` in a baseline file."""
    tasks: Mapping[str, Pairs] = field(default_factory=dict)
    """Each task to analyse, even without a sample → its attributes; empty in a baseline file."""
    suites: SuiteGrades | None = None
    """Grades of the benchmark's suites, if they were graded."""

    @classmethod
    def of(
        cls, report: ModelReport, database: Path | None, bootstrap: Bootstrap, tasks: Mapping[str, Pairs],
        suites: SuiteGrades | None = None,
    ) -> ModelView:  # fmt: skip
        """View a model's entry of the document, with the tasks to analyse and the grades of their suites."""
        name, samples = report.model, report.coverage.samples or report.samples
        return cls(
            name=name,
            counts=counts_of(name, report.per_task),
            report=report,
            draw_cost=report.draw_cost,
            price=report.cost.cost / samples if report.cost.cost is not None and samples else None,
            source=None if database is None else lambda: read_programs(database, name),
            bootstrap=bootstrap,
            shared_attempts=report.conditional_accuracy.attempts,
            tasks=tasks,
            suites=suites,
        )

    @property
    def confidence(self) -> float:
        """Return the confidence of the report's intervals."""
        return self.bootstrap.confidence

    @property
    def conditional_attempts(self) -> int:
        """Return K of conditional accuracy for rules without one: the report's, as far as the samples reach."""
        most = max(1, self.counts.most_attempts)
        return min(self.shared_attempts or most, most)

    @property
    def samples(self) -> int:
        """Count the labelled samples of the analysed tasks."""
        return self.counts.samples

    @property
    def families(self) -> dict[str, str]:
        """Return the family of each task, if any has one."""
        return dict(zip(self.counts.task_ids, self.counts.families or (), strict=False))

    @cached_property
    def programs(self) -> tuple[ProgramRow, ...] | None:
        """Return the accepted programs of the analysed tasks with their style, or ``None``."""
        if self.source is None:
            return None
        analysed = set(self.counts.task_ids)
        return tuple(row for row in self.source() if row.task_id in analysed)

    @property
    def criteria(self) -> tuple[str, ...]:
        """Return the ids of the rubric's criteria in the run."""
        style = self.report.style if self.report else None
        return tuple(row.criterion for row in style.criteria) if style else ()

    @property
    def criterion_titles(self) -> dict[str, str]:
        """Return the titles of the rubric's criteria, by id."""
        style = self.report.style if self.report else None
        return {row.criterion: row.title or row.criterion for row in style.criteria} if style else {}

    def only(self, task_ids: tuple[str, ...]) -> ModelView:
        """Restrict the model to some of its tasks."""
        return replace(self, counts=self.counts.only(task_ids))


@dataclass(frozen=True)
class RunView:
    """A run and its models, in the order of its settings, else by name."""

    models: tuple[ModelView, ...]
    where: str
    """Name of the run in messages."""
    document: ReportDocument | None = None
    """The report's document; ``None`` for a baseline file."""
    benchmark: BenchmarkFacts | None = None
    """The tasks."""
    rubric: RubricFacts | None = None
    """The rubric used for style."""
    database: Path | None = None
    """The run's ``audit.db``, if available."""

    @classmethod
    def of(cls, document: ReportDocument, database: Path | None = None, *, where: str = "the run") -> RunView:
        """View a report document, with ``audit.db`` for style rows if there is one.

        A configured model without results is included, empty, so that no rule skips it.
        """
        options = document.options
        bootstrap = Bootstrap(options.confidence, options.resamples, options.seed, options.level)
        tasks = {row.task_id: [(one.name, one.value) for one in row.slices] for row in document.tasks if row.analysed}
        models = [ModelView.of(one, database, bootstrap, tasks, document.suites) for one in document.models]
        known = {one.name for one in models}
        models += [ModelView(name, counts_of(name, ())) for name in _configured(document) if name not in known]
        provenance = document.provenance
        order = {name: place for place, name in enumerate(_configured(document))}
        ordered = tuple(sorted(models, key=lambda one: (order.get(one.name, len(order)), one.name)))
        return cls(ordered, where, document, provenance.benchmark, provenance.rubric, database)

    @classmethod
    def open(cls, folder: str | Path) -> RunView:
        """View the run in a folder that ``auditor run`` has written, its report.json, or an analysis of counts.

        Raises :class:`~auditor.errors.UsageError` if there is no readable report document, or an empty one.
        """
        folder = Path(folder)
        if not folder.exists():
            raise UsageError(
                "there is no such folder or file",
                where=str(folder),
                remedy="name a run folder, its report.json, or an analysis of counts",
                slug=ErrorSlug.RUN_MISSING,
            )
        path = folder if folder.is_file() else folder / "report" / "report.json"
        database = (folder.parent.parent if folder.is_file() else folder) / "audit.db"
        document = _read(path, finished=not is_database(folder / "audit.db"))
        run = cls.of(document, database if database.is_file() else None, where=str(folder))
        run.refuse_empty()
        return run

    def refuse_empty(self) -> None:
        """Reject a run in which no model has a labelled sample on an analysed task."""
        if not any(model.samples for model in self.models):
            raise UsageError(
                "the run is empty: no model has a scored sample on an analysed task",
                where=self.where,
                remedy="let `auditor run` finish, or check its samples by outcome for what went wrong",
            )

    @property
    def version(self) -> str:
        """Return the version of auditor that wrote the report."""
        return self.document.provenance.auditor if self.document else "0.0.0"

    @property
    def sandbox(self) -> str | None:
        """Return the level of confinement of the run's programs."""
        return self.document.provenance.sandbox if self.document else None

    @property
    def fp_costs(self) -> tuple[float, ...]:
        """Return the costs of a false positive in the run's analysis."""
        return self.document.options.fp_costs if self.document else ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the models' names, in their order."""
        return tuple(model.name for model in self.models)

    def model(self, name: str) -> ModelView:
        """Return the model with that name, which must be one of :attr:`names`."""
        return next(model for model in self.models if model.name == name)


def _read(path: Path, *, finished: bool) -> ReportDocument:
    """Read a report's document or an analysis; on failure, with a remedy that fits what is there."""
    try:
        return read_document(path)
    except FileNotFoundError:
        remedy = (
            "name a folder that `auditor run` has finished"
            if finished
            else "the run is there: `auditor run` finishes it or says why it cannot, "
            "`auditor report` writes its report again"
        )
        raise UsageError("no report here", where=str(path), remedy=remedy, slug=ErrorSlug.RUN_MISSING) from None
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except InputError as error:
        message = error.message.replace("not a document", "not a report")
        remedy = "name a run's folder, or write its report again: `auditor report`"
        raise UsageError(message, where=error.where, remedy=remedy) from None


def _configured(document: ReportDocument) -> list[str]:
    return [str(model["name"]) for model in objects_in(document.provenance.config.get("model"))]


def counts_of(model: str, rows: Iterable[TaskCounts]) -> Counts:
    """Read counts from a document's ``per_task`` rows, in their order; tasks without a sample are left out."""
    ordered = [row for row in rows if row.n > 0]
    counts = Counts.from_rows(model, [(row.task_id, row.n, row.base_passes, row.correct) for row in ordered])
    if not any(row.family for row in ordered):
        return counts
    families = [row.family or row.task_id for row in ordered]
    return Counts(model, counts.task_ids, counts.n, counts.base_passes, counts.correct, families)
