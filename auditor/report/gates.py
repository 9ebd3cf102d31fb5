"""The verdict of the gates as a page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.report.reading import Json
from auditor.report.text import MISSING, count, plural, visible


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule on one model, or over all of them."""

    verdict: str
    sentence: str
    reason: str
    model: str
    rule: str
    warning: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """All rules of a page and what they come to."""

    headline: str
    gates: Sequence[Judged]


def verdict(gates: Sequence[Json]) -> Verdict:
    """Sum up gates: failed ones first, then inconclusive ones."""
    judged = [_judged(gate) for gate in gates]
    order = {"fail": 0, "inconclusive": 1, "pass": 2}
    judged.sort(key=lambda gate: order.get(gate.verdict, 3))
    failed = sum(gate.verdict == "fail" for gate in judged)
    open_ = sum(gate.verdict == "inconclusive" for gate in judged)
    total = plural(len(judged), "gate")
    if not judged:
        headline = "No gate was set"
    elif failed:
        headline = f"Fails {count(failed)} of {total}" + (f", {count(open_)} inconclusive" if open_ else "")
    elif open_:
        headline = f"Inconclusive on {count(open_)} of {total}"
    else:
        headline = {1: "Passes its gate", 2: "Passes both gates"}.get(len(judged), f"Passes all {total}")
    return Verdict(headline, judged)


def over_models(gates: Sequence[Json]) -> str:
    """Say how many models pass all their gates, fail one, or stay open; empty without a gate on a model."""
    worst: dict[str, str] = {}
    order = {"pass": 0, "inconclusive": 1, "fail": 2}
    for gate in gates:
        if gate.get("model"):
            name, found = str(gate["model"]), str(gate["verdict"])
            worst[name] = max(worst.get(name, "pass"), found, key=lambda one: order.get(one, 1))
    if not worst:
        return ""
    verdicts = list(worst.values())
    passed, failed, open_ = (verdicts.count(one) for one in ("pass", "fail", "inconclusive"))
    amount = count(passed) if passed else "None"
    words = [f"{amount} of {plural(len(verdicts), 'model')} {'pass' if passed > 1 else 'passes'} every gate"]
    if failed:
        words.append(f"{count(failed)} {'fails' if failed == 1 else 'fail'}")
    if open_:
        words.append(f"{count(open_)} {'is' if open_ == 1 else 'are'} inconclusive")
    return ", ".join(words)


def _judged(gate: Json) -> Judged:
    return Judged(
        verdict=str(gate["verdict"]),
        sentence=visible(str(gate.get("sentence") or gate["rule"])),
        reason=visible(str(gate.get("reason") or "")),
        model=visible(str(gate.get("model") or MISSING)),
        rule=visible(str(gate["rule"])),
        warning=gate.get("severity") == "warning",
    )
