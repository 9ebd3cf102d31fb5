"""The false-positive examples of a model's page: which are written out at once, and how each is shown.

Those written out are the ones seen most often, of different tasks where there are enough, with as many
different kinds of failure and rules as can be had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.records import FailureKind, Finding, Outcome
from auditor.report.code import Code, remarks, show
from auditor.report.diff import Diff, diff
from auditor.report.text import count, cut, number, plural, visible
from auditor.results import FalsePositiveExample, TaskRow

LONGEST_PROMPT = 6000
"""Characters of a prompt that are shown."""
INLINE = 12
"""False positives written out in the page."""


@dataclass(frozen=True, slots=True)
class Example:
    """One false positive, ready to show."""

    key: str
    """Its anchor."""
    task_id: str
    entry_point: str
    kind: FailureKind | Outcome
    """How it fails its plus suite."""
    rules: Sequence[str]
    """The rubric's rules that fire on the model's own lines, sorted: what the filter looks at."""
    facts: str
    failing: Sequence[tuple[str, str]]
    """Pairs of term and text: test, call, expected, got, why."""
    solution: Code
    """The program, with the remarks that the rubric asks about."""
    others: Sequence[str]
    """The linters' other remarks, which no score counts."""
    reference: Code | None
    prompt: str
    """What the model was asked."""
    nearest: NearestShown | None
    """The correct program of the same model that is most like it; ``None`` where there is none."""


@dataclass(frozen=True, slots=True)
class NearestShown:
    """How a false positive differs from the nearest correct program."""

    about: str
    difference: Diff


def kind_of(row: FalsePositiveExample) -> FailureKind | Outcome:
    """Return how a false positive fails its plus suite: as its first failing test does, or else the outcome itself."""
    return row.failing.kind if row.plus is Outcome.FAIL and row.failing else row.plus


def rules_of(row: FalsePositiveExample) -> list[str]:
    """List the rubric's rules that fire on the model's own lines, each once, sorted."""
    return sorted({note.rule for notes in remarks(of_rubric(row.findings)).values() for note in notes})


def of_rubric(findings: Sequence[Finding]) -> list[Finding]:
    """Keep the findings of rules that the rubric asks about: those that the style score counts."""
    return [row for row in findings if row.criterion is not None]


def _others(findings: Sequence[Finding]) -> list[str]:
    """Write the findings that the rubric does not ask about, by line: ``line 4: ANN201 Missing return type``."""
    found = remarks([row for row in findings if row.criterion is None])
    return [f"line {line}: {note.rule} {note.message}" for line, notes in sorted(found.items()) for note in notes]


def by_weight(rows: Sequence[FalsePositiveExample]) -> list[FalsePositiveExample]:
    """Order false positives: those behind most samples first."""
    return sorted(rows, key=lambda row: (-row.samples, row.task_id, row.program))


def telling(rows: Sequence[FalsePositiveExample], most: int = INLINE) -> list[FalsePositiveExample]:
    """Choose the ones to write out: heavy first, then tasks, kinds of failure and rules not shown yet."""
    left = by_weight(rows)[: most * 40]
    chosen: list[FalsePositiveExample] = []
    seen: set[str] = set()
    while left and len(chosen) < most:
        gains = [_gain(row, seen, rank) for rank, row in enumerate(left)]
        row = left.pop(gains.index(max(gains)))
        chosen.append(row)
        seen |= _features(row)
    return by_weight(chosen)


def _features(row: FalsePositiveExample) -> set[str]:
    return {f"task {row.task_id}", f"kind {kind_of(row)}", *(f"rule {rule}" for rule in rules_of(row))}


def _gain(row: FalsePositiveExample, seen: set[str], rank: int) -> float:
    """Weigh what showing this one adds: a new task counts most, a new kind next, rules a little; then its rank."""
    fresh = _features(row) - seen
    return sum(4.0 if f.startswith("task") else 2.0 if f.startswith("kind") else 0.2 for f in fresh) - rank / 40


def example(row: FalsePositiveExample, task: TaskRow | None) -> Example:
    """Prepare one false positive beside its task's reference."""
    kind = kind_of(row)
    about = [f"seen in {plural(row.samples, 'sample')}", str(kind)]
    if row.score is not None:
        about.append(f"style {number(100 * row.score, 0)} of 100")
    reference = task.reference if task else ""
    return Example(
        key=f"fp-{visible(row.program)[:12]}",
        task_id=row.task_id,
        entry_point=task.entry_point if task else "",
        kind=kind,
        rules=rules_of(row),
        facts=" · ".join(about),
        failing=_failing(row, task),
        solution=show(row.solution, row.prompt_lines, of_rubric(row.findings)),
        others=_others(row.findings),
        reference=show(reference, shared_head(row, reference)) if reference else None,
        prompt=cut(visible(task.prompt), LONGEST_PROMPT) if task else "",
        nearest=_nearest(row),
    )


def _nearest(row: FalsePositiveExample) -> NearestShown | None:
    found = row.nearest
    if found is None:
        return None
    changes = diff(row.solution, found.solution)
    amount = f"{plural(changes.dropped, 'line')} out, {plural(changes.added, 'line')} in"
    return NearestShown(f"{amount}; the correct program is seen in {plural(found.samples, 'sample')}", changes)


def shared_head(row: FalsePositiveExample, reference: str) -> int:
    """Count the prompt's lines that the program and the reference both begin with; they are folded in both."""
    head = row.prompt_lines
    return head if reference.split("\n")[:head] == row.solution.split("\n")[:head] else 0


def _failing(row: FalsePositiveExample, task: TaskRow | None) -> list[tuple[str, str]]:
    """List what is known of the first failing test, absent parts left out."""
    is_program = task is not None and not task.entry_point
    terms: list[tuple[str, str]] = []
    if row.failing is not None:
        terms.append(("test", f"number {count(row.failing.index + 1)} of the plus suite"))
        nothing = "(nothing)" if is_program else ""
        texts = {
            "input" if is_program else "call": row.failing.call or nothing,
            "expected": row.failing.expected or nothing,
            "got": row.failing.got,
        }
        terms += [(key, cut(visible(text), 600)) for key, text in texts.items()]
        if task is not None:
            terms.append(("compared by", task.output_rule))
    why = cut(visible(row.detail), 300)
    terms.append(("why", "" if why in dict(terms).get("got", "") else why))
    return [pair for pair in terms if pair[1]]
