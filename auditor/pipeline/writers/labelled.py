"""The samples behind a run's figures, with their verdicts, for the writers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.records import JudgedSample, Label, Sample
from auditor.store import Store


@dataclass(frozen=True, slots=True)
class LabelledSample:
    """A sample with its verdicts."""

    sample: Sample
    judged: JudgedSample


def labelled_samples(store: Store, model: str) -> Iterator[LabelledSample]:
    """Stream the samples behind a model's figures by task and index: labelled ones of included tasks."""
    left_out = {task.task_id for task in store.tasks() if task.unfit or task.excluded}
    for sample, judged in zip(store.samples(model), store.judged(model), strict=True):
        if judged.label is not Label.UNKNOWN and sample.task_id not in left_out:
            yield LabelledSample(sample, judged)


def file_name(text: str) -> str:
    """Turn a text into a file or folder name of letters, digits, dots, dashes and underscores."""
    return re.sub(r"[^\w.-]+", "_", text, flags=re.ASCII).strip("._") or "unnamed"
