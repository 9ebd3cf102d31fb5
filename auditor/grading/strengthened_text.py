"""Results of strengthening, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.benchmark.values import decode_value, encode_value
from auditor.grading.ground import Dispute
from auditor.grading.strengthen import NewTest, Strengthened
from auditor.json_types import JsonObject, list_or_empty, object_or_empty
from auditor.text import noun, one_line, plural
from auditor.verify.observe import NO_ANSWER, show_answer

_SHOWN = 60
"""Characters of an input shown on a line."""
_DISPUTES = 5
"""Underspecified inputs shown per task."""


_BRIEF = 2
"""Assumptions and tests shown per task in a summary, which has one underspecified input: at most ten lines."""


def as_text(found: Sequence[Strengthened], *, whole: bool = False) -> str:
    """Describe each task: what was assumed of its inputs, what was added, and which inputs the prompt may leave open.

    A summary of at most ten lines per task; with ``whole``, every test and assumption.
    """
    lines = []
    for one in found:
        if one.skipped:
            lines.append(f"{one_line(one.task_id)}: left as it is: {one_line(one.skipped)}")
            continue
        lines.append(
            f"{one_line(one.task_id)}: {plural(len(one.tests), 'test')} added, of {plural(one.valid, 'valid input')}; "
            f"{one.caught} of {plural(one.suspects, 'accepted program')} "
            f"{noun(one.caught, 'fails', 'fail')} them; {one.cpu_seconds:.1f} CPU-s"
        )
        if one.assumed:
            lines.append("  no contract: inputs were taken to be")
            lines += [f"      {one_line(text, 100)}" for text in one.assumed[: None if whole else _BRIEF]]
        lines += _tests(one, whole=whole)
        shown = _DISPUTES if whole else 1
        for dispute in one.underspecified[:shown]:
            lines.append(f"  underspecified: {one_line(repr(dispute.arguments), _SHOWN)}")
            lines.append(f"      {_sides(dispute)}")
        left = len(one.underspecified) - shown
        if whole and left > 0:
            lines.append(f"  … and {left} more underspecified: --format json has all")
        elif not whole and (more := _more(one, left)):
            lines.append(f"  … and {more}: --all shows them")
    return "\n".join(lines)


def _tests(one: Strengthened, *, whole: bool) -> Iterator[str]:
    """Describe the tests, each in two lines; in a summary the first ones, each in one."""
    for test in one.tests[: None if whole else _BRIEF]:
        kills = f"fails {_names(test.kills)}: {test.got}" if test.kills else "kept against programs not seen yet"
        line = f"  {one_line(repr(test.arguments), _SHOWN)} → {one_line(test.expected, 30)}"
        if whole:
            yield line
            yield f"      {one_line(kills, _SHOWN)} ({test.origin})"
        else:
            yield f"{line}  ({one_line(kills, _SHOWN)})"


def _more(one: Strengthened, disputes: int) -> str:
    """Count what a summary leaves out; empty if nothing."""
    counts = (
        (len(one.assumed) - _BRIEF, "assumption", "assumptions"),
        (len(one.tests) - _BRIEF, "test", "tests"),
        (disputes, "underspecified input", "underspecified inputs"),
    )
    return ", ".join(f"{count} more {noun(count, single, many)}" for count, single, many in counts if count > 0)


def _names(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _sides(dispute: Dispute) -> str:
    expected, other = one_line(dispute.expected, 30), one_line(dispute.other, 30)
    if not dispute.votes:
        return f"the reference returns {expected}, a known-right program {other}"
    said = "run out of time" if dispute.other == show_answer(NO_ANSWER) else other
    return f"the reference and {dispute.against} samples return {expected}, {dispute.votes} samples {said}"


def as_json(found: Sequence[Strengthened]) -> dict[str, object]:
    """Return the same as a JSON object."""
    return {"schema": "auditor/strengthened/2", "tasks": [as_row(one) for one in found]}


def as_row(one: Strengthened) -> dict[str, object]:
    """Write one task's result as plain JSON values."""
    return {
        "task_id": one.task_id, "tried": one.tried, "valid": one.valid, "raising": one.raising,
        "suspects": one.suspects, "caught": one.caught, "assumed": list(one.assumed),
        "cpu_seconds": round(one.cpu_seconds, 3), "skipped": one.skipped,
        "tests": [
            {"arguments": _encoded(test.arguments), "origin": test.origin, "expected": test.expected,
             "kills": list(test.kills), "got": test.got}
            for test in one.tests
        ],
        "underspecified": [
            {"arguments": _encoded(dispute.arguments), "expected": dispute.expected, "other": dispute.other,
             "votes": dispute.votes, "against": dispute.against}
            for dispute in one.underspecified
        ],
    }  # fmt: skip


def from_row(row: JsonObject) -> Strengthened:
    """Read what :func:`as_row` wrote; raises ``KeyError``, ``TypeError`` or ``ValueError`` for anything else."""
    tests = [object_or_empty(one) for one in list_or_empty(row["tests"])]
    disputes = [object_or_empty(one) for one in list_or_empty(row["underspecified"])]
    return Strengthened(
        str(row["task_id"]),
        tuple(
            NewTest(_decoded(one["arguments"]), str(one["origin"]), str(one["expected"]),
                    tuple(map(str, list_or_empty(one["kills"]))), str(one["got"]))
            for one in tests
        ),
        _count(row["tried"]), _count(row["valid"]), _count(row["raising"]),
        tuple(
            Dispute(_decoded(one["arguments"]), str(one["expected"]), str(one["other"]), _count(one["votes"]),
                    _count(one["against"]))
            for one in disputes
        ),
        _count(row["suspects"]), _count(row["caught"]), tuple(map(str, list_or_empty(row["assumed"]))),
        float(str(row["cpu_seconds"])), str(row["skipped"]),
    )  # fmt: skip


def _encoded(arguments: tuple[object, ...]) -> list[object]:
    return [encode_value(value) for value in arguments]


def _decoded(value: object) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise TypeError("arguments are not a list")
    return tuple(decode_value(one) for one in value)


def _count(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("not a count")
    return value
