"""A finished run for a notebook: its tables as pandas DataFrames, its analysis as an object."""

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
    """Open the folder that ``auditor run`` has written, to read from.

    A run of an older version is migrated, and a copy of its database kept. Raises
    :class:`~auditor.errors.StoreError` where the folder contains no run, or one of a newer version.
    """
    return RunFolder(Path(folder))


class RunFolder:
    """A run's tables and analysis. Reads the database again at each call, so a run under way can be watched."""

    def __init__(self, path: Path) -> None:
        self.path = path
        """The folder."""
        with self._store() as store:
            note = store.meta.benchmark
        self.benchmark: BenchmarkFacts | None = note
        """The tasks that the run is about; ``None`` where it was not begun by ``auditor run``."""

    def __repr__(self) -> str:
        """Show how to open it again."""
        return f"auditor.open_run({str(self.path)!r})"

    def samples(self) -> pandas.DataFrame:
        """Return one row per sample, by model, task and index.

        Among the columns: ``model``, ``task_id``, ``sample_index``, ``status``, ``raw`` (the text as received),
        ``solution`` (the program read out of it), ``program`` (its id, which verdicts and style share),
        ``completion_tokens``, ``latency`` (seconds), ``cost``, ``excluded`` (why the analysis leaves the task out),
        and ``slices.NAME`` for what tasks say of themselves.
        """
        return self._frame("samples")

    def verdicts(self) -> pandas.DataFrame:
        """Return one row per sample with the outcomes of its program.

        Columns: ``model``, ``task_id``, ``sample_index``, ``program``, ``base`` and ``plus`` (an outcome, or missing
        where the suite was not run), ``label`` (``true_positive``, ``false_positive``, ``true_negative``,
        ``false_negative`` or ``unknown``), ``flaky``, ``excluded``, and ``slices.NAME``.
        """
        return self._frame("verdicts")

    def style(self) -> pandas.DataFrame:
        """Return one row per model and scored program.

        Columns: ``model``, ``task_id``, ``program``, ``samples`` (how many of the model's are this program),
        ``label``, ``score`` (0 to 1), ``rules`` (a list of ``tool:rule`` that fired), ``excluded``, and one for each
        criterion (``adherence.NAME``: true, false, or missing where it does not apply), metric (``metrics.NAME``)
        and slice (``slices.NAME``). Raises :class:`~auditor.errors.UsageError` before ``auditor score``.
        """
        return self._frame("style")

    @cached_property
    def analysis(self) -> Analysis:
        """The last analysis.

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
"""The columns of a table without a row, so that code for a whole run works on an empty one too."""


def _columns(found: Iterator[Row]) -> Iterator[dict[str, object]]:
    """Spread what is nested over columns."""
    for row in found:
        flat = {key: value for key, value in row.items() if key not in ("adherence", "metrics", "slices", "rules")}
        for name in ("adherence", "metrics", "slices"):
            if isinstance(nested := row.get(name), dict):
                flat |= {f"{name}.{key}": value for key, value in nested.items()}
        if isinstance(rules := row.get("rules"), list | tuple | set | frozenset):
            flat["rules"] = sorted({f"{tool}:{rule}" for tool, rule, *_ in rules})
        yield flat
