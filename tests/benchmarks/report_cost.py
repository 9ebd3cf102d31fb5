"""What a report costs: size and time to interactive of a heavy page, time and memory of a large comparison.

``python -m tests.benchmarks.report_cost [page] [many]`` prints the figures beside their budgets. ``page`` is one model
of 164 tasks × 200 samples with 4,000 false positives; ``many`` is 17 such models, written in a process of their own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from auditor.report import write_report
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
    if sys.argv[2:] == ["--here"]:
        {"page": page, "many": many}[sys.argv[1]]()
        return
    for name in sys.argv[1:] or ("page", "many"):
        subprocess.run([sys.executable, "-m", "tests.benchmarks.report_cost", name, "--here"], check=True)


if __name__ == "__main__":
    main()
