"""Charts of what resampling yields: the scaling curve and what an answer costs and is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt

from auditor.report import sentences
from auditor.report.charts.frame import (
    ACCENT,
    FAINT,
    INK,
    PAPER,
    PERCENT,
    PLAIN,
    QUIET,
    Figure,
    Size,
    Table,
    axis_y,
    figure,
    log_attempts,
    narrow,
    spread_labels,
    text_mark,
    thin,
    values,
    wide,
)
from auditor.report.reading import (
    Interval,
    Json,
    best_attempts,
    cost_key,
    headline_cost,
    most_attempts,
    part,
    rows,
    spread_rows,
)
from auditor.report.text import count, number, percent, plural, signed, significant


def scaling(model: Json, level: str) -> Figure | None:
    """Draw accepted, correct and perfectly verified shares of tasks against the attempts allowed."""
    curve = rows(model, "curve")
    if not curve:
        return None
    head = ("attempts", "accepted", "correct", f"{level} interval", "perfect verifier")
    oracle = {int(row["k"]): row for row in rows(model, "pass_at_k")}
    body = [
        (
            count(row["attempts"]),
            percent(row["accepted"]),
            percent(row["correct"]),
            Interval(row["correct"], row.get("correct_low"), row.get("correct_high")).span(),
            percent(oracle.get(int(row["attempts"]), {}).get("value")),
        )
        for row in spread_rows(curve)
    ]
    return figure(
        "scaling",
        sentences.scaling(model),
        "Lines over the attempts allowed, on a logarithmic axis: the share of tasks that end with an accepted answer, "
        "the share that end with a correct one (with its band), and what a perfect verifier would reach.",
        Table(head, body),
        lambda size: _draw_scaling(model, size),
        (wide(), narrow()),
        note=_beyond(model),
    )


def _beyond(model: Json) -> str:
    """Say that the dashed end of the curve is a prediction."""
    fit = model.get("extrapolation")
    if not fit or not rows(fit, "points"):
        return ""
    last = rows(fit, "points")[-1]
    fitted = str(fit.get("method", "fitted")).split("/")[0]
    reached = Interval(last["correct"], last.get("low"), last.get("high"))
    ceiling = Interval.of(model.get("conditional_accuracy")).value
    above = ceiling is not None and round(100 * last["correct"]) > round(100 * ceiling)
    return (
        f"Dotted beyond {plural(most_attempts(model), 'attempt')}: predicted by a {fitted} model of "
        f"the tasks, not measured; at {count(last['attempts'])} attempts it gives {reached.whole()}."
        + (" It may end above the measured ceiling, since both are estimates." if above else "")
    )


def _draw_scaling(model: Json, size: Size) -> Any:
    curve, ceiling = rows(model, "curve"), Interval.of(model.get("conditional_accuracy"))
    beyond = [
        row for row in rows(model.get("extrapolation") or {}, "points") if row["attempts"] > curve[-1]["attempts"]
    ]
    last = int((beyond or curve)[-1]["attempts"])
    x = log_attempts(last, size)
    scale = alt.Scale(domain=[0, 1], nice=False)
    y = alt.Y("y:Q", scale=scale, axis=axis_y("share of tasks", size=size, label=PERCENT))
    points = [
        {"x": row["attempts"], "y": row["correct"], "accepted": row["accepted"],
         "low": row.get("correct_low", row["correct"]), "high": row.get("correct_high", row["correct"])}
        for row in thin(curve)
    ]  # fmt: skip
    base = alt.Chart(values(points))
    single = alt.OverlayMarkDef(size=30, color=INK) if len(curve) == 1 else False
    layers: list[Any] = [
        base.mark_area(color="var(--accent-wash)").encode(x=x, y=y, y2="accepted:Q"),
        base.mark_area(color=INK, opacity=0.1).encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        base.mark_line(color=ACCENT, strokeWidth=1.5).encode(x=x, y=alt.Y("accepted:Q", scale=scale)),
        base.mark_line(color=INK, strokeWidth=2.5, point=single).encode(x=x, y=y),
    ]
    oracle = [{"x": row["k"], "y": row["value"]} for row in rows(model, "pass_at_k")]
    layers.append(alt.Chart(values(oracle)).mark_line(color=QUIET, strokeWidth=1.5, strokeDash=[6, 3]).encode(x=x, y=y))
    if ceiling.value is not None:
        rule = alt.Chart(values([{"y": ceiling.value}]))
        layers.append(rule.mark_rule(color=INK, strokeDash=[1, 3], strokeWidth=1.5).encode(y=y))
    if beyond:
        ends = [{"x": curve[-1]["attempts"], "y": curve[-1]["correct"]}]
        fit = ends + [{"x": row["attempts"], "y": row["correct"]} for row in beyond]
        dots = alt.Chart(values(fit)).mark_line(color=INK, strokeWidth=2, strokeDash=[2, 3])
        layers.append(dots.encode(x=x, y=y))
    layers += _end_labels(model, size, x, scale, beyond)
    return alt.layer(*layers)


def _end_labels(model: Json, size: Size, x: Any, scale: Any, beyond: Sequence[Json]) -> list[Any]:
    """Name each line at its right end, moved apart where they meet; what is measured ends before what is predicted."""
    end, oracle = rows(model, "curve")[-1], rows(model, "pass_at_k")
    measured = [(end["accepted"], "accepted", ACCENT)]
    if oracle:
        measured.append((oracle[-1]["value"], "perfect" if size.narrow else "perfect verifier", QUIET))
    final = [((beyond[-1] if beyond else end)["correct"], "predicted" if beyond else "correct", INK)]
    ceiling = Interval.of(model.get("conditional_accuracy")).value
    if ceiling is not None:
        final.append((ceiling, "ceiling", INK))
    places = [(max(2, end["attempts"]), measured + final)]
    if beyond:
        places = [(end["attempts"], measured), (beyond[-1]["attempts"], final)]
    marks = []
    for at, named in places:
        heights = spread_labels([value for value, _, _ in named], 17 / size.height, 0.02, 1.04)
        for height, (value, name, color) in zip(heights, named, strict=True):
            row = {"x": at, "y": height, "text": f"{percent(value, 0)} {name}"}
            marks.append(text_mark([row], x, alt.Y("y:Q", scale=scale), color=color))
    return marks


def utility(model: Json, level: str) -> Figure | None:
    """Draw mean utility against attempts for each FP cost ratio, with K* and its interval."""
    best = rows(model, "optimal_attempts")
    if not best or not rows(model, "curve"):
        return None
    body = [
        (
            f"r = {row['fp_cost']:g}",
            best_attempts(row, most_attempts(model)),
            _span(count, row.get("low"), row.get("high")),
            signed(row["utility"]),
            _span(signed, row.get("utility_low"), row.get("utility_high")),
        )
        for row in best
    ]
    cost = headline_cost(model)
    band = f"The grey band is the {level} interval of the line at r = {cost:g}." if cost is not None else ""
    return figure(
        "utility",
        sentences.utility(model),
        "Mean utility per task over the attempts allowed, one line per cost ratio r: a correct answer counts +1, a "
        "false positive −r, no answer 0. A dot marks K*, the best number of attempts; the bar through it is its "
        "interval.",
        Table(("cost of a false positive", "K*", f"{level} interval", "utility at K*", f"{level} interval"), body),
        lambda size: _draw_utility(model, size),
        (wide(300, right=104), narrow(260, right=66)),
        note="A dot marks K*, the bar through it its interval. " + band
        + (" An arrow: the line ends below the plot." if _floor(rows(model, "curve"), best)[1] else ""),
    )  # fmt: skip


def _span(write: Callable[[float], str], low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{write(low)} to {write(high)}"


def _draw_utility(model: Json, size: Size) -> Any:
    curve, best = thin(rows(model, "curve")), rows(model, "optimal_attempts")
    last = most_attempts(model)
    x = log_attempts(last, size)
    curves = _utilities(curve, best)
    floor, _ = _floor(curve, best)
    band = _headline_band(model, floor)
    top = max(0.2, *(max(line) for line in curves.values()), *(row["high"] for row in band)) * 1.08
    scale = alt.Scale(domain=[floor, top], nice=False)
    y = alt.Y("y:Q", scale=scale, axis=axis_y("mean utility per task", size=size, label=PLAIN))
    layers: list[Any] = [
        alt.Chart(values([{"y": 0}])).mark_rule(color=FAINT).encode(y=y),
    ]
    if band:
        shade = alt.Chart(values(band)).mark_area(color=INK, opacity=0.08)
        layers.append(shade.encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"))
    ends: list[tuple[float, str, str]] = []
    for place, row in enumerate(best):
        color = ramp(place, len(best))
        line = [
            {"x": point["attempts"], "y": value} for point, value in zip(curve, curves[row["fp_cost"]], strict=True)
        ]
        shown = [point for point in line if point["y"] >= floor]
        layers.append(alt.Chart(values(shown)).mark_line(color=color, strokeWidth=1.8).encode(x=x, y=y))
        layers += _best_mark(row, color, x, y, scale)
        below = " ↓" if line[-1]["y"] < floor else ""
        ends.append((max(floor, line[-1]["y"]), f"r = {row['fp_cost']:g}{below}", color))
    # the highest cost lies lowest: labels of lines that meet keep that order
    ends.reverse()
    placed = spread_labels([at for at, _, _ in ends], 16 / size.height * (top - floor), floor, top)
    for at, (_, name, color) in zip(placed, ends, strict=True):
        row = {"x": max(2, last), "y": at, "text": name}
        layers.append(text_mark([row], x, alt.Y("y:Q", scale=scale), color=color))
    return alt.layer(*layers)


def _utilities(curve: Sequence[Json], best: Sequence[Json]) -> dict[float, list[float]]:
    """Gather the curve of each cost ratio."""
    return {row["fp_cost"]: [point["utility"][cost_key(point["utility"], row["fp_cost"])] for point in curve]
            for row in best}  # fmt: skip


def _floor(curve: Sequence[Json], best: Sequence[Json]) -> tuple[float, bool]:
    """Choose where the plot ends below, and say whether a line ends lower still."""
    curves = _utilities(curve, best)
    floor = max(-1.5, min(0.0, *(min(line) for line in curves.values())) * 1.08)
    return floor, any(line[-1] < floor for line in curves.values())


def _headline_band(model: Json, floor: float) -> list[Json]:
    """Gather the interval of the line that the headline speaks of."""
    cost = headline_cost(model)
    band: list[Json] = []
    for point in thin(rows(model, "curve")):
        low, high = point.get("utility_low") or {}, point.get("utility_high") or {}
        key = cost_key(low, cost) if cost is not None else None
        if key in low and key in high:
            band.append({"x": point["attempts"], "low": max(floor, low[key]), "high": max(floor, high[key])})
    return band


def _best_mark(row: Json, color: str, x: Any, y: Any, scale: Any) -> list[Any]:
    """Mark K* with its interval; nothing where sampling does not pay."""
    if not row["attempts"]:
        return []
    at = {"x": row["attempts"], "y": row["utility"], "low": max(1, row.get("low") or 1),
          "high": max(1, row.get("high") or row["attempts"])}  # fmt: skip
    base = alt.Chart(values([at]))
    bar = base.mark_rule(color=color, strokeWidth=5, opacity=0.3).encode(
        x=alt.X("low:Q", scale=x["scale"]), x2="high:Q", y=alt.Y("y:Q", scale=scale)
    )
    dot = base.mark_circle(color=color, size=64, opacity=1, stroke=PAPER, strokeWidth=1.5).encode(x=x, y=y)
    return [bar, dot]


def ramp(place: int, total: int) -> str:
    """Choose the colour of the ``place``-th of ``total`` ordered lines: from quiet ink to the accent, in five steps."""
    return f"var(--ramp-{round(4 * place / max(1, total - 1))})"


def cost_per_correct(model: Json) -> Figure | None:
    """Draw what a correct answer costs against attempts: in money where prices are known, else in draws."""
    curve = rows(model, "curve")
    priced = [row for row in curve if row.get("cost_per_correct") is not None]
    line = [{"x": row["attempts"], "y": row["cost_per_correct"]} for row in priced]
    if not line:
        return None
    in_draws = part(model, "draw_price").get("unit", "draws") == "draws"
    unit = "draws" if in_draws else str(part(model, "cost").get("currency") or "")
    body = [
        (count(row["attempts"]), number(row["draws"]), significant(row["cost_per_correct"]))
        for row in spread_rows(priced)
    ]

    def draw(size: Size) -> Any:
        top = max(point["y"] for point in line) * 1.15
        scale = alt.Scale(domain=[0, top], nice=False)
        x = log_attempts(most_attempts(model), size)
        y = alt.Y(
            "y:Q", scale=scale, axis=axis_y(f"{unit or 'cost'} per correct answer", size=size, ticks=4, label=PLAIN)
        )
        last = {"x": max(2, line[-1]["x"]), "y": line[-1]["y"], "text": significant(line[-1]["y"])}
        end = text_mark([last], x, y)
        return alt.layer(alt.Chart(values(thin(line))).mark_line(color=INK, strokeWidth=2).encode(x=x, y=y), end)

    return figure(
        "cost",
        sentences.cost_per_correct(line, unit),
        f"Expected {unit or 'cost'} per correct answer over the attempts allowed.",
        Table(("attempts", "draws per task", f"{unit or 'cost'} per correct answer"), body),
        draw,
        (narrow(190, right=max(52, 16 + 8 * len(significant(line[-1]["y"]))), left=48),),
    )
