"""Numbers and the words that go with them: what is wrong in "1 of 1 tasks are" and "has 1 values"."""

from __future__ import annotations

import re

SINGULAR = (
    "accepted program", "answer", "attempt", "comparison", "common task", "criterion", "error", "figure", "file",
    "gate", "input", "line", "model", "mutant", "other rule", "pair", "program", "point", "remark", "repeat", "rule",
    "run", "sample", "slice", "subset", "task", "test", "value", "variant",
)  # fmt: skip
"""Nouns that sentences count."""
_PLURAL = {noun: {"criterion": "criteria"}.get(noun, f"{noun}s") for noun in SINGULAR}
_FORMS = {form: noun for noun, many in _PLURAL.items() for form in (noun, many)}
_NUMBER = r"(?<![\d.,/–−*-])(\d[\d\u202f]*)"
_COUNTED = re.compile(
    rf"{_NUMBER}[ \u202f](?:(?:base|plus|failed|harness|accepted|wrong|correct|distinct|new|written|random) )?"
    rf"({'|'.join(sorted(_FORMS, key=len, reverse=True))})\b(?![ -]page)"
)
_SHARE = re.compile(rf"{_NUMBER} of (?:the )?\d[\d\u202f]* [a-z]+ (is|are|has|have|passes|pass|fails|fail)\b")
_MANY_VERBS = {"are", "have", "pass", "fail"}


def disagreements(text: str) -> list[str]:
    """List where a noun does not agree with its number, or a verb with the number before "of"."""
    found = []
    for hit in _COUNTED.finditer(text):
        amount, form = int(hit[1].replace("\u202f", "")), hit[2]
        if (amount == 1) == (form == _PLURAL[_FORMS[form]]):
            found.append(hit[0])
    for hit in _SHARE.finditer(text):
        amount = int(hit[1].replace("\u202f", ""))
        if (amount == 1) == (hit[2] in _MANY_VERBS):
            found.append(hit[0])
    return found
