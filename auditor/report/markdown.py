"""The report as Markdown that fits a pull-request comment."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditor.report import sentences
from auditor.report.gates import Judged, verdict
from auditor.report.reading import (
    Interval,
    Json,
    best_attempts,
    confidence,
    headline_cost,
    most_attempts,
    optimum,
    part,
    rows,
    tasks_analysed,
)
from auditor.report.text import count, cut, plural, visible

LONGEST = 60_000
"""Characters; a comment on the common forges holds 65,536."""
MOST_ROWS = 40
_SIGNS = {"pass": "✅ passes", "fail": "❌ fails", "inconclusive": "➖ inconclusive"}


def summary(document: Json) -> str:
    """Write verdict, models, best attempts, style and what it stands on; long tables are cut and say so."""
    level = confidence(document)
    gates = verdict(rows(document, "gates"))
    models = rows(document, "models")
    blocks = [f"# {plain(str(document.get('title') or 'Audit report'))}", _about(document)]
    if gates.gates:
        blocks += [f"**{gates.headline}.**", _gates(gates.gates)]
    blocks += ["## Models", _models(models, level), *_sentences(models, level)]
    if best := _optimal(models):
        blocks += ["## Attempts worth making (K*)", best]
        blocks += ["0: do not sample, every draw loses on average. +: the most analysed; more may be better."]
    if style := _style(models):
        blocks += ["## Style, false minus true positives", style]
        blocks += ["Percentage points of adherence, within tasks; **bold**: clear of zero after adjustment."]
    fit = part(document, "across").get("line")
    if fit:
        blocks.append(f"{sentences.line(part(document, 'across'), models)} (R² {fit['r_squared']:.2f}).")
    blocks += ["---", _stands_on(document, level)]
    return _fit(blocks)


def plain(text: str, limit: int = 120) -> str:
    """Write a text so that Markdown shows it as it is: no markup, mention, link or line break in it."""
    text = cut(visible(text).replace("\n", " "), limit)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_{}\[\]()#|~!])", r"\\\1", text)
    return text.replace("@", "&#64;").replace("://", "&#58;//")


def _about(document: Json) -> str:
    benchmark = part(document, "provenance", "benchmark")
    models = rows(document, "models")
    samples = sum(int(model.get("samples") or 0) for model in models)
    name = plain(str(benchmark.get("name") or "the benchmark"))
    text = f"{plural(len(models), 'model')} on {name}, {tasks_analysed(models)}, {plural(samples, 'sample')}"
    simulated = [plain(str(model["model"])) for model in models if model.get("simulated")]
    return text + (f". Simulated, so no statement about a real model: {', '.join(simulated)}." if simulated else ".")


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join([" --- ", *(" ---: " for _ in head[1:])]) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in body[:MOST_ROWS]]
    if len(body) > MOST_ROWS:
        lines.append(f"\n{count(len(body) - MOST_ROWS)} more rows in report.json.")
    return "\n".join(lines)


def _gates(gates: Sequence[Judged]) -> str:
    body = []
    for gate in gates:
        sign = _SIGNS.get(gate.verdict, gate.verdict) + (" (warning)" if gate.warning else "")
        body.append([sign, plain(gate.model), plain(gate.sentence, 300)])
    return _table(("verdict", "model", "why"), body).replace(" ---: ", " --- ")


def _models(models: Sequence[Json], level: str) -> str:
    cost = headline_cost(models[0]) if models else None
    keys = ("single_sample_accuracy", "conditional_accuracy", "false_discovery_rate")
    body = []
    for model in models:
        best = optimum(model, cost) or {}
        span = f" ({count(best['low'])} to {count(best['high'])})" if best.get("low") is not None else ""
        shares = [Interval.of(model.get(key)).whole(1) for key in keys]
        body.append([plain(str(model["model"])), *shares, best_attempts(best, most_attempts(model)) + span])
    ratio = f"K\\* at r = {cost:g}" if cost is not None else "K\\*"
    head = (f"model ({level} intervals)", "single-sample accuracy", "ceiling", "accepted but wrong", ratio)
    return _table(head, body)


def _sentences(models: Sequence[Json], level: str) -> list[str]:
    """One sentence a model, for few models."""
    if len(models) > 5:
        return []
    return ["\n".join(f"- {plain(str(model['model']))}: {sentences.false_share(model, level)}" for model in models)]


def _optimal(models: Sequence[Json]) -> str:
    ratios = sorted({float(row["fp_cost"]) for model in models for row in rows(model, "optimal_attempts")})
    body = []
    for model in models:
        found = (best_attempts(optimum(model, ratio), most_attempts(model)) for ratio in ratios)
        body.append([plain(str(model["model"])), *found])
    return _table(("model", *(f"r = {ratio:g}" for ratio in ratios)), body) if ratios else ""


def _style(models: Sequence[Json]) -> str:
    titles = {
        str(row["criterion"]): str(row.get("title") or row["criterion"])
        for model in models
        for row in rows(model, "style")
    }
    body = []
    for model in models:
        found = {str(row["criterion"]): row.get("within_task") or {} for row in rows(model, "style")}
        cells = []
        for key in titles:
            gap = Interval.of_difference(found.get(key))
            cells.append(f"**{gap.points()}**" if gap.side else gap.points())
        body.append([plain(str(model["model"])), *cells])
    return _table(("model", *(plain(title) for title in titles.values())), body) if titles else ""


def _stands_on(document: Json, level: str) -> str:
    row = part(document, "provenance")
    benchmark = part(row, "benchmark")
    tasks, excluded = plural(benchmark.get("tasks") or 0, "task"), part(row, "exclusions").get("count", 0)
    lines = [
        f"auditor {plain(str(row.get('auditor')))}, Python {plain(str(row.get('python')))}",
        f"sandbox {plain(str(row.get('sandbox')))}",
        f"{level} intervals",
        f"{tasks}, {count(excluded)} excluded, {count(len(rows(row, 'unfit')))} unfit",
        plural(row.get("errors") or 0, "harness error"),
        f"SHA-256 of the tasks {plain(str(benchmark.get('digest'))[:16])}",
    ]
    return "; ".join(lines) + "."


def _fit(blocks: Sequence[str]) -> str:
    """Join blocks up to the longest comment; what is left out is named."""
    kept: list[str] = []
    size = 0
    for block in blocks:
        size += len(block) + 2
        if size > LONGEST:
            kept.append("The rest is in index.html and report.json.")
            break
        kept.append(block)
    return "\n\n".join(kept) + "\n"
