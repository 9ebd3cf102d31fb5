"""Recorded answers as other tools write them: samples, verdicts and notes of each format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from backports.zstd import zipfile

from auditor.config import ModelConfig
from auditor.errors import InputError
from auditor.records import Outcome, SampleStatus, SuiteName
from auditor.sampling.recorded import RecordedSamples
from tests.recorded_files import (
    ANSWER,
    IDS,
    INSPECT,
    LOG,
    PROGRAM,
    PROMPT,
    TASKS,
    WRONG,
    Reading,
    as_eval,
    batch_row,
    inspect_sample,
    lcb_problem,
    lm_eval_row,
    put,
    rollout,
)


def test_an_evalplus_folder(tmp_path: Path) -> None:
    """Files count by their number, not by their name's order; a folder's name means the task id with its slash."""
    for name, text in (("HumanEval_0/10", WRONG), ("HumanEval_0/2", PROGRAM), ("HumanEval_1/0", ANSWER)):
        path = tmp_path / "samples" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "samples" / "HumanEval_1" / "0.txt").write_text("x")
    found = Reading(tmp_path / "samples")
    assert found.format == "evalplus-folder"
    assert found.keys == [("HumanEval/0", 2), ("HumanEval/0", 10), ("HumanEval/1", 0)]
    assert found.solutions == [PROGRAM, WRONG, PROGRAM]
    assert [note for note in found.notes if "not read: 1 file not named" in note]
    assert [note for note in found.notes if note == "samples for 2 of 3 tasks"]
    (tmp_path / "samples" / "HumanEval_1" / "1.py").write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"HumanEval_1/1.py: not UTF-8 text"):
        Reading(tmp_path / "samples")


def test_evalplus_raw_answers_are_extracted_with_a_note(tmp_path: Path) -> None:
    """A solution that is a chat answer becomes the program within; fences inside a string are no fences."""
    quoting = 'def twice(x):\n    """\n    ```python\n    twice(2)\n    ```\n    """\n    return 2 * x\n'
    rows = [{"task_id": "HumanEval/0", "solution": text} for text in (ANSWER, PROGRAM, quoting, "\ufeff" + PROGRAM)]
    found = Reading(put(tmp_path / "s.jsonl", rows))
    assert found.solutions == [PROGRAM, PROGRAM, quoting, PROGRAM]
    assert found.samples[0].raw == ANSWER
    assert found.notes[0] == "chat answers: 1 of 4 recorded programs; the code was extracted from them"


def test_evalplus_results_carry_both_verdicts(tmp_path: Path) -> None:
    """Programs come with the base and plus status, and with the first failing input if it was kept."""
    samples = [
        {
            "solution": PROGRAM,
            "base_status": "pass",
            "plus_status": "pass",
            "base_fail_tests": [],
            "plus_fail_tests": [],
        },
        {"solution": WRONG, "base_status": "pass", "plus_status": "timeout", "plus_fail_tests": [[3], [4]]},
    ]
    document = {"date": "2025-01-01", "hash": "0", "eval": {"HumanEval/0": samples, "HumanEval/1": samples[:1]}}
    for text in (json.dumps(document), json.dumps(document, indent=2), json.dumps(document) + "\n"):
        path = tmp_path / "m_eval_results.json"
        path.write_text(text)
        found = Reading(path)
        assert found.format == "evalplus-results"
        assert found.keys == [("HumanEval/0", 0), ("HumanEval/0", 1), ("HumanEval/1", 0)]
        assert [(v.sample_index, v.suite, v.outcome) for v in found.verdicts[:4]] == [
            (0, SuiteName.BASE, Outcome.PASS), (0, SuiteName.PLUS, Outcome.PASS),
            (1, SuiteName.BASE, Outcome.PASS), (1, SuiteName.PLUS, Outcome.TIMEOUT),
        ]  # fmt: skip
        assert found.verdicts[3].failing_input == "[3]"
        assert {v.source for v in found.verdicts} == {"evalplus"}
    samples[0]["plus_status"] = "passed"
    with pytest.raises(InputError, match="'passed' is not one of EvalPlus's"):
        Reading(put(path, document))
    with pytest.raises(InputError, match="verdicts without programs"):
        Reading(put(path, {"eval": {"HumanEval/0": {"base": [["pass", []]]}}}))


def test_human_eval_rows_and_results(tmp_path: Path) -> None:
    """Completions follow the prompt; the results file adds a verdict a row."""
    completion = "    return 2 * x\n"
    rows = [
        {"task_id": "HumanEval/0", "completion": completion, "result": "passed", "passed": True},
        {"task_id": "HumanEval/0", "completion": completion, "result": "failed: AssertionError", "passed": False},
        {"task_id": "HumanEval/1", "completion": completion, "result": "timed out", "passed": False},
        {"task_id": "HumanEval/1", "completion": completion},
    ]
    found = Reading(put(tmp_path / "samples.jsonl_results.jsonl", rows))
    assert found.format == "jsonl"
    assert found.solutions == [PROMPT + completion] * 4
    assert [v.outcome for v in found.verdicts] == [Outcome.PASS, Outcome.FAIL, Outcome.TIMEOUT]
    assert found.verdicts[1].detail == "failed: AssertionError"
    assert {v.suite for v in found.verdicts} == {None}


def test_bigcode_generations_go_by_order(tmp_path: Path) -> None:
    """A list of programs per task, in the benchmark's order; another number of lists cannot be told apart."""
    path = put(tmp_path / "generations.json", [[PROGRAM, WRONG], [], [PROGRAM]])
    found = Reading(path)
    assert found.format == "bigcode"
    assert found.keys == [("HumanEval/0", 0), ("HumanEval/0", 1), ("Own/a-b", 0)]
    some = {"HumanEval/1": TASKS["HumanEval/1"]}
    recorded = RecordedSamples(ModelConfig(name="m", recorded=path), {"Own/a-b": TASKS["Own/a-b"]}, known=IDS)
    assert [one.sample.task_id for one in recorded] == ["Own/a-b"]
    with pytest.raises(InputError, match=r"holds 3 lists, but the benchmark has 1 task — only their order"):
        Reading(path, some)
    with pytest.raises(InputError, match="holds 2 lists, but the benchmark has 3"):
        Reading(put(path, [[PROGRAM], [PROGRAM]]))
    with pytest.raises(InputError, match=r"generations.json:1: item 1: is not a list of strings"):
        Reading(put(path, [[PROGRAM], [5], []]))


def test_lm_eval_samples(tmp_path: Path) -> None:
    """The one filter's responses are read; several are refused until one is chosen, or the answers themselves."""
    body = ["    return 2 * x\n", "    return x + 2\n"]
    path = put(tmp_path / "samples_x.jsonl", [lm_eval_row(i, body, "create_test") for i in (IDS[0], 1)])
    found = Reading(path)
    assert found.format == "lm-eval"
    assert found.keys == [(IDS[0], 0), (IDS[0], 1), (IDS[1], 0), (IDS[1], 1)]
    assert found.solutions[:2] == [PROMPT + text for text in body]
    assert [sample.raw for sample in found.samples[:2]] == body
    rows = [lm_eval_row(IDS[0], body, name) for name in ("create_test", "raw")]
    put(path, rows)
    with pytest.raises(InputError, match=r"several filters \(create_test, raw\) — choose one with filter"):
        Reading(path)
    assert Reading(path, filter="raw").samples[0].rule.startswith("given-after-prompt")
    assert Reading(path, filter="create_test").solutions == [PROMPT + text for text in body]
    assert Reading(path, take="answer").solutions == [PROMPT + text for text in body]
    with pytest.raises(InputError, match="has no filter 'raws' — it has create_test, raw"):
        Reading(path, filter="raws")
    put(path, [{**rows[0], "doc": {"text": "?"}}])
    with pytest.raises(InputError, match=r"samples_x.jsonl:1: its doc names no task"):
        Reading(path)


@pytest.mark.parametrize(("value", "outcomes"), [(1.0, ["pass"] * 2), (0, ["fail"] * 2), (0.5, []), (None, [])])
def test_lm_eval_verdicts_where_they_speak_of_each_response(tmp_path: Path, value: Any, outcomes: list[str]) -> None:
    """pass@1 is a mean over a document's responses, so only 0 and 1 say what each of them did."""
    row = lm_eval_row(IDS[0], ["    return 1\n"] * 2, "create_test") | {"pass@1": value}
    assert [v.outcome for v in Reading(put(tmp_path / "samples.jsonl", [row])).verdicts] == outcomes


@pytest.mark.parametrize("kind", ["zstd", "deflate", "json", "json, indented"])
def test_inspect_logs(tmp_path: Path, kind: str) -> None:
    """Epochs are samples; parts, attachments, stop reasons, tokens and scores are read from either kind of log."""
    if kind.startswith("json"):
        path = tmp_path / "log.json"
        path.write_text(json.dumps(LOG, indent=2 if "indented" in kind else None))
    else:
        method = zipfile.ZIP_ZSTANDARD if kind == "zstd" else zipfile.ZIP_DEFLATED
        path = as_eval(tmp_path / "log.eval", INSPECT, method)
    found = Reading(path)
    assert found.format == ("inspect-json" if kind.startswith("json") else "inspect-eval")
    assert found.keys == [
        ("HumanEval/0", 0),
        ("HumanEval/1", 0),
        ("HumanEval/0", 1),
        ("HumanEval/1", 1),
        ("Own/a-b", 0),
    ]
    assert [sample.status for sample in found.samples] == ["ok", "ok", "ok", "truncated", "refused"]
    assert found.solutions[:3] == [PROGRAM] * 3
    assert (found.samples[0].usage.completion_tokens, found.samples[0].latency) == (21, 0.5)
    assert [(v.source, v.outcome) for v in found.verdicts] == [
        ("inspect:verify", "pass"), ("inspect:verify", "fail"), ("inspect:verify", "fail"), ("inspect:verify", "pass"),
    ]  # fmt: skip
    assert found.verdicts[0].detail == "ran them"
    assert Reading(path, take="judged").solutions[:3] == [WRONG] * 3


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_inspect_sample_that_was_run_again_counts_once(tmp_path: Path) -> None:
    """If a log holds a sample twice, as after a retry, the last is read."""
    again = inspect_sample("HumanEval/0", 1, f"```python\n{WRONG}```")
    found = Reading(as_eval(tmp_path / "log.eval", [INSPECT[0], INSPECT[1], again], zipfile.ZIP_ZSTANDARD))
    assert found.keys == [("HumanEval/0", 0), ("HumanEval/1", 0)]
    assert found.solutions == [WRONG, PROGRAM]


def test_inspect_logs_that_lack_something(tmp_path: Path) -> None:
    """A sample that ended in an error is noted; a log without samples, another zip and a damaged one are refused."""
    failed = {**INSPECT[0], "output": {"model": "m", "choices": []}, "error": {"message": "connection lost"}}
    found = Reading(put(tmp_path / "log.json", {**LOG, "samples": [failed, INSPECT[1]]}))
    assert found.keys == [("HumanEval/1", 0)]
    assert found.notes[0] == "HumanEval/0, epoch 1: the log contains no answer (connection lost)"
    with pytest.raises(InputError, match="the log contains no samples"):
        Reading(put(tmp_path / "log.json", {key: LOG[key] for key in ("version", "status", "eval")}))
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("samples.jsonl", "{}")
    with pytest.raises(InputError, match=r"other.zip: is a zip file, but not an inspect_ai log — unpack it"):
        Reading(tmp_path / "other.zip")
    whole = as_eval(tmp_path / "log.eval", INSPECT, zipfile.ZIP_ZSTANDARD).read_bytes()
    (tmp_path / "cut.eval").write_bytes(whole[:-200])
    with pytest.raises(InputError, match="the zip is damaged"):
        Reading(tmp_path / "cut.eval")


@pytest.mark.parametrize("indent", [None, 4])
def test_livecodebench_outputs(tmp_path: Path, indent: int | None) -> None:
    """The judged code is read with its verdict and the failing input; if there is none, the answer is."""
    problems = [lcb_problem("HumanEval/0", [PROGRAM, WRONG], [True, False]), lcb_problem("Own/a-b", [""], [False])]
    problems[1]["output_list"] = [ANSWER]
    path = tmp_path / "m_eval_all.json"
    path.write_text(json.dumps(problems, indent=indent))
    found = Reading(path)
    assert found.format == "livecodebench"
    assert found.keys == [("HumanEval/0", 0), ("HumanEval/0", 1), ("Own/a-b", 0)]
    assert found.solutions == [PROGRAM, WRONG, PROGRAM]
    assert found.samples[0].raw == f"```python\n{PROGRAM}```"
    assert [v.outcome for v in found.verdicts] == [Outcome.PASS, Outcome.TIMEOUT, Outcome.TIMEOUT]
    assert (found.verdicts[1].failing_input, found.verdicts[1].detail) == ("[1, 2]", "Time Limit Exceeded")
    assert Reading(path, take="answer").solutions == [PROGRAM, WRONG, PROGRAM]
    problems[0]["graded_list"] = [True]
    path.write_text(json.dumps(problems))
    with pytest.raises(InputError, match="HumanEval/0: has 2 answers, 2 programs and 1 verdict"):
        Reading(path)


def test_livecodebench_outputs_by_title(tmp_path: Path) -> None:
    """If no id is one of the benchmark's, titles name its tasks; ids count if one is, and one of them has to."""
    problems = [
        {**lcb_problem("3001", [PROGRAM], [True]), "question_title": "Sum of Pairs II"},
        {**lcb_problem("3002", [WRONG], [False]), "question_title": "Nobody's Task"},
    ]
    path = tmp_path / "m_eval_all.json"
    path.write_text(json.dumps(problems))
    found = Reading(path, tasks={"sum-of-pairs-ii": TASKS["HumanEval/0"]})
    assert found.keys == [("HumanEval/0", 0)]
    assert found.notes[0] == "1 of its 2 problems are tasks of this benchmark, by title"
    with pytest.raises(InputError, match="unknown task '3001'"):
        Reading(path)


def test_batch_output(tmp_path: Path) -> None:
    """custom_id names task and sample; a rejected request is a sample without an answer; other errors are noted."""
    filtered = {"error": {"code": "content_filter", "message": "The prompt was filtered."}}
    responses = {"object": "response", "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"},
                 "output": [{"type": "message", "content": [{"type": "output_text", "text": "def twi"}]}]}  # fmt: skip
    rows = [
        batch_row("HumanEval/0#1", ANSWER),
        batch_row("HumanEval/0#0", ANSWER),
        batch_row("HumanEval_1-sample-7", "", response={"status_code": 400, "body": filtered}),
        batch_row("HumanEval/1_3", "", response={"status_code": 200, "body": responses}),
        batch_row("HumanEval/1#5", "", response=None, error={"code": "batch_expired", "message": "expired"}),
        batch_row("HumanEval/1#6", "", response={"status_code": 500, "body": {"error": {"message": "overloaded"}}}),
    ]
    found = Reading(put(tmp_path / "output.jsonl", rows))
    assert found.format == "openai-batch"
    assert found.keys == [("HumanEval/0", 1), ("HumanEval/0", 0), ("HumanEval/1", 7), ("HumanEval/1", 3)]
    assert [sample.status for sample in found.samples] == ["ok", "ok", "refused", "truncated"]
    assert found.samples[2].refusal is not None
    assert "filtered" in found.samples[2].refusal
    assert found.samples[0].served_model == "gpt"
    assert [note for note in found.notes if note.startswith("not read: 2 rows with an error")]


def test_batch_choices_count_in_order(tmp_path: Path) -> None:
    """Without a number in custom_id choices are samples; with one there can be only one choice."""
    found = Reading(put(tmp_path / "output.jsonl", [batch_row("HumanEval/0", ANSWER, WRONG), batch_row("Own/a-b", "")]))
    assert found.keys == [("HumanEval/0", 0), ("HumanEval/0", 1), ("Own/a-b", 0)]
    assert found.samples[2].status is SampleStatus.EXTRACTION_FAILED
    with pytest.raises(InputError, match=r"output.jsonl:1: has 2 choices for sample 1"):
        Reading(put(tmp_path / "output.jsonl", [batch_row("HumanEval/0#1", ANSWER, WRONG)]))
    with pytest.raises(InputError, match=r"output.jsonl:1: unknown task 'request-17'"):
        Reading(put(tmp_path / "output.jsonl", [batch_row("request-17", ANSWER)]))


def test_gym_rollouts(tmp_path: Path) -> None:
    """The extracted code is the program; statuses are verdicts, and a reward is one if it is 0 or 1."""
    about = {"verifier_metadata": {"task_id": "HumanEval/0"}}
    note = {"error_code": -2, "error_message": "Wrong answer", "inputs": "3"}
    rows = [
        rollout(0, base_status="pass", plus_status="fail", extracted_model_code=WRONG, **about),
        rollout(1, task_id="HumanEval/0"),
        rollout(0, task_id="HumanEval/1", reward=0.0, metadata=note),
        rollout(1, task_id="HumanEval/1", reward=0.4),
        rollout(2, task_id="HumanEval/1", status="timeout", reward=0.0),
    ]
    path = put(tmp_path / "rollouts.jsonl", rows)
    found = Reading(path)
    assert found.format == "nemo-gym"
    assert found.solutions == [WRONG, *[PROGRAM] * 4]
    assert [(v.task_id, v.suite, v.outcome) for v in found.verdicts] == [
        ("HumanEval/0", "base", "pass"), ("HumanEval/0", "plus", "fail"), ("HumanEval/0", None, "pass"),
        ("HumanEval/1", None, "fail"), ("HumanEval/1", None, "timeout"),
    ]  # fmt: skip
    assert found.verdicts[3].failing_input == "3"
    assert found.samples[0].usage.completion_tokens == 9
    assert Reading(path, take="answer").solutions == [PROGRAM] * 5
    with pytest.raises(InputError, match=r"rollouts.jsonl:1: does not name a task — add"):
        Reading(put(path, [rollout(0)]))


def test_classeval_outputs_and_lists_of_rows(tmp_path: Path) -> None:
    """A JSON list of rows, with answers under predict or a text each, is read item by item."""
    found = Reading(put(tmp_path / "out.json", [{"task_id": "HumanEval/0", "predict": [ANSWER, ANSWER]}]))
    assert (found.format, found.keys) == ("classeval", [("HumanEval/0", 0), ("HumanEval/0", 1)])
    found = Reading(put(tmp_path / "out.json", [{"task_id": 1, "solution": PROGRAM}, {"task_id": 0, "solution": "x"}]))
    assert (found.format, found.keys) == ("json", [("HumanEval/1", 0), ("HumanEval/0", 0)])
