"""One model's entry of a document for the report's tests, from simulated counts."""

from __future__ import annotations

# ruff: noqa: E501 - rows of data read better whole
import math
import random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.unit.report.programs import FAMILIES, RULES, Family

Document = dict[str, Any]
COSTS = (0.0, 1.0, 2.0, 4.0, 8.0)
CRITERIA = (
    ("naming", "Names are snake_case", "PEP 8 names functions and variables in lower case."),
    ("line_length", "No line is over 88 characters", "Long lines hide conditions."),
    ("comments", "Comments explain", "A reader should find the reason beside the code."),
    ("complexity", "Complexity is at most 10", "Branches that nobody tests."),
    ("docstring", "The docstring is kept", "Callers read it."),
    ("no_lint_errors", "No error-level finding", "Errors are defects in waiting."),
)


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
