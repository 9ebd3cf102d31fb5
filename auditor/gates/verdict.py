"""The verdict of an interval."""

from __future__ import annotations

from auditor.results import CountedEstimate, Estimate, Judgement


def decide(estimate: Estimate | CountedEstimate, lowest: float | None, highest: float | None) -> Judgement:
    """Compare an interval with thresholds: clear of all, clearly beyond one, or neither."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return Judgement.INCONCLUSIVE
    if (lowest is not None and estimate.high < lowest) or (highest is not None and estimate.low > highest):
        return Judgement.FAIL
    if (lowest is None or estimate.low >= lowest) and (highest is None or estimate.high <= highest):
        return Judgement.PASS
    return Judgement.INCONCLUSIVE
