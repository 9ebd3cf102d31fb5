"""What limits a report's conclusions: each from what the run has and lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.results.document import ReportDocument
from auditor.results.estimate import Count, Document, Positive

MANY_ATTEMPTS = 3.0
"""Attempts per correct answer above which it is said that attempts are counted as free."""


class PublishedTasks(StrEnum):
    """Published benchmarks that are also distributed as files, each with the start of its task ids."""

    HUMANEVAL = "HumanEval/"
    MBPP = "Mbpp/"
    BIGCODEBENCH = "BigCodeBench/"
    CLASSEVAL = "ClassEval_"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateScope(Document):
    """The attempts that the gates cover, where the attempts to allow of a model are others."""

    attempts: Positive
    """The attempts within which the gates judge."""
    shared: bool
    """Whether these are the most that all models have samples for."""
    fewest: tuple[str, ...]
    """The models with the fewest samples, which set `attempts`; empty unless it is `shared`."""
    other: Mapping[str, Positive]
    """Model → its attempts to allow, where these are more or fewer."""

    @classmethod
    def of(cls, document: ReportDocument) -> GateScope | None:
        """Compare the gates with the attempts to allow; ``None`` if they judge those of every model, or none is set."""
        covered = [int(at) for gate in document.gates if (at := gate.parameters.get("attempts")) is not None]
        choice = document.choice
        if not covered or choice is None:
            return None
        attempts = min(covered)
        other = {one.model: one.attempts for one in choice.advised if one.attempts != attempts}
        if not other:
            return None
        shared = attempts == document.across.attempts
        fewest = tuple(model.model for model in document.models if model.max_attempts == attempts) if shared else ()
        return cls(attempts=attempts, shared=shared and bool(fewest), fewest=fewest, other=other)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongAnswers(Document):
    """How many accepted but wrong answers of a model are to tasks in dispute."""

    model: str
    wrong: Positive
    """Its answers that are accepted but wrong."""
    there: Count
    """How many of these are to tasks in dispute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed(Document):
    """Tasks whose tests may be too narrow, and how many wrong answers are to these tasks."""

    tasks: Positive
    """Tasks on which more programs fail plus with the same output than pass it."""
    of: Positive
    """Tasks analysed."""
    answers: tuple[WrongAnswers, ...]
    """Those of each model that has any, the model first that the decision is about, or that is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limitations(Document):
    """All limits that apply to a report."""

    scope: GateScope | None
    """What the gates leave out of the model that is decided on; null if they cover its attempts to allow."""
    ungraded: bool
    """Whether programs were judged by suites that were not graded."""
    disputed: Disputed | None
    """Tasks in dispute; null if none is."""
    free_attempts: bool
    """Whether the net gain charges nothing for attempts."""
    per_correct: Mapping[str, float]
    """Model → attempts used per correct answer at its attempts to allow, where above :data:`MANY_ATTEMPTS`; descending.
    """
    public: str
    """Name of the benchmark if it is a public one; else empty."""
    tasks: PublishedTasks | None
    """The published benchmark that all tasks are of, by their ids; null if that is not known."""
    models: Count
    """Models of the report."""
    recorded: tuple[str, ...]
    """Models whose answers were not sampled for this run but read from files or data sets."""

    @classmethod
    def of(cls, document: ReportDocument) -> Limitations:
        """Find what applies."""
        choice, benchmark = document.choice, document.provenance.benchmark
        scope, model = GateScope.of(document), document.decision.model
        candidates = () if choice is None else choice.advised
        used = {one.model: one.draws_per_correct or 0.0 for one in candidates}
        many = sorted((one for one in used.items() if one[1] > MANY_ATTEMPTS), key=lambda one: -one[1])
        return cls(
            scope=scope if scope is not None and model in scope.other else None,
            ungraded=document.provenance.sandbox is not None and document.suites is None,
            disputed=_disputed(document),
            free_attempts=bool(used) and not any(one.draw_cost for one in candidates),
            per_correct=dict(many),
            public=benchmark.name if _is_public(document) else "",
            tasks=_published(document),
            models=len(document.models),
            recorded=tuple(one.model for one in document.models if one.recorded and not one.simulated),
        )


def _is_public(document: ReportDocument) -> bool:
    """Return whether all tasks are of a published benchmark: a data set on the hub, or ids that one uses."""
    if "/" in (document.provenance.benchmark.source or ""):  # of a file or folder, only the name is kept
        return True
    return bool(document.tasks) and all(row.task_id.startswith(tuple(PublishedTasks)) for row in document.tasks)


def _published(document: ReportDocument) -> PublishedTasks | None:
    """Return the published benchmark that all tasks are of."""
    found = (one for one in PublishedTasks if all(row.task_id.startswith(one) for row in document.tasks))
    return next(found, None) if document.tasks else None


def _disputed(document: ReportDocument) -> Disputed | None:
    tasks = {one.task_id for one in document.suspects}
    if not tasks:
        return None
    found = [
        WrongAnswers(
            model=model.model,
            wrong=wrong,
            there=sum(row.base_passes - row.correct for row in model.per_task if row.task_id in tasks),
        )
        for model in sorted(document.models, key=lambda one: one.model != document.subject)
        if (wrong := sum(row.base_passes - row.correct for row in model.per_task))
    ]
    return Disputed(
        tasks=len(tasks), of=sum(row.analysed for row in document.tasks) or len(tasks), answers=tuple(found)
    )
