"""Read contest problems of several collections: public tests are base, all others plus.

CodeContests and its relatives keep ``public_tests``, ``private_tests`` and ``generated_tests`` as
``{"input": […], "output": […]}``; APPS and TACO keep one ``input_output`` as JSON, of which the statement's
examples are the base suite if they can be read, and the first test otherwise.
"""

from __future__ import annotations

from auditor.benchmark.draft import Draft, Unfit
from auditor.benchmark.rows import SourceRow
from auditor.benchmark.statements import literal, stdin_examples
from auditor.comparators import Comparator
from auditor.json_types import JsonObject
from auditor.suites import StdinSuite
from auditor.targets import Target, TargetKind

_NAMES = ("task_id", "problem_id", "question_id", "id", "name")
_STATEMENTS = ("description", "question", "problem", "content", "statement")
_ONE_FIELD = ("input_output", "test", "tests")
"""Fields that have all tests of a problem."""
_INTERACTIVE = ("interactive problem", "this is an interactive", "interact with")


def read_task(row: SourceRow) -> Draft:
    """Read a row; raises :class:`~auditor.benchmark.draft.Unfit` if a program cannot be judged by its tests."""
    values = row.values
    name = next((str(values[key]) for key in _NAMES if values.get(key) not in (None, "")), _place(row))
    statement = next((str(values[key]) for key in _STATEMENTS if isinstance(values.get(key), str)), "")
    if any(mark in statement.lower() for mark in _INTERACTIVE):
        raise Unfit(name, "it is interactive: a judge would have to answer the program")
    base, plus = _tests(values, statement, name)
    seconds, megabytes = _seconds(values.get("time_limit")), _megabytes(values)
    right, wrong = (_programs(values.get(key)) for key in ("solutions", "incorrect_solutions"))
    return Draft(
        task_id=name, prompt=f"{statement.strip()}\n", target=Target(TargetKind.PROGRAM), reference="",
        base=_suite(base, seconds, megabytes), plus=_suite(plus, seconds, megabytes), where=row.where,
        known_right=right[:1], known_wrong=wrong[:1], slices=_slices(values),
    )  # fmt: skip


def _place(row: SourceRow) -> str:
    """Return a name for a problem without an id, from its position in the source."""
    return f"contest/{row.where.rpartition(' ')[2].rpartition(':')[2]}"


def _suite(tests: list[tuple[str, str]], cpu_seconds: float | None, memory_mb: int | None) -> StdinSuite:
    stdin, stdout = tuple(given for given, _ in tests), tuple(expected for _, expected in tests)
    return StdinSuite(stdin, stdout, Comparator.TOKENS_FLOAT, cpu_seconds=cpu_seconds, memory_mb=memory_mb)


def _tests(values: JsonObject, statement: str, name: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    public = _pairs(values.get("public_tests"))
    private = _pairs(values.get("private_tests")) + _pairs(values.get("generated_tests"))
    if public and private:
        return public, [*public, *private]
    every = public + private or _pairs(next((values[key] for key in _ONE_FIELD if values.get(key)), None))
    if not every:
        packed = any(isinstance(values.get(key), str) and values.get(key) for key in _ONE_FIELD)
        raise Unfit(name, "its tests cannot be read" if packed else "it has no tests for standard input")
    examples = stdin_examples(statement) or every[:1]
    return examples, [*examples, *(test for test in every if test not in examples)]


def _pairs(value: object) -> list[tuple[str, str]]:
    """Read tests from ``{"input(s)": […], "output(s)": […]}`` or a list of ``{"input", "output"}``, even as text."""
    if isinstance(value, str):
        try:
            value = literal(value)
        except ValueError:
            return []
    if isinstance(value, dict):
        given = value.get("input", value.get("inputs"))
        expected = value.get("output", value.get("outputs"))
        if not (isinstance(given, list) and isinstance(expected, list)) or value.get("fn_name"):
            return []
        return [(_joined(one), _joined(other)) for one, other in zip(given, expected, strict=False)]
    if isinstance(value, list):
        return [
            (_joined(one.get("input", "")), _joined(one.get("output", ""))) for one in value if isinstance(one, dict)
        ]
    return []


def _joined(value: object) -> str:
    if isinstance(value, dict):  # {"stdin": …} and {"stdout": …}
        value = next(iter(value.values()), "")
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _seconds(value: object) -> float | None:
    """Read a time limit: a number of seconds, ``2 seconds``, or ``{"seconds", "nanos"}``."""
    if isinstance(value, dict):
        return float(value.get("seconds") or 0) + float(value.get("nanos") or 0) / 1e9 or None
    if isinstance(value, str):
        value = value.split()[0] if value.split() else None
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return found if found > 0 else None


def _megabytes(values: JsonObject) -> int | None:
    size = values.get("memory_limit_bytes")
    return int(size) >> 20 or None if isinstance(size, int | float) and size > 0 else None


def _programs(value: object) -> tuple[str, ...]:
    """Return the Python 3 programs of CodeContests' lists of solutions (language 3)."""
    if not isinstance(value, dict):
        return ()
    languages, sources = value.get("language") or [], value.get("solution") or []
    return tuple(str(source) for language, source in zip(languages, sources, strict=False) if language == 3)


def _slices(values: JsonObject) -> tuple[tuple[str, str], ...]:
    return tuple((key, str(values[key])) for key in ("difficulty", "source") if values.get(key) not in (None, ""))
