"""Compare our verdicts on MBPP+ with those of ``evalplus.evaluate``, run here on the same recorded samples.

    AUDITOR_DATA=… python -m tests.benchmarks.mbpp --evalplus SITE_PACKAGES [SAMPLES.jsonl.gz …]

EvalPlus runs as nobody in a network namespace of its own, so this needs root and unshare.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

from auditor.benchmark import load_benchmark
from auditor.config import VerifyConfig
from auditor.records import Outcome, Program, SuiteName, Verdict, program_id
from auditor.verify import Verifier
from tests.benchmarks import codet, peer

SETS = (
    "samples/mbpp__evalplus-PR__meta-llama-Meta-Llama-3-8B-Instruct.jsonl.gz",
    "samples/mbpp__evalplus-PR__custom-finetuned-models-mistral2-instruct-dpo.jsonl.gz",
)


def main() -> None:
    """Run both on each set and print every difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", nargs="*", help="recorded MBPP samples under AUDITOR_DATA, one a task")
    parser.add_argument("--evalplus", required=True, help="folder that EvalPlus is installed in")
    parser.add_argument("--python", default="/usr/bin/python3.11", help="an interpreter that nobody may run")
    options = parser.parse_args()
    data = Path(os.environ["AUDITOR_DATA"])
    source = data / "evalplus/MbppPlus.jsonl.gz"
    tasks = {task.task_id: task for task in load_benchmark(str(source)).tasks}
    for name in options.samples or SETS:
        rows = [row for row in codet.rows(data / name) if row["task_id"] in tasks]
        print(f"{name}: {len(rows)} samples")
        with tempfile.TemporaryDirectory() as folder:
            theirs = peer.evaluate("mbpp", source, rows, Path(folder), options.evalplus, options.python).verdicts
        programs = [Program(program_id(r["task_id"], r["solution"]), r["task_id"], r["solution"]) for r in rows]
        found: dict[tuple[str, SuiteName], Verdict] = {}
        with Verifier(tasks, VerifyConfig(workers=2, oracle_for="all", per_test="none")) as verifier:
            print("unfit:", json.dumps(verifier.check_references(), indent=1))
            for verdicts in verifier.verify({program.program: program for program in programs}.values()):
                found |= {(verdict.program, verdict.suite): verdict for verdict in verdicts}
        for suite in SuiteName:
            differing = []
            for row, program in zip(rows, programs, strict=True):
                verdict = found[program.program, suite]
                if (
                    verdict.outcome is not Outcome.ERROR
                    and (verdict.outcome is Outcome.PASS) != theirs[row["task_id"]][0][suite]
                ):
                    differing.append((row["task_id"], verdict))
            print(f"{suite.value}: {len(differing)} of {len(rows)} differ")
            for task_id, verdict in differing:
                print(f"  {task_id} ours {verdict.outcome.value} {verdict.detail} {verdict.failing}"[:500])


if __name__ == "__main__":
    main()
