"""Files of recorded answers as other tools lay them out, with content of our own, and a reading of one to its end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from backports.zstd import zipfile

from auditor.config import ModelConfig
from auditor.records import InputSuite, Task
from auditor.sampling.recorded import RecordedSamples
from auditor.targets import Target

PROMPT = 'def twice(x):\n    """Double x."""\n'
PROGRAM = "def twice(x):\n    return 2 * x\n"
WRONG = "def twice(x):\n    return x + 2\n"
ANSWER = f"Sure.\n\n```python\n{PROGRAM}```\n"
IDS = ("HumanEval/0", "HumanEval/1", "Own/a-b")
TASKS = {
    name: Task(name, PROMPT, Target.function("twice"), PROMPT + "    return 2 * x\n", InputSuite(()), InputSuite(()))
    for name in IDS
}


class Reading:
    """A file read to its end."""

    def __init__(self, path: Path, tasks: dict[str, Task] | None = None, **settings: Any) -> None:
        recorded = RecordedSamples(ModelConfig(name="m", recorded=path, **settings), tasks or TASKS)
        self.format = recorded.format
        self.all = list(recorded)
        self.notes = recorded.notes
        self.samples = [one.sample for one in self.all]
        self.keys = [(sample.task_id, sample.sample_index) for sample in self.samples]
        self.solutions = [sample.solution for sample in self.samples]
        self.verdicts = [verdict for one in self.all for verdict in one.verdicts]


def put(path: Path, content: Any) -> Path:
    """Write rows as JSONL, or any other value as one JSON document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_rows = path.name.endswith("l") and isinstance(content, list)
    path.write_text("".join(json.dumps(row) + "\n" for row in content) if is_rows else json.dumps(content))
    return path


def lm_eval_row(task_id: Any, responses: list[str], name: str, **more: Any) -> dict[str, Any]:
    """Lay a row out as lm-evaluation-harness 0.4 does."""
    filtered = [PROMPT + text for text in responses] if name == "create_test" else responses
    return {
        "doc_id": 0, "doc": {"task_id": task_id, "prompt": PROMPT}, "target": "", "arguments": {},
        "resps": [responses], "filtered_resps": [filtered], "filter": name, "metrics": ["pass@1"], **more,
    }  # fmt: skip


def inspect_sample(sample_id: Any, epoch: int, text: Any, value: Any = "C", stop: str = "stop") -> dict[str, Any]:
    """Lay a sample out as inspect_ai 0.3 does."""
    message = {"id": "x", "content": text, "source": "generate", "role": "assistant", "model": "mock/m"}
    return {
        "id": sample_id, "epoch": epoch, "input": "Double x", "target": "4", "messages": [], "metadata": {},
        "output": {
            "model": "mock/m", "choices": [{"message": message, "stop_reason": stop}], "completion": "", "time": 0.5,
            "usage": {"input_tokens": 7, "output_tokens": 21, "total_tokens": 28},
        },
        "scores": {"verify": {"value": value, "answer": WRONG, "explanation": "ran\nthem", "history": []}},
        "store": {}, "events": [], "attachments": {"abc": ANSWER},
    }  # fmt: skip


INSPECT = [
    inspect_sample("HumanEval/0", 1, ANSWER),
    inspect_sample(1, 1, [{"type": "reasoning", "reasoning": "def"}, {"type": "text", "text": ANSWER}], "I"),
    inspect_sample("HumanEval/0", 2, "attachment://abc", 0.5),
    inspect_sample(1, 2, "def twi", 0, "max_tokens"),
    inspect_sample("Own/a-b", 1, "I can't help with that.", True, "content_filter"),
]
LOG = {"version": 2, "status": "success", "eval": {"task": "twice", "model": "mock/m"}, "plan": {}, "samples": INSPECT}


def as_eval(path: Path, samples: Iterable[Any], method: int) -> Path:
    """Write samples as a log in the .eval format."""
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("_journal/start.json", json.dumps({}))
        for sample in samples:
            archive.writestr(f"samples/{sample['id']}_epoch_{sample['epoch']}.json", json.dumps(sample))
        archive.writestr("header.json", json.dumps({key: LOG[key] for key in ("version", "status", "eval")}))
    return path


def lcb_problem(question_id: str, codes: list[str], graded: list[Any]) -> dict[str, Any]:
    """Lay a problem out as LiveCodeBench's evaluation does."""
    note = {"error_code": -3, "error_message": "Time Limit Exceeded", "inputs": "[1, 2]", "expected": "3"}
    return {
        "question_title": "t", "question_id": question_id, "starter_code": "",
        "output_list": [f"```python\n{code}```" for code in codes], "code_list": codes, "graded_list": graded,
        "pass@1": float("nan"), "metadata": [json.dumps({"execution time": 0.1} if ok else note) for ok in graded],
    }  # fmt: skip


def batch_row(custom_id: str, *texts: str, **more: Any) -> dict[str, Any]:
    """Lay a row out as OpenAI's batch output has it."""
    choices = [
        {"index": index, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        for index, text in enumerate(texts)
    ]
    body = {"object": "chat.completion", "model": "gpt", "choices": choices, "usage": {"prompt_tokens": 3}}
    return {"id": "b", "custom_id": custom_id, "response": {"status_code": 200, "body": body}, "error": None, **more}


def rollout(index: int, **more: Any) -> dict[str, Any]:
    """Lay a rollout out as NeMo Gym does."""
    content = [{"type": "output_text", "text": ANSWER}]
    output = [{"type": "reasoning", "summary": []}, {"type": "message", "content": content, "status": "completed"}]
    response = {"object": "response", "model": "m", "output": output, "usage": {"input_tokens": 5, "output_tokens": 9}}
    return {"response": response, "reward": 1.0, "_ng_task_index": 0, "_ng_rollout_index": index, **more}


def tasks_of(ids: Iterable[str]) -> dict[str, Task]:
    """Return tasks of these ids, alike in all else."""
    given = TASKS[IDS[0]]
    return {name: replace(given, task_id=name) for name in ids}
