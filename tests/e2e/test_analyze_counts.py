"""``auditor analyze --counts``: numbers for people who already have verdicts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.command import auditor, inside

TABLE = """model,task_id,n,base_passes,correct
weak,HumanEval/0,4,2,1
weak,HumanEval/6,4,4,0
weak,HumanEval/7,4,0,0
strong,HumanEval/0,4,4,4
strong,HumanEval/6,4,4,0
strong,HumanEval/7,4,3,3
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "counts.csv"
    path.write_text(TABLE)
    return path


def test_counts_become_a_file(table: Path, tmp_path: Path) -> None:
    """The analysis goes to the file, costs come in a list, repeated, or both, and people read the rest on stderr."""
    costs = ("--fp-cost", "0,0.5", "--fp-cost", "3", "--max-attempts", "2", "--exclude", "paper")
    done = inside(
        "analyze", "--counts", table, "-o", "analysis.json", *costs, "--seed", "4", "--resamples", "50", cwd=tmp_path
    )
    assert done.stdout == ""
    assert "left out by rule paper: 1 task HumanEval/6" in done.stderr
    document = json.loads((tmp_path / "analysis.json").read_text())
    weak, strong = document["models"]
    assert (weak["model"], strong["model"], weak["tasks"]) == ("weak", "strong", 2)
    assert list(weak["curve"][0]["utility"]) == ["0", "0.5", "3"]
    assert [point["attempts"] for point in weak["curve"]] == [1, 2]
    assert document["options"]["seed"] == 4
    assert document["options"]["resamples"] == 50


def test_stdout_is_the_analysis(table: Path, tmp_path: Path) -> None:
    """Without a file stdout is JSON and nothing else, the same in two processes; --quiet leaves stderr empty."""
    first, second = (
        perform("analyze", "--counts", table, "--resamples", "20", "--quiet", cwd=tmp_path)
        for perform in (auditor, inside)
    )
    assert json.loads(first.stdout)["exclusions"] == {"rule": "none", "tasks": []}
    assert first.stdout == second.stdout
    assert first.stderr == ""


def test_tasks_can_be_left_out_by_a_file(table: Path, tmp_path: Path) -> None:
    """A file of task ids, with remarks, is an exclusion."""
    (tmp_path / "broken.txt").write_text("# found by hand\nHumanEval/7  # ambiguous prompt\n\n")
    done = inside("analyze", "--counts", table, "--exclude", "broken.txt", "--resamples", "0", cwd=tmp_path)
    assert json.loads(done.stdout)["exclusions"]["tasks"] == [
        {"task_id": "HumanEval/7", "reason": "listed by the user"}
    ]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--max-attempts", "5"), "model 'weak', task 'HumanEval/0' has fewer samples than the 5 attempts"),
        (("--exclude", "nowhere.txt"), "nowhere.txt: neither an exclusion rule nor a readable file"),
        (("--fp-cost", "0,one"), "--fp-cost: not a list of numbers: 0,one"),
        (("--fp-cost", "1,"), "--fp-cost: not a list of numbers: 1,"),
        (("--fp-cost", "-1"), "a cost of -1.0 is not a number of 0 or more"),
        (("--confidence", "1"), "confidence 1.0 is not between 0 and 1"),
        (("audit.toml",), "--counts takes no settings file"),
    ],
)
def test_bad_options_are_refused_in_one_line(
    table: Path, tmp_path: Path, words: tuple[str, ...], complaint: str
) -> None:
    """What cannot be done is refused in one line with exit 2, and nothing goes to stdout."""
    done = inside("analyze", "--counts", table, *words, "--quiet", cwd=tmp_path, expect=2)
    assert done.stdout == ""
    assert complaint in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_unwritable_place_is_an_error_of_one_line(table: Path, tmp_path: Path) -> None:
    """What was given can be read; that the result cannot be written is exit 1, as for every command."""
    done = inside("analyze", "--counts", table, "-o", "counts.csv/analysis.json", "--quiet", cwd=tmp_path, expect=1)
    assert done.stdout == ""
    assert "counts.csv: cannot be written" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_bad_row_is_refused_by_file_and_line(table: Path, tmp_path: Path) -> None:
    """The refusal of a bad row names the file and the line."""
    table.write_text(TABLE + "weak,HumanEval/9,4,5,1\n")
    done = inside("analyze", "--counts", table, cwd=tmp_path, expect=2)
    assert f"{table}:8: base_passes 5 is above n 4" in done.stderr


def test_gate_choose_and_report_read_an_analysis(table: Path, tmp_path: Path) -> None:
    """What counts were analysed into is judged, chosen from and shown like a run."""
    quick = ("--resamples", "50", "--quiet")
    inside("analyze", "--counts", table, "-o", "analysis.json", *quick, cwd=tmp_path)
    (tmp_path / "gates.toml").write_text('[[gate]]\nmetric = "acceptance"\nmin = 0.1\nmodels = ["strong"]\n')
    judged = inside("gate", "analysis.json", "--rules", "gates.toml", "-f", "json", cwd=tmp_path, expect=None)
    (gate,) = json.loads(judged.stdout)["gates"]
    assert gate["value"] == pytest.approx((1 + 1 + 0.75) / 3)
    chosen = inside("choose", "analysis.json", "--cost", "0", cwd=tmp_path).stdout
    assert "strong" in chosen
    inside("report", "analysis.json", "-o", "pages", cwd=tmp_path)
    assert {path.name for path in (tmp_path / "pages").iterdir()} >= {"index.html", "strong.html", "report.md"}
    assert "2 models on counts, 3 tasks analysed, 24 samples" in (tmp_path / "pages" / "report.md").read_text()
