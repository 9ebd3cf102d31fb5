"""The page ``docs/metrics.md``, written from the metrics.

``python -m auditor.gates.metrics.page > docs/metrics.md`` regenerates it.
"""

from __future__ import annotations

import math
import sys

from auditor.gates.metrics import GROUPS, Better, Metric
from auditor.gates.metrics.plain_words import IN_PLAIN_WORDS

_HEAD = """\
# Metrics that a gate can name

Written from the code by `python -m auditor.gates.metrics.page > docs/metrics.md`; a test compares the two.

A rule names a metric and its keys, and sets `min`, `max` or both:

```toml
[[gate]]
metric = "utility"
attempts = 10
fp_cost = 4
min = 0.3
```

Shares are fractions: 0.15, not 15. A threshold outside a metric's range, an unknown key and a missing key are
errors before anything is judged.

**Intervals.** A metric marked *interval* is judged by its two-sided interval over the tasks, at the rule's
`confidence`. It is built for few tasks and for rates near 0 and 1, and a little wider than the one in the report,
which shows the same value. A metric marked *exact* is a fact about this run and has no interval. How it works and how
often it errs: [gates.md](gates.md#when-is-a-verdict-clear).

**Slices.** Every metric marked *interval* takes `slice`: it is then judged on these tasks alone, such as
`slice = "difficulty=hard"` or `slice = "date>=2024-08"`. See [slices](howto/slices.md).

**Margins.** A metric marked *margin* can be held against a baseline; `margin` is how far behind it may fall.
"""


def page() -> str:
    """Render the page."""
    parts = [_HEAD]
    for heading, metrics in GROUPS.items():
        parts += [f"## {heading}\n", *map(_section, metrics)]
    return "\n".join(parts)


def overview() -> str:
    """Render one line per metric, for a terminal: its name, its keys (optional ones in brackets), its title."""
    rows = [
        (metric.name, ", ".join(_keys(metric)) or "–", metric.title) for group in GROUPS.values() for metric in group
    ]
    names, keys = (max(len(row[index]) for row in rows) for index in (0, 1))
    return "\n".join(f"{name:<{names}}  {key:<{keys}}  {title}" for name, key, title in rows)


def _keys(metric: Metric) -> list[str]:
    return [*metric.needs, *(f"[{key}]" for key in metric.takes)]


def _section(metric: Metric) -> str:
    facts = [metric.unit.value, _range(metric), metric.evidence.value]
    if metric.better is not Better.NEITHER:
        facts.append(f"{metric.better.value} is better")
    if metric.against_baseline:
        facts.append("margin")
    names = "".join(f", also `{alias}`" for alias in metric.aliases)
    lines = [f"### `{metric.name}`{names}\n", f"{metric.doc}\n"]
    if shown := IN_PLAIN_WORDS.get(metric.name):
        lines.append(f"Called “{shown}” in commands and reports.\n")
    lines.append(f"*{'; '.join(facts)}.*\n")
    if metric.example:
        lines.append(f'```toml\nmetric = "{metric.name}"\n{metric.example}\n```\n')
    return "\n".join(lines)


def _range(metric: Metric) -> str:
    low = "any" if math.isinf(metric.lowest) else f"from {metric.lowest:g}"
    return low if math.isinf(metric.highest) else f"{low} to {metric.highest:g}"


if __name__ == "__main__":
    sys.stdout.write(page())
