"""What a report costs: size and time to interactive of a heavy page, time and memory of a large comparison.

``python -m tests.benchmarks.report_cost [page] [many] [browser [RUN/audit.db]]`` prints figures next to their budgets.
``page`` is one model of 164 tasks × 200 samples with 4,000 false positives; ``many`` is 17 such models, written in a
process of their own; ``browser`` is the browser of all samples of the first model in a run's store, or, without one, of
164 tasks × 200 samples: the recorded programs of AUDITOR_DATA with their recorded verdicts, and once more with a
comment in front, each accepted one with style and four findings.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from auditor.records import (
    FailingTest,
    FailureKind,
    Finding,
    InputSuite,
    LinterName,
    Outcome,
    Sample,
    SampleStatus,
    StyleResult,
    SuiteName,
    Task,
    Usage,
    Verdict,
)
from auditor.report import write_report
from auditor.report.samples import write_samples
from auditor.store import Store
from auditor.targets import Target, TargetKind
from tests import real_data
from tests.e2e.browser import chromium, visit, why_not
from tests.unit.report.documents import make_document

TASKS, SAMPLES, FALSE_POSITIVES = 164, 200, 4000


def page() -> None:
    """Write one heavy page and open it five times."""
    document = make_document(models=1, tasks=TASKS, samples=SAMPLES, false_positives=FALSE_POSITIVES)
    with tempfile.TemporaryDirectory() as place:
        path = write_report(document, Path(place), ["html"])[1]
        print(f"page of {FALSE_POSITIVES} false positives: {path.stat().st_size / 1e6:.2f} MB (budget 3 MB)")
        if reason := why_not():
            print(f"time to interactive not measured: {reason}")
            return
        with chromium() as browser:
            times = []
            for _ in range(5):
                with visit(browser, path, viewport={"width": 1280, "height": 900}) as seen:
                    ready = "performance.getEntriesByType('mark').find(one => one.name === 'ready').startTime"
                    times.append(seen.page.evaluate(ready))
                    mark = "performance.now()"
                    before = seen.page.evaluate(mark)
                    seen.page.locator("#examples-more").click()
                    seen.page.wait_for_selector("#examples[data-ready=yes]")
                    more = seen.page.evaluate(mark) - before
            shown = ", ".join(f"{one:.0f}" for one in times)
            print(f"interactive after {shown} ms (budget 2,000 ms); twenty more shown in {more:.0f} ms")


def browser(path: Path, models: int = 1) -> None:
    """Write and open the browser of samples of the first models of a store."""
    with Store(path, create=False) as store:
        names = [total.model for total in store.sampling_totals()][:models]
        document = make_document(models=len(names), tasks=1, samples=1, false_positives=0)
        row = document.tasks[0]
        tasks = tuple(replace(row, task_id=task.task_id, prompt=task.prompt) for task in store.tasks())
        entries = tuple(replace(one, model=name) for one, name in zip(document.models, names, strict=True))
        document = replace(document, tasks=tasks, models=entries)
        with tempfile.TemporaryDirectory() as place:
            cpu = time.process_time()
            pages = write_samples(document, store, Path(place))
            cpu = time.process_time() - cpu
            for page in pages:
                data = sum(one.stat().st_size for one in page.with_suffix("").iterdir())
                index = sum(one.stat().st_size for one in page.with_suffix("").glob("index-*.js"))
                print(f"{page.stem}: page {page.stat().st_size / 1e3:.0f} kB, index {index / 1e3:.0f} kB, "
                      f"all data {data / 1e6:.1f} MB; written in {cpu / len(pages):.1f} CPU-s")  # fmt: skip
                _open(page)


def recorded_store(path: Path) -> None:
    """Fill a store with 164 tasks × 200 samples of recorded programs."""
    data = Path(os.environ["AUDITOR_DATA"])
    prompts = real_data.prompts(data)
    judged = {
        (row["task_id"], row["sample_index"]): (row["base"], row["plus"])
        for row in real_data.rows(data / "verdicts" / real_data.CODET.replace(".jsonl", ".evalplus.jsonl"))
    }
    found = tuple(Finding(LinterName("ruff"), f"N80{n}", "name", "Variable `firstValue` should be lowercase",
                          n, 1, False, criterion=f"c{n % 2}" if n < 3 else None) for n in range(1, 5))  # fmt: skip
    facts = make_document(models=1, tasks=1, samples=1, false_positives=0).provenance.rubric
    rubric = facts.hash if facts else ""
    samples, verdicts, styles = [], [], []
    for row in real_data.rows(data / "samples" / real_data.CODET):
        task, index = str(row["task_id"]), int(str(row["sample_index"]))
        for copy in range(2):
            text = "# once more\n" * copy + real_data.solution(row, prompts[task])
            number = index + 100 * copy
            sample = Sample("codegen-16B", task, number, f"{number:064d}", SampleStatus.OK, str(row["completion"]),
                            text, "recorded/1", usage=Usage(180, 90), latency=1.5)  # fmt: skip
            samples.append(sample)
            base, plus = (Outcome(one) for one in judged[task, index])
            failing = FailingTest(3, "f([1.0, 2.0, 3.9], 0.3)", "True", "False", FailureKind.WRONG_VALUE)
            verdicts.append(Verdict(str(sample.program), SuiteName.BASE, base, 7, b"\xfe", None, ""))
            if base is Outcome.PASS:
                why = failing if plus is Outcome.FAIL else None
                verdicts.append(Verdict(str(sample.program), SuiteName.PLUS, plus, 70, b"\xff" * 9, why, ""))
                styles.append(StyleResult(str(sample.program), rubric, True, 0.8, {"c0": True, "c1": False}, {}, found))
    with Store(path) as store:
        empty = InputSuite(())
        target = Target(TargetKind.FUNCTION, "f")
        store.add_tasks(Task(task, prompt, target, "", empty, empty) for task, prompt in prompts.items())
        store.add_samples(samples)
        store.add_verdicts(list({(one.program, one.suite): one for one in verdicts}.values()))
        store.add_style(list({one.program: one for one in styles}.values()))


def _open(page: Path) -> None:
    """Open a browser of samples three times: until it shows a sample, and until a search over all is done."""
    with chromium() as running:
        for _ in range(3):
            with visit(running, page, viewport={"width": 1280, "height": 900}) as seen:
                seen.page.wait_for_selector("#browser[data-ready=yes]", state="attached")
                ready = seen.page.evaluate("performance.now()")
                seen.page.locator("#filter-text").fill("zzz no such text zzz")
                found = seen.page.locator("#browser-found")
                found.filter(has_text=re.compile("^0 of")).wait_for(timeout=120_000)
                searched = seen.page.evaluate("performance.now()") - ready
                told = found.inner_text()
            print(f"  interactive after {ready:.0f} ms, text search over all: {searched:.0f} ms ({told})")


def many(models: int = 17) -> None:
    """Write many models' pages; the document's own cost is told apart."""
    document = make_document(models=models, tasks=TASKS, samples=SAMPLES, false_positives=FALSE_POSITIVES)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tempfile.TemporaryDirectory() as place:
        cpu, wall = time.process_time(), time.perf_counter()
        paths = write_report(document, Path(place))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        total = sum(path.stat().st_size for path in paths) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{models} models × {TASKS} × {SAMPLES}, {FALSE_POSITIVES} false positives each: {total:.0f} MB in "
          f"{cpu:.1f} CPU-s, {wall:.1f} s wall (budget 60 s)")  # fmt: skip
    print(f"peak {peak:.0f} MB (budget 1,000 MB), of which {base:.0f} MB were there with the document")


def main() -> None:
    """Run what is asked for, both by default, each in a process of its own."""
    if sys.argv[1:2] == ["browser"]:
        if len(sys.argv) > 2:
            browser(Path(sys.argv[2]))
            return
        with tempfile.TemporaryDirectory() as place:
            recorded_store(Path(place) / "audit.db")
            browser(Path(place) / "audit.db")
        return
    if sys.argv[2:] == ["--here"]:
        {"page": page, "many": many}[sys.argv[1]]()
        return
    for name in sys.argv[1:] or ("page", "many"):
        subprocess.run([sys.executable, "-m", "tests.benchmarks.report_cost", name, "--here"], check=True)


if __name__ == "__main__":
    main()
