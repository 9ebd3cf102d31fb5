"""A mini suite made of a run labels that run's programs as the whole suite does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.errors import InputError, StoreError
from auditor.pipeline import Run, carry_out, mini
from auditor.store import Store
from tests import small_audit
from tests.unit.test_pipeline_run import Heard

PLUS = [[[]], [[2, 2, 1, 1]], *([[n, n + 1, n + 2]] for n in range(40))]


def test_a_mini_suite_is_made_and_used(tmp_path: Path) -> None:
    config = small_audit.write(tmp_path, tasks=2, endless=0)
    rows = [json.loads(line) for line in (tmp_path / "tasks.jsonl").read_text().splitlines()]
    (tmp_path / "tasks.jsonl").write_text("".join(json.dumps({**row, "plus": {"inputs": PLUS}}) + "\n" for row in rows))
    samples = (tmp_path / "samples.jsonl").read_text()
    with (tmp_path / "samples.jsonl").open("a") as file:  # so that each model has a wrong program of its own
        file.write(samples.replace("sorted(set(xs))[:", "sorted(list(dict.fromkeys(xs)))[:"))
    carry_out(Run.open(config, tmp_path / "full"), ("verify",))
    made = mini.make([tmp_path / "full"])
    assert made.suite.before == 2 * len(PLUS)
    assert made.suite.after < 15
    assert made.suite.missed.value is None  # both models wrote the same wrong programs
    (tmp_path / "mini.json").write_text(json.dumps(mini.write(made)))
    text = config.read_text()
    config.write_text(text.replace("[verify]\n", '[verify]\nplus = "mini.json"\n'))
    heard = Heard()
    carry_out(Run.open(config, tmp_path / "mini", heard), ("verify",))
    assert any(f"{made.suite.after} of {2 * len(PLUS)} tests" in note for note in heard.notes)
    with Store(tmp_path / "full" / "audit.db") as full, Store(tmp_path / "mini" / "audit.db") as small:
        assert [one.label for one in full.judged()] == [one.label for one in small.judged()]
        assert {verdict.tests for verdict in small.verdicts() if verdict.suite == "plus"} < set(range(15))
        assert small.meta.benchmark is not None
        assert "mini.json" in str(small.meta.benchmark.source)
    with pytest.raises(StoreError, match="other tasks"):  # its verdicts never mix with the whole suite's
        carry_out(Run.open(config, tmp_path / "full"), ("verify",))
    (tmp_path / "tasks.jsonl").write_text((tmp_path / "tasks.jsonl").read_text().replace("[2, 2, 1, 1]", "[2, 2]"))
    with pytest.raises(InputError, match="of other tasks"):
        carry_out(Run.open(config, tmp_path / "other"), ("verify",))


def test_what_is_no_mini_suite_is_refused(tmp_path: Path) -> None:
    for text in ("", "{}", '{"schema": "auditor/mini/1", "benchmark": "x", "suite": {"tests": {"T/1": ["a"]}}}'):
        (tmp_path / "mini.json").write_text(text)
        with pytest.raises(InputError, match=r"mini\.json"):
            mini.read(tmp_path / "mini.json")
