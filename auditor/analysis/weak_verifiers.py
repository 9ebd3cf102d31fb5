"""Fit weights of weak verifiers that together predict which of a task's programs is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from auditor.analysis.arrays import Floats

RIDGE = 1.0
"""Penalty on the squared weights of the standardised values."""
_STEPS = 50
_SMALL = 1e-9


def learn(tasks: Sequence[tuple[Floats, Floats, Floats]], ridge: float = RIDGE) -> Floats:
    """Fit a ridge logistic regression of correctness on the verifiers' values within tasks.

    Return a weight per verifier.

    A task is given by its values, shape (programs, verifiers), 1 for each right program, and the programs' samples.
    Values are centred within the task, which has weight 1; tasks in which all programs are right or all are wrong have
    no effect. If there are no others, every weight is 0. Solved by Newton steps.
    """
    telling = [one for one in tasks if 0 < one[1].mean() < 1]
    if not telling:
        return np.zeros(tasks[0][0].shape[1] if tasks else 0)
    rows, right, mass = [], [], []
    for values, labels, samples in telling:
        weight = samples / samples.sum()
        rows.append(values - weight @ values)
        right.append(labels)
        mass.append(weight)
    x, y, w = np.concatenate(rows), np.concatenate(right), np.concatenate(mass)
    scale = np.sqrt(w @ x**2 / w.sum())
    x = np.concatenate([x / np.where(scale > _SMALL, scale, np.inf), np.ones((len(x), 1))], axis=1)
    penalty = np.append(np.full(x.shape[1] - 1, ridge), _SMALL)
    beta = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (w * (y - p)) - penalty * beta
        step = np.linalg.solve((x.T * (w * p * (1 - p))) @ x + np.diag(penalty), gradient)
        beta += step
        if np.abs(step).max() < _SMALL:
            break
    result: Floats = beta[:-1] / np.where(scale > _SMALL, scale, np.inf)
    return result
