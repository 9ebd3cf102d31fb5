"""Rules on runs drawn from a real model's 16,400 verdicts, whose own numbers are the truth."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from auditor.analysis import resampling
from auditor.analysis.counts import Counts
from auditor.config import GateConfig
from auditor.gates import Judgement, RunView, evaluate
from tests.real_data import rows
from tests.unit.gates.builders import document, entry

pytestmark = pytest.mark.data

TASKS, SAMPLES, RUNS, K = 30, 10, 150, 5


@pytest.fixture(scope="module")
def counts(data: Path) -> Counts:
    """Counts of the real model, task by task."""
    tallies: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows(data / "verdicts" / "humaneval__CodeT__codegen-16B-mono.evalplus.jsonl.gz"):
        accepted = row["base"] == "pass"
        tally = tallies[str(row["task_id"])]
        tally[0] += 1
        tally[1] += accepted
        tally[2] += accepted and row["plus"] == "pass"
    return Counts.from_rows("codegen-16B-mono", [(task, *tally) for task, tally in sorted(tallies.items())])  # type: ignore[misc]  # three counts each


def test_small_runs_of_a_real_model_rarely_decide_wrongly(counts: Counts) -> None:
    """With the threshold at the real model's number, few of the runs of 30 tasks and 10 samples decide at all."""
    answered, right = resampling.accepted(counts, SAMPLES), resampling.precision(counts)
    truths = {
        "single_sample_accuracy": float(np.mean(counts.correct / counts.n)),
        "conditional_accuracy": float(np.sum(answered * right) / np.sum(answered)),
        "correct": float(np.mean(resampling.accepted(counts, K) * right)),
    }
    rules = [
        GateConfig.model_validate({"metric": name, "min": truth} | ({"attempts": K} if name == "correct" else {}))
        for name, truth in truths.items()
    ]
    rng = np.random.default_rng(0)
    clear = dict.fromkeys(truths, 0)
    for _ in range(RUNS):
        picked = rng.integers(0, len(counts), TASKS)
        base = rng.hypergeometric(counts.base_passes[picked], (counts.n - counts.base_passes)[picked], SAMPLES)
        correct = [
            int(rng.hypergeometric(counts.correct[task], counts.false_positives[task], drawn)) if drawn else 0
            for task, drawn in zip(picked, base, strict=True)
        ]
        made = [(f"T/{i:02d}", SAMPLES, int(b), c) for i, (b, c) in enumerate(zip(base, correct, strict=True))]
        for result in evaluate(rules, RunView.of(document(entry("m", made)))):
            clear[result.metric] += result.verdict is not Judgement.INCONCLUSIVE
    assert max(clear.values()) <= 0.05 * RUNS + 3 * (RUNS * 0.05 * 0.95) ** 0.5


def test_the_real_model_is_told_from_its_limits(counts: Counts) -> None:
    """The whole real run decides what is far off: most accepted answers are right, a tenth and more are wrong."""
    made = zip(counts.task_ids, counts.n.tolist(), counts.base_passes.tolist(), counts.correct.tolist(), strict=True)
    rules = [
        GateConfig.model_validate(keys)
        for keys in (
            {"metric": "conditional_accuracy", "min": 0.5},
            {"metric": "false_discovery_rate", "max": 0.1},
            {"metric": "single_sample_accuracy", "max": 0.3},
        )
    ]
    results = evaluate(rules, RunView.of(document(entry("m", list(made)))))
    assert [result.verdict.value for result in results] == ["pass", "fail", "pass"], results
