"""What the comparison of selection rules says."""

from __future__ import annotations

from auditor.report.reading import percent_whole, points_of, points_span
from auditor.report.sentences.evidence import Evidence, say
from auditor.report.text import listing, plural
from auditor.results import CeilingVerdict, RuleCurve, Selection, SelectionRule
from auditor.text import noun

NOT_COMPARED = "Rules of choosing among accepted answers have not been compared; run `auditor select` to compare them."


def _beside(found: Selection) -> list[RuleCurve]:
    """Return the rules that can be used: neither resampling itself nor the perfect choice."""
    return [rule for rule in found.rules if rule.rule not in {SelectionRule.ANY, SelectionRule.ORACLE}]


def title(found: Selection) -> str:
    """Say whether any rule beats resampling's ceiling."""
    rules = _beside(found)
    above = [rule for rule in rules if rule.verdict is CeilingVerdict.ABOVE]
    samples = plural(found.rules[0].points[-1].attempts, "sample")
    if above:
        best = max(above, key=lambda rule: rule.over_ceiling.value or 0.0)
        return say(
            "With {samples}, {names} clearly {beat} resampling’s ceiling of {ceiling}: {best} by {points} points "
            "({span})",
            Evidence.CLEAR, samples=samples, names=listing([f"“{rule.rule.value}”" for rule in above]),
            beat=noun(len(above), "beats", "beat"), ceiling=percent_whole(found.ceiling, 1),
            best=f"“{best.rule.value}”", points=points_of(best.over_ceiling), span=points_span(best.over_ceiling),
        )  # fmt: skip
    return say(
        "With {samples}, none of {rules} is shown to beat resampling’s ceiling of {ceiling}",
        samples=samples, rules=plural(len(rules), "other rule"), ceiling=percent_whole(found.ceiling, 1),
    )  # fmt: skip


def note(found: Selection) -> str:
    """Say what is behind the figures."""
    exact = listing([f"“{rule.rule.value}”" for rule in found.rules if rule.exact])
    text = say(
        "{tasks}, {programs}, {inputs} on {observed}, {tests}. Exact: {exact}; the others in the mean over {subsets} "
        "per task.",
        tasks=plural(found.tasks, "task"), programs=plural(found.programs, "accepted program"),
        inputs=plural(found.inputs, "new input"), observed=plural(found.observed, "task"),
        tests=plural(found.written_tests, "written test"), exact=exact,
        subsets=plural(found.subsets, "random subset"),
    )  # fmt: skip
    oracle = found.rule(SelectionRule.ORACLE)
    if oracle is not None:
        text += say(" A perfect choice reaches {share}.", share=percent_whole(oracle.points[-1].accuracy, 1))
    return text


def says(rule: RuleCurve, at: int) -> str:
    """Describe one point."""
    point = rule.points[at]
    return say(
        "{rule}, {samples}: {share} correct, {points} points ({span}) over any accepted",
        rule=rule.rule.value, samples=plural(point.attempts, "sample"), share=percent_whole(point.accuracy, 1),
        points=points_of(point.gain), span=points_span(point.gain),
    )  # fmt: skip


def behind(found: Selection) -> str:
    """Say how many tasks are behind a row."""
    return plural(found.tasks, "task")
