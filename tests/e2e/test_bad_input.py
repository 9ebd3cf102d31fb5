"""Bad input is refused in one line that names the place and the remedy, with exit 2 and nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.command import auditor, inside

CONFIG = """
[benchmark]
source = "demo"

[[model]]
name = "recorded"
recorded = "samples.jsonl"
"""


def prepare(folder: Path, config: str = CONFIG, samples: str | None = None) -> None:
    (folder / "audit.toml").write_text(config)
    if samples is not None:
        (folder / "samples.jsonl").write_text(samples)


BAD = {
    "no settings": (None, None, ["audit.toml", "no such file", "auditor init"]),
    "broken TOML": ("[benchmark\n", None, ["audit.toml:1:", "not valid TOML"]),
    "unknown key": (CONFIG + 'sampels = "x"\n', None, ["audit.toml:8", "sampels"]),
    "misspelt section": (CONFIG + "[verfy]\nworkers = 1\n", None, ["verfy", "did you mean 'verify'"]),
    "no recorded file": (CONFIG, None, ["samples.jsonl", "no such file"]),
    "unknown task": (CONFIG, '{"task_id": "demo/none", "solution": "x"}\n', ["samples.jsonl:1", "demo/none"]),
    "not JSON": (CONFIG, "{'task_id'}\n", ["samples.jsonl:1", "(column 2)"]),
    "answers as settings": ('{"task_id": "demo/0"}\n', None, ["holds JSON, not TOML", "recorded"]),
    "tasks as answers": (CONFIG, '{"task_id": "T/0", "prompt": "", "base": {}}\n', ["[benchmark]"]),
    "empty file": (CONFIG, "", ["samples.jsonl", "no samples"]),
    "unknown benchmark": (CONFIG.replace('"demo"', '"./no-such-tasks.jsonl"'), None, ["no-such-tasks.jsonl"]),
    "unknown rubric": (CONFIG + '[style]\nrubric = "pep9"\n', None, ["pep9", "pep8"]),
    "unknown metric": (CONFIG + '[[gate]]\nmetric = "false_discovery"\nmax = 1\n', None, ["false_discovery_rate"]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_before_anything_is_written(tmp_path: Path, case: str) -> None:
    """One line on stderr, exit 2, no run folder."""
    config, samples, words = BAD[case]
    if config is not None:
        prepare(tmp_path, config, samples)
    if case in ("unknown rubric", "unknown metric"):
        prepare(tmp_path, config or "", a_row(tmp_path))
    perform = auditor if case == "no settings" else inside  # the entry point says it in one line, for one and for all
    done = perform("run", "audit.toml", "--out", "run", cwd=tmp_path, expect=2)
    lines = [line for line in done.stderr.splitlines() if line.startswith("auditor: ")]
    assert len(lines) == 1, done.stderr
    for word in words:
        assert word in lines[0]
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()


def a_row(folder: Path) -> str:
    """Return one good recorded sample of the demonstration's first task."""
    from auditor.benchmark import load_benchmark

    task = load_benchmark("demo").tasks[0]
    return json.dumps({"task_id": task.task_id, "solution": task.reference}) + "\n"


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    """`gate`, `export` and `compare` on a folder that contains no run say so."""
    for words in (["gate", "nowhere"], ["export", "nowhere", "verdicts"], ["compare", "nowhere", "nowhere"]):
        done = inside(*words, cwd=tmp_path, expect=None)
        assert done.returncode in (1, 2)
        assert "nowhere" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "nowhere").exists()
