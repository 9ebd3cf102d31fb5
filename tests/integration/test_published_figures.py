"""The figures that the documentation quotes from CodeT's recorded verdicts: as published, and ours."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from auditor.analysis import AnalysisOptions, Counts, analyze
from auditor.records import Label
from auditor.results import Published
from tests.real_data import codet_judged


def test_the_false_share_at_the_first_attempt_is_as_published_and_as_ours(data: Path) -> None:
    """An unweighted mean over tasks is 0.197; weighed by how often tasks are accepted at the first attempt 0.134."""
    drawn: Counter[tuple[str, bool, bool]] = Counter()
    for one in codet_judged(data):
        accepted = one.label in (Label.TRUE_POSITIVE, Label.FALSE_POSITIVE)
        drawn[one.program.task_id, accepted, one.label is Label.TRUE_POSITIVE] += one.samples
    tasks = sorted({task for task, _, _ in drawn})
    right = [drawn[task, True, True] for task in tasks]
    base = [drawn[task, True, False] + hits for task, hits in zip(tasks, right, strict=True)]
    n = [drawn[task, False, False] + passed for task, passed in zip(tasks, base, strict=True)]
    assert (len(tasks), sum(n), sum(base), sum(right)) == (164, 16_400, 3_645, 3_156)
    options = AnalysisOptions(resamples=0, extrapolate=False, as_published=(Published.ATTEMPTS,))
    (model,) = analyze([Counts("CodeGen", tasks, n, base, right)], options).models
    assert model.as_published is not None
    assert model.as_published.attempt_buckets is not None
    assert model.as_published.attempt_buckets[0].share_false == pytest.approx(0.197, abs=5e-4)
    assert model.attempt_buckets[0].share_false.value == pytest.approx(0.134, abs=5e-4)
