"""Charts of what resampling yields: the scaling curve and what an answer costs and is worth."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from auditor.report.charts.frame import (
    ACCENT,
    FAINT,
    INK,
    PAPER,
    PERCENT,
    PLAIN,
    QUIET,
    Chart,
    Figure,
    Row,
    Size,
    Table,
    axis_y,
    figure,
    hover,
    log_attempts,
    narrow,
    spread_labels,
    text_mark,
    thin,
    values,
    wide,
)
from auditor.report.reading import (
    most_attempts,
    net_gain,
    net_gain_span,
    percent_of,
    percent_span,
    percent_whole,
    spread_points,
)  # fmt: skip
from auditor.report.sentences import curves, names
from auditor.report.text import count, number, percent, plural, signed, significant
from auditor.results import CurvePoint, Estimate, ModelAnalysis, Optimum, PriceUnit


def scaling(model: ModelAnalysis, level: str) -> Figure | None:
    """Draw accepted, correct and perfectly verified shares of tasks against the attempts allowed.

    Nothing is drawn for one attempt, and nothing beyond the samples: a prediction is told in the note.
    """
    curve = model.curve
    if most_attempts(model) < 2:
        return None
    head = ("attempts", "accepted", "correct", f"{level} interval", "perfect verifier")
    oracle = {row.k: row.value for row in model.pass_at_k}
    body = [
        (
            count(row.attempts),
            percent_of(row.accepted),
            percent_of(row.correct),
            percent_span(row.correct),
            percent(oracle.get(row.attempts)),
        )
        for row in spread_points(curve)
    ]
    return figure(
        "scaling",
        curves.scaling(model),
        "Lines over the attempts allowed, on a logarithmic axis: the share of tasks that end with an accepted answer, "
        "the share that end with a correct one (with its band), what a perfect verifier would reach, and the most that "
        "attempts without a limit could answer correctly.",
        Table(head, body),
        lambda size: _draw_scaling(model, size),
        (wide(right=150), narrow(right=104)),
        note=f"{curves.LINES} {curves.prediction(model)}".rstrip(),
    )


def _draw_scaling(model: ModelAnalysis, size: Size) -> Chart:
    curve, bound = model.curve, model.conditional_accuracy.upper_bound
    x = log_attempts(most_attempts(model), size)
    scale = alt.Scale(domain=[0, 1], nice=False)
    y = alt.Y("y:Q", scale=scale, axis=axis_y("share of tasks", size=size, label=PERCENT))
    points = [
        {"x": row.attempts, "y": row.correct.value, "accepted": row.accepted.value, "low": row.correct.low,
         "high": row.correct.high}
        for row in thin(curve)
    ]  # fmt: skip
    base = alt.Chart(values(points))
    layers: list[alt.Chart] = [
        base.mark_area(color="var(--accent-wash)").encode(x=x, y=y, y2=alt.Y2("accepted:Q")),
        base.mark_area(color=INK, opacity=0.1).encode(x=x, y=alt.Y("low:Q", scale=scale), y2=alt.Y2("high:Q")),
        base.mark_line(color=ACCENT, strokeWidth=1.5).encode(x=x, y=alt.Y("accepted:Q", scale=scale)),
        base.mark_line(color=INK, strokeWidth=2.5).encode(x=x, y=y),
    ]
    oracle = [{"x": row.k, "y": row.value} for row in model.pass_at_k if row.k <= curve[-1].attempts]
    layers.append(alt.Chart(values(oracle)).mark_line(color=QUIET, strokeWidth=1.5, strokeDash=[6, 3]).encode(x=x, y=y))
    if bound.value is not None:
        rule = alt.Chart(values([{"y": bound.value}]))
        layers.append(rule.mark_rule(color=INK, strokeDash=[1, 3], strokeWidth=1.5).encode(y=y))
    layers.append(hover(_scaling_points(model), x, y))
    return alt.layer(*layers, *_end_labels(model, size, x, scale))


def _scaling_points(model: ModelAnalysis) -> list[Row]:
    """Gather what the chart says at its points: correct, accepted, perfect verifier, bound."""
    shown = spread_points(model.curve)
    found: list[Row] = []
    for name, of in (("correct", "correct"), ("accepted", "accepted")):
        for row in shown:
            share: Estimate = getattr(row, of)
            tries = plural(row.attempts, "attempt")
            found.append({"x": row.attempts, "y": share.value, "says": f"{tries}: {percent_whole(share, 1)} {name}"})
    for at in model.pass_at_k:
        if at.k <= model.curve[-1].attempts:
            says = f"{plural(at.k, 'attempt')}: {percent_whole(at, 1)} with a perfect verifier"
            found.append({"x": at.k, "y": at.value, "says": says})
    bound = model.conditional_accuracy.upper_bound
    if bound.value is not None:
        says = f"attempts without a limit: at most {percent_whole(bound, 1)}"
        found.append({"x": model.curve[-1].attempts, "y": bound.value, "says": says})
    return found


def _end_labels(model: ModelAnalysis, size: Size, x: alt.X, scale: alt.Scale) -> list[alt.Chart]:
    """Name each line in the margin at its right end, moved apart where lines meet."""
    end, oracle, bound = model.curve[-1], model.pass_at_k, model.conditional_accuracy.upper_bound.value
    named = [(end.accepted.value or 0.0, "accepted", ACCENT), (end.correct.value or 0.0, "correct", INK)]
    if oracle:
        named.append((oracle[-1].value or 0.0, "perfect" if size.narrow else "perfect verifier", QUIET))
    if bound is not None:
        named.append((bound, "at most" if size.narrow else "at most, no limit", INK))
    marks = []
    heights = spread_labels([value for value, _, _ in named], 17 / size.height, 0.02, 1.04)
    for height, (value, name, color) in zip(heights, named, strict=True):
        row = {"x": end.attempts, "y": height, "text": f"{percent(value, 0)} {name}"}
        marks.append(text_mark([row], x, alt.Y("y:Q", scale=scale), color=color))
    return marks


def utility(model: ModelAnalysis, level: str) -> Figure | None:
    """Draw net gain per 100 tasks against attempts for each cost of a wrong answer, with the best and its interval."""
    best = model.optimal_attempts
    if not best or most_attempts(model) < 2:
        return None
    body = [
        (f"cancels {row.fp_cost:g}", count(point.attempts), net_gain(worth.value), net_gain_span(worth))
        for row in best
        for point in spread_points(model.curve)
        for worth in [point.utility[row.fp_cost]]
    ]
    return figure(
        "utility",
        curves.utility(model),
        "Net gain per 100 tasks over the attempts allowed, one line for each number of correct answers that one wrong "
        "answer cancels out. A dot marks the best number of attempts; the bar through it is its interval.",
        Table(("one wrong answer", "attempts", f"{names.NET_GAIN}, per 100 tasks", f"{level} interval"), body),
        lambda size: _draw_utility(model, size),
        (wide(300, right=104), narrow(260, right=92)),
        note="A dot marks the best number of attempts, the bar through it those that may be the best; the table below "
        "has both."
        + (" An arrow: the line ends below the plot." if _floor(model.curve, best)[1] else ""),
    )  # fmt: skip


def _draw_utility(model: ModelAnalysis, size: Size) -> Chart:
    curve, best = thin(model.curve), model.optimal_attempts
    last = most_attempts(model)
    x = log_attempts(last, size)
    curves = _utilities(curve, best)
    floor, _ = _floor(curve, best)
    top = max(20.0, *(max(line) for line in curves.values())) * 1.12
    scale = alt.Scale(domain=[floor, top], nice=False)
    y = alt.Y("y:Q", scale=scale, axis=axis_y("net gain per 100 tasks", size=size, label=PLAIN))
    layers: list[alt.Chart] = [
        alt.Chart(values([{"y": 0}])).mark_rule(color=FAINT).encode(y=y),
    ]
    ends: list[tuple[float, str, str]] = []
    for place, row in enumerate(best):
        color = ramp(place, len(best))
        line = [{"x": point.attempts, "y": value} for point, value in zip(curve, curves[row.fp_cost], strict=True)]
        shown = [point for point in line if point["y"] >= floor]
        layers.append(alt.Chart(values(shown)).mark_line(color=color, strokeWidth=1.8).encode(x=x, y=y))
        layers += _best_mark(row, color, x, y, scale)
        below = " ↓" if line[-1]["y"] < floor else ""
        ends.append((max(floor, line[-1]["y"]), f"cancels {row.fp_cost:g}{below}", color))
    # the highest cost lies lowest: labels of lines that meet keep that order
    ends.reverse()
    placed = spread_labels([at for at, _, _ in ends], 16 / size.height * (top - floor), floor, top)
    for at, (_, name, color) in zip(placed, ends, strict=True):
        layers.append(
            text_mark([{"x": max(2, last), "y": at, "text": name}], x, alt.Y("y:Q", scale=scale), color=color)
        )
    layers.append(hover(_utility_points(model, floor), x, y))
    return alt.layer(*layers)


def _utility_points(model: ModelAnalysis, floor: float) -> list[Row]:
    """Gather what the chart says at its points, cost by cost."""
    return [
        {"x": row.attempts, "y": value,
         "says": f"cancels {best.fp_cost:g}, {plural(row.attempts, 'attempt')}: {signed(value, 1)}"}
        for best in model.optimal_attempts
        for row in spread_points(model.curve)
        if (value := 100 * (row.utility[best.fp_cost].value or 0.0)) >= floor
    ]  # fmt: skip


def _utilities(curve: Sequence[CurvePoint], best: Sequence[Optimum]) -> dict[float, list[float]]:
    """Gather the curve of each cost, as net gain per 100 tasks."""
    return {row.fp_cost: [100 * (point.utility[row.fp_cost].value or 0.0) for point in curve] for row in best}


def _floor(curve: Sequence[CurvePoint], best: Sequence[Optimum]) -> tuple[float, bool]:
    """Choose where the plot ends below, and say whether a line ends lower still."""
    curves = _utilities(curve, best)
    floor = max(-150.0, min(0.0, *(min(line) for line in curves.values())) * 1.08)
    return floor, any(line[-1] < floor for line in curves.values())


def _best_mark(row: Optimum, color: str, x: alt.X, y: alt.Y, scale: alt.Scale) -> list[alt.Chart]:
    """Mark the best number with its interval; nothing where sampling does not pay."""
    if not row.attempts:
        return []
    at = {"x": row.attempts, "y": 100 * (row.utility.value or 0.0), "low": max(1, row.low or 1),
          "high": max(1, row.high or row.attempts)}  # fmt: skip
    base = alt.Chart(values([at]))
    bar = base.mark_rule(color=color, strokeWidth=5, opacity=0.3).encode(
        x=alt.X("low:Q", scale=x["scale"]), x2=alt.X2("high:Q"), y=alt.Y("y:Q", scale=scale)
    )
    dot = base.mark_circle(color=color, size=64, opacity=1, stroke=PAPER, strokeWidth=1.5).encode(x=x, y=y)
    return [bar, dot]


def ramp(place: int, total: int) -> str:
    """Choose the colour of the ``place``-th of ``total`` ordered lines: from quiet ink to the accent, in five steps."""
    return f"var(--ramp-{round(4 * place / max(1, total - 1))})"


def cost_per_correct(model: ModelAnalysis, currency: str = "") -> Figure | None:
    """Draw what a correct answer costs against attempts: in money where prices are known, else in draws.

    ``currency`` is that of the prices; empty if the settings do not name it.
    """
    priced = [row for row in model.curve if row.cost_per_correct is not None]
    line = [{"x": row.attempts, "y": row.cost_per_correct or 0.0} for row in priced]
    if len(line) < 2:
        return None
    per = {PriceUnit.DRAWS: "attempts", PriceUnit.WORTH: "cost"}.get(model.draw_price.unit, currency or "cost")
    unit = curves.price_unit(model.draw_price.unit, currency)
    body = [
        (count(row.attempts), number(row.draws.value), significant(row.cost_per_correct))
        for row in spread_points(priced)
    ]

    def draw(size: Size) -> Chart:
        top = max(point["y"] for point in line) * 1.15
        scale = alt.Scale(domain=[0, top], nice=False)
        x = log_attempts(most_attempts(model), size)
        y = alt.Y("y:Q", scale=scale, axis=axis_y(f"{per} per correct answer", size=size, ticks=4, label=PLAIN))
        last = {"x": max(2, line[-1]["x"]), "y": line[-1]["y"], "text": significant(line[-1]["y"])}
        end = text_mark([last], x, y)
        says = [
            {"x": row.attempts, "y": row.cost_per_correct,
             "says": f"{plural(row.attempts, 'attempt')}: {significant(row.cost_per_correct)} {unit}"}
            for row in spread_points(priced)
        ]  # fmt: skip
        drawn = alt.Chart(values(thin(line))).mark_line(color=INK, strokeWidth=2).encode(x=x, y=y)
        return alt.layer(drawn, hover(says, x, y), end)

    return figure(
        "cost",
        curves.cost_per_correct(priced, model.draw_price.unit, currency),
        f"Expected {per} per correct answer over the attempts allowed.",
        Table(("attempts allowed", "attempts used", f"{per} per correct answer"), body),
        draw,
        (narrow(190, right=max(52, 16 + 8 * len(significant(line[-1]["y"]))), left=48),),
    )
