"""Charts of how hard tasks are: a histogram over tasks, and what failed attempts say of one."""

from __future__ import annotations

import altair as alt

from auditor.report.charts.frame import (
    ACCENT,
    INK,
    PERCENT,
    PLAIN,
    Chart,
    Figure,
    Size,
    Table,
    axis_x,
    axis_y,
    figure,
    hover,
    narrow,
    text_mark,
    values,
    wide,
)
from auditor.report.reading import most_attempts
from auditor.report.sentences import figures
from auditor.report.text import count, percent, plural
from auditor.results import ModelAnalysis

LEAST_SAMPLES = 5
"""Samples per task below which a task's share of correct ones says too little of it."""


def histogram(model: ModelAnalysis) -> Figure | None:
    """Draw how many tasks have each tenth of the share of correct samples."""
    if not model.difficulty or model.samples_per_task.most < LEAST_SAMPLES:
        return None
    ranges = [(place, f"{10 * place}–{10 * place + 10}", tasks) for place, tasks in enumerate(model.difficulty)]

    def draw(size: Size) -> Chart:
        top = max(1.0, 1.12 * max(model.difficulty))
        x = alt.X(
            "x:Q",
            scale=alt.Scale(domain=[0, 1], nice=False),
            axis=axis_x("share of correct samples", ticks=[0, 0.2, 0.4, 0.6, 0.8, 1], label=PERCENT),
        )
        y = alt.Y(
            "y:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=axis_y("tasks", size=size, ticks=4, label=PLAIN)
        )
        bars = [
            {"x": place / 10 + 0.005, "end": place / 10 + 0.095, "y": tasks, "zero": 0}
            for place, _, tasks in ranges
        ]  # fmt: skip
        says = [
            {"x": place / 10 + 0.05, "y": tasks, "says": f"{name} % correct: {plural(tasks, 'task')}"}
            for place, name, tasks in ranges
        ]
        drawn = alt.Chart(values(bars)).mark_rect(color=INK).encode(x=x, x2="end:Q", y=y, y2="zero:Q")
        return alt.layer(drawn, hover(says, x, y))

    return figure(
        "difficulty",
        figures.difficulty(model.difficulty),
        "Bars: the number of tasks by the share of their samples that are correct, in tenths.",
        Table(("share of samples correct, %", "tasks"), [(name, count(tasks)) for _, name, tasks in ranges]),
        draw,
        (wide(200, right=20), narrow(190, right=20)),
    )


def belief(model: ModelAnalysis) -> Figure | None:
    """Draw the chance that a task is hard after so many failed attempts, by the model of easy and hard tasks."""
    chances = [1.0 - easy for easy in model.two_type.belief]
    if len(chances) < 3 or not 0 < model.two_type.p1 < 1 or most_attempts(model) < 2:
        return None
    shown = sorted({0, 1, 2, 3, 5, 10, 20, 50, len(chances) - 1} & set(range(len(chances))))

    def draw(size: Size) -> Chart:
        last = len(chances) - 1
        x = alt.X(
            "x:Q", scale=alt.Scale(domain=[0, last], nice=False), axis=axis_x("failed attempts so far", label=PLAIN)
        )
        y = alt.Y(
            "y:Q",
            scale=alt.Scale(domain=[0, 1], nice=False),
            axis=axis_y("chance that it is hard", size=size, label=PERCENT),
        )
        points = [{"x": place, "y": chance} for place, chance in enumerate(chances)]
        says = [
            {
                "x": place,
                "y": chances[place],
                "says": f"{plural(place, 'failed attempt')}: {percent(chances[place], 0)} hard",
            }
            for place in shown
        ]
        line = alt.Chart(values(points)).mark_line(color=ACCENT, strokeWidth=2).encode(x=x, y=y)
        end = text_mark([{"x": last, "y": chances[-1], "text": percent(chances[-1], 0)}], x, y)
        return alt.layer(line, hover(says, x, y), end)

    return figure(
        "belief",
        figures.belief(model.two_type.belief),
        "A line over the number of failed attempts at a task: the chance that the task is a hard one, by the "
        "two-type model.",
        Table(("failed attempts", "chance that the task is hard"), [(count(at), percent(chances[at])) for at in shown]),
        draw,
        (narrow(190, right=48),),
        figures.easy_and_hard(model.two_type),
    )
