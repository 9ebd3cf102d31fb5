"""EvalPlus's ``eval_results.json``: the programs of each task with base and plus status."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from auditor.pipeline.analysed import analysis_of
from auditor.pipeline.writers.labelled import LabelledSample, file_name, labelled_samples
from auditor.records import Outcome
from auditor.store import Store
from auditor.text import plural


class EvalPlusResults:
    """One file per model, ``MODEL_eval_results.json``, in the layout of EvalPlus 0.3.

    ``plus_status`` is null if plus was not run because base failed; ``hash`` is the digest of our tasks.
    """

    name = "evalplus"

    def write(self, store: Store, folder: Path) -> Iterator[str]:
        """Write the files, task by task."""
        digest = store.meta.benchmark.digest if store.meta.benchmark else ""
        head = {"date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"), "hash": digest}
        folder.mkdir(parents=True, exist_ok=True)
        for entry in analysis_of(store).models:
            path = folder / f"{file_name(entry.model)}_eval_results.json"
            count = 0
            with path.open("w", encoding="utf-8") as file:
                file.write(json.dumps(head)[:-1] + ', "eval": {')
                by_task = itertools.groupby(labelled_samples(store, entry.model), key=lambda one: one.sample.task_id)
                for number, (task_id, samples) in enumerate(by_task):
                    rows = [_row(one) for one in samples]
                    file.write(("," if number else "") + f"\n{json.dumps(task_id)}: {json.dumps(rows)}")
                    count += len(rows)
                file.write("\n}}\n")
            yield f"{path}: {plural(count, 'sample')}"


def _row(one: LabelledSample) -> dict[str, object]:
    return {
        "task_id": one.sample.task_id,
        "solution": one.sample.solution,
        "base_status": _status(one.judged.base),
        "plus_status": _status(one.judged.plus),
        "base_fail_tests": [],
        "plus_fail_tests": [],
    }


def _status(outcome: Outcome | None) -> str | None:
    """Translate an outcome to one of EvalPlus's three."""
    match outcome:
        case None:
            return None
        case Outcome.PASS | Outcome.TIMEOUT:
            return outcome.value
        case _:
            return "fail"
