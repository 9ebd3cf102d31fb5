"""Plausible documents for the report's tests: the contract's shapes, filled from simulated counts."""

from __future__ import annotations

# ruff: noqa: E501 - rows of data read better whole
import math
import random
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.gates import RunView
from auditor.gates.choose import choices
from auditor.results import ReportDocument, from_plain
from tests.unit.report.programs import FAMILIES, RULES, Family

Document = dict[str, Any]
COSTS = (0.0, 1.0, 2.0, 4.0, 8.0)
NAMES = (
    "Llama 3.1 8B", "Mistral 7B", "GPT-4o", "StarCoder", "Phi-3 Medium", "Command-R", "Code Llama 13B", "Vicuna 7B",
    "CodeT5+ 16B", "Llama 3.1 70B", "Phi-3 Mini", "CodeGen2 7B", "Command", "Llama 3.1 405B", "Code Llama 7B",
    "CodeGen 6B", "Command-Light", "Qwen2.5-Coder 7B", "DeepSeek-Coder-V2 Lite", "Gemma 2 27B",
)  # fmt: skip
STRENGTHS = (0.55, 0.2, 0.855, 0.215, 0.61, 0.37, 0.34, 0.09, 0.23, 0.71, 0.58, 0.11, 0.22, 0.78, 0.29, 0.18, 0.06,
             0.66, 0.63, 0.5)  # fmt: skip
CRITERIA = (
    ("naming", "Names are snake_case", "PEP 8 names functions and variables in lower case."),
    ("line_length", "No line is over 88 characters", "Long lines hide conditions."),
    ("comments", "Comments explain", "A reader should find the reason beside the code."),
    ("complexity", "Complexity is at most 10", "Branches that nobody tests."),
    ("docstring", "The docstring is kept", "Callers read it."),
    ("no_lint_errors", "No error-level finding", "Errors are defects in waiting."),
)

COUNTED = {
    "naming": ["pylint:C0103"],
    "no_lint_errors": ["pylint:C0103", "pylint:W0104", "ruff:B007", "ruff:E225", "ruff:E701"],
}
"""Rules that a criterion counts; one is in both."""


def interval(value: float, spread: float, low: float = 0.0, high: float = 1.0) -> dict[str, float]:
    """An interval of about the given half width, cut to a range."""
    return {"value": value, "low": max(low, value - spread), "high": min(high, value + spread)}


def accepted_within(n: int, passes: NDArray[np.int64], attempts: int) -> NDArray[np.float64]:
    """1 - C(n-b, K)/C(n, K) for each task."""
    miss = np.ones(len(passes))
    for j in range(attempts):
        miss *= np.maximum(n - passes - j, 0) / (n - j)
    return 1 - miss


def curve_of(n: int, base: NDArray[np.int64], correct: NDArray[np.int64], price: float) -> list[dict[str, Any]]:
    """The exact curve of a model, with bands of a plausible width."""
    share = np.divide(correct, base, out=np.zeros(len(base)), where=base > 0)
    rows, draws = [], 0.0
    for k in range(1, n + 1):
        draws += float(np.mean(1 - accepted_within(n, base, k - 1)))
        accepted = accepted_within(n, base, k)
        right = float(np.mean(accepted * share))
        utility = {f"{r:g}": float(np.mean(accepted * (share - r * (1 - share) * (base > 0)))) for r in COSTS}
        taken = float(np.mean(accepted))
        rows.append({
            "attempts": k, "accepted": taken, "correct": right, "draws": draws,
            "cost_per_correct": draws * price / right if right else None, "utility": utility,
            "accepted_low": max(0, taken - 0.04), "accepted_high": min(1, taken + 0.04),
            "correct_low": max(0, right - 0.05), "correct_high": min(1, right + 0.05),
            "utility_low": {r: u - 0.05 - 0.02 * float(r) for r, u in utility.items()},
            "utility_high": {r: u + 0.05 + 0.02 * float(r) for r, u in utility.items()},
        })  # fmt: skip
    return rows


def optimal(curve: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """K* per cost ratio, with a set around it."""
    found = []
    for cost in COSTS:
        utilities = [row["utility"][f"{cost:g}"] for row in curve]
        best = int(np.argmax(utilities))
        attempts = best + 1 if utilities[best] >= 0 else 0
        low, high = max(0, int(attempts * 0.6)), min(len(curve), int(attempts * 1.5) + (attempts > 0))
        found.append({
            "fp_cost": cost, "attempts": attempts, "low": low, "high": high,
            "utility": max(0.0, utilities[best]), "utility_low": max(0.0, utilities[best] - 0.05),
            "utility_high": max(0.0, utilities[best] + 0.05),
            "open_above": high == len(curve), "enough": low,
            "utility_cross_fitted": max(0.0, utilities[best]) - 0.01,
        })  # fmt: skip
    return found


def buckets_of(n: int, base: NDArray[np.int64], correct: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Share false among first passes, by powers of two."""
    share = np.divide(correct, base, out=np.zeros(len(base)), where=base > 0)
    rows, start = [], 1
    while start <= n:
        end = min(2 * start - 1, n)
        weight = accepted_within(n, base, end) - accepted_within(n, base, start - 1)
        total = float(weight.sum())
        false = float((weight * (1 - share)).sum() / total) if total > 1e-9 else None
        rows.append({
            "from": start, "to": end, "share_false": false, "accepted": total / len(base),
            "low": None if false is None else max(0.0, false - 0.05), "high": None if false is None else min(1, false + 0.06),
        })  # fmt: skip
        start = end + 1
    return rows


def criterion(rng: random.Random, key: str, title: str, reason: str, tasks: int) -> dict[str, Any]:
    """One criterion's comparison."""
    right = rng.uniform(0.5, 0.95)
    gap = rng.uniform(-0.12, 0.02)
    p = rng.uniform(0.0001, 0.3)
    rate = {name: interval(right + shift, 0.03) for name, shift in
            (("given_pass", gap / 5), ("given_correct", 0), ("given_false_positive", gap))}  # fmt: skip
    return {
        "criterion": key, "title": title, "reason": reason, "tasks": tasks,
        "programs": {"true_positive": tasks * 31, "false_positive": tasks * 9},
        "within_task": {"difference": gap * 0.8, "low": gap * 0.8 - 0.04, "high": gap * 0.8 + 0.04, "p": p,
                        "p_adjusted": min(1.0, p * 6)} if tasks > 5 else None,
        "pooled": {"true_positive": interval(right, 0.02), "false_positive": interval(right + gap, 0.03),
                   "difference": interval(gap, 0.04, -1)},
        "conditional": rate,
    }  # fmt: skip


def rule_rows(rng: random.Random) -> list[dict[str, Any]]:
    """The rules that separate the groups."""
    rows = []
    for tool, rule, name, _ in RULES:
        right = rng.uniform(0.02, 0.4)
        gap = rng.uniform(-0.1, 0.2)
        false = min(1.0, max(0.0, right + gap))
        rows.append({
            "tool": tool, "rule": rule, "name": name, "url": f"https://docs.example.org/{rule}", "true_positive": right,
            "false_positive": false, "difference": false - right, "low": false - right - 0.05,
            "high": false - right + 0.05, "p_adjusted": rng.uniform(0, 0.4), "tasks": 61, "programs": 1204,
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-abs(row["difference"]), row["rule"]))


def second_verifier(rng: random.Random, before: float) -> dict[str, Any]:
    """A score that helps a little."""
    roc = [{"threshold": t / 20, "true_positive_rate": (1 - t / 20) ** 0.7, "false_positive_rate": 1 - t / 20}
           for t in range(21)]  # fmt: skip
    return {
        "criterion": "score", "auc_within_task": interval(0.5 + rng.uniform(0, 0.1), 0.03), "roc": roc,
        "chosen": {"threshold": 0.55, "conditional_accuracy": {"before": before, "after": min(1, before + 0.011)},
                   "coverage": {"before": 1.0, "after": 0.93}, "utility": {"before": 0.41, "after": 0.405}},
    }  # fmt: skip


def solution_of(family: Family, name: str, number: int, rng: random.Random) -> tuple[str, int]:
    """A distinct wrong program of a family and the number of its prompt lines."""
    prompt = family.prompt.replace("{name}", name)
    body = family.wrong[number % len(family.wrong)]
    if number >= len(family.wrong):
        body = (
            f"    # attempt {number}: {rng.choice(('keep it simple', 'first idea', 'walk the list', 'try this'))}\n"
            + body
        )
    return prompt + body, prompt.count("\n")


def examples_of(rng: random.Random, tasks: list[Document], total: int, samples: int) -> list[Document]:
    """False positives spread over tasks, the first ones seen most often."""
    shown = []
    for number in range(total):
        task = tasks[int(rng.random() ** 2 * len(tasks))]
        family = FAMILIES[int(task["task_id"].split("/")[1]) % len(FAMILIES)]
        solution, lines = solution_of(family, task["entry_point"], number, rng)
        arguments, expected, got = family.failing
        count = solution.count("\n")
        picked = rng.sample(RULES, k=rng.randrange(0, 5))
        findings = [{"tool": t, "rule": r, "name": n, "message": m, "line": rng.randint(lines + 1, max(count, lines + 1)),
                     "column": rng.randint(1, 40), "in_prompt": False, "url": f"https://docs.example.org/{r}", "criterion": "names"}
                    for t, r, n, m in picked]  # fmt: skip
        shown.append({
            "program": f"{rng.getrandbits(128):032x}", "task_id": task["task_id"],
            "samples": 1 + int(rng.paretovariate(1.1)) % max(1, samples // 2), "solution": solution,
            "reference": family.prompt.replace("{name}", task["entry_point"]) + family.reference, "prompt_lines": lines,
            "base": "pass", "plus": "timeout" if "timeout" in got else "fail",
            "failing": {"index": rng.randrange(900), "call": f"{task['entry_point']}({arguments})", "expected": expected,
                        "got": got, "kind": "exception" if "Error" in got else "wrong value"},
            "score": round(rng.uniform(0.3, 1), 3), "findings": sorted(findings, key=lambda f: (f["line"], f["rule"])),
        })  # fmt: skip
    return shown


def model_of(
    name: str, strength: float, tasks: list[Document], samples: int, false_positives: int, seed: int
) -> Document:
    """One model's entry."""
    rng = random.Random(f"{seed}:{name}")
    draw = np.random.default_rng(rng.getrandbits(32))
    ceiling_aim = 0.72 + 0.22 * strength
    passing = strength / ceiling_aim
    base = draw.binomial(samples, draw.beta(passing * 0.8, (1 - passing) * 0.8, len(tasks)))
    correct = draw.binomial(base, draw.beta(ceiling_aim * 0.6, (1 - ceiling_aim) * 0.6, len(tasks)))
    answered = base > 0
    share = np.divide(correct, base, out=np.zeros(len(base)), where=answered)
    ceiling = float(share[answered].mean()) if answered.any() else 0.0
    micro = float(correct.sum() / max(1, base.sum()))
    curve = curve_of(samples, base, correct, price=0.00042)
    oracle = [{"k": k, **interval(float(np.mean(accepted_within(samples, correct, k))), 0.05)}
              for k in sorted({1, 2, 5, 10, 20, 50, 100, 200, samples}) if k <= samples]  # fmt: skip
    best = optimal(curve)
    return {
        "model": name, "tasks": len(tasks), "samples": samples * len(tasks), "simulated": name.startswith("simulated"),
        "single_sample_accuracy": interval(float(np.mean(correct / samples)), 0.055), "pass_at_k": oracle,
        "conditional_accuracy": {**interval(ceiling, 0.04), "lower_bound": interval(float(share.mean()), 0.04),
                                 "upper_bound": interval(float((share.sum() + (~answered).sum()) / len(base)), 0.04),
                                 "micro": interval(micro, 0.03), "tasks": int(answered.sum()), "attempts": samples},
        "false_discovery_rate": {**interval(1 - ceiling, 0.04), "micro": interval(1 - micro, 0.03),
                                 "tasks": int(answered.sum()), "attempts": samples},
        "false_positive_rate": interval(float((base - correct).sum() / max(1, (samples - correct).sum())), 0.02),
        "draw_price": {"value": 0.00042, "unit": "money"}, "curve": curve, "optimal_attempts": best, "attempt_buckets": buckets_of(samples, base, correct),
        "two_type": {"p1": strength, "r1": 0.87, "p2": 1 - strength, "r2": 0.14, "soundness": 0.75,
                     "optimal_attempts": [{"fp_cost": row["fp_cost"], "attempts": row["attempts"],
                                           "attempts_printed": row["attempts"] + 2} for row in best]},
        "extrapolation": {"method": "beta-binomial", "points": [
            {"attempts": samples * m, "accepted": min(1, curve[-1]["accepted"] + 0.01 * math.log2(m)),
             "correct": min(1, curve[-1]["correct"] + 0.004 * math.log2(m)), "low": max(0, curve[-1]["correct"] - 0.03),
             "high": min(1, curve[-1]["correct"] + 0.05)} for m in (2, 4, 8, 16)]},
        "base_tests": [{"tests": t, "false_discovery_rate": rate["value"], "low": rate["low"], "high": rate["high"]}
                       for t in range(1, 11) for rate in [interval(min(1.0, (1 - ceiling) * (1 + 2.2 / t)), 0.04)]],
        "per_task": [{"task_id": t["task_id"], "n": samples, "base_passes": int(b), "correct": int(c)}
                     for t, b, c in zip(tasks, base, correct, strict=True)],
        "style": [criterion(rng, *row, tasks=61) for row in CRITERIA],
        "style_score": {"true_positive": interval(0.84, 0.01), "false_positive": interval(0.8, 0.015),
                        "accepted": interval(0.833, 0.01),
                        "within_task": {"difference": -0.031, "low": -0.052, "high": -0.011, "p": 0.004,
                                        "p_adjusted": 0.004, "tasks": 61}},
        "style_rules": rule_rows(rng), "second_verifier": second_verifier(rng, ceiling),
        "coverage": {"samples": samples * len(tasks), "labelled": max(0, samples * len(tasks) - 41),
                     "statuses": {"ok": max(0, samples * len(tasks) - 41), "truncated": 23, "refused": 2,
                                  "extraction_failed": 16},
                     "outcomes": {"base": {"pass": int(base.sum()), "fail": max(0, int(samples * len(tasks) - base.sum() - 90)),
                                           "timeout": 60, "invalid": 30},
                                  "plus": {"pass": int(correct.sum()), "fail": int((base - correct).sum())}},
                     "flaky": 3, "duplicates": samples * len(tasks) // 4,
                     "distinct_programs": samples * len(tasks) * 3 // 4,
                     "tasks": len(tasks), "tasks_sampled": len(tasks), "tasks_scored": len(tasks)},
        "cost": {"prompt_tokens": 180 * samples * len(tasks), "completion_tokens": 95 * samples * len(tasks),
                 "cost": 0.00042 * samples * len(tasks)},
        "examples": examples_of(rng, tasks, false_positives, samples),
    }  # fmt: skip


def reach_of(models: list[Document]) -> list[Document]:
    """Can retries catch up, for every ordered pair of a weaker and a stronger model."""
    rows = []
    for weak in models:
        for strong in models:
            target = strong["single_sample_accuracy"]["value"]
            if weak is strong or weak["single_sample_accuracy"]["value"] >= target:
                continue
            hit = next((row["attempts"] for row in weak["curve"] if row["correct"] >= target), None)
            bounds = weak["conditional_accuracy"]
            rows.append({"weak": weak["model"], "strong": strong["model"], "accuracy": {"value": weak["curve"][-1]["correct"]},
                         "upper_bound": bounds["upper_bound"], "target": target,
                         "attempts": hit})  # fmt: skip
    return rows


def across_of(models: list[Document]) -> Document:
    """The comparison over models."""
    x = np.array([m["single_sample_accuracy"]["value"] for m in models])
    y = np.array([m["conditional_accuracy"]["value"] for m in models])
    line = None
    if len(models) > 2:
        slope, intercept = np.polyfit(x, y, 1)
        fit = 1 - float(((y - slope * x - intercept) ** 2).sum() / max(1e-12, ((y - y.mean()) ** 2).sum()))
        line = {"slope": float(slope), "intercept": float(intercept), "r_squared": fit, "p": 0.0004,
                "slope_low": float(slope) - 0.05, "slope_high": float(slope) + 0.05}  # fmt: skip
    rng = random.Random(len(models))
    return {
        "line": line, "reach": reach_of(models),
        "paired": [{"a": a["model"], "b": b["model"], "metric": "single_sample_accuracy",
                    "difference": a["single_sample_accuracy"]["value"] - b["single_sample_accuracy"]["value"],
                    "low": -0.1, "high": 0.3} for a, b in pairwise(models)],
        "style": [criterion(rng, *row, tasks=140) for row in CRITERIA] if len(models) > 1 else [],
    }  # fmt: skip


def gates_of(models: list[Document]) -> list[Document]:
    """Two rules over each model."""
    rows = []
    for model in models:
        for metric, limit in (("false_discovery_rate", 0.15), ("single_sample_accuracy", 0.5)):
            found = model[metric]
            below = metric == "false_discovery_rate"
            good = found["high"] <= limit if below else found["low"] >= limit
            bad = found["low"] > limit if below else found["high"] < limit
            verdict = "pass" if good else "fail" if bad else "inconclusive"
            rows.append({
                "rule": f"{metric} {'max' if below else 'min'} {limit}", "metric": metric, "model": model["model"],
                "verdict": verdict, "value": found["value"], "low": found["low"], "high": found["high"],
                "deciding_low": found["low"], "deciding_high": found["high"],
                "min": None if below else limit, "max": limit if below else None, "confidence": 0.95,
                "severity": "error", "reason": "A wrong answer that passes the tests reaches users.",
                "sentence": f"{metric} is {found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f}); "
                            f"the rule allows {'at most' if below else 'at least'} {limit}.",
            })  # fmt: skip
    return rows


def tasks_of(total: int) -> list[Document]:
    """Tasks whose code comes from the families in turn."""
    return [{"task_id": f"Bench/{i}", "entry_point": f"{FAMILIES[i % len(FAMILIES)].name}_{i}", "base_tests": 3 + i % 9,
             "plus_tests": 400 + 7 * i, "unfit": None, "excluded": None} for i in range(total)]  # fmt: skip


def plain_document(
    *, models: int = 3, tasks: int = 30, samples: int = 40, false_positives: int = 40, seed: int = 0
) -> Document:
    """A whole document; the same arguments give the same one."""
    analysed = tasks_of(tasks)
    entries = [model_of(NAMES[i] if i else "simulated-medium", STRENGTHS[i], analysed, samples, false_positives, seed)
               for i in range(models)]  # fmt: skip
    left_out = [
        {**tasks_of(tasks + 2)[-1], "excluded": "plus never passes though base does, for every model"},
        {**tasks_of(tasks + 3)[-1], "unfit": "the reference fails its plus suite here"},
    ]
    return {
        "schema": "auditor/report/1", "title": "Resampling audit", "models": entries, "across": across_of(entries),
        "gates": gates_of(entries), "tasks": analysed + left_out,
        "provenance": {
            "auditor": "0.1.0", "python": "3.11.2", "platform": "Linux x86_64",
            "tools": {"ruff": "0.14.2", "pylint": "4.0.1", "radon": "6.0.1"},
            "benchmark": {"name": "Bench+", "source": "bench/plus", "digest": "9f" * 32, "tasks": tasks + 2},
            "config": {"benchmark": {"source": "bench/plus"}, "analysis": {"confidence": 0.95, "resamples": 2000}},
            "seeds": {"analysis": 0}, "sandbox": "landlock+seccomp",
            "exclusions": {"rule": "auto", "count": 1,
                           "tasks": [{"task_id": left_out[0]["task_id"], "reason": left_out[0]["excluded"]}]},
            "unfit": [{"task_id": left_out[1]["task_id"], "reason": left_out[1]["unfit"]}], "errors": 0,
            "rubric": {"name": "pep8", "version": "1", "hash": "ab" * 16},
        },
    }  # fmt: skip


HOSTILE = (
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- <table><tr><td>", "</pre></article></main>",
    "]]><svg onload=alert(1)>", "{{ 7*7 }}{% raw %}", "\u202egnp.exe\u202c \u2066\u2069\u200f", "nul\x00byte \x1b[31m \x7f\x85",
    "lone \ud800 surrogate \udfff", "x" * 100_000, "def 🦄_élève(): pass", "שלום = 'עולם'", "a\u200bb\ufeffc\u2028d\u2029e\rf",
    "```\n# heading | pipe |", "&lt;b&gt;&amp;", "javascript:alert(1)", '" onmouseover="alert(1)', "\U000e0041\U000e0042",
)  # fmt: skip


def make_document(
    *, models: int = 3, tasks: int = 30, samples: int = 40, false_positives: int = 40, seed: int = 0
) -> ReportDocument:
    """A whole document; the same arguments give the same one."""
    return typed(
        plain_document(models=models, tasks=tasks, samples=samples, false_positives=false_positives, seed=seed)
    )


def make_hostile() -> ReportDocument:
    """A document in which every text that a model or a benchmark can choose attacks the page."""
    document = plain_document(models=2, tasks=len(HOSTILE), samples=10, false_positives=len(HOSTILE))
    names = ["../../etc/passwd<script>alert(1)</script>\u202e", "INDEX"]
    renamed = {model["model"]: name for model, name in zip(document["models"], names, strict=True)}
    for model in document["models"]:
        model["model"] = renamed[model["model"]]
        for row, text in zip(model["examples"], HOSTILE, strict=True):
            row["solution"] = f"def f():\n    '''doc'''\n    return {text}\n{text}"
            row["reference"] = text
            row["prompt_lines"] = 2
            row["failing"] = {
                "index": 0,
                "call": f"f({text[:300]})",
                "expected": text[:300],
                "got": text[:300],
                "kind": "wrong value",
            }
            row["findings"] = [{"tool": "ruff", "rule": text[:40], "name": text[:60], "message": text[:300], "line": 3,
                                "column": 1, "in_prompt": False, "url": "javascript:alert(1)", "criterion": "names"}]  # fmt: skip
        for criterion_row, text in zip(model["style"], HOSTILE, strict=False):
            criterion_row["title"] = text[:200]
        for rule, text in zip(model["style_rules"], HOSTILE, strict=False):
            rule["name"], rule["url"] = text[:200], "javascript:alert(1)"
    for gate in document["gates"]:
        gate["model"] = renamed[gate["model"]]
        gate["sentence"] = HOSTILE[0]
    for row in document["across"]["reach"]:
        row["weak"], row["strong"] = renamed[row["weak"]], renamed[row["strong"]]
    for row in document["across"]["paired"]:
        row["a"], row["b"] = renamed[row["a"]], renamed[row["b"]]
    for task, text in zip(document["tasks"], HOSTILE, strict=False):
        task["entry_point"] = text[:200]
    document["title"] = HOSTILE[0]
    return typed(document)


def typed(plain: Document) -> ReportDocument:
    """Give a document its types, with a plausible value if the rows above leave one out."""
    references = {row["task_id"]: row["reference"] for model in plain["models"] for row in model["examples"]}
    provenance = plain["provenance"]
    exclusions = provenance["exclusions"]
    document = from_plain(ReportDocument, {
        "schema": "auditor/report/2", "title": plain["title"], "models": [_model(row) for row in plain["models"]],
        "across": _across(plain["across"]), "gates": [{"parameters": {}, **row} for row in plain["gates"]],
        "tasks": [{**row, "reference": references.get(row["task_id"], "")} for row in plain["tasks"]],
        "options": {"fp_costs": COSTS},
        "exclusions": {"rule": exclusions["rule"], "tasks": exclusions["tasks"]},
        "provenance": {**provenance, "harness_errors": provenance["errors"],
                       "rubric": {**provenance["rubric"], "criteria": _criteria(plain["models"])}},
    })  # fmt: skip
    return replace(document, choices=choices(RunView.of(document)))


def _criteria(models: list[Document]) -> list[Document]:
    """The rubric's criteria, with the titles of the first model's rows."""
    rows = models[0]["style"] if models else []
    return [{**{key: row[key] for key in ("criterion", "title", "reason")}, "rules": COUNTED.get(row["criterion"], [])}
            for row in rows]  # fmt: skip


def _figure(row: Document, name: str, low: str, high: str) -> Document:
    return {"value": row[name], "low": row[low], "high": row[high]}


def _rate(row: Document, tasks: int) -> Document:
    bare = {key: row[key] for key in ("value", "low", "high")}
    return {"micro": bare, "tasks": tasks, **row}


def _gap(row: Document | None, tasks: int) -> Document | None:
    if row is None:
        return None
    return {"tasks": tasks, "effect": 0.0, "units": tasks, **row, "value": row["difference"]}


def _model(row: Document) -> Document:
    tasks, most = row["tasks"], len(row["curve"])
    second = row["second_verifier"]
    chosen = second["chosen"]
    gain = chosen["utility"]["after"] - chosen["utility"]["before"]
    effect = {
        "fp_cost": 1.0,
        "threshold": chosen["threshold"],
        "conditional_accuracy": chosen["conditional_accuracy"],
        "coverage": {**chosen["coverage"], "tasks_before": tasks, "tasks_after": tasks},
        "utility": {**chosen["utility"], "difference": {"value": gain, "low": gain - 0.02, "high": gain + 0.02}},
    }
    score = row["style_score"]
    return {
        **row, "acceptance": row["single_sample_accuracy"], "max_attempts": most, "draw_cost": 0.0,
        "samples_per_task": {"least": most, "most": most},
        **{name: _rate(row[name], tasks) for name in ("conditional_accuracy", "false_discovery_rate",
                                                      "false_positive_rate")},
        "curve": [{
            "attempts": point["attempts"], "tasks": tasks, "accepted": _figure(point, "accepted", "accepted_low", "accepted_high"),
            "correct": _figure(point, "correct", "correct_low", "correct_high"), "draws": {"value": point["draws"]},
            "cost_per_accepted": None, "cost_per_correct": point["cost_per_correct"],
            "utility": {cost: {"value": value, "low": point["utility_low"][cost], "high": point["utility_high"][cost]}
                        for cost, value in point["utility"].items()},
        } for point in row["curve"]],
        "optimal_attempts": [{**best, "tasks": tasks, "utility": _figure(best, "utility", "utility_low", "utility_high")}
                             for best in row["optimal_attempts"]],
        "attempt_buckets": [{"first": one["from"], "last": one["to"], "accepted": min(1.0, max(0.0, one["accepted"])),
                             "share_false": _figure(one, "share_false", "low", "high")}
                            for one in row["attempt_buckets"]],
        "two_type": {**row["two_type"], "optimal_attempts": [
            {"unbounded": False, "attempts_for_99_percent": one["attempts"], "utility": 0.1, **one}
            for one in row["two_type"]["optimal_attempts"]]},
        "extrapolation": {**row["extrapolation"], "anchor": most, "resamples": 200, "points": [
            {"attempts": one["attempts"], "accepted": {"value": one["accepted"]},
             "correct": _figure(one, "correct", "low", "high")} for one in row["extrapolation"]["points"]]},
        "base_tests": [{"tests": one["tests"], "false_discovery_rate": _figure(one, "false_discovery_rate", "low", "high"),
                        "micro": None, "accepted": 0.5, "tasks": tasks} for one in row["base_tests"]],
        "style": {"criteria": [_criterion(one) for one in row["style"]],
                  "score": {**score, "within_task": _gap(score["within_task"], 61), "tasks": 61},
                  "rules": [{**one, "difference": _gap(one, one["tasks"])} for one in row["style_rules"]]},
        "second_verifier": {**second, "tasks": 61, "chosen": effect, "by_cost": [effect], "folds": 10},
        "coverage": {**row["coverage"], "labels": {}}, "served_models": [],
        "false_positives": [{"detail": "", **one} for one in row["examples"]],
    }  # fmt: skip


def _criterion(row: Document) -> Document:
    return {**row, "within_task": _gap(row["within_task"], row["tasks"])}


def _across(row: Document) -> Document:
    line = row["line"]
    bounds = {"intercept_low": 0.5, "intercept_high": 0.9, "models": 5, "attempts": 10, "tasks": 10}
    return {
        "attempts": 10, "line": line and {**bounds, **line},
        "reach": [{**one, "gap": {"value": None}, "upper_bound_gap": {"value": None}, "seen_at": one["attempts"],
                   "verdict": "reaches" if one["attempts"] else "not within", "within": 10, "tasks": 10}
                  for one in row["reach"]],
        "paired": [{**one, "difference": {"value": one["difference"], "low": one["low"], "high": one["high"],
                                          "tasks": 10}} for one in row["paired"]],
        "style": [_criterion(one) for one in row["style"]],
    }  # fmt: skip
