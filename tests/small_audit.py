"""An audit small enough to run several times in a test: a few tasks, recorded answers of every outcome."""

from __future__ import annotations

import json
from pathlib import Path

from auditor.pipeline import Run, carry_out
from auditor.pipeline.progress import Progress

TASKS = 6
BODIES = {
    "right": "return sorted(xs)[:{n}]",
    "right, written otherwise": "ys = list(xs)\n    ys.sort()\n    return ys[0:{n}]",
    "wrong on plus": "return sorted(set(xs))[:{n}]",
    "wrong on base": "return xs[:{n}]",
    "raises": "raise KeyError(xs)",
    "never ends": "while xs is not None:\n        pass",
    "does not parse": "return (",
}
"""What a program does → its body; ``{n}`` is the task's number."""


def write(folder: Path, *, tasks: int = TASKS, endless: int = 1) -> Path:
    """Write tasks, answers of two models and audit.toml; return the last. ``endless``: tasks with an endless answer."""
    rows, samples = [], []
    for n in range(1, tasks + 1):
        prompt = f"def smallest{n}(xs):\n"
        body = BODIES["right"].format(n=n)
        rows.append({
            "task_id": f"Small/{n}", "prompt": prompt, "entry_point": f"smallest{n}",
            "reference": f"{prompt}    {body}\n",
            "base": {"inputs": [[[3, 1, 2, 9, 8, 7, 6, 5][: n + 1]]]}, "plus": {"inputs": [[[]], [[2, 2, 1, 1]]]},
        })  # fmt: skip
        for model, skipped in (("one", "raises"), ("two", "wrong on base")):
            for kind, text in BODIES.items():
                if kind == skipped or (kind == "never ends" and (n > endless or model == "two")):
                    continue
                solution = f"{prompt}    {text.format(n=n)}\n"
                samples.append({"task_id": f"Small/{n}", "model": model, "solution": solution})
    for name, content in (("tasks", rows), ("samples", samples)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in content))
    models = "".join(
        f'[[model]]\nname = "{name}"\nrecorded = "samples.jsonl"\nrecorded_model = "{name}"\n\n'
        for name in ("one", "two")
    )
    path = folder / "audit.toml"
    path.write_text(
        f'[benchmark]\nsource = "tasks.jsonl"\nexclude = "none"\n\n{models}[verify]\ntimeout = 0.2\nworkers = 2\n\n'
        '[style]\nscope = "accepted"\n\n[analysis]\nresamples = 50\n\n[report]\nformats = ["markdown", "json"]\n'
    )
    return path


def report_of(config: Path, folder: Path, progress: Progress | None = None) -> dict[str, bytes]:
    """Do what is still missing in a run folder; return the files of its report by name."""
    run = Run.open(config, folder, progress)
    carry_out(run)
    return {path.name: path.read_bytes() for path in sorted(run.report_folder.iterdir())}
