"""The two-type model: a benchmark of easy and hard tasks, and the best number of attempts.

Tasks are easy with probability p1, where a sample is right with r1, or hard (p2, r2). The verifier
accepts every right sample and rejects a wrong one with probability s, its soundness. With
v_i = r_i - cost (1 - r_i)(1 - s), the expected utility of one draw on a task of type i, and
b_i = (1 - r_i) s, the probability that the draw is rejected, K attempts are worth

    U(K) = sum over k = 1 … K of  sum over i of  p_i b_i^(k-1) v_i.

That is the ``right`` form. The form ``printed`` in Stroebl, Kapoor and Narayanan (arXiv 2411.17501)
weighs the survival to attempt k, too, by the posterior q_i(k) = p_i b_i^(k-1) / sum p_j b_j^(k-1)
where the prior p_i belongs:

    U(K) = sum over k = 1 … K of  (sum q_i(k) b_i^(k-1)) (sum q_i(k) v_i).

If the last type to die out gains from every further draw, the sum grows for ever and no number of attempts is best.
Both forms then give the attempt at which double precision stops growing, as in the paper's table, and
:attr:`TwoTypeOptimum.unbounded` is set.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from auditor.analysis.arrays import Floats
from auditor.analysis.counts import Counts

_HORIZON = 200_000
"""Most attempts considered; enough for a rejection probability of 0.9998 to die out."""


class Form(StrEnum):
    """The sum that is maximised."""

    RIGHT = "right"
    PRINTED = "printed"


@dataclass(frozen=True, slots=True)
class TwoType:
    """Parameters of the model; probabilities, all in [0, 1], p1 + p2 = 1."""

    p1: float
    """Share of easy tasks."""
    r1: float | None
    """Probability that a sample of an easy task is right; ``None`` without easy tasks."""
    p2: float
    r2: float | None
    soundness: float | None
    """Probability that the verifier rejects a wrong sample; ``None`` if no sample is wrong."""


@dataclass(frozen=True, slots=True)
class TwoTypeBest:
    """The best number of attempts under the model."""

    attempts: int
    """0 = use no model."""
    unbounded: bool
    """Whether more attempts always help; ``attempts`` is then where utility stops growing in double precision."""
    utility: float
    """Expected utility at that many attempts."""
    nearly: int
    """The fewest attempts that reach 99 % of it."""


def fit_two_type(counts: Counts, split: float = 0.5, *, above: bool = False) -> TwoType:
    """Estimate the model: a task is easy if at least ``split`` of its samples are correct, or ``above`` it.

    r1 and r2 are means over tasks, so that p1 r1 + p2 r2 is the single-sample accuracy; the soundness is pooled over
    all wrong samples, which is the maximum-likelihood estimate of a common probability.
    """
    rates = counts.correct / counts.n
    easy = rates > split if above else rates >= split
    wrong = int((counts.n - counts.correct).sum())
    return TwoType(
        p1=float(easy.mean()),
        r1=float(rates[easy].mean()) if easy.any() else None,
        p2=float((~easy).mean()),
        r2=float(rates[~easy].mean()) if not easy.all() else None,
        soundness=1 - int(counts.false_positives.sum()) / wrong if wrong else None,
    )


def best_attempts(
    model: TwoType,
    fp_cost: float,
    *,
    form: Form = Form.RIGHT,
    draw_cost: float = 0.0,
    most: int | None = None,
) -> TwoTypeBest:
    """Find the number of attempts with the highest expected utility.

    ``draw_cost`` is paid for every draw, in units of a correct solution's value; the printed form has no such cost and
    ignores it. ``most`` limits the attempts searched.
    """
    shares, rejected, gains = _types(model, fp_cost, draw_cost if form is Form.RIGHT else 0.0)
    horizon = _horizon(rejected)
    surviving = rejected[:, None] ** np.arange(horizon if most is None else min(horizon, most))
    terms = _right_terms(shares, surviving, gains) if form is Form.RIGHT else _printed_terms(shares, surviving, gains)
    total = np.concatenate([[0.0], np.cumsum(terms)])
    attempts = int(np.argmax(total))
    last = int(np.argmax(rejected))
    unbounded = bool(rejected[last] > 0 and gains[last] > 0)
    nearly = int(np.argmax(total >= 0.99 * total[attempts]))
    return TwoTypeBest(attempts, unbounded, float(total[attempts]), nearly)


def belief(model: TwoType, rejected: int) -> Floats:
    """Return the probability that a task is easy after 0, 1 … rejected draws; shape (rejected + 1,).

    It is p1 b1^k over the sum of p_i b_i^k, as long as some task may still be rejected.
    """
    steps = np.arange(rejected + 1)
    soundness = 1.0 if model.soundness is None else model.soundness
    easy, hard = (
        np.zeros(len(steps)) if right is None else share * ((1 - right) * soundness) ** steps
        for share, right in ((model.p1, model.r1), (model.p2, model.r2))
    )
    total = easy + hard
    result: Floats = easy[total > 0] / total[total > 0]
    return result


def _types(model: TwoType, fp_cost: float, draw_cost: float) -> tuple[Floats, Floats, Floats]:
    """Return, for each type with tasks, its share, its probability of a rejected draw and a draw's gain."""
    present = [(p, r) for p, r in ((model.p1, model.r1), (model.p2, model.r2)) if r is not None and p > 0]
    shares, right = (np.array(column) for column in zip(*present, strict=True))
    soundness = 1.0 if model.soundness is None else model.soundness
    gains = right - fp_cost * (1 - right) * (1 - soundness) - draw_cost
    return shares, (1 - right) * soundness, gains


def _horizon(rejected: Floats) -> int:
    """Return after how many attempts even the most rejected type has died out in double precision."""
    slowest = float(rejected.max())
    if slowest <= 0:
        return 1
    return _HORIZON if slowest >= 1 else min(_HORIZON, 2 + math.ceil(math.log(1e-40) / math.log(slowest)))


def _right_terms(shares: Floats, surviving: Floats, gains: Floats) -> Floats:
    terms: Floats = (shares[:, None] * surviving * gains[:, None]).sum(axis=0)
    return terms


def _printed_terms(shares: Floats, surviving: Floats, gains: Floats) -> Floats:
    reached = shares[:, None] * surviving
    total = reached.sum(axis=0)
    posterior = np.divide(reached, total, out=np.zeros_like(reached), where=total > 0)
    terms: Floats = (posterior * surviving).sum(axis=0) * (posterior * gains[:, None]).sum(axis=0)
    return terms
