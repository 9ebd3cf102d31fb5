"""A run as the gates see it: the report document, and the style rows behind it where they are at hand.

The counts come from the document's ``per_task``, so that excluded tasks are out here as they are in the
report. Style at a confidence of the rule's own needs one row a program, which only the database has.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from auditor.analysis.counts import Counts
from auditor.errors import UsageError
from auditor.gates.programs import ProgramRow, read_programs


@dataclass(frozen=True)
class ModelView:
    """One model's numbers."""

    name: str
    entry: Mapping[str, Any]
    """The model's entry of the document."""
    counts: Counts
    """Samples, base passes and correct ones of the analysed tasks, by task id."""
    source: Callable[[], tuple[ProgramRow, ...]] | None = None
    """Where the accepted programs' style rows come from; ``None`` where only the document is at hand."""
    confidence: float = 0.95
    """Of the intervals in the entry."""

    @property
    def samples(self) -> int:
        """Count the scored samples of the analysed tasks."""
        return self.counts.samples

    @property
    def draw_cost(self) -> float:
        """What a draw costs in the report, in units of what a correct solution is worth."""
        return float(self.entry.get("draw_cost") or 0.0)

    @cached_property
    def programs(self) -> tuple[ProgramRow, ...] | None:
        """The accepted programs of the analysed tasks with their style, or ``None``."""
        if self.source is None:
            return None
        analysed = set(self.counts.task_ids)
        return tuple(row for row in self.source() if row.task_id in analysed)

    @property
    def criteria(self) -> tuple[str, ...]:
        """The ids of the rubric's criteria that the run holds."""
        return tuple(str(row["criterion"]) for row in self.entry.get("style") or ())

    def only(self, task_ids: tuple[str, ...]) -> ModelView:
        """Restrict to some of its tasks."""
        return replace(self, counts=self.counts.only(task_ids))


@dataclass(frozen=True)
class RunView:
    """A run: its document and its models, sorted by name."""

    document: Mapping[str, Any]
    models: tuple[ModelView, ...]
    where: str
    """What to call the run in messages."""
    database: Path | None = None

    @classmethod
    def of(cls, document: Mapping[str, Any], database: Path | None = None, *, where: str = "the run") -> RunView:
        """View a report document, with ``audit.db`` for style rows where there is one.

        A model of the settings that left nothing to report is there too, empty, so that no rule passes it over.
        """
        entries = list(document.get("models") or ())
        confidence = (document.get("provenance") or {}).get("confidence", 0.95)
        known = {str(entry["model"]) for entry in entries}
        missing = [{"model": name} for name in _configured_models(document) if name not in known]
        entries = sorted([*entries, *missing], key=lambda entry: str(entry["model"]))
        models = tuple(_model_view(entry, database, confidence) for entry in entries)
        return cls(document, models, where, database)

    @classmethod
    def open(cls, folder: str | Path) -> RunView:
        """View the run in a folder that ``auditor run`` has written.

        Raises :class:`~auditor.errors.UsageError` where there is no readable report document, or an empty one.
        """
        folder = Path(folder)
        path = folder if folder.is_file() else folder / "report" / "report.json"
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            remedy = "name a folder that `auditor run` has finished"
            if (folder / "audit.db").is_file():
                remedy = "the run is there: `auditor run` finishes it, `auditor report` writes its report anew"
            raise UsageError("no report here", where=str(path), remedy=remedy) from None
        except OSError as error:
            raise UsageError(f"cannot be read: {error.strerror}", where=str(path)) from None
        except ValueError:
            raise UsageError("not JSON", where=str(path), remedy="name a run's folder or its report.json") from None
        if not isinstance(document, dict) or not str(document.get("schema", "")).startswith("auditor/report/"):
            raise UsageError(
                "not a report of auditor", where=str(path), remedy="name a run's folder or its report.json"
            )
        database = (folder.parent.parent if folder.is_file() else folder) / "audit.db"
        try:
            run = cls.of(document, database if database.is_file() else None, where=str(folder))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(
                f"a damaged report: {error!r}", where=str(path), remedy="write it anew with `auditor report`"
            ) from None
        run.refuse_empty()
        return run

    def refuse_empty(self) -> None:
        """Refuse a run in which no model has a scored sample on an analysed task."""
        if not any(model.samples for model in self.models):
            raise UsageError(
                "the run is empty: no model has a scored sample on an analysed task",
                where=self.where,
                remedy="let `auditor run` finish, or see its coverage for what went wrong",
            )

    @property
    def version(self) -> str:
        """The version of auditor that wrote the report."""
        return str((self.document.get("provenance") or {}).get("auditor", "0.0.0"))

    @property
    def fp_costs(self) -> tuple[float, ...]:
        """The costs of a false positive that the run was analysed at."""
        config = (self.document.get("provenance") or {}).get("config") or {}
        return tuple((config.get("analysis") or {}).get("fp_cost", (0.0, 1.0, 2.0, 4.0, 8.0)))

    @property
    def names(self) -> tuple[str, ...]:
        """The models' names, sorted."""
        return tuple(model.name for model in self.models)

    def model(self, name: str) -> ModelView:
        """Return the model of that name, which must be one of :attr:`names`."""
        return next(model for model in self.models if model.name == name)


def _configured_models(document: Mapping[str, Any]) -> list[str]:
    config = (document.get("provenance") or {}).get("config") or {}
    return [str(model["name"]) for model in config.get("model") or ()]


def _model_view(entry: Mapping[str, Any], database: Path | None, confidence: float) -> ModelView:
    name = str(entry["model"])
    return ModelView(
        name=name,
        entry=entry,
        counts=counts_of(name, entry.get("per_task") or ()),
        source=None if database is None else lambda: read_programs(database, name),
        confidence=confidence,
    )


def counts_of(model: str, rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Read counts from a document's ``per_task`` rows, by task id; tasks without a sample are left out."""
    ordered = sorted((row for row in rows if row["n"] > 0), key=lambda row: str(row["task_id"]))
    return Counts.from_rows(model, [(row["task_id"], row["n"], row["base_passes"], row["correct"]) for row in ordered])
