"""An endpoint that cannot be used is named with its remedy before anything is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.benchmark import load_benchmark
from auditor.sampling import SimulatedServer
from tests.e2e.command import auditor, inside

CONFIG = """
[benchmark]
source = "demo"

[[model]]
name = "m"
model = "{model}"
base_url = "{url}"
api_key_env = "AUDITOR_TEST_KEY"
samples_per_task = 1
max_retries = 0
"""


@pytest.mark.parametrize("case", ["wrong key", "unknown model", "unreachable host"])
def test_an_endpoint_that_refuses_us_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """One line with the remedy, exit 1, no run folder."""
    monkeypatch.setenv("AUDITOR_TEST_KEY", "wrong-secret" if case == "wrong key" else "right-secret")
    with SimulatedServer(load_benchmark("demo").tasks, key="right-secret") as server:
        url = "http://127.0.0.1:9/v1" if case == "unreachable host" else server.base_url
        model = "no-such-model" if case == "unknown model" else "simulated-weak"
        (tmp_path / "audit.toml").write_text(CONFIG.format(model=model, url=url))
        done = auditor("run", "audit.toml", "--out", "run", cwd=tmp_path, expect=1)
    lines = [line for line in done.stderr.splitlines() if line.startswith("auditor: ")]
    assert len(lines) == 1, done.stderr
    assert " — " in lines[0]
    assert "secret" not in done.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_a_finished_run_needs_no_endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once every sample is there the server may be gone: the same command writes the report again."""
    monkeypatch.setenv("AUDITOR_TEST_KEY", "right-secret")
    with SimulatedServer(load_benchmark("demo").tasks, key="right-secret") as server:
        few = [task.task_id for task in load_benchmark("demo").tasks[:5]]
        source = f'source = "demo"\ntasks = {json.dumps(few)}'
        config = CONFIG.format(model="simulated-strong", url=server.base_url).replace('source = "demo"', source)
        (tmp_path / "audit.toml").write_text(config)
        auditor("run", "audit.toml", "--out", "run", cwd=tmp_path)
    auditor("run", "audit.toml", "--out", "run", cwd=tmp_path)
    held = b"".join(path.read_bytes() for path in sorted((tmp_path / "run").rglob("*")) if path.is_file())
    assert b"right-secret" not in held


@pytest.mark.slow
def test_sampling_by_files(tmp_path: Path) -> None:
    """Requests are written, carried out elsewhere and read back; options that do not go together are refused."""
    own = {"task_id": "Own/0", "prompt": "def double(x):\n", "entry_point": "double",
           "reference": "def double(x):\n    return 2 * x\n",
           "base": {"inputs": [[2]], "outputs": [4]}, "plus": {"inputs": [[3]]}}  # fmt: skip
    (tmp_path / "tasks.jsonl").write_text(json.dumps(own))
    (tmp_path / "audit.toml").write_text(
        CONFIG.format(model="x", url="http://127.0.0.1:9/v1").replace('source = "demo"', 'source = "tasks.jsonl"')
    )
    written = inside("sample", "audit.toml", "--write-batch", "requests.jsonl", cwd=tmp_path)
    assert "1 sample in 1 request" in written.stdout
    (row,) = map(json.loads, (tmp_path / "requests.jsonl").read_text().splitlines())
    body = {"choices": [{"message": {"content": "```python\ndef double(x):\n    return x + x\n```"}}]}
    answer = {"custom_id": row["custom_id"], "response": {"status_code": 200, "body": body}, "error": None}
    (tmp_path / "output.jsonl").write_text(json.dumps(answer))
    read = inside("sample", "audit.toml", "--read-batch", "output.jsonl", "--out", "run", cwd=tmp_path)
    assert read.stdout.startswith("1 sample read from 1 row (1 ok)")
    done = auditor("run", "audit.toml", "--out", "run", cwd=tmp_path)
    assert "report:" in done.stdout
    for words in (["--dry-run", "--write-batch", "x"], ["--model", "m"]):
        assert inside("sample", "audit.toml", *words, cwd=tmp_path, expect=2).stderr
