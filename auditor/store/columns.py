"""All samples, verdicts and style results of a run as arrays, so that the analysis can read half a million samples.

Each table is read once, in its own order, and joined by program numbers in numpy, which takes a fraction of the time of
the same joins and groups in SQLite. Integers are read as one text per column: SQLite's limit of 10^9 characters for a
text suffices for some 10^8 rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from auditor.records import Label, Outcome
from auditor.store.database import Database, Values
from auditor.store.packing import unpacked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

LABELS = tuple(Label)
"""Labels by number."""
_OUTCOMES = tuple(Outcome)
_NONE = len(_OUTCOMES)
"""The number that means no outcome."""

_CODES = 16
"""Greater than the number of outcomes."""

_SAMPLES = """
SELECT model, task_id, COUNT(*), GROUP_CONCAT(COALESCE(program_id, 0) * 2 + (status = 'ok'))
FROM sample GROUP BY model, task_id ORDER BY model, task_id
"""
_PROGRAMS = "SELECT GROUP_CONCAT(program_id) FROM (SELECT program_id FROM program ORDER BY program)"
_CODE = " ".join(f"WHEN '{outcome}' THEN {number}" for number, outcome in enumerate(Outcome))
_VERDICTS = f"""
SELECT GROUP_CONCAT((program_id * 2 + (suite = 'plus')) * {_CODES} + code), GROUP_CONCAT(tests) FROM (
    SELECT program_id, suite, tests, CASE outcome {_CODE} END AS code FROM verdict ORDER BY program_id, suite)
"""  # noqa: S608 - made of constants
_RESULTS = "SELECT passed FROM verdict ORDER BY program_id, suite"
_STYLES = """
SELECT program_id, score, adherence FROM style
WHERE rubric_id = (SELECT rubric_id FROM rubric WHERE hash = ?) AND parses
"""
_FIRED = """
SELECT GROUP_CONCAT(program_id * :width + rule_id) FROM finding
WHERE rubric_id = (SELECT rubric_id FROM rubric WHERE hash = :hash) AND NOT in_prompt AND NOT duplicate
"""


@dataclass(frozen=True, slots=True, eq=False)
class SuiteColumns:
    """One suite's verdicts; every array is indexed by program number."""

    outcome: Ints
    """Index in ``Outcome``; one more than the last if there is no verdict."""
    tests: Ints
    """Tests of the suite; 0 without a verdict."""
    result: Ints
    """Index in ``RunColumns.results``; -1 without a verdict."""


@dataclass(frozen=True, eq=False)
class RunColumns:
    """Samples grouped by model, task and program, in this order, and the verdicts of their programs.

    A program's number is its ``program_id``; 0 is no program.
    """

    models: tuple[str, ...]
    """Sorted."""
    tasks: tuple[str, ...]
    """Those that have samples, sorted."""
    model: Ints
    """Index in ``models`` of each group."""
    task: Ints
    """Index in ``tasks`` of each group."""
    program: Ints
    """Number of each group's program."""
    answered: Ints
    """1 for a group whose samples have status ``ok``, else 0."""
    samples: Ints
    """Samples of each group, at least 1."""
    rank: Ints
    """Rank of each program number in the order of the programs' ids."""
    base: SuiteColumns
    plus: SuiteColumns
    results: tuple[bytes, ...]
    """Distinct per-test results as stored (compressed), ordered by their bytes."""

    @cached_property
    def label(self) -> Ints:
        """Index in :data:`LABELS`, by program number."""
        import numpy as np

        outcomes = (*_OUTCOMES, None)
        table = [[LABELS.index(Label.of(base, plus)) for plus in outcomes] for base in outcomes]
        found: Ints = np.array(table, dtype=np.int64)[self.base.outcome, self.plus.outcome]
        return found

    def unpacked(self, result: int) -> bytes:
        """Return the results at a place in ``results``, a :class:`~auditor.records.ResultCode` a test."""
        return unpacked(self.results[result])


@dataclass(frozen=True, slots=True, eq=False)
class StyleColumns:
    """Style results of programs that could be parsed, under one rubric."""

    program: Ints
    """Number of each result's program."""
    score: Floats
    """0 to 1; NaN if nothing applies."""
    adherence: Ints
    """Index in ``adherences`` of each result."""
    adherences: tuple[Mapping[str, bool | None], ...]
    """Distinct adherences: criterion id → met, ``None`` if it does not apply."""
    fired: Ints
    """Shape (pairs, 2): program number and index in ``rules``, for each rule that fired on the model's own lines."""
    rules: tuple[tuple[str, str, str, str], ...]
    """Tool, rule, name and url, sorted."""


class TableArrays(Database):
    """Access to whole tables as arrays."""

    def columns(self) -> RunColumns:
        """Read all samples and verdicts."""
        import numpy as np

        models, tasks, counts, values = self._unzipped(_SAMPLES, 4)
        model_names, task_names = sorted(set(models)), sorted(set(tasks))
        width = max(1, len(task_names))
        units = [model_names.index(one) * width + task_names.index(two) for one, two in zip(models, tasks, strict=True)]
        ids = _whole_numbers(self._plain(_PROGRAMS).fetchone()[0])
        rank = np.zeros(int(ids.max(initial=0)) + 1, dtype=np.int64)
        rank[ids] = np.arange(len(ids))
        keys = np.repeat(np.array(units, dtype=np.int64), counts) * (2 * len(rank)) + _whole_numbers(",".join(values))
        keys, samples = np.unique(keys, return_counts=True)
        unit, program = np.divmod(keys // 2, len(rank))
        base, plus, results = self._suites(len(rank))
        return RunColumns(
            models=tuple(model_names),
            tasks=tuple(task_names),
            model=unit // width,
            task=unit % width,
            program=program,
            answered=keys % 2,
            samples=samples,
            rank=rank,
            base=base,
            plus=plus,
            results=results,
        )

    def _suites(self, programs: int) -> tuple[SuiteColumns, SuiteColumns, tuple[bytes, ...]]:
        import numpy as np

        codes, tests = map(_whole_numbers, self._plain(_VERDICTS).fetchone())
        (stored,) = self._unzipped(_RESULTS, 1)
        results = tuple(sorted(set(stored)))
        place = {result: number for number, result in enumerate(results)}
        result = np.fromiter(map(place.__getitem__, stored), np.int64, len(stored))
        key, outcome = np.divmod(codes, _CODES)
        program, is_plus = np.divmod(key, 2)
        found = []
        for plus in (0, 1):
            own = is_plus == plus
            columns = [np.full(programs, fill, dtype=np.int64) for fill in (_NONE, 0, -1)]
            for column, part in zip(columns, (outcome, tests, result), strict=True):
                column[program[own]] = part[own]
            found.append(SuiteColumns(*columns))
        return found[0], found[1], results

    def style_columns(self, rubric_hash: str) -> StyleColumns:
        """Read the style results under a rubric."""
        import numpy as np

        programs, scores, adherence = self._unzipped(_STYLES, 3, (rubric_hash,))
        texts = {text: number for number, text in enumerate(sorted(set(adherence)))}
        names = {
            number: tuple(name) for number, *name in self._plain("SELECT rule_id, tool, rule, name, url FROM rule")
        }
        rules = sorted(names.values())
        place = np.zeros(max(names, default=0) + 1, dtype=np.int64)
        for number, name in names.items():
            place[number] = rules.index(name)
        width = len(place)
        program, rule = np.divmod(
            _whole_numbers(self._plain(_FIRED, {"width": width, "hash": rubric_hash}).fetchone()[0]), width
        )
        fired = program * width + place[rule]
        fired.sort(kind="stable")  # np.unique takes a second for a million nearly sorted pairs
        fired = fired[np.flatnonzero(np.r_[len(fired) > 0, fired[1:] != fired[:-1]])]
        return StyleColumns(
            program=np.array(programs, dtype=np.int64),
            score=np.array(scores, dtype=np.float64),  # None becomes NaN
            adherence=np.array([texts[text] for text in adherence], dtype=np.int64),
            adherences=tuple(map(json.loads, texts)),
            fired=np.stack(np.divmod(fired, width), axis=1),
            rules=tuple(rules),
        )

    def _unzipped(self, sql: str, columns: int, values: Values = ()) -> list[tuple[Any, ...]]:
        """Return the columns of a SELECT."""
        return list(zip(*self._plain(sql, values), strict=True)) or [()] * columns


def _whole_numbers(text: str | None) -> Ints:
    """Read a ``GROUP_CONCAT`` of integers, in a third of the time of reading a row of Python objects each."""
    import numpy as np

    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.zeros(0, dtype=np.int64)
