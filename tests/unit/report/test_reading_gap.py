"""What extraction costs: other readings are judged, kept, and compared with what was read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.analysis import reading_gap
from auditor.pipeline import Run, carry_out
from auditor.records import JudgedReading, JudgedSample, Outcome, SampleStatus, SuiteName
from auditor.store import Store

PASS, FAIL = Outcome.PASS, Outcome.FAIL
RIGHT = "def total(values):\n    return sum(values)\n"
WRONG = "def total(values):\n    return 0\n"


def sample(task: str, index: int, base: Outcome | None, plus: Outcome | None, status: str = "ok") -> JudgedSample:
    return JudgedSample("m", task, index, SampleStatus(status), "p" if base else None, base, plus)


def reading(task: str, index: int, base: Outcome | None, plus: Outcome | None) -> JudgedReading:
    return JudgedReading(task, index, "fence", "q", base, plus)


def test_the_gap_is_that_of_the_best_readings() -> None:
    """Accuracy as read and at best are means over tasks; the answers in between are listed once each."""
    samples = [
        sample("A", 0, FAIL, None), sample("A", 1, PASS, PASS),
        sample("B", 0, None, None, "extraction_failed"), sample("B", 1, FAIL, None), sample("B", 2, PASS, FAIL),
        sample("B", 3, Outcome.ERROR, None), sample("left out", 0, FAIL, None),
    ]  # fmt: skip
    readings = [
        reading("A", 0, FAIL, None), reading("A", 0, PASS, PASS), reading("A", 0, PASS, PASS),
        reading("B", 0, PASS, PASS), reading("B", 1, PASS, FAIL), reading("left out", 0, PASS, PASS),
    ]  # fmt: skip
    gap = reading_gap(samples, readings, {"A", "B"})
    assert gap is not None
    assert (gap.samples, gap.reread) == (5, 3)
    assert gap.as_read == pytest.approx((1 / 2 + 0) / 2)
    assert gap.at_best == pytest.approx((1 + 1 / 3) / 2)
    assert [(answer.task_id, answer.sample_index) for answer in gap.recovered] == [("A", 0), ("B", 0)]
    assert gap.is_large


def test_no_gap_where_nothing_is_recovered() -> None:
    """If no other reading passes, both figures are the same; without samples there are none."""
    gap = reading_gap([sample("A", 0, FAIL, None)], [reading("A", 0, FAIL, None)], {"A"})
    assert gap is not None
    assert (gap.as_read, gap.at_best, gap.recovered, gap.is_large) == (0, 0, (), False)
    assert reading_gap([], [], {"A"}) is None


def write_run(folder: Path, answers: list[str], readings: str) -> Path:
    """Write an audit of recorded answers to one task; return its settings."""
    task = {
        "task_id": "T/0", "prompt": "def total(values):\n", "entry_point": "total", "reference": RIGHT,
        "base": {"inputs": [[[1, 2]], [[5]]]}, "plus": {"inputs": [[[]], [[7]]]},
    }  # fmt: skip
    (folder / "tasks.jsonl").write_text(json.dumps(task) + "\n")
    (folder / "samples.jsonl").write_text(
        "".join(json.dumps({"task_id": "T/0", "completion": text}) + "\n" for text in answers)
    )
    settings = folder / "audit.toml"
    settings.write_text(
        f'[benchmark]\nsource = "tasks.jsonl"\n[[model]]\nname = "m"\nrecorded = "samples.jsonl"\n'
        f'[verify]\nworkers = 1\nreadings = "{readings}"\n[analysis]\nresamples = 0\n'
    )
    return settings


ANSWERS = [
    f"```python\n{RIGHT}```\nOr, wrongly:\n```python\n{WRONG}```\n",
    f"<think>\nLet me see.\n```python\n{RIGHT}```\n",
    f"```python\n{WRONG}```\n",
    f"```python\n{RIGHT}```\n",
]


@pytest.mark.slow
def test_other_readings_are_judged_and_kept(tmp_path: Path) -> None:
    """With readings = "all" the document holds the gap and the answers between; a second run adds nothing."""
    settings = write_run(tmp_path, ANSWERS, "all")
    for _ in range(2):
        carry_out(Run.open(settings, tmp_path / "run"))
        with Store(tmp_path / "run" / "audit.db", create=False) as store:
            kept = store.judged_readings("m")
            assert [(one.sample_index, one.base, one.plus) for one in kept] == [(0, PASS, PASS), (1, PASS, PASS)]
            assert len(list(store.verdicts(SuiteName.BASE))) == 2
    (model,) = json.loads((tmp_path / "run" / "report" / "report.json").read_text())["models"]
    gap = model["readings"]
    assert (gap["samples"], gap["reread"], gap["as_read"], gap["at_best"]) == (4, 2, 0.25, 0.75)
    assert [answer["sample_index"] for answer in gap["recovered"]] == [0, 1]
    assert gap["recovered"][1]["program"] is None


def test_only_the_chosen_reading_is_judged_by_default(tmp_path: Path) -> None:
    """Without the setting nothing else is run, and the document says nothing of it."""
    carry_out(Run.open(write_run(tmp_path, ANSWERS, "chosen"), tmp_path / "run"))
    with Store(tmp_path / "run" / "audit.db", create=False) as store:
        assert store.judged_readings("m") == []
    (model,) = json.loads((tmp_path / "run" / "report" / "report.json").read_text())["models"]
    assert model["readings"] is None
