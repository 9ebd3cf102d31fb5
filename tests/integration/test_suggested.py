"""Inputs and validators that a model suggests: read, asked for over HTTP, checked, and put before a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.app import app
from auditor.errors import InputError
from auditor.grading.suggested import read_contracts, read_suggestion
from tests.scripted import Scripted, completion, scripted_server

CLIP = "def clip(x, low, high):\n    return min(high, max(low, x))\n"
WRONG = "def clip(x, low, high):\n    return high if x > high else x\n"
ANSWER = """\
Here they are:
```python
import math

inputs = [(5, 0, 10), (0, 1, 10), (1, 2, open), ("x",), [1, 2]]


def valid(x, low, high):
    return low <= high
```
"""


@pytest.mark.parametrize(
    ("text", "inputs", "names_valid"),
    [
        (ANSWER, 3, True),
        ("inputs = [(1, 2)]", 1, False),
        ("I cannot do that.", 0, False),
        ("```python\ninputs = [(1,), (__import__('os').system('x'),)]\n```", 1, False),
        ("```\ndef valid(x):\n    return x > 0\n```", 0, True),
        ("inputs = " + "[" * 400, 0, False),
    ],
)
def test_an_answer_is_read_and_never_run(text: str, inputs: int, names_valid: bool) -> None:
    found = read_suggestion(text)
    assert len(found.inputs) == inputs
    assert bool(found.validator) is names_valid


def test_contracts_are_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "contracts.jsonl"
    path.write_text(json.dumps({"task_id": "a", "contract": "assert x > 0"}) + "\n\n")
    assert read_contracts(path) == {"a": "assert x > 0"}
    path.write_text(
        json.dumps({"task_id": "a", "contract": "assert x > 0"}) + "\n" + json.dumps({"task_id": "b"}) + "\n"
    )
    with pytest.raises(InputError, match=r"contracts.jsonl:2: does not give a task's contract"):
        read_contracts(path)


def test_a_model_adds_inputs_and_proposes_a_contract(tmp_path: Path) -> None:
    """Its input kills a wrong sample; its validator waits to be approved and then decides what is valid."""
    row = {
        "task_id": "Own/clip", "prompt": "def clip(x, low, high):\n", "entry_point": "clip", "reference": CLIP,
        "correct": ["def clip(x, low, high):\n    return sorted([low, x, high])[1] if low <= high else high\n"],
        "base": {"inputs": [[5, 0, 10]]}, "plus": {"inputs": [[6, 0, 10]]},
    }  # fmt: skip
    source, answers = tmp_path / "tasks.jsonl", tmp_path / "answers.jsonl"
    source.write_text(json.dumps(row) + "\n")
    answers.write_text(json.dumps({"task_id": "Own/clip", "solution": WRONG}) + "\n")
    asked: list[str] = []

    def script(body: dict[str, Any]) -> Scripted:
        asked.append(body["messages"][-1]["content"])
        return completion(ANSWER)

    out, proposed = tmp_path / "out.jsonl", tmp_path / "out.jsonl.contracts"
    with scripted_server(script) as server:
        words = ["tasks", "strengthen", str(source), "-o", str(out), "--samples", str(answers), "--inputs", "9",
                 "--tests", "3", "--workers", "1", "--quiet"]  # fmt: skip
        with pytest.raises(SystemExit) as ended:
            app([*words, "--model", "m", "--base-url", server.base_url])
        assert ended.value.code in (0, None)
    assert len(asked) == 1
    assert "def clip(x, low, high):" in asked[0]
    assert "`clip`" in asked[0]
    stronger = json.loads(out.read_text())
    assert [0, 1, 1] in stronger["plus"]["inputs"], "the model's (0, 1, 10), made smaller"
    assert "contract" not in stronger, "a proposal is not used before it is approved"
    assert read_contracts(proposed)["Own/clip"].startswith("import math")
    with pytest.raises(SystemExit) as ended:
        app([*words, "--contracts", str(proposed)])
    assert ended.value.code in (0, None)
    assert json.loads(out.read_text())["contract"].startswith("import math")
