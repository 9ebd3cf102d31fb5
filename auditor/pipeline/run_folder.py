"""Access to a finished run from a notebook: tables as pandas DataFrames, the analysis as an object."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.pipeline.analysed import analysis_of
from auditor.results import Analysis, BenchmarkFacts
from auditor.store import DATABASE, Store

if TYPE_CHECKING:
    import pandas

    from auditor.pipeline.export import Row


def open_run(folder: str | Path) -> RunFolder:
    """Open a folder that ``auditor run`` has written, for reading.

    A run of an older version is migrated, keeping a copy of its database. Raises :class:`~auditor.errors.StoreError` if
    the folder contains no run, or one of a newer version.
    """
    return RunFolder(Path(folder))


class RunFolder:
    """A run's tables and analysis. Each call reads the database again, so a running audit can be watched."""

    def __init__(self, path: Path) -> None:
        self.path = path
        """The folder."""
        with self._store() as store:
            note = store.meta.benchmark
        self.benchmark: BenchmarkFacts | None = note
        """The run's benchmark; ``None`` if ``auditor run`` did not start it."""

    def __repr__(self) -> str:
        """Return the call that opens it again."""
        return f"auditor.open_run({str(self.path)!r})"

    def samples(self) -> pandas.DataFrame:
        """Return one row per sample, by model, task and index.

        The columns include ``model``, ``task_id``, ``sample_index``, ``status``, ``raw`` (the text as received),
        ``solution`` (the program extracted from it), ``program`` (its id, as in verdicts and style),
        ``completion_tokens``, ``latency`` (seconds), ``cost``, ``excluded`` (why the analysis leaves the task out),
        and ``slices.NAME`` for the attributes of tasks.
        """
        return self._frame("samples")

    def verdicts(self) -> pandas.DataFrame:
        """Return one row per sample with the outcomes of its program.

        Columns: ``model``, ``task_id``, ``sample_index``, ``program``, ``base`` and ``plus`` (an outcome, or missing
        if the suite was not run), ``label`` (``true_positive``, ``false_positive``, ``true_negative``,
        ``false_negative`` or ``unknown``), ``flaky``, ``excluded``, and ``slices.NAME``.
        """
        return self._frame("verdicts")

    def style(self) -> pandas.DataFrame:
        """Return one row per model and scored program.

        Columns: ``model``, ``task_id``, ``program``, ``samples`` (the model's samples with this program),
        ``label``, ``score`` (0 to 1), ``rules`` (a list of ``tool:rule`` that fired), ``excluded``, and one for each
        criterion (``adherence.NAME``: true, false, or missing if it does not apply), metric (``metrics.NAME``)
        and slice (``slices.NAME``). Raises :class:`~auditor.errors.UsageError` before ``auditor score``.
        """
        return self._frame("style")

    @cached_property
    def analysis(self) -> Analysis:
        """Return the last analysis.

        Raises :class:`~auditor.errors.UsageError` before ``auditor analyze``.
        """
        with self._store() as store:
            return analysis_of(store)

    def _store(self) -> Store:
        return Store(self.path / DATABASE, create=False)

    def _frame(self, table: str) -> pandas.DataFrame:
        import pandas

        from auditor.pipeline.export import rows

        found = list(_columns(rows(self.path, table)))
        return pandas.DataFrame.from_records(found, columns=None if found else _EMPTY[table])


_EMPTY = {
    "samples": ["model", "task_id", "sample_index", "status", "raw", "solution", "program", "excluded"],
    "verdicts": ["model", "task_id", "sample_index", "program", "base", "plus", "label", "flaky", "excluded"],
    "style": ["model", "task_id", "program", "samples", "label", "score", "rules", "excluded"],
}
"""Columns of an empty table, so that code written for a whole run works on an empty one too."""


def _columns(found: Iterator[Row]) -> Iterator[dict[str, object]]:
    """Flatten nested values into columns."""
    for row in found:
        flat = {key: value for key, value in row.items() if key not in ("adherence", "metrics", "slices", "rules")}
        for name in ("adherence", "metrics", "slices"):
            if isinstance(nested := row.get(name), dict):
                flat |= {f"{name}.{key}": value for key, value in nested.items()}
        if isinstance(rules := row.get("rules"), list | tuple | set | frozenset):
            flat["rules"] = sorted({f"{tool}:{rule}" for tool, rule, *_ in rules})
        yield flat
