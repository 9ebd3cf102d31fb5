"""A sample is trusted as little as the less trusted of its two verdicts."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from auditor.records import InputSuite, Outcome, Sample, SampleStatus, SuiteName, Task, Trust, Verdict
from auditor.store import Store
from auditor.targets import Target

LEAST_FIRST = [Trust.IN_PROCESS, Trust.SEPARATE]


@pytest.mark.parametrize(("base", "plus"), [*itertools.product(Trust, [None, *Trust])])
def test_the_less_trusted_verdict_counts(tmp_path: Path, base: Trust, plus: Trust | None) -> None:
    """Whatever the values are called, and on whichever suite."""
    with Store(tmp_path / "audit.db") as store:
        store.add_tasks([Task("T", "", Target.function("f"), "", InputSuite(()), InputSuite(()))])
        sample = Sample("m", "T", 0, "h", SampleStatus.OK, "x", "x", "fence")
        store.add_samples([sample])
        said = zip(SuiteName, (base, plus), strict=True)
        store.add_verdicts(
            Verdict(str(sample.program), suite, Outcome.PASS, 1, b"\1", trust=trust) for suite, trust in said if trust
        )
        (judged,) = store.judged()
    assert judged.trust is min([one for one in (base, plus) if one], key=LEAST_FIRST.index)


def test_a_sample_without_a_verdict_ran_nowhere(tmp_path: Path) -> None:
    """No verdict, no trust."""
    with Store(tmp_path / "audit.db") as store:
        store.add_tasks([Task("T", "", Target.function("f"), "", InputSuite(()), InputSuite(()))])
        store.add_samples([Sample("m", "T", 0, "h", SampleStatus.OK, "x", "x", "fence")])
        assert [one.trust for one in store.judged()] == [None]
