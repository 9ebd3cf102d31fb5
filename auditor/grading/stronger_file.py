"""A file of own tasks with stronger plus suites: rows in, rows out; an interrupted command resumes where it stopped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.benchmark import load_benchmark
from auditor.benchmark.contracts import contract_of
from auditor.benchmark.rows import jsonl_rows
from auditor.benchmark.values import encode_value
from auditor.config import ModelConfig, VerifyConfig
from auditor.errors import InputError
from auditor.grading.ground import ProgramPool
from auditor.grading.journal import Journal
from auditor.grading.progress import BeginStage, silent
from auditor.grading.strengthen import INPUTS, TESTS, Strengthened, strengthen
from auditor.grading.strengthened_text import as_row, from_row
from auditor.grading.suggested import Suggestion
from auditor.json_types import JsonObject, list_or_empty, object_or_empty
from auditor.records import InputSuite, StdinSuite, Task
from auditor.sampling.recorded import read_recorded
from auditor.verify import Verifier, code_digest
from auditor.verify.observe import Observer


@dataclass(frozen=True, slots=True)
class Options:
    """Options of strengthening."""

    inputs: int = INPUTS
    """Valid inputs generated per task."""
    tests: int = TESTS
    """Most tests added per task."""
    seed: int = 0
    vote: bool = True
    """Whether samples may dispute the reference."""
    most_samples: int = 60
    """Most distinct samples used per task, the first ones."""


def samples_of(files: Sequence[Path], tasks: Mapping[str, Task], most: int) -> dict[str, tuple[str, ...]]:
    """Return the first distinct programs of each task from recorded answers in any format that is read."""
    found: dict[str, dict[str, None]] = {}
    for file in files:
        for sample in read_recorded(ModelConfig(name=file.name, recorded=file), tasks, renumbered=True):
            programs = found.setdefault(sample.task_id, {})
            if sample.solution is not None and len(programs) < most:
                programs.setdefault(sample.solution)
    return {task_id: tuple(programs) for task_id, programs in found.items()}


def strengthen_file(
    path: Path, config: VerifyConfig, options: Options | None = None, *, samples: Sequence[Path] = (),
    journal: Path | None = None, stage: BeginStage = silent,
    suggestions: Mapping[str, Suggestion] | None = None, contracts: Mapping[str, str] | None = None,
) -> tuple[str, list[Strengthened]]:  # fmt: skip
    """Return the rows of a file of own tasks as JSONL with stronger plus suites, and the result for each task.

    ``samples`` are files of recorded answers. ``suggestions`` are a model's inputs, ``contracts`` those that a person
    has approved; both are by task id, and contracts come out in the rows. ``journal`` keeps what is done, for the same
    command to go on with.
    A task whose reference or known-right programs fail is left as it is, and so is one that would not be fit with its
    new tests. Raises :class:`~auditor.errors.InputError` if the file contains no own tasks.
    """
    options = options or Options()
    tasks = {task.task_id: task for task in load_benchmark(path).tasks}
    rows: list[JsonObject] = [dict(row.values) for row in jsonl_rows(path)]
    if not all({"base", "plus", "prompt"} <= row.keys() for row in rows):
        remedy = "only own tasks can be written again (the page Benchmarks and tasks has their format)"
        raise InputError("is not a file of own tasks", where=str(path), remedy=remedy)
    approved = contracts or {}
    for task_id in tasks.keys() & approved.keys():
        task = tasks[task_id]
        read = contract_of(approved[task_id], task.reference, task.target.name)
        tasks[task_id] = replace(task, contract=read or task.contract)
    rows = [
        {**row, "contract": approved[str(row["task_id"])]} if str(row["task_id"]) in approved else row for row in rows
    ]
    pool = samples_of(samples, tasks, options.most_samples)
    with Verifier(tasks, config) as verifier:
        unfit = verifier.check_references(stage("references", len(tasks)))
    kept = Journal(journal)
    done = dict(kept.read(lambda row: (str(row["key"]), from_row(object_or_empty(row["result"])))))
    advance = stage("strengthening", len(tasks))
    found: dict[str, Strengthened] = {}
    with Observer(config) as observer:
        for task_id, task in tasks.items():
            if task_id in unfit:
                found[task_id] = Strengthened(task_id, skipped=f"unfit: {unfit[task_id]}")
            else:
                suggested = (suggestions or {}).get(task_id, Suggestion()).inputs
                programs = ProgramPool(samples=pool.get(task_id, ()), suggested=suggested)
                key = _key(task, programs, options)
                result = done.get(key) or strengthen(
                    task, observer, programs, inputs=options.inputs, tests=options.tests, seed=options.seed,
                    vote=options.vote,
                )  # fmt: skip
                if key not in done:
                    kept.add({"key": key, "result": as_row(result)})
                found[task_id] = result
            advance(1)
    found |= _refused(tasks, found, config)
    lines = [json.dumps(_stronger(row, found.get(str(row["task_id"]))), ensure_ascii=False) for row in rows]
    return "\n".join(lines) + "\n", list(found.values())


def stronger_task(task: Task, found: Strengthened) -> Task:
    """Return a task with the new tests in its plus suite, whose outputs the reference gives."""
    if isinstance(task.plus, StdinSuite):
        texts = (*task.plus.stdin, *(str(test.arguments[0]) for test in found.tests))
        return replace(task, plus=replace(task.plus, stdin=texts, stdout=None))
    assert isinstance(task.plus, InputSuite)
    inputs = (*task.plus.inputs, *(test.arguments for test in found.tests))
    return replace(task, plus=replace(task.plus, inputs=inputs, outputs=None))


def _refused(
    tasks: Mapping[str, Task], found: Mapping[str, Strengthened], config: VerifyConfig
) -> dict[str, Strengthened]:
    """Judge the references, known-right and known-wrong programs on the new suites; returns the tasks that fail."""
    changed = {task_id: stronger_task(tasks[task_id], one) for task_id, one in found.items() if one.tests}
    if not changed:
        return {}
    with Verifier(changed, config) as verifier:
        unfit = verifier.check_references()
    return {
        task_id: Strengthened(task_id, skipped=f"refused: with the new tests, {reason}")
        for task_id, reason in unfit.items()
    }


def _key(task: Task, programs: ProgramPool, options: Options) -> str:
    """Describe everything on which a task's result depends."""
    facts = repr((task, programs, options, code_digest()))
    return hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()


def _stronger(row: JsonObject, result: Strengthened | None) -> JsonObject:
    """Add inputs to a row's plus suite; its outputs go, since the reference gives those of all inputs."""
    if result is None or not result.tests:
        return row
    plus = {key: value for key, value in object_or_empty(row["plus"]).items() if key not in {"outputs", "stdout"}}
    if "stdin" in plus:
        texts = [str(test.arguments[0]) for test in result.tests]
        return {**row, "plus": {**plus, "stdin": [*list_or_empty(plus["stdin"]), *texts]}}
    new = [[encode_value(one) for one in test.arguments] for test in result.tests]
    inputs = [*list_or_empty(plus["inputs"]), *list_or_empty(json.loads(json.dumps(new)))]
    return {**row, "plus": {**plus, "inputs": inputs}}
