"""The words of a verdict: numbers with their intervals, and what would settle an open question."""

from __future__ import annotations

import math

from auditor.results import CountedEstimate, Judgement

HOPELESS = 100_000
"""More tasks than anyone will run; beyond it no number is named."""


def number(value: float | None) -> str:
    """Write a number with three decimals, two digits of a smaller one, and a dash where there is none."""
    if value is None:
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if 0 < abs(value) < 0.001:
        return f"{value:.2g}"
    text = f"{value:.3f}" if abs(value) < 100 else f"{value:.1f}"
    return text.rstrip("0").rstrip(".") if "." in text and float(text) == int(float(text)) else text


def figures(estimate: CountedEstimate, confidence: float) -> str:
    """Write a number with its interval: ``0.120 [0.090, 0.160] at 95 %``."""
    if estimate.value is None:
        return "unknown"
    if estimate.low == estimate.high or not confidence:
        return number(estimate.value)
    return f"{number(estimate.value)} {span(estimate.low, estimate.high)} at {percent(confidence)}"


def span(low: float | None, high: float | None) -> str:
    """Write an interval."""
    return f"[{number(low)}, {number(high)}]"


def percent(confidence: float) -> str:
    """Write a confidence: ``95 %``."""
    return f"{100 * confidence:.4g} %"


def threshold(lowest: float | None, highest: float | None) -> str:
    """Write thresholds: ``at least 0.8``, ``at most 0.15``, ``between 1 and 20``."""
    if lowest is not None and highest is not None:
        return f"between {lowest:g} and {highest:g}"
    return f"at least {lowest:g}" if lowest is not None else f"at most {highest:g}"


def comparison(verdict: Judgement, lowest: float | None, highest: float | None, *, exact: bool = False) -> str:
    """Say how a number stands to its thresholds; an exact one has nothing to be clear about."""
    words = {Judgement.PASS: "clearly", Judgement.FAIL: "clearly not", Judgement.INCONCLUSIVE: "not clearly"}
    if exact:
        words |= {Judgement.PASS: "", Judgement.FAIL: "not"}
    return f"{words[verdict]} {threshold(lowest, highest)}".lstrip()


def hopeful_tasks(estimate: CountedEstimate, lowest: float | None, highest: float | None) -> str:
    """Say how many tasks like these would settle it, from the width's fall with their square root; or nothing."""
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is None or low is None or high is None or not estimate.tasks:
        return ""
    needed = 0.0
    for limit in (lowest, highest):
        if limit is None or not low <= limit <= high:
            continue
        reach, distance = (value - low, value - limit) if limit < value else (high - value, limit - value)
        if distance <= 0 or not math.isfinite(reach):
            return ""
        needed = max(needed, estimate.tasks * (reach / distance) ** 2)
    tasks = math.ceil(needed * 1.05)
    return f"about {tasks} tasks like these would settle it" if estimate.tasks < tasks <= HOPELESS else ""
