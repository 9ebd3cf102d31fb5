"""Which false positives a page shows at once, and how the rest travel in the page as data.

The telling ones are those seen most often, each of another task where there are enough, with as many
different kinds of failure and rules as can be had. The rest go into one compact JSON block: texts that
repeat (tasks, prompts, references, rules) are written once; above 200 kB the block is deflated.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence

from auditor.records import Outcome
from auditor.report.code import LONGEST_LINE, MOST_LINES, cut_line, remarks
from auditor.report.text import cut, plural, visible
from auditor.results import FalsePositiveExample, TaskRow

INLINE = 12
"""False positives written out in the page."""
PLAIN_UP_TO = 200_000
"""Characters of JSON that stay readable in the page; above, the block is deflated."""
DATA_BUDGET = 12_000_000
"""Bytes of JSON before deflating that one page may carry; what goes beyond stays in report.json."""


def kind_of(row: FalsePositiveExample) -> str:
    """Name how a false positive fails its plus suite: as its first failing test does, or else the outcome itself."""
    return str(row.failing.kind) if row.plus is Outcome.FAIL and row.failing else str(row.plus)


def rules_of(row: FalsePositiveExample) -> list[str]:
    """List the rules that fire on the model's own lines, each once, sorted."""
    return sorted({note.rule for notes in remarks(row.findings).values() for note in notes})


def by_weight(exhibits: Sequence[FalsePositiveExample]) -> list[FalsePositiveExample]:
    """Order false positives: those behind most samples first."""
    return sorted(exhibits, key=lambda row: (-row.samples, row.task_id, row.program))


def telling(exhibits: Sequence[FalsePositiveExample], most: int = INLINE) -> list[FalsePositiveExample]:
    """Choose the ones to write out: heavy first, then tasks, kinds of failure and rules not shown yet."""
    left = by_weight(exhibits)[: most * 40]
    chosen: list[FalsePositiveExample] = []
    seen: set[str] = set()
    while left and len(chosen) < most:
        gains = [_gain(row, seen, rank) for rank, row in enumerate(left)]
        row = left.pop(gains.index(max(gains)))
        chosen.append(row)
        seen |= _features(row)
    return by_weight(chosen)


def _features(row: FalsePositiveExample) -> set[str]:
    return {f"task {row.task_id}", f"kind {kind_of(row)}", *(f"rule {rule}" for rule in rules_of(row))}


def _gain(row: FalsePositiveExample, seen: set[str], rank: int) -> float:
    """Weigh what showing this one adds: a new task counts most, a new kind next, rules a little; then its rank."""
    fresh = _features(row) - seen
    return sum(4.0 if f.startswith("task") else 2.0 if f.startswith("kind") else 0.2 for f in fresh) - rank / 40


def pack(exhibits: Sequence[FalsePositiveExample], tasks: Mapping[str, TaskRow]) -> tuple[dict[str, list[object]], int]:
    """Build the data block of the rest, and count what did not fit; ``tasks`` are the document's by id."""
    tables = _Tables()
    packed: list[object] = []
    size, left_out = 0, 0
    for row in by_weight(exhibits):
        line = _packed(row, tasks.get(row.task_id), tables)
        size += sum(len(part) for part in line if isinstance(part, str)) + 60
        if size > DATA_BUDGET:
            left_out += 1
        else:
            packed.append(line)
    texts = {"tasks": tables.tasks, "rules": tables.rules, "messages": tables.messages, "heads": tables.heads}
    return {**texts, "rows": packed}, left_out


class _Tables:
    """Texts that repeat, each written once and named by its place."""

    def __init__(self) -> None:
        self.tasks: list[object] = []
        self.rules: list[object] = []
        self.messages: list[object] = []
        self.heads: list[object] = []
        self._places: dict[tuple[int, str], int] = {}

    def place(self, table: list[object], key: str, value: object) -> int:
        """Find or add an entry."""
        found = self._places.setdefault((id(table), key), len(table))
        if found == len(table):
            table.append(value)
        return found


def _packed(row: FalsePositiveExample, about: TaskRow | None, tables: _Tables) -> list[object]:
    """Write one false positive as a row: the order is that of ``exhibit`` in exhibits.js."""
    reference = _shown(about.reference) if about and about.reference else ""
    solution = _shown(row.solution)
    lines = solution.split("\n")
    head = row.prompt_lines
    prompt = "\n".join(lines[:head])
    task_id = visible(row.task_id)
    task = tables.place(
        tables.tasks, f"{task_id}\0{reference}", [task_id, reference, visible(about.entry_point if about else "")]
    )
    failing = row.failing
    texts = (failing.call, failing.expected, failing.got) if failing else ("", "", "")
    notes = [(line, note) for line, found in sorted(remarks(row.findings).items()) for note in found]
    return [
        visible(row.program), task, row.samples, row.score, kind_of(row),
        *(cut(visible(text), 600) for text in texts),
        failing.index if failing else None, head, tables.place(tables.heads, prompt, prompt), "\n".join(lines[head:]),
        [[line, tables.place(tables.rules, f"{n.rule}\0{n.url}", [n.rule, n.url]),
          tables.place(tables.messages, n.message, n.message)] for line, n in notes],
    ]  # fmt: skip


def _shown(source: str) -> str:
    """Cut a program to what a page shows."""
    lines = visible(source).removesuffix("\n").split("\n")
    kept = [cut_line(line) if len(line) > LONGEST_LINE or "\t" in line else line for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        kept.append(f"# … {plural(len(lines) - MOST_LINES, 'more line')}, in report.json")
    return "\n".join(kept)


def data_block(packed: Mapping[str, Sequence[object]]) -> tuple[str, bool]:
    """Write the block as text that is safe inside ``<script>``, and say whether it is deflated (base64 of zlib)."""
    plain = json.dumps(packed, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if len(plain) > PLAIN_UP_TO:
        return base64.b64encode(zlib.compress(plain.encode(), 6)).decode(), True
    for special, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        plain = plain.replace(special, escaped)
    return plain, False
