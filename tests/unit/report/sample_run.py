"""A run whose samples have every outcome and whose texts attack the page, with the browser of samples of it."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from auditor.records import (
    FailingTest,
    FailureKind,
    Finding,
    InputSuite,
    LinterName,
    Outcome,
    Sample,
    SampleStatus,
    StyleResult,
    SuiteName,
    Task,
    Usage,
    Verdict,
)
from auditor.report import write_report
from auditor.report.samples import write_samples
from auditor.results import CriterionFacts, ReportDocument
from auditor.store import Store
from auditor.targets import Target, TargetKind
from tests.unit.report.documents import HOSTILE, make_document

RUBRIC = "0" * 64
CRITERIA = (CriterionFacts(criterion="names", title="Names are <b>clear</b>", reason="They are read."),)
TEXTS = [text[:3000] for text in HOSTILE]
HUGE = "x = 1  # long\n" * 5000


def make_run(folder: Path) -> tuple[ReportDocument, Store]:
    """Build a document of one model and a store with its samples: per task a right, a false and a rejected program,
    a refusal, and for one task a huge program."""
    document = make_document(models=1, tasks=6, samples=9, false_positives=3)
    rubric = document.provenance.rubric
    assert rubric is not None
    document = replace(
        document,
        tasks=tuple(replace(row, prompt=text) for row, text in zip(document.tasks, TEXTS, strict=False)),
        provenance=replace(document.provenance, rubric=replace(rubric, hash=RUBRIC, criteria=CRITERIA)),
    )
    store = Store(folder / "audit.db")
    store.add_tasks(
        Task(row.task_id, row.prompt, Target(TargetKind.FUNCTION, "f"), "", InputSuite(()), InputSuite(()))
        for row in document.tasks
    )
    model, criterion = document.models[0].model, CRITERIA[0].criterion
    for place, row in enumerate(document.tasks):
        text = TEXTS[place % len(TEXTS)]
        bodies = {
            "right": f"def f():\n    return 1  # {text}\n",
            "wrong": f"def f():\n    return 2  # {text}\n" + (HUGE if place == 0 else ""),
            "rejected": "def f():\n    raise KeyError\n",
        }
        outcomes = {
            "right": (Outcome.PASS, Outcome.PASS),
            "wrong": (Outcome.PASS, Outcome.FAIL),
            "rejected": (Outcome.FAIL, None),
        }
        samples = [
            Sample(model, row.task_id, number, f"{number:064d}", SampleStatus.OK, f"{text}\n{body}", body, "fence/1",
                   usage=Usage(12, 34), latency=0.5, readings=2, readings_differ=True)
            for number, body in enumerate([bodies["right"], bodies["wrong"], bodies["rejected"], bodies["right"]])
        ]  # fmt: skip
        refused = Sample(model, row.task_id, 4, "4" * 64, SampleStatus.REFUSED, text, None, "", refusal=text)
        store.add_samples([*samples, replace(refused, request_hash="5" * 64), refused])
        for kind, sample in zip(("right", "wrong", "rejected"), samples, strict=False):
            failing = (
                None
                if kind == "right"
                else FailingTest(0, f"f({text[:500]})", text[:500], text[:500], FailureKind.WRONG_VALUE)
            )
            for suite, outcome in zip(SuiteName, outcomes[kind], strict=True):
                if outcome is not None:
                    why = failing if outcome is Outcome.FAIL else None
                    ran = b"\x01\x01" if why is None else b"\x00\x01" if suite is SuiteName.BASE else b"\x00\x02"
                    store.add_verdicts([Verdict(str(sample.program), suite, outcome, 2, ran, why, text[:200])])
            found = (
                Finding(
                    LinterName("ruff"),
                    "N802",
                    "name",
                    text[:300],
                    1,
                    1,
                    False,
                    criterion=criterion,
                    url="javascript:alert(1)",
                ),
                Finding(LinterName("pylint"), "C0103", "other", text[:300], 2, 1, False),
            )
            store.add_style([StyleResult(str(sample.program), RUBRIC, True, 0.5, {criterion: False}, {}, found)])
    return document, store


def write_run(folder: Path) -> tuple[ReportDocument, Path]:
    """Write the whole report of :func:`make_run`; return the document and the page of the browser."""
    folder.mkdir(parents=True, exist_ok=True)
    document, store = make_run(folder)
    with store:
        write_report(document, folder / "report", ["html", "json"], samples=True)
        (page,) = write_samples(document, store, folder / "report")
    return document, page


def read_data(path: Path) -> Any:
    """Read a data file as the page does."""
    found = re.fullmatch(r'auditorData\("([\w-]+)","([A-Za-z0-9+/=]*)"\);\n', path.read_text(encoding="ascii"))
    assert found, path
    assert found[1] == path.stem
    return json.loads(zlib.decompress(base64.b64decode(found[2])))
