"""Reading the plain document: intervals, settings and the pieces that may be absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.report import text

Json = Mapping[str, Any]
"""A JSON object of the document."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its interval; ``low`` and ``high`` are None where none was computed."""

    value: float | None
    low: float | None = None
    high: float | None = None
    p_adjusted: float | None = None
    """The p value of a difference, adjusted for its family; None where none was computed."""

    @classmethod
    def of(cls, row: Json | None) -> Interval:
        """Read ``{"value", "low", "high"}``; an absent row has no value."""
        row = row or {}
        return cls(row.get("value"), row.get("low"), row.get("high"))

    @classmethod
    def of_difference(cls, row: Json | None) -> Interval:
        """Read ``{"difference", "low", "high", "p_adjusted"}``; an absent row has no value."""
        row = row or {}
        return cls(row.get("difference"), row.get("low"), row.get("high"), row.get("p_adjusted"))

    @property
    def known(self) -> bool:
        """Whether there is a value at all."""
        return self.value is not None

    @property
    def bounded(self) -> bool:
        """Whether both bounds are there."""
        return self.low is not None and self.high is not None

    def percent(self, digits: int = 1) -> str:
        """``14.2 %``."""
        return text.percent(self.value, digits)

    def span(self, digits: int = 1) -> str:
        """Write the interval in per cent, ``11.0 to 17.6``, or empty."""
        if self.low is None or self.high is None:
            return ""
        return f"{text.number(100 * self.low, digits)} to {text.number(100 * self.high, digits)}"

    @property
    def side(self) -> int:
        """Tell on which side of zero a difference clearly lies: −1, 1, or 0 where it may be nothing.

        Clear is what leaves zero out of its interval and, where it was tested in a family, stays below
        0.05 after adjustment.
        """
        if self.low is None or self.high is None or (self.p_adjusted is not None and self.p_adjusted >= 0.05):
            return 0
        return (self.low > 0) - (self.high < 0)

    def points(self, digits: int = 1) -> str:
        """Write the value as a difference in percentage points, with its sign."""
        return text.points(self.value, digits)

    def points_span(self, digits: int = 1) -> str:
        """Write the interval in percentage points, ``−9.2 to −1.2``, or empty."""
        if self.low is None or self.high is None:
            return ""
        return f"{text.points(self.low, digits)} to {text.points(self.high, digits)}"

    def whole(self, digits: int = 0) -> str:
        """Write value and interval in one, ``14 % (11 to 18)``."""
        span = f" ({self.span(digits)})" if self.bounded else ""
        return f"{self.percent(digits)}{span}"


def rows(owner: Json, key: str) -> Sequence[Json]:
    """Read a list of objects that may be absent or null."""
    found: Sequence[Json] | None = owner.get(key)
    return found or ()


def part(owner: Json, *keys: str) -> Json:
    """Walk down nested objects; anything absent or null on the way gives an empty one."""
    for key in keys:
        owner = owner.get(key) or {}
    return owner


def confidence(document: Json) -> str:
    """How sure the document's intervals are, e.g. ``95 %``."""
    given = part(document, "provenance").get("confidence")
    level = given or part(document, "provenance", "config", "analysis").get("confidence") or 0.95
    return text.percent(level, 0 if round(100 * level, 6).is_integer() else 1)


def cost_key(utility: Json, cost: float) -> str | None:
    """Find the key of a utility table that means this FP cost ratio, however the number is spelled."""
    return next((key for key in utility if float(key) == cost), None)


def costs(model: Json) -> list[float]:
    """List the FP cost ratios analysed, ascending."""
    return sorted(float(row["fp_cost"]) for row in rows(model, "optimal_attempts"))


def headline_cost(model: Json) -> float | None:
    """Choose the cost ratio that a headline speaks of: 1 if analysed, else the smallest above 0."""
    known = costs(model)
    return 1.0 if 1.0 in known else next((cost for cost in known if cost > 0), known[0] if known else None)


def optimum(model: Json, cost: float | None) -> Json | None:
    """Find K* at a cost ratio."""
    return next((row for row in rows(model, "optimal_attempts") if float(row["fp_cost"]) == cost), None)


def best_attempts(best: Json | None, most: int) -> str:
    """Write K*; a plus sign says that it is the most analysed, so that the best may lie beyond."""
    found = (best or {}).get("attempts")
    return text.count(found) + ("+" if found and found >= most else "")


def most_attempts(model: Json) -> int:
    """Return the largest K analysed; 0 without a curve."""
    curve = rows(model, "curve")
    return int(curve[-1]["attempts"]) if curve else 0


def tasks_analysed(models: Sequence[Json]) -> str:
    """Say how many tasks stand behind the models' figures: of all of them where a model lacks some."""
    found = sorted({int(model.get("tasks") or 0) for model in models}) or [0]
    due = max([found[-1], *(int(part(model, "coverage").get("tasks") or 0) for model in models)])
    if found[0] == due:
        return f"{text.plural(due, 'task')} analysed"
    some = text.count(found[0]) if len(found) == 1 else f"{text.count(found[0])} to {text.count(found[-1])}"
    return f"{some} of {text.plural(due, 'task')} covered"


def samples_per_task(model: Json) -> str:
    """``200`` or, where tasks differ, ``3–23``."""
    sizes = sorted({int(row["n"]) for row in rows(model, "per_task")})
    if not sizes:
        return text.MISSING
    return text.count(sizes[0]) if len(sizes) == 1 else f"{text.count(sizes[0])}–{text.count(sizes[-1])}"


def spread_rows(curve: Sequence[Json], most: int = 12) -> list[Json]:
    """Pick the rows of a curve that a table shows: 1, 2, 5, 10, 20 … and the last."""
    last = int(curve[-1]["attempts"]) if curve else 0
    wanted = {m * 10**e for e in range(6) for m in (1, 2, 5)} | {last}
    return [row for row in curve if int(row["attempts"]) in wanted][-most:]
