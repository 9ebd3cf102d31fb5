"""What the figures mean, in plain words: the titles of charts and the lines beside the headline figures."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.report.reading import Interval, Json, headline_cost, most_attempts, optimum, part, rows
from auditor.report.text import count, number, percent, plural, points, significant


def _of_hundred(share: Interval, level: str, verb: str) -> str:
    """``14 are wrong (95 % interval 11 to 18)``."""
    span = f" ({level} interval {share.span(0)})" if share.bounded else ""
    return f"{number(100 * (share.value or 0), 0)} {verb}{span}"


def accuracy(model: Json, level: str) -> str:
    """Say how often a single answer is right."""
    share = Interval.of(model.get("single_sample_accuracy"))
    if not share.known:
        return "No sample could be judged."
    return f"Of 100 single answers about {_of_hundred(share, level, 'are right')}."


def ceiling(model: Json, level: str) -> str:
    """Say how far resampling can get."""
    row = part(model, "conditional_accuracy")
    share = Interval.of(row)
    if not share.known:
        return "No sample passed the base tests, so there is no ceiling to speak of."
    span = f" ({level} interval {share.span(0)})" if share.bounded else ""
    return (
        f"Resampling cannot lift accuracy above about {number(100 * (share.value or 0), 0)} of 100{span}, "
        "however many samples are drawn."
    )


def false_share(model: Json, level: str) -> str:
    """Say how many accepted solutions are wrong."""
    share = Interval.of(model.get("false_discovery_rate"))
    if not share.known:
        return "No solution was accepted."
    return f"Of 100 accepted solutions about {_of_hundred(share, level, 'are wrong')}."


def attempts(model: Json, level: str) -> str:
    """Say how many samples are worth drawing at the headline's cost ratio."""
    cost = headline_cost(model)
    best = optimum(model, cost)
    if best is None or cost is None:
        return "No cost ratio was analysed."
    weight = "costs as much as a right one is worth" if cost == 1 else f"costs {cost:g} times what a right one is worth"
    if cost == 0:
        weight = "costs nothing"
    low, high = best.get("low"), best.get("high")
    span = "" if low is None or high is None else f" ({level} interval {count(low)} to {count(high)})"
    if best["attempts"] == 0:
        return f"If a wrong answer {weight}, do not sample at all{span}: every draw loses on average."
    if best["attempts"] >= most_attempts(model):
        most = count(best["attempts"])
        return f"If a wrong answer {weight}, more attempts still pay at {most}, the most analysed{span}."
    return f"If a wrong answer {weight}, stop after {plural(best['attempts'], 'attempt')}{span}: more gain nothing."


def style(model: Json) -> str:
    """Compare the style scores of wrong and right accepted programs."""
    scores = part(model, "style_score")
    right, wrong = Interval.of(scores.get("true_positive")), Interval.of(scores.get("false_positive"))
    if right.value is None or wrong.value is None:
        return "Style was not compared: one of the groups is empty."
    pair = f"{number(100 * wrong.value, 0)} against {number(100 * right.value, 0)} of 100"
    gap = Interval.of_difference(scores.get("within_task"))
    if gap.value is None:
        return f"On the rubric accepted but wrong programs score {pair} for right ones; too few tasks have both kinds."
    if not gap.side:
        return f"Within a task, wrong programs cannot be told from right ones by their score; over all tasks {pair}."
    side = "below" if gap.side < 0 else "above"
    points_ = number(100 * abs(gap.value), 1)
    return f"Within a task, accepted but wrong programs score {points_} points {side} the right ones; over all {pair}."


def scaling(model: Json) -> str:
    """Title of the scaling curve."""
    curve = rows(model, "curve")
    end = curve[-1]
    oracle = rows(model, "pass_at_k")
    reached = percent(end["correct"], 0)
    words = f"In {plural(end['attempts'], 'attempt')} the base tests get {reached} of the tasks right"
    if oracle and oracle[-1]["k"] == end["attempts"]:
        return f"{words}; a perfect verifier would get {percent(oracle[-1]['value'], 0)}"
    return f"{words} and accept {percent(end['accepted'], 0)}"


def utility(model: Json) -> str:
    """Title of the utility curves."""
    best = sorted(rows(model, "optimal_attempts"), key=lambda row: float(row["fp_cost"]))
    most = most_attempts(model)
    never = next((row for row in best if not row["attempts"]), None)
    stops = next((row for row in best if 0 < row["attempts"] < most and row["fp_cost"] > 0), None)
    if stops and never:
        return (
            f"At cost ratio {stops['fp_cost']:g} stop after {plural(stops['attempts'], 'attempt')}; "
            f"from ratio {never['fp_cost']:g} on, sampling does not pay"
        )
    if never:
        return f"From cost ratio {never['fp_cost']:g} on, sampling does not pay"
    last = best[-1]
    if last["attempts"] >= most:
        return f"More attempts pay at every cost ratio up to {last['fp_cost']:g}"
    return f"At cost ratio {last['fp_cost']:g} it pays to stop after {plural(last['attempts'], 'attempt')}"


def cost_per_correct(line: Sequence[Json], unit: str) -> str:
    """Title of the cost curve."""
    first, last = line[0]["y"], line[-1]["y"]
    start, end = significant(first), significant(last)
    unit = f" {unit}" if unit else ""
    if len(line) == 1 or start == end:
        return f"A correct answer costs {start}{unit}"
    return f"A correct answer costs {start}{unit} at one attempt and {end} at {count(line[-1]['x'])}"


def by_attempt(buckets: Sequence[Json]) -> str:
    """Title of the share false by attempt."""
    first, last = buckets[0]["share_false"], buckets[-1]["share_false"]
    if len(buckets) == 1:
        return f"Of the answers accepted at once, {percent(first, 0)} are false"
    late = f"after attempt {count(buckets[-1]['from'] - 1)}"
    if round(100 * first) == round(100 * last):
        return f"First passes are as often false {late} as at once: {percent(first, 0)}"
    return f"{percent(first, 0)} of first passes at attempt 1 are false, {percent(last, 0)} {late}"


def base_tests(found: Sequence[Json]) -> str:
    """Title of the chart of base tests."""
    first, last = found[0], found[-1]
    before, after = percent(first["false_discovery_rate"], 0), percent(last["false_discovery_rate"], 0)
    if last["false_discovery_rate"] >= first["false_discovery_rate"]:
        return f"More base tests change little: {after} of accepted solutions stay false"
    tests = plural(first["tests"], "base test") if first["tests"] else "no base test"
    return f"With {tests} {before} of accepted solutions are false, with {count(last['tests'])} still {after}"


def second_verifier(area: Interval) -> str:
    """Title of the ROC curve."""
    if area.value is None:
        return "Style score as a second verifier"
    if area.low is not None and area.high is not None and area.low <= 0.5 <= area.high:
        return "Style cannot be shown to tell right from wrong within a task"
    if area.value < 0.5:
        return "Within a task, wrong programs score higher in style than right ones"
    times = number(100 * area.value, 0)
    return f"Of a right and a wrong program of one task, the right one scores higher {times} times in 100"


def gap(found: Sequence[Interval]) -> str:
    """Title of a forest of criteria: on how many false positives clearly adhere less or more."""
    below, above = sum(row.side < 0 for row in found), sum(row.side > 0 for row in found)
    total = plural(len(found), "criterion", "criteria")
    if not below and not above:
        return f"No clear difference in style on any of {total}"
    words = [f"{side} on {count(amount)}" for side, amount in (("less", below), ("more", above)) if amount]
    return f"False positives clearly adhere {' and '.join(words)} of {total}"


def rules(found: Sequence[Json]) -> str:
    """Title of the chart of rules."""
    clear = [row for row in found if Interval.of_difference(row).side]
    if not clear:
        return f"None of {plural(len(found), 'rule')} clearly separates false from correct programs"
    top = max(clear, key=lambda row: abs(row["difference"]))
    more = "more" if top["difference"] > 0 else "less"
    return f"{top['rule']} ({top['name']}) fires {more} often on false positives: {points(top['difference'])} points"


def best(models: Sequence[Json]) -> str:
    """Name the model that is most accurate, and the one whose accepted answers are least often wrong."""
    right = [m for m in models if Interval.of(m.get("single_sample_accuracy")).known]
    false = [m for m in models if Interval.of(m.get("false_discovery_rate")).known]
    if len(models) < 2 or not right or not false:
        return ""
    first = max(right, key=lambda m: float(m["single_sample_accuracy"]["value"]))
    safest = min(false, key=lambda m: float(m["false_discovery_rate"]["value"]))
    accuracy_, rate = (Interval.of(first["single_sample_accuracy"]), Interval.of(safest["false_discovery_rate"]))
    most = f"{first['model']} is right most often: {number(100 * (accuracy_.value or 0), 0)} of 100 single answers"
    wrong = f"of 100 solutions accepted from it about {number(100 * (rate.value or 0), 0)} are wrong"
    if safest is first:
        return f"{most}. Its accepted solutions are wrong least often too: {number(100 * (rate.value or 0), 0)} of 100."
    return f"{most}. {safest['model']} is the safest to resample: {wrong}."


def line(across: Json, models: int) -> str:
    """Title of the scatter of conditional against single-sample accuracy."""
    fit = across.get("line")
    if not fit:
        return (
            "Weaker models are capped lower, however long they try" if models > 1 else "One model: nothing to compare"
        )
    side = "higher" if fit["slope"] > 0 else "lower"
    return (
        "Ten points more single-sample accuracy go with a ceiling about "
        f"{number(10 * abs(fit['slope']), 1)} points {side}"
    )


def reach(found: Sequence[Json]) -> str:
    """Title of the table of who reaches whom."""
    never = sum(1 for row in found if row.get("attempts") is None)
    if not found:
        return "No weaker model to compare with a stronger one"
    if not never:
        return "Every weaker model reaches the stronger ones by resampling"
    pairs = plural(len(found), "pair")
    return f"In {count(never)} of {pairs} the weaker model never reaches the stronger one by resampling"
