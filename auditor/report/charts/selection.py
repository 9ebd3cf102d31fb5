"""Charts of selection rules: accuracy by the number of samples, and its difference from resampling's ceiling."""

from __future__ import annotations

import altair as alt

from auditor.report.charts.forest import ForestLine, draw, sizes
from auditor.report.charts.frame import (
    ACCENT,
    FAINT,
    INK,
    PERCENT,
    QUIET,
    Chart,
    Figure,
    Size,
    Table,
    axis_y,
    figure,
    hover,
    log_attempts,
    narrow,
    spread_labels,
    text_mark,
    values,
    wide,
)
from auditor.report.reading import percent_of, percent_span, points_of, points_span
from auditor.report.sentences import selection as words
from auditor.report.sentences.differences import verdict_whole
from auditor.report.text import count, percent
from auditor.results import CeilingVerdict, RuleCurve, Selection, SelectionRule

_ON_A_PHONE: dict[str, str] = {
    SelectionRule.CLASS_STYLE: "class, then style",
    SelectionRule.TESTS: "written tests",
}
"""Short names of rules, for labels beside a narrow chart."""


def against_ceiling(found: Selection | None, level: str) -> Figure | None:
    """Draw each rule's accuracy at the most draws minus resampling's ceiling, with its interval."""
    if found is None:
        return None
    rows = [rule for rule in found.rules if rule.rule is not SelectionRule.ANY]
    lines = [ForestLine(rule.rule.value, rule.over_ceiling, words.behind(found)) for rule in rows]
    return figure(
        "selection",
        words.title(found),
        "Share of tasks that each rule answers correctly, choosing among the accepted samples minus resampling’s "
        "ceiling, in "
        "percentage points with intervals, paired by task. In colour: clear of zero after adjustment.",
        Table(
            ("rule", "correct", f"{level} interval", "over the ceiling, points", f"{level} interval", "verdict"),
            [
                (rule.rule.value, percent_of(rule.points[-1].accuracy), percent_span(rule.points[-1].accuracy),
                 points_of(rule.over_ceiling), points_span(rule.over_ceiling), verdict_whole(rule.over_ceiling))
                for rule in rows
            ],
        ),
        lambda size: draw(lines, size, "accuracy minus resampling’s ceiling, percentage points"),
        sizes(lines),
        note=words.note(found),
    )  # fmt: skip


def over_draws(found: Selection | None, level: str) -> Figure | None:
    """Draw the share of tasks answered correctly against the draws, one line per rule; nothing for a single draw."""
    if found is None or len(found.rules[0].points) < 2:
        return None
    body = [
        (rule.rule.value, count(point.attempts), percent_of(point.accuracy), percent_span(point.accuracy),
         points_of(point.gain), points_span(point.gain))
        for rule in found.rules
        for point in rule.points
    ]  # fmt: skip
    shown = "in colour what clearly beats the ceiling (dotted)"
    return figure(
        "selection-draws",
        f"Accuracy of each rule by the number of samples, {shown}",
        "Lines over the number of samples, on a logarithmic axis: the share of tasks that each rule answers "
        "correctly; a "
        "dotted rule marks resampling’s ceiling.",
        Table(
            ("rule", "samples", "correct", f"{level} interval", "over any accepted, points", f"{level} interval"), body
        ),
        lambda size: _draw(found, size),
        (wide(320, right=190), narrow(300, right=128)),
    )  # fmt: skip


def _color(rule: RuleCurve) -> str:
    if rule.rule is SelectionRule.ANY:
        return INK
    if rule.rule is not SelectionRule.ORACLE and rule.verdict is CeilingVerdict.ABOVE:
        return ACCENT
    return FAINT if rule.rule is SelectionRule.ORACLE else QUIET


def _draw(found: Selection, size: Size) -> Chart:
    last = found.rules[0].points[-1].attempts
    x = log_attempts(last, size, "samples")
    shares = [point.accuracy.value or 0.0 for rule in found.rules for point in rule.points]
    low, high = max(0.0, min(shares) - 0.04), min(1.0, max(shares) + 0.04)
    scale = alt.Scale(domain=[low, high], nice=False)
    title = "share of tasks correct" + (f"; axis from {percent(low, 0)}" if low else "")
    y = alt.Y("y:Q", scale=scale, axis=axis_y(title, size=size, label=PERCENT))
    layers: list[alt.Chart] = []
    if found.ceiling.value is not None:
        rule_mark = alt.Chart(values([{"y": found.ceiling.value}]))
        layers.append(rule_mark.mark_rule(color=INK, strokeDash=[1, 3], strokeWidth=1.5).encode(y=y))
    ends, says = [], []
    for rule in found.rules:
        points = [{"x": point.attempts, "y": point.accuracy.value} for point in rule.points]
        dash = [6, 3] if rule.rule is SelectionRule.ORACLE else [1, 0]
        line = alt.Chart(values(points)).mark_line(color=_color(rule), strokeWidth=1.8, strokeDash=dash)
        layers.append(line.encode(x=x, y=y))
        ends.append((rule.points[-1].accuracy.value or 0.0, rule.rule.value, _color(rule)))
        says += [{**point, "says": words.says(rule, at)} for at, point in enumerate(points)]
    placed = spread_labels([at for at, _, _ in ends], 15 / size.height * (high - low), low, high)
    for at, (_, name, color) in zip(placed, ends, strict=True):
        text = _ON_A_PHONE.get(name, name) if size.narrow else name
        mark = {"x": last, "y": at, "text": text}
        layers.append(text_mark([mark], x, alt.Y("y:Q", scale=scale), color=QUIET if color == FAINT else color))
    layers.append(hover(says, x, y))
    return alt.layer(*layers)
