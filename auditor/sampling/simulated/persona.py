"""How good a simulated model is at a task, and how it answers.

Design. Each task has a difficulty from 0 (easiest) to 1 (hardest), its rank by the size of the
reference's syntax tree with some noise. A strength turns difficulty into the chances of a right, a
subtly wrong (passes weak tests), a plainly wrong and a broken answer: right answers fall off as a
logistic of difficulty, and a fixed share of the wrong ones is subtle. So a weaker model is right less
often, and its accepted answers are false more often. Wrong answers have bad style more often than right ones, but every
bad habit also occurs independently.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from auditor.extraction.python import parse
from auditor.records import Task

Quality = Literal["right", "subtle", "plain", "broken"]


@dataclass(frozen=True, slots=True)
class Strength:
    """The numbers behind one strength."""

    centre: float
    """Log-odds of a right answer at middling difficulty."""
    slope: float
    """Decrease of these log-odds from the easiest to the hardest task."""
    subtle: float
    """Share of the wrong answers that pass weak tests, if the material allows."""
    broken: float
    """Share of the plainly wrong answers that do not even parse."""
    sloppiness: float
    """Probability of each bad habit in a right answer."""
    variants: int
    """Number of ways in which it writes an answer of one quality; fewer give more equal answers."""

    def chances(self, difficulty: float) -> dict[Quality, float]:
        """Return the probability of each quality at a difficulty from 0 to 1; they add up to 1."""
        right = 1 / (1 + math.exp(-(self.centre - self.slope * (difficulty - 0.5))))
        subtle = (1 - right) * self.subtle
        rest = 1 - right - subtle
        return {"right": right, "subtle": subtle, "plain": rest * (1 - self.broken), "broken": rest * self.broken}


STRENGTHS: dict[str, Strength] = {
    "weak": Strength(centre=-1.5, slope=4.5, subtle=0.11, broken=0.2, sloppiness=0.18, variants=9),
    "medium": Strength(centre=0.1, slope=4.5, subtle=0.13, broken=0.12, sloppiness=0.13, variants=7),
    "strong": Strength(centre=1.9, slope=5.0, subtle=0.15, broken=0.05, sloppiness=0.09, variants=5),
}
CARELESSNESS = 2.5
"""Factor by which a bad habit is likelier in a wrong answer."""
NOISE = 0.35
"""Standard deviation of the noise in a task's difficulty, relative to its rank by size."""


def strength_of(model: str) -> str | None:
    """Return the strength that a model name ends in; ``None`` for names that are not the simulated model's."""
    name = model.removeprefix("simulated-")
    return name if model.startswith("simulated-") and name in STRENGTHS else None


def difficulties(tasks: Sequence[Task], seed: int) -> dict[str, float]:
    """Rank tasks by difficulty, from 0 to 1."""
    sizes = sorted(tasks, key=lambda task: (_size(task.reference), task.task_id))
    last = max(1, len(sizes) - 1)
    luck = {task.task_id: Random(f"{seed}/{task.task_id}").uniform(-NOISE, NOISE) for task in tasks}  # noqa: S311
    rough = {task.task_id: place / last + luck[task.task_id] for place, task in enumerate(sizes)}
    ordered = sorted(rough, key=lambda task_id: (rough[task_id], task_id))
    return {task_id: place / last for place, task_id in enumerate(ordered)}


def _size(reference: str) -> int:
    """Count the nodes of a program's syntax tree."""
    parsed = parse(reference)
    return sum(1 for _ in ast.walk(parsed.tree)) if parsed else 0
