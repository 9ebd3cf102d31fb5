"""The shell parts of the examples for clusters run as they are written."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests import small_audit
from tests.cluster import QUIET
from tests.conftest import ROOT

EXAMPLES = ROOT / "examples" / "cluster"


def shell(script: str, folder: Path, commands: Path, **variables: object) -> str:
    """Run a script whose commands are looked up in a folder first; return what it prints."""
    path = f"{commands}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, **{key: str(value) for key, value in variables.items()}}
    done = subprocess.run(
        ["sh", "-ec", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def called(script: str, folder: Path, **variables: object) -> list[str]:
    """Run a script with an ``auditor`` that does nothing; return the arguments of its calls."""
    (folder / "bin").mkdir(exist_ok=True)
    stub = folder / "bin" / "auditor"
    stub.write_text('#!/bin/sh\necho "$*"\n')
    stub.chmod(0o755)
    return shell(script, folder, folder / "bin", **variables).splitlines()


SETTINGS = """
import dask, distributed
names = "worker.profile.enabled", "admin.tick.interval", "admin.system-monitor.interval"
print(*(dask.config.get(f"distributed.{name}") for name in names))
"""
PARTS = ["verify audit.toml --shard {0}", "score audit.toml --shard {0}"]
MERGE = ["merge reports/audit/shards/1-of-1 --out reports/audit", "run audit.toml"]


@pytest.mark.slow
def test_the_slurm_array_and_its_merge(tmp_path: Path) -> None:
    """With the real program."""
    small_audit.write(tmp_path, endless=0)
    commands = Path(sys.executable).parent
    array = (EXAMPLES / "slurm-array.sh").read_text()
    shell(array, tmp_path, commands, SLURM_ARRAY_TASK_ID=1, SLURM_ARRAY_TASK_COUNT=1)
    merging = (EXAMPLES / "slurm-merge.sh").read_text()
    assert "missing" not in shell(merging, tmp_path, commands)
    assert (tmp_path / "reports" / "audit" / "report" / "report.json").is_file()
    assert called(merging, tmp_path) == MERGE


def test_the_kubernetes_job_counts_parts_from_one(tmp_path: Path) -> None:
    job = yaml.safe_load((EXAMPLES / "kubernetes-indexed-job.yaml").read_text())["spec"]
    container = job["template"]["spec"]["containers"][0]
    assert container["command"] == ["sh", "-ec"]
    (script,) = container["args"]
    for index in (0, job["completions"] - 1):
        part = f"{index + 1}/{job['completions']}"
        assert called(script, tmp_path, JOB_COMPLETION_INDEX=index) == [line.format(part) for line in PARTS]


def test_the_ci_matrix(tmp_path: Path) -> None:
    jobs = yaml.safe_load((EXAMPLES / "ci-matrix.yaml").read_text())["jobs"]
    shards = jobs["part"]["strategy"]["matrix"]["shard"]
    assert shards == list(range(1, len(shards) + 1))
    (part,) = (step["run"] for step in jobs["part"]["steps"] if "--shard" in step.get("run", ""))
    for shard in shards:
        lines = called(part.replace("${{ matrix.shard }}", str(shard)), tmp_path)
        assert lines == [line.format(f"{shard}/{len(shards)}") for line in PARTS]
    (tmp_path / "reports" / "audit" / "shards" / "1-of-1").mkdir(parents=True)
    assert called(jobs["report"]["steps"][-1]["run"], tmp_path) == MERGE


def test_the_slurm_cluster_starts_workers_for_all_tasks_but_the_first(tmp_path: Path) -> None:
    """With commands that only say what they were called with."""
    for name in ("dask", "srun", "hostname"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        stub = tmp_path / "bin" / name
        stub.write_text("#!/bin/sh\necho node1\n" if name == "hostname" else f'#!/bin/sh\necho "{name} $*" >> calls\n')
        stub.chmod(0o755)
    script = (EXAMPLES / "slurm-dask.sh").read_text().replace("trap 'kill $scheduler $workers' EXIT", "wait")
    lines = called(script, tmp_path, SLURM_NTASKS=9, SLURM_CPUS_PER_TASK=4)
    assert lines == ["run audit.toml --scheduler tcp://node1:8786"]
    calls = (tmp_path / "calls").read_text()
    assert "dask scheduler --host node1 --port 8786" in calls
    assert "srun --ntasks=8" in calls
    assert "dask worker tcp://node1:8786 --nworkers 1 --nthreads 4 --memory-limit 0" in calls


@pytest.mark.parametrize("name", ["examples/cluster/Containerfile", "examples/cluster/slurm-dask.sh", "docs/scale.md"])
def test_dask_knows_the_settings_that_examples_give_it(name: str, tmp_path: Path) -> None:
    """The variables are those that the measurements used, and each replaces a default of Dask."""
    pytest.importorskip("distributed")
    text = (ROOT / name).read_text()
    assert dict(re.findall(r"\b(DASK_[A-Z_]+)=(\S+)", text)) == QUIET
    command = [sys.executable, "-c", SETTINGS]
    plain = {**os.environ, "DASK_CONFIG": str(tmp_path)}
    default, ours = (subprocess.check_output(command, env=env, text=True) for env in (plain, {**plain, **QUIET}))
    assert (default.split(), ours.split()) == (["True", "20ms", "500ms"], ["False", "1s", "10s"])


def test_the_container_starts_one_worker_without_a_memory_limit() -> None:
    """Its command is that of the documentation, with options that Dask knows."""
    pytest.importorskip("distributed")
    lines = (EXAMPLES / "Containerfile").read_text().splitlines()
    words = dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))
    start = [*json.loads(words["ENTRYPOINT"]), *json.loads(words["CMD"])]
    assert start[:2] == ["dask", "worker"]
    assert start[start.index("--memory-limit") + 1] == "0"
    assert start[start.index("--nworkers") + 1] == "1"
    assert words["USER"] == "auditor"
    known = subprocess.check_output([sys.executable, "-m", "dask", "worker", "--help"], text=True)
    assert {word for word in start if word.startswith("--")} <= set(known.split())


def test_the_kubernetes_cluster_is_closed_to_others() -> None:
    parts = list(yaml.safe_load_all((EXAMPLES / "kubernetes-dask.yaml").read_text()))
    kinds = [part["kind"] for part in parts]
    assert kinds == ["Service", "Deployment", "Deployment", "NetworkPolicy"]
    service, scheduler, workers, policy = parts
    labels = scheduler["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"] == labels
    command = workers["spec"]["template"]["spec"]["containers"][0]["command"]
    port = service["spec"]["ports"][0]["port"]
    assert f"tcp://{service['metadata']['name']}:{port}" in command
    assert policy["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    assert command[command.index("--memory-limit") + 1] == "0"
