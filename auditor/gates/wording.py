"""Wording of verdicts: numbers with their intervals, and what would settle an open verdict."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import assert_never

from auditor.report.text import count, hundredths, points
from auditor.results import CountedEstimate, GateResult, Judgement, TasksNeeded, Unit

MOST_NAMED = 100_000
"""More tasks than anyone will run; a larger number is only given as at least this."""
WIDE = 10
"""A range whose ends differ by this factor says little, so its upper end is omitted."""
FEWEST_TASKS = 10
"""With fewer tasks, an interval says too little about how many would be needed."""
POWER = 0.8
"""Probability of a clear verdict for which the number of tasks is given."""


def asked(result: GateResult) -> str:
    """Describe what a rule asks in plain words, after its own name if it has one."""
    return result.asked if result.rule.startswith(result.metric) else f"{result.rule}: {result.asked}"


def number(value: float | None) -> str:
    """Format a number with three decimals (two digits if it is small), or a dash if there is none."""
    if value is None:
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if 0 < abs(value) < 0.001:
        return f"{value:.2g}".replace("-", "−", value < 0)
    text = f"{abs(value):.3f}" if abs(value) < 100 else f"{abs(value):.1f}"
    text = text.rstrip("0").rstrip(".") if float(text).is_integer() else text
    return f"−{text}" if value < 0 and text != "0" else text


def figure(value: float | None, unit: Unit = Unit.MEASURED) -> str:
    """Write a share in per cent, a difference of shares in points, anything else as a number: ``17.0 %``."""
    if value is None or unit not in _IN_PERCENT:
        return number(value)
    return f"{bare(value, unit)} {_IN_PERCENT[unit]}"


def bare(value: float | None, unit: Unit) -> str:
    """Write a figure without its unit."""
    if value is None or unit not in _IN_PERCENT or not math.isfinite(value):
        return number(value)
    return points(value) if unit is Unit.DIFFERENCE else hundredths(value)


_IN_PERCENT = {Unit.SHARE: "%", Unit.DIFFERENCE: "points"}


def figures(estimate: CountedEstimate, confidence: float, unit: Unit = Unit.MEASURED) -> str:
    """Write a figure with its interval: ``17.0 % (95 % interval 11.6 to 26.0)``."""
    if estimate.value is None:
        return "unknown"
    if estimate.low == estimate.high or not confidence:
        return figure(estimate.value, unit)
    return f"{figure(estimate.value, unit)} ({percent(confidence)} interval {span(estimate.low, estimate.high, unit)})"


def span(low: float | None, high: float | None, unit: Unit = Unit.MEASURED) -> str:
    """Write an interval: ``11.6 to 26.0``."""
    return f"{bare(low, unit)} to {bare(high, unit)}"


def percent(confidence: float) -> str:
    """Write a confidence: ``95 %``."""
    return f"{100 * confidence:.4g} %"


def threshold(lowest: float | None, highest: float | None, unit: Unit = Unit.MEASURED) -> str:
    """Write thresholds: ``at least 80 %``, ``at most 0.15``, ``between 1 and 20``."""
    least, most = (None if limit is None else _limit(limit, unit) for limit in (lowest, highest))
    if least is not None and most is not None:
        return f"between {least} and {most}"
    return f"at least {least}" if least is not None else f"at most {most}"


def _limit(limit: float, unit: Unit) -> str:
    limit += 0.0  # a margin of 0 comes as -0.0
    text = f"{100 * limit:.4g} {_IN_PERCENT[unit]}" if unit in _IN_PERCENT else f"{limit:g}"
    return text.replace("-", "−")


def sentence(result: GateResult, doubt: str = "") -> str:
    """Say the figure, the requirement, the verdict with the interval that decided, and what would settle an open one.

    ``doubt`` is why the figure could not be judged; for an exact number there is no interval.
    """
    known = figures(result.estimate, result.confidence, result.unit)
    must = f"“{result.asked}” is {known} and must be {threshold(result.min, result.max, result.unit)}"
    if doubt:
        return f"{must}, which is inconclusive: {doubt}."
    exact = result.low == result.high and result.deciding_low == result.deciding_high
    bounds = span(result.deciding_low, result.deciding_high, result.unit)
    match result.verdict:
        case Judgement.PASS:
            return f"{must}, which is {'met' if exact else f'clearly met: the deciding interval is {bounds}'}."
        case Judgement.FAIL:
            return f"{must}, which is {'missed' if exact else f'clearly missed: the deciding interval is {bounds}'}."
        case Judgement.INCONCLUSIVE:
            if result.deciding_low is None and result.deciding_high is None:
                return f"{must}, which is inconclusive: there is no interval to decide by."
            needed = needed_words(result.tasks_needed, result.tasks)
            return (
                f"{must}, which is inconclusive: the deciding interval, {bounds}, includes {_inside(result)}.{needed}"
            )
    assert_never(result.verdict)


def _inside(result: GateResult) -> str:
    """Write the thresholds that the interval does not decide."""
    low = -math.inf if result.deciding_low is None else result.deciding_low
    high = math.inf if result.deciding_high is None else result.deciding_high
    limits = [one for one in (result.min, result.max) if one is not None]
    return " and ".join(_limit(one, result.unit) for one in limits if low <= one <= high) or "a threshold"


def tasks_needed(
    estimate: CountedEstimate, lowest: float | None, highest: float | None, confidence: float, tests: int = 1
) -> TasksNeeded | None:
    """Return how many tasks like these would settle it in :data:`POWER` of all runs.

    A side of the interval of half-width h at N tasks has the standard error h/z, and at N' tasks the verdict is clear
    with that power if the distance to the threshold is (z' + z_power) standard errors. z' corresponds to the error left
    for one of ``tests`` statements judged together. The distance itself is uncertain: the range is that of its middle
    half. ``None`` if the current number of tasks suffices, below :data:`FEWEST_TASKS` tasks, and without an interval.
    """
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is None or low is None or high is None or estimate.tasks < FEWEST_TASKS or not confidence:
        return None
    normal = NormalDist()
    z, z_power, z_middle = normal.inv_cdf((1 + confidence) / 2), normal.inv_cdf(POWER), normal.inv_cdf(0.75)
    z_wanted = normal.inv_cdf(1 - (1 - confidence) / (2 * max(1, tests)))
    least, most = 0.0, 0.0
    for limit in (lowest, highest):
        if limit is None:
            continue
        half, distance = (value - low, value - limit) if limit < value else (high - value, limit - value)
        if not half > 0 or not math.isfinite(half):
            return None
        error = half / z
        wanted = (z_wanted + z_power) * error
        least = max(least, estimate.tasks * (wanted / (distance + z_middle * error)) ** 2)
        nearest = distance - z_middle * error
        most = max(most, estimate.tasks * (wanted / nearest) ** 2 if nearest > 0 else math.inf)
    if not estimate.tasks < most:
        return None
    return TasksNeeded(
        least=min(MOST_NAMED, max(estimate.tasks + 1, _rounded(least))),
        most=_rounded(most) if most <= MOST_NAMED else None,
        power=POWER,
    )


def needed_words(needed: TasksNeeded | None, tasks: int) -> str:
    """Say how many tasks would settle it, behind a space, and how many there are; of a wide range the lower end."""
    if needed is None:
        return ""
    if needed.most is None or needed.most > WIDE * needed.least:
        number = f"At least {count(needed.least)}, perhaps many more,"
    else:
        number = f"About {count(needed.least)} to {count(needed.most)}"
    return (
        f" {number} tasks like these would settle it, with a probability of {100 * needed.power:.0f} %; the figure is "
        f"over {count(tasks)} tasks."
    )


def _rounded(tasks: float) -> int:
    """Round up to two digits, since more would claim too much."""
    if tasks <= 99:
        return math.ceil(tasks)
    unit: int = 10 ** (math.floor(math.log10(tasks)) - 1)
    return math.ceil(tasks / unit) * unit
