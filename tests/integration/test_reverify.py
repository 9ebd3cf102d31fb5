"""Verdicts of other harnesses, judged again: each cause is named if it is the cause, and only there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.cli.reverify import reverify as reverify_command
from auditor.errors import UsageError

STATEMENT = "Print the double.\n\nSample Input 1\n\n2\n\nSample Output 1\n\n4\n"
PROGRAMS = {
    "agree": ("print(2 * int(input()))", True, {}),
    "truly wrong": ("print(3 * int(input()))", False, {"error_code": -2, "inputs": "5\n", "expected": "10\n"}),
    "stdin buffer": (
        "import sys\nprint(2 * int(sys.stdin.buffer.read()))", False,
        {"error_code": -4, "error": "no attribute 'buffer'", "inputs": "5\n", "expected": "10\n"},
    ),
    "stdout buffer": (
        "import sys\nsys.stdout.buffer.write(b'%d' % (2 * int(input())))", False,
        {"error_code": -4, "inputs": "5\n", "expected": "10\n"},
    ),
    "late thread": (
        "import threading\nn = int(input())\ndef f():\n    print(2 * n)\n"  # noqa: ISC004
        "threading.Thread(target=f).start()",
        False, {"error_code": -2, "inputs": "5\n", "expected": "10\n"},
    ),
    "joined thread": (
        "import threading\nn = int(input())\nt = threading.Thread(target=lambda: print(2 * n))\nt.start()\nt.join()",
        False, {"error_code": -2, "inputs": "5\n", "expected": "10\n"},
    ),
    "global": (
        "total = 0\ndef add(n):\n    global total\n    total += 2 * n\nadd(int(input()))\nprint(total)",
        False, {"error_code": -4, "inputs": "5\n", "expected": "10\n"},
    ),
    "slow there": ("print(2 * int(input()))  #", False, {"error_code": -3, "inputs": "5\n", "expected": "10\n"}),
    "lost test": ("print(int(input()) * 2)", False, {"error_code": -2, "inputs": "5...5", "expected": "1...0"}),
    "package there": (
        "n = int(input())\nprint(n * 2)", False,
        {"error_code": -4, "error": "ImportError: No module named 'numpy'", "inputs": "5\n", "expected": "10\n"},
    ),
    "rule": ("print(' ', 2 * int(input()))", False, {"error_code": -2, "inputs": "5\n", "expected": "10\n"}),
    "nobody knows": ("n = int(input())\nprint(n + n)", False, {"error_code": -2, "inputs": "5\n", "expected": "10\n"}),
}  # fmt: skip
EXPECTED = {
    "stdin buffer": ("mocked_stdin", "theirs"),
    "stdout buffer": ("output_lost", "theirs"),
    "late thread": ("output_lost", "theirs"),
    "global": ("wrapped", "theirs"),
    "slow there": ("time_limit", "theirs"),
    "lost test": ("fewer_tests", "open"),
    "package there": ("package_there", "theirs"),
    "rule": ("equality", "rule"),
    "joined thread": ("unknown", "open"),
    "nobody knows": ("unknown", "open"),
}


def record(*names: str) -> str:
    """Write LiveCodeBench's record of one problem per program."""
    return json.dumps([
        {
            "question_id": name, "question_content": STATEMENT, "starter_code": "", "platform": "atcoder",
            "output_list": ["…"], "code_list": [PROGRAMS[name][0]], "graded_list": [PROGRAMS[name][1]],
            "metadata": [json.dumps(PROGRAMS[name][2])],
        }
        for name in names
    ])  # fmt: skip


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["reverify", *map(str, words), "--workers", "1", "--quiet"])
    return result.exit_code, result.stdout if result.exception is None or result.exit_code < 2 else str(
        result.exception
    )


@pytest.fixture(scope="module")
def all_causes(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """Judge every program again; return the JSON and the page."""
    folder = tmp_path_factory.mktemp("reverify")
    path, page = folder / "x_eval_all.json", folder / "page.html"
    path.write_text(record(*PROGRAMS))
    code, out = run(path, "--json", "--html", page)
    assert code == 1
    return json.loads(out), page.read_text()


def test_every_difference_has_its_cause(all_causes: tuple[dict[str, Any], str]) -> None:
    """Programs that are right fail there for a known reason, which is found; a true failure is no difference."""
    found, _ = all_causes
    assert {one["task_id"]: (one["cause"], one["side"]) for one in found["disagreements"]} == EXPECTED
    assert found["compared"] == len(PROGRAMS)
    assert found["wrong"] == sum(side == "theirs" for _, side in EXPECTED.values())


RATIO = "Return the ratio.\n\nExample 1:\n\nInput: pair = [1, 2]\nOutput: 0.50000\n"
STARTER = "class Solution:\n    def ratio(self, pair: List[int]) -> float:\n        "
METHODS = {
    "rounded": ("a, b = pair; return a / b", [3, 7], "0.42857"),
    "no alias": ("a = pair[0]; now = a; now += 1; return (now - 1) / pair[1]", [3, 7], "0.5"),
    "changed": ("pair.sort(); return pair[0] / pair[1]", [3, 7], "2.33333"),
}  # fmt: skip


def test_failing_call_of_a_method_is_a_test_if_it_is_what_the_method_was_given(tmp_path: Path) -> None:
    """LeetCode's results are rounded, the harness compares exactly; a list that was sorted is not the one given."""
    path = tmp_path / "x_eval_all.json"
    path.write_text(json.dumps([
        {
            "question_id": name, "question_content": RATIO, "starter_code": STARTER, "platform": "leetcode",
            "output_list": ["…"], "code_list": [STARTER + body], "graded_list": [False],
            "metadata": [json.dumps({"error_code": -2, "inputs": str([pair]), "expected": expected})],
        }
        for name, (body, pair, expected) in METHODS.items()
    ]))  # fmt: skip
    code, out = run(path, "--json")
    assert code == 1
    found = {one["task_id"]: one["cause"] for one in json.loads(out)["disagreements"]}
    assert found == {"rounded": "equality", "changed": "fewer_tests"}


def test_page_is_complete_and_offline(all_causes: tuple[dict[str, Any], str]) -> None:
    """The page says the result and loads nothing."""
    found, page = all_causes
    assert f"Your harness is wrong on {found['wrong']} of {len(PROGRAMS)} recorded verdicts." in page
    assert all(name in page for name in EXPECTED)
    assert "src=" not in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_agreement_is_exit_0(tmp_path: Path) -> None:
    """Without a difference the exit code is 0."""
    path = tmp_path / "x_eval_all.json"
    path.write_text(record("agree", "truly wrong"))
    code, out = run(path)
    assert code == 0
    assert "agree on all 2 recorded verdicts" in out


def test_table_fits_80_columns_and_names_the_rule(tmp_path: Path) -> None:
    """EvalPlus's results need a benchmark; a looser tolerance there is named as the rule of equality."""
    task = {
        "task_id": "Own/half", "prompt": "def half(x):\n", "entry_point": "half",
        "reference": "def half(x):\n    return x / 2\n",
        "base": {"inputs": [[1]], "outputs": [0.5]}, "plus": {"inputs": [[3]], "outputs": [1.5]},
    }  # fmt: skip
    status = {"base_status": "pass", "plus_status": "pass"}
    rows = [
        {"task_id": "Own/half", "solution": "def half(x):\n    return x / 2 + 0.0005\n", **status},
        {"task_id": "Own/half", "solution": "def half(x):\n    return x / 2\n", **status},
    ]
    tasks, results = tmp_path / "tasks.jsonl", tmp_path / "eval_results.json"
    tasks.write_text(json.dumps(task) + "\n")
    results.write_text(json.dumps({"hash": "0", "eval": {"Own/half": rows}}))
    code, out = run(results, "--benchmark", tasks)
    assert code == 1
    assert max(map(len, out.splitlines())) <= 80
    assert "Your harness is wrong on 0 of 4 recorded verdicts." in out
    assert "2  other rule   the rule of equality" in out
    with pytest.raises(UsageError, match="--benchmark"):
        reverify_command(results)


def test_a_stopped_command_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdicts of the journal are not reached again; a line cut off, or of other limits, is; the end removes it."""
    import auditor.grading.verdict_journal as module
    from auditor.benchmark import load_benchmark
    from auditor.config import VerifyConfig
    from auditor.grading.reverify import reverify

    path, journal = tmp_path / "r_eval_all.json", tmp_path / "journal"
    path.write_text(record("agree", "truly wrong", "slow there"))
    benchmark, config = load_benchmark(str(path)), VerifyConfig(workers=1)
    monkeypatch.setattr(module.VerdictJournal, "end", lambda _: None)
    whole = reverify(path, benchmark, config, journal=journal)
    assert whole.disagreements
    lines = journal.read_text().splitlines()
    assert len(lines) == 3
    journal.write_text(f"{lines[0]}\n{lines[1][:50]}\n")
    assert reverify(path, benchmark, config, journal=journal) == whole
    assert len(journal.read_text().splitlines()) == 4, "one of three was known"
    monkeypatch.undo()
    other = config.model_copy(update={"timeout": 2.0})
    assert len(reverify(path, benchmark, other, journal=journal).disagreements) == len(whole.disagreements)
    assert not journal.exists()
