"""The grade of a benchmark's suites as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from auditor.grading.suites import BenchmarkGrade, Graded, SuiteGrade
from auditor.numerals import number, share, share_with_span
from auditor.records import SuiteName
from auditor.results import Estimate, to_plain
from auditor.text import one_line, plural

WIDTH = 80


def grade_text(grade: BenchmarkGrade, *, show: int = 12) -> str:
    """Return the figures of both suites and what to check, at most 80 columns wide."""
    rows = [
        ("", "base", "base and plus"),
        ("mutants killed", *(_share(one.mutation_score) for one in (grade.base, grade.plus))),
        ("known-right accepted", *(_share(one.true_positive_rate) for one in (grade.base, grade.plus))),
        ("known-wrong rejected", *(_share(one.true_negative_rate) for one in (grade.base, grade.plus))),
        ("controls accepted", *(f"{one.controls_passed} of {one.controls}" for one in (grade.base, grade.plus))),
        ("tests that kill nothing", *(_of_tests(one, one.value.idle) for one in (grade.base, grade.plus))),
        ("that fail one alone", *(_of_tests(one, one.value.sole) for one in (grade.base, grade.plus))),
        ("killed by ⅛ ¼ ½ of them", _by_share(grade.base), _by_share(grade.plus)),
        ("more tests would kill", _to_come(grade.base), _to_come(grade.plus)),
    ]
    lines = [f"{name:<24}  {base:<24}  {plus}".rstrip() for name, base, plus in rows]
    lines += _listed("accepted controls", grade.accepted_controls, show)
    lines += _listed("mutants that pass both suites: read them, some may mean the same", grade.survivors, show)
    lines += _listed("known-right programs that a suite rejects", grade.rejected_right, show)
    lines += _listed("known-wrong programs that both suites accept", grade.accepted_wrong, show)
    facts = (
        f"{plural(grade.base.mutants, 'mutant')} of {plural(grade.tasks, 'task')}; "
        f"intervals at 95 % over tasks; sandbox {grade.sandbox}"
    )
    return "\n".join([*lines, "", *wrap(facts + (f"; {grade.errors} not judged" if grade.errors else ""), WIDTH)])


def _share(rate: Estimate) -> str:
    if rate.value is None:
        return "none known"
    return share_with_span(rate.value, rate.low, rate.high)


def _of_tests(grade: SuiteGrade, count: int) -> str:
    own = " of plus" if grade.suite is SuiteName.PLUS else ""
    return f"{count} of {grade.value.tests}{own}" if grade.value.tests else "not counted"


def _by_share(grade: SuiteGrade) -> str:
    *parts, _ = grade.value.killed or ("",)
    return ", ".join(share(part, 0) for part in parts if isinstance(part, float)) or "not counted"


def _to_come(grade: SuiteGrade) -> str:
    """Say what an unlimited suite of such tests might kill in addition."""
    if not grade.value.killed:
        return "not counted"
    more = grade.value.unbounded
    return "not known: no decline yet" if more is None else f"about {number(100 * more, 1)} points more"


def _listed(title: str, found: Sequence[Graded], show: int) -> list[str]:
    if not found:
        return []
    lines = ["", f"{title}: {len(found)}"]
    for one in found[:show]:
        place = f"  {one_line(one.specimen.program.task_id, 24):<24}  {one_line(one.specimen.about, 40)}"
        lines.append(f"{place}  (base {one.base.value}, plus {one.plus.value})"[:WIDTH])
    return [*lines, *([f"  … and {len(found) - show} more"] if len(found) > show else [])]


def grade_json(grade: BenchmarkGrade) -> dict[str, object]:
    """Return the grade as a JSON object, every listed program with its source."""
    figures = {
        name: to_plain(getattr(grade, name)) for name in ("benchmark", "tasks", "sandbox", "base", "plus", "errors")
    }
    lists = {
        name: [_row(one) for one in getattr(grade, name)]
        for name in ("accepted_controls", "survivors", "rejected_right", "accepted_wrong")
    }
    return {"schema": "auditor/suite-grade/1", **figures, **lists}


def _row(one: Graded) -> dict[str, object]:
    specimen = one.specimen
    return {
        "task_id": specimen.program.task_id, "about": specimen.about, "base": one.base.value, "plus": one.plus.value,
        "source": specimen.program.solution,
    }  # fmt: skip
