"""Plausible documents for the report's tests: the contract's shapes, filled from simulated counts."""

from __future__ import annotations

# ruff: noqa: E501 - rows of data read better whole
import random
from functools import lru_cache
from itertools import pairwise

import numpy as np

from auditor.results import ReportDocument
from tests.unit.report.model_rows import CRITERIA, Document, criterion, model_of
from tests.unit.report.programs import FAMILIES
from tests.unit.report.typed_documents import typed

NAMES = (
    "Llama 3.1 8B", "Mistral 7B", "GPT-4o", "StarCoder", "Phi-3 Medium", "Command-R", "Code Llama 13B", "Vicuna 7B",
    "CodeT5+ 16B", "Llama 3.1 70B", "Phi-3 Mini", "CodeGen2 7B", "Command", "Llama 3.1 405B", "Code Llama 7B",
    "CodeGen 6B", "Command-Light", "Qwen2.5-Coder 7B", "DeepSeek-Coder-V2 Lite", "Gemma 2 27B",
)  # fmt: skip
STRENGTHS = (0.55, 0.2, 0.855, 0.215, 0.61, 0.37, 0.34, 0.09, 0.23, 0.71, 0.58, 0.11, 0.22, 0.78, 0.29, 0.18, 0.06,
             0.66, 0.63, 0.5)  # fmt: skip


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
    """A whole document; the same arguments give the same one, made once: it takes 0.2 s, and nobody can change it."""
    return _made(models, tasks, samples, false_positives, seed)


@lru_cache(maxsize=64)
def _made(models: int, tasks: int, samples: int, false_positives: int, seed: int) -> ReportDocument:
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
