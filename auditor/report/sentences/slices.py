"""A model's slices in words: which differ from the other tasks, and what is not known."""

from __future__ import annotations

from auditor.report.reading import points_of, points_span
from auditor.report.sentences import names
from auditor.report.sentences.differences import undecided
from auditor.report.sentences.evidence import Evidence, of_estimate, say
from auditor.report.text import brief, listing, plural, points
from auditor.results import Difference, SliceFigures, Slicing


def title(found: Slicing) -> str:
    """Title of a grouping's chart: the slices on which single answers are clearly correct more or less often."""
    by = found.by if found.is_cutoff else f"by {found.by}"
    if len(found.slices) == 2 and found.is_cutoff:
        return _of_two(found.slices[0], found.slices[1])
    clear = [one for one in found.slices if one.accuracy_difference is not None and one.accuracy_difference.side]
    if not clear:
        gaps = [gap for one in found.slices if (gap := one.accuracy_difference) is not None and gap.known]
        return say("Single answers {by}: {title}", by=by, title=_lower(undecided(gaps, "between the slices")))
    parts = [_part(one.name, one.accuracy_difference) for one in clear if one.accuracy_difference is not None]
    return say("Single answers {by}: against the other tasks {parts}", by=by, parts=listing(parts))


def _part(name: str, gap: Difference) -> str:
    """Say of one slice that it is clearly above or below the other tasks."""
    amount = points(abs(gap.value or 0.0)).removeprefix("+")
    if gap.side > 0:
        return say(
            "correct {amount} points more often on {name}", of_estimate(gap), amount=amount, name=brief(name, 40)
        )
    return say("correct {amount} points less often on {name}", of_estimate(gap), amount=amount, name=brief(name, 40))


def _of_two(one: SliceFigures, other: SliceFigures) -> str:
    """Compare the two sides of a cutoff."""
    gap = one.accuracy_difference
    names = {"one": brief(one.name, 40), "other": brief(other.name, 40)}
    if gap is None or gap.value is None:
        return say("Single answers {one} and {other}", **names)
    amount = points(abs(gap.value)).removeprefix("+")
    if not gap.side:
        title = _lower(undecided([gap], say("between tasks {one} and {other}", **names)))
        return say("Single answers: {title}", title=title)
    if gap.side > 0:
        return say("Single answers are correct {amount} points more often on tasks {one} than {other}",
                   Evidence.CLEAR, amount=amount, **names)  # fmt: skip
    return say("Single answers are correct {amount} points less often on tasks {one} than {other}",
               Evidence.CLEAR, amount=amount, **names)  # fmt: skip


def _lower(title: str) -> str:
    return title[0].lower() + title[1:]


def note(found: Slicing) -> str:
    """Say which slices have too few tasks, and how many tasks are in none; and, of a cutoff, the difference."""
    parts = []
    if len(found.slices) == 2 and found.is_cutoff:
        one, other = found.slices
        parts += [
            say("{figure}, {one} minus {other}: {amount} points ({span}).", figure=figure.capitalize(),
                one=brief(one.name, 40), other=brief(other.name, 40), amount=points_of(gap), span=points_span(gap))
            for figure, gap in ((names.SINGLE, one.accuracy_difference),
                                (names.WRONG, one.false_discovery_difference))
            if gap is not None and gap.bounded
        ]  # fmt: skip
    if found.thin:
        named = listing([f"{brief(one.name, 30)} ({one.tasks})" for one in found.thin[:8]])
        more = f" and {len(found.thin) - 8} others" if len(found.thin) > 8 else ""
        least = plural(found.least_tasks, "task")
        parts.append(say("Fewer than {least}, so without figures: {named}{more}.", least=least, named=named, more=more))
    if found.unsorted:
        parts.append(say("{tasks} in none of them.", tasks=plural(found.unsorted, "task")))
    return " ".join(parts)
