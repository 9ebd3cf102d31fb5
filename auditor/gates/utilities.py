"""Mean utility at any cost of a wrong answer, with the same kind of interval as the report's curves."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from auditor.analysis.curve import Curve, scaling_curve
from auditor.gates.view import ModelView
from auditor.results import CountedEstimate


@dataclass(frozen=True, slots=True)
class Utilities:
    """Curves of utility by model, each computed once for all ``costs``.

    The same rule gives the interval at every cost, whether or not the run was analysed at it: the report's.
    """

    costs: tuple[float, ...]
    """Costs of a wrong answer, in units of a correct answer's value."""
    _known: dict[tuple[str, tuple[str, ...], float, float], Curve] = field(default_factory=dict)

    @classmethod
    def at_costs(cls, costs: Collection[float]) -> Utilities:
        """Prepare for these costs, in ascending order."""
        return cls(tuple(sorted(set(costs))))

    def at(
        self, model: ModelView, attempts: int, fp_cost: float, draw_cost: float, confidence: float
    ) -> CountedEstimate | None:
        """Return mean utility at that many attempts; ``None`` if the run has no intervals."""
        bootstrap = replace(model.bootstrap, confidence=confidence)
        if not bootstrap.resamples or not confidence:
            return None
        key = (model.name, model.counts.task_ids, draw_cost, confidence)
        curve = self._known.get(key)
        if curve is None:
            most = model.counts.most_attempts
            curve = scaling_curve(model.counts, most, self.costs, draw_cost=draw_cost, bootstrap=bootstrap)
            self._known[key] = curve
        band, place = curve.utility[self.costs.index(fp_cost)], attempts - 1
        value, low, high = (float(side[place]) for side in (band.value, band.low, band.high))
        return CountedEstimate(value, low, high, int(curve.tasks[place])) if math.isfinite(high - low) else None
