"""The verdict of the gates as a page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.report.standing import WORDS, word, worst_verdicts
from auditor.report.text import MISSING, NARROW, count, listing, plural, visible
from auditor.results import WORST_FIRST, GateResult, Judgement, Severity, Unit
from auditor.text import noun


@dataclass(frozen=True, slots=True)
class ShownGate:
    """One rule on one model, or over all of them."""

    verdict: Judgement
    sentence: str
    reason: str
    model: str
    rule: str
    warning: bool

    @property
    def word(self) -> str:
        """The verdict in words."""
        return word(self.verdict, warns=self.warning)


@dataclass(frozen=True, slots=True)
class GateSummary:
    """All rules of a page and what they come to."""

    headline: str
    gates: Sequence[ShownGate]

    @property
    def short(self) -> str:
        """The verdicts that are no pass in a few words: ``fails 1 of 2, 1 inconclusive``."""
        if not self.gates:
            return MISSING
        worst = self.gates[0].verdict
        many = sum(gate.verdict is worst for gate in self.gates)
        if len(self.gates) == 1:
            return WORDS[worst]
        text = f"{WORDS[worst]}{' on' * (worst is Judgement.INCONCLUSIVE)} {count(many)} of {count(len(self.gates))}"
        open_ = sum(gate.verdict is Judgement.INCONCLUSIVE for gate in self.gates)
        return f"{text}, {count(open_)} inconclusive" if open_ and worst is Judgement.FAIL else text


def verdict(gates: Sequence[GateResult]) -> GateSummary:
    """Sum up gates: failed ones first, then inconclusive ones."""
    judged = [_judged(gate) for gate in gates]
    judged.sort(key=lambda gate: WORST_FIRST.index(gate.verdict))
    failed = sum(gate.verdict is Judgement.FAIL for gate in judged)
    open_ = sum(gate.verdict is Judgement.INCONCLUSIVE for gate in judged)
    total = plural(len(judged), "gate")
    if not judged:
        headline = "No gate was set"
    elif len(judged) == 1:
        headline = {Judgement.PASS: "Passes its gate", Judgement.FAIL: "Fails its gate",
                    Judgement.INCONCLUSIVE: "Gate inconclusive"}[judged[0].verdict]  # fmt: skip
    elif failed:
        headline = f"Fails {count(failed)} of {total}" + (f", {count(open_)} inconclusive" if open_ else "")
    elif open_:
        headline = f"Inconclusive on {count(open_)} of {total}"
    else:
        headline = "Passes both gates" if len(judged) == 2 else f"Passes all {total}"
    return GateSummary(headline, judged)


def over_models(gates: Sequence[GateResult]) -> str:
    """Say how many models pass all their gates, fail one, or stay open; empty without a gate."""
    worst = worst_verdicts(gates)
    if not worst:
        return verdict(gates).headline if gates else ""
    if len(worst) == 1:
        return verdict([gate for gate in gates if gate.model in worst]).headline
    verdicts = list(worst.values())
    passed, failed, open_ = (verdicts.count(one) for one in (Judgement.PASS, Judgement.FAIL, Judgement.INCONCLUSIVE))
    one = len({gate.rule for gate in gates}) == 1
    amount = count(passed) if passed else "None"
    every = "the gate" if one else "every gate"
    said = f"{amount} of the {plural(len(verdicts), 'model')} {noun(passed or 1, 'passes', 'pass')} {every}"
    rest = []
    if failed:
        rest.append(f"{count(failed)} {noun(failed, 'fails', 'fail')}{'' if one else ' at least one'}")
    if open_:
        verbs = noun(open_, "fails", "fail"), noun(open_, "is", "are")
        rest.append(
            f"{count(open_)} {verbs[1]} inconclusive"
            if one
            else f"{count(open_)} {verbs[0]} none but {verbs[1]} inconclusive on at least one"
        )
    return "; ".join([said, *rest])


def all_verdicts(gates: Sequence[GateResult]) -> str:
    """Count the verdicts, one per gate and model, which are not models; empty with one model or one gate."""
    if len(worst_verdicts(gates)) < 2 or len({gate.rule for gate in gates}) < 2:
        return ""
    verbs = {Judgement.PASS: ("passes", "pass"), Judgement.FAIL: ("fails", "fail"),
             Judgement.INCONCLUSIVE: ("is inconclusive", "are inconclusive")}  # fmt: skip
    amounts = {one: sum(gate.verdict is one for gate in gates) for one in verbs}
    told = [f"{count(amount)} {noun(amount, *verbs[one])}" for one, amount in amounts.items() if amount]
    return f"Of {plural(len(gates), 'verdict')}, one per gate and model, {listing(told)}"


def limits(gate: GateResult) -> str:
    """Write what a rule allows: ``at most 15 %``."""
    unit = {Unit.SHARE: f"{NARROW}%", Unit.DIFFERENCE: " points"}.get(gate.unit)
    least, most = (
        None if limit is None else f"{limit:g}" if unit is None else f"{100 * limit:.4g}{unit}"
        for limit in (gate.min, gate.max)
    )
    if least is not None and most is not None:
        return f"between {least} and {most}"
    return f"at least {least}" if least is not None else f"at most {most}"


def _judged(gate: GateResult) -> ShownGate:
    return ShownGate(
        verdict=gate.verdict,
        sentence=visible(gate.sentence or gate.rule),
        reason=visible(gate.reason),
        model=visible(gate.model or MISSING),
        rule=visible(gate.rule),
        warning=gate.severity is Severity.WARNING,
    )
