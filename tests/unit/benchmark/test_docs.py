"""The tasks that the documentation shows are read as it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from auditor.benchmark.own import read_task
from auditor.benchmark.rows import SourceRow
from auditor.comparators import Comparator
from auditor.config import VerifyConfig
from auditor.suites import Trust
from auditor.targets import TargetKind
from auditor.verify import Verifier

DOC = Path(__file__).resolve().parents[3] / "docs" / "benchmarks.md"


def test_the_examples_are_fit() -> None:
    """Each JSON example is a task whose reference passes both suites: a function, a program and a class."""
    blocks = re.findall(r"```json\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    drafts = [read_task(SourceRow(json.loads(block), "docs/benchmarks.md")) for block in blocks]
    assert [draft.target.kind for draft in drafts] == [TargetKind.FUNCTION, TargetKind.PROGRAM, TargetKind.CLASS]
    tasks = {draft.task_id: draft.task(draft.base) for draft in drafts if draft.base is not None}
    with Verifier(tasks, VerifyConfig(workers=1)) as verifier:
        assert verifier.check_references() == {}


def test_every_comparator_and_trust_is_documented() -> None:
    """A rule that can be asked for is explained."""
    text = DOC.read_text(encoding="utf-8")
    for word in (*Comparator, *Trust):
        assert f"`{word.value}`" in text
