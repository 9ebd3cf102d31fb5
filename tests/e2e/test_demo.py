"""The demonstration does the whole job, survives kill -9, and gives the same report again."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import sqlite3
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.e2e import example
from tests.e2e.command import auditor, inside, start

pytestmark = pytest.mark.slow  # the demonstration that all share takes a minute and a half

MODELS = ("simulated-weak", "simulated-medium", "simulated-strong")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished demonstration, killed with -9 in each stage on the way; its latencies are the example's."""
    folder = tmp_path_factory.mktemp("demo")
    for table in ("sample", "verdict", "style"):
        _kill_while_filling(folder, table)
    example.settle(folder / "run")
    done = auditor("demo", "--out", "run", cwd=folder)
    assert "report: run/report/index.html" in done.stdout
    return folder / "run"


def _kill_while_filling(folder: Path, table: str) -> None:
    """Start the demonstration and kill it, and all it started, once ``table`` has some rows."""
    process = start("demo", "--out", "run", cwd=folder)
    deadline = time.monotonic() + 600
    while process.poll() is None and time.monotonic() < deadline:
        if _rows(folder / "run" / "audit.db", table) > 50:
            os.killpg(process.pid, signal.SIGKILL)
            break
        time.sleep(0.02)
    assert process.wait() == -signal.SIGKILL, f"it ended by itself before {table} had rows"


def _rows(database: Path, table: str) -> int:
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5) as connection:
            return int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
    except sqlite3.Error:
        return 0


def rows(demo: Path, table: str) -> list[dict[str, object]]:
    done = inside("export", demo, table, cwd=demo)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_sample_arrives_once_and_is_labelled(demo: Path) -> None:
    """3 models × all tasks × 20 samples, each with a verdict and a label, though killed three times."""
    found = rows(demo, "verdicts")
    report = json.loads((demo / "report" / "report.json").read_text())
    tasks = len(report["tasks"])
    assert tasks >= 30
    keys = Counter((row["model"], row["task_id"], row["sample_index"]) for row in found)
    assert set(keys.values()) == {1}
    assert Counter(model for model, _, _ in keys) == dict.fromkeys(MODELS, tasks * 20)
    columns = {"model", "task_id", "sample_index", "program", "base", "plus", "label", "flaky", "excluded", "trust",
               "slices"}  # fmt: skip
    assert set(found[0]) == columns
    labels = Counter(row["label"] for row in found)
    assert labels["true_positive"] > labels["false_positive"] > 100
    assert labels["unknown"] < len(found) * 0.1
    assert not any(row["base"] == "error" or row["plus"] == "error" for row in found)


def test_weaker_models_are_less_accurate_and_more_often_wrong_when_accepted(demo: Path) -> None:
    """The demonstration shows the paper's effect, in the order of the models' strength."""
    models = {m["model"]: m for m in json.loads((demo / "report" / "report.json").read_text())["models"]}
    accuracy = [models[name]["single_sample_accuracy"]["value"] for name in MODELS]
    wrong = [models[name]["false_discovery_rate"]["value"] for name in MODELS]
    assert accuracy == sorted(accuracy)
    assert wrong == sorted(wrong, reverse=True)
    assert all(models[name]["simulated"] for name in MODELS)


def test_the_report_is_there_and_says_simulated(demo: Path) -> None:
    """Index, a page per model, JSON and Markdown; every page names the models as simulated."""
    folder = demo / "report"
    for name in ("index.html", "report.json", "report.md", *(f"{model}.html" for model in MODELS)):
        assert (folder / name).stat().st_size > 1000
        if name != "report.json":
            assert "simulated" in (folder / name).read_text().lower()


def test_the_report_fits_its_schema(demo: Path) -> None:
    """report.json validates against the schema that ships with the project."""
    import jsonschema

    from auditor.report import schema

    jsonschema.validate(json.loads((demo / "report" / "report.json").read_text()), schema())


def written(report: Path) -> dict[str, bytes]:
    """Map the files of a report, by their place in it, to what they hold."""
    return {path.relative_to(report).as_posix(): path.read_bytes() for path in report.rglob("*") if path.is_file()}


def test_the_example_is_what_the_demonstration_gives(demo: Path) -> None:
    """The report in reports/example cannot drift: every file of it is that of today's demonstration."""
    names = sorted(written(example.REPORT))
    assert names == sorted(written(demo / "report"))
    for name in names:
        if name.endswith(".js"):
            continue
        expected, actual = ((folder / name).read_text() for folder in (example.REPORT, demo / "report"))
        if name == "report.json":
            assert example.scrub_document(actual) == example.scrub_document(expected), example.ADVICE
        else:
            assert example.scrub_text(actual) == example.scrub_text(expected), f"{name}: {example.ADVICE}"
    assert example.sample_data(demo / "report") == example.sample_data(example.REPORT), example.ADVICE


def test_a_second_run_does_no_work_and_writes_the_same_bytes(demo: Path) -> None:
    """Nothing is sampled, run or scored again, and the report is the same to the byte."""
    before = written(demo / "report")
    done = auditor("demo", "--out", demo, cwd=demo)
    assert written(demo / "report") == before
    assert "verifying" not in done.stderr
    assert "scoring style" not in done.stderr


def test_the_gate_gives_its_exit_code(demo: Path) -> None:
    """`auditor gate` judges the finished run: the weak model fails, so the exit code is 3."""
    auditor("gate", demo, cwd=demo, expect=3)


@pytest.mark.parametrize("table", ["samples", "verdicts", "style", "analysis"])
def test_every_table_comes_in_every_format(demo: Path, table: str, tmp_path: Path) -> None:
    """JSONL, CSV and Parquet hold the same number of rows under the same names."""
    import pandas

    expected = rows(demo, table)
    text = inside("export", demo, table, "--format", "csv", cwd=tmp_path).stdout
    parsed = list(csv.DictReader(io.StringIO(text, newline="")))
    inside("export", demo, table, "--format", "parquet", "-o", "t.parquet", cwd=tmp_path)
    frame = pandas.read_parquet(tmp_path / "t.parquet")
    assert len(parsed) == len(frame) == len(expected) > 0
    assert list(parsed[0]) == list(frame.columns) == list(expected[0])


def test_other_settings_under_the_same_name_are_refused(demo: Path, tmp_path: Path) -> None:
    """A run never mixes two ways of sampling: the change is named, and nothing is drawn."""
    config = tmp_path / "audit.toml"
    config.write_text(
        '[benchmark]\nsource = "demo"\n[[model]]\nname = "simulated-weak"\nsimulated = "weak"\ntemperature = 0.1\n'
    )
    done = inside("sample", config, "--out", demo, cwd=tmp_path, expect=2)
    assert "temperature" in done.stderr
    assert "another" in done.stderr
