"""Which rule should choose among the samples that pass base? Measured on CodeT's 16,400 samples of HumanEval.

Rules, each given K of a task's samples: any accepted one (what resampling does), the shortest accepted one, one of the
largest behavioural class (accepted programs that answer inputs made from base alike, without a reference), an oracle
that takes a right one where there is one. A task without an accepted sample counts as not solved. Subsets
of K samples are drawn at random, the same for every rule; what a rule leaves to chance is averaged.

    python -m tests.benchmarks.selection ../shared/data
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from auditor.analysis.intervals import ratio_interval
from auditor.config import VerifyConfig
from auditor.grading.ground import Ground, ProgramPool
from auditor.grading.inputs import constants_of, generate
from auditor.records import Label, Task
from auditor.verify.observe import Observer
from tests.benchmarks.recorded_sets import tasks_of
from tests.benchmarks.strengthen import stripped
from tests.real_data import Judged, codet_judged

DRAWS = (1, 2, 5, 10, 20, 50, 100)
ACCEPTED = {Label.TRUE_POSITIVE, Label.FALSE_POSITIVE}


@dataclass(frozen=True)
class Drawn:
    """A sample that is accepted."""

    right: bool
    length: int
    behaviour: int
    """Equal for programs that answer alike."""


Rule = Callable[[Sequence[Drawn]], float]
"""The chance that what a rule chooses is right."""


def share_right(samples: Sequence[Drawn]) -> float:
    """Choose any."""
    return sum(one.right for one in samples) / len(samples)


def shortest(samples: Sequence[Drawn]) -> float:
    """Choose any of the shortest."""
    least = min(one.length for one in samples)
    return share_right([one for one in samples if one.length == least])


def largest_class(samples: Sequence[Drawn]) -> float:
    """Choose any of the largest behavioural classes."""
    sizes = Counter(one.behaviour for one in samples)
    most = max(sizes.values())
    return share_right([one for one in samples if sizes[one.behaviour] == most])


def oracle(samples: Sequence[Drawn]) -> float:
    """Choose a right one where there is one."""
    return float(any(one.right for one in samples))


RULES: dict[str, Rule] = {
    "any accepted": share_right, "shortest": shortest, "largest class": largest_class, "oracle": oracle
}  # fmt: skip


def behaviours(task: Task, programs: Sequence[Judged], observer: Observer, inputs: int) -> dict[str, int]:
    """Number the accepted programs by what they answer to inputs made from those of base."""
    sources = {one.program.program: one.program.solution for one in programs}
    ground = Ground(replace(stripped(task), contract=""), observer, ProgramPool(samples=tuple(sources.values())))
    constants = constants_of(sources.values())
    made = [one.arguments for one in generate(ground.seeds, constants, 3 * inputs, Random(0))]
    kept = [one for one, good in zip(made, ground.valid(made), strict=True) if good][:inputs]
    answers = observer.answers(task, kept, sources, total=5.0)
    numbers: dict[tuple[bytes, ...], int] = {}
    return {name: numbers.setdefault(found.lines, len(numbers)) for name, found in answers.items()}


def solved(samples: Sequence[Drawn | None], draws: int, subsets: int, random: Random) -> Mapping[str, float]:
    """Return the chance that a task is solved from so many of its samples, by rule; ``None`` is a rejected sample."""
    total = dict.fromkeys(RULES, 0.0)
    count = 1 if draws >= len(samples) else subsets
    for _ in range(count):
        accepted = [one for one in random.sample(list(samples), min(draws, len(samples))) if one is not None]
        for name, rule in RULES.items():
            total[name] += rule(accepted) if accepted else 0.0
    return {name: value / count for name, value in total.items()}


def main() -> None:
    """Print the share of tasks solved by rule and number of draws, and each rule's gain over any accepted one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--inputs", type=int, default=100)
    parser.add_argument("--subsets", type=int, default=100, help="random subsets of K samples, per task")
    options = parser.parse_args()
    tasks = tasks_of(options.data, "humaneval")
    by_task: defaultdict[str, list[Judged]] = defaultdict(list)
    for one in codet_judged(options.data):
        by_task[one.program.task_id].append(one)
    found: dict[int, dict[str, list[float]]] = {draws: {name: [] for name in RULES} for draws in DRAWS}
    with Observer(VerifyConfig()) as observer:
        for task_id, programs in by_task.items():
            good = [one for one in programs if one.label in ACCEPTED]
            alike = behaviours(tasks[task_id], good, observer, options.inputs) if good else {}
            samples: list[Drawn | None] = []
            for one in programs:
                drawn = None
                if one.label in ACCEPTED:
                    right = one.label is Label.TRUE_POSITIVE
                    drawn = Drawn(right, len(one.program.solution), alike[one.program.program])
                samples += [drawn] * one.samples
            random = Random(task_id)
            for draws in DRAWS:
                for name, value in solved(samples, draws, options.subsets, random).items():
                    found[draws][name].append(value)
    print("draws  " + "  ".join(f"{name:>14}" for name in RULES) + "   gain over any accepted, 95 % over tasks")
    for draws, rules in found.items():
        ones = [1] * len(rules["oracle"])
        cells = "  ".join(f"{sum(values) / len(values):>14.1%}" for values in rules.values())
        gains = []
        for name in ("shortest", "largest class"):
            gap = [one - other for one, other in zip(rules[name], rules["any accepted"], strict=True)]
            estimate = ratio_interval(gap, ones, bounds=(-1.0, 1.0))
            value, low, high = (f"{100 * (one or 0):+.1f}" for one in (estimate.value, estimate.low, estimate.high))
            gains.append(f"{name} {value} ({low} to {high})")
        print(f"{draws:>5}  {cells}   {'; '.join(gains)}", flush=True)


if __name__ == "__main__":
    main()
