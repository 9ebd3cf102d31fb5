"""Summarise a comparison of verdicts in words."""

from __future__ import annotations

from textwrap import wrap

from auditor.grading.causes import Side
from auditor.grading.reverify import Reverification
from auditor.text import one_line, plural

WIDTH = 80
SIDES = {
    Side.THEIRS: "wrong there",
    Side.RULE: "other rule",
    Side.OURS: "ours",
    Side.OPEN: "open",
}
"""The side whose verdict a cause discredits, in at most two words."""


def headline(found: Reverification) -> str:
    """State how many of the recorded verdicts are wrong."""
    verdicts = f"{found.compared} recorded verdict{'' if found.compared == 1 else 's'}"
    if not found.compared:
        return f"No verdict of {found.file} could be compared."
    if not found.disagreements:
        return f"Your harness and this verifier agree on {'the' if found.compared == 1 else 'all'} {verdicts}."
    return f"Your harness is wrong on {found.wrong} of {verdicts}."


def rest(found: Reverification) -> str:
    """Describe the other differences; empty if there are none."""
    parts = [
        (found.of_side(Side.RULE), "follow another rule, text or version of the tests"),
        (found.of_side(Side.OURS), "fail here for want of a package"),
        (found.of_side(Side.OPEN), "are open: no experiment explains them"),
    ]
    told = ", ".join(f"{count} {what}" for count, what in parts if count)
    return f"Of {len(found.disagreements)} differences in all, {told}." if told else ""


def as_text(found: Reverification, *, show: int = 20) -> str:
    """Return a summary, the causes and the first ``show`` differences, at most 80 columns wide."""
    lines = [headline(found), *wrap(rest(found), WIDTH)]
    if found.causes:
        lines += ["", f"{'verdicts':>8}  {'side':<11}  cause"]
        for cause, count in found.causes:
            first, *more = wrap(cause.value, WIDTH - 23)
            lines += [f"{count:>8}  {SIDES[cause.side]:<11}  {first}", *(" " * 23 + line for line in more)]
        lines += ["", f"{'task':<24}  {'sample':>6}  {'suite':<5}  {'theirs':<8}  {'here':<8}  cause"]
    for one in found.disagreements[:show]:
        suite = "both" if one.suite is None else one.suite.value
        name = one.cause.name.lower().replace("_", " ")
        row = f"{one_line(one.task_id, 24):<24}  {one.sample_index:>6}  {suite:<5}  "
        lines.append(f"{row}{one.theirs.value:<8}  {one.ours.value:<8}  {name}")
    if len(found.disagreements) > show:
        lines.append(f"… and {len(found.disagreements) - show} more: --format json has all, --html a page of them")
    for reason, count in sorted(found.not_compared.items(), key=lambda pair: -pair[1])[:8]:
        lines += ["", *wrap(f"not compared: {count}: {one_line(reason)}", WIDTH)]
    facts = (
        f"{plural(found.programs, 'program')} of {found.file} ({found.format}, judged by {found.source or 'nobody'})"
    )
    lines += ["", *wrap(f"{one_line(facts)} on {one_line(found.benchmark)}; sandbox {found.sandbox}", WIDTH)]
    return "\n".join(lines)
