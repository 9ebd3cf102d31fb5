"""Recorded answers by the id of a data set on the hub, read from the copy that its library keeps; no network."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import datasets
import huggingface_hub
import pytest

from auditor.errors import EndpointError, InputError
from tests.recorded_files import ANSWER, PROGRAM, Reading

ROWS = [
    {"task_id": "HumanEval/0", "solution": ANSWER, "model": "m"},
    {"task_id": "HumanEval/1", "solution": PROGRAM, "model": "m"},
]


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``datasets`` write its cache of ``org/answers``, with two splits, and be offline from then on."""
    for split in ("test", "train"):
        (tmp_path / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    files = {split: str(tmp_path / f"{split}.jsonl") for split in ("test", "train")}
    datasets.load_dataset("json", data_files=files, cache_dir=str(tmp_path / "made"))
    made = next((tmp_path / "made").rglob("dataset_info.json")).parent
    kept = tmp_path / "cache" / "org___answers" / "default" / "0.0.0" / ("0" * 40)
    shutil.copytree(made, kept)
    for file in kept.glob("json-*"):
        file.rename(kept / file.name.replace("json-", "answers-", 1))
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)


@pytest.mark.usefixtures("cached")
def test_a_data_set_is_read_by_its_id() -> None:
    """Rows come from the split that was named; without a name, and for an unknown id, there is one line."""
    found = Reading(Path("org/answers"), format="hub", split="train")
    assert found.format == "hub"
    assert found.keys == [("HumanEval/0", 0), ("HumanEval/1", 0)]
    assert found.solutions == [PROGRAM, PROGRAM]
    assert found.samples[0].raw == ANSWER
    with pytest.raises(InputError, match=r"org/answers: has several splits \((test, train|train, test)\)"):
        Reading(Path("org/answers"), format="hub")
    with pytest.raises(EndpointError, match=r"org/none: the hub cannot be reached .* name a local copy"):
        Reading(Path("org/none"), format="hub")
