"""Why a program that plus kills passes the tests that `strengthen` made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from auditor.grading.explore import Exploration
from auditor.grading.ground import Ground
from auditor.grading.inputs import Arguments
from auditor.records import InputSuite, Task
from auditor.verify.observe import NO_ANSWER, NOT_RUN, Observer, agrees, show_answer

_FIRST, _SECONDS, _TOTAL = 1.0, 4.0, 10.0
"""CPU seconds of a call at first, of one that ran out of them, as the verifier allows, and of all of a program."""
_MOST = 300
"""Inputs of plus that a program fails and that samples are asked about, at most."""
_PARTS = ((0, 4), (4, 12), (12, None))
"""Tests that are run at a time, where a program that fails need not be run on more."""
_SLOW = show_answer(NO_ANSWER)


class Missed(StrEnum):
    """Causes, in the order in which they are looked for."""

    LEFT = "task left as it was"
    CHOICE = "an input made fails it and was not chosen"
    DISPUTED = "samples dispute every input that fails it"
    SLOW = "only runs out of time"
    UNSEEN = "fails no input of plus here"
    NOT_MADE = "no input made fails it"


@dataclass(frozen=True, slots=True)
class Told:
    """What a task's inputs are."""

    ground: Ground
    explored: Exploration | None
    plus: Sequence[Arguments]


def failing(
    task: Task, inputs: Sequence[Arguments], programs: Mapping[str, str], observer: Observer
) -> dict[str, dict[int, str]]:
    """Return program → places of the inputs that it fails, with what it gives there."""
    answers = observer.answers(task, inputs, {"reference": task.reference, **programs}, seconds=_FIRST, total=_TOTAL)
    expected = answers["reference"].lines
    suite = task.plus
    assert isinstance(suite, InputSuite)
    found = {
        name: {
            place: show_answer(line) for place, line in enumerate(answers[name].lines)
            if line != NOT_RUN and not agrees(line, expected[place], inputs[place], suite)
        }
        for name in programs
    }  # fmt: skip
    for name, places in found.items():
        if places and all(got == _SLOW for got in places.values()):
            first = min(places)
            again = observer.answers(task, [inputs[first]], {name: programs[name]}, seconds=_SECONDS)[name].lines[0]
            found[name] = {} if agrees(again, expected[first], inputs[first], suite) else {first: show_answer(again)}
    return found


def first_failing(
    task: Task, inputs: Sequence[Arguments], programs: Mapping[str, str], observer: Observer
) -> dict[str, dict[int, str]]:
    """Do the same, but run a program on no further inputs when it has failed some."""
    found: dict[str, dict[int, str]] = {name: {} for name in programs}
    for start, end in _PARTS:
        left = {name: source for name, source in programs.items() if not found[name]}
        here = failing(task, inputs[start:end], left, observer) if left and inputs[start:end] else {}
        found |= {name: {start + place: got for place, got in places.items()} for name, places in here.items()}
    return found


def cause_of(key: str, source: str, told: Told, observer: Observer) -> Missed:
    """Name the cause for which one program is missed."""
    ground, explored = told.ground, told.explored
    if explored is None:
        return Missed.LEFT
    made = [one.arguments for one in explored.candidates]
    usable = set(explored.usable)
    hit = failing(ground.task, made, {key: source}, observer)[key]
    if any(place in usable for place in hit):
        return Missed.CHOICE
    seen = failing(ground.task, told.plus, {key: source}, observer)[key]
    inputs = [told.plus[place] for place in list(seen)[:_MOST]]
    voters = [name for name in ground.samples if name in explored.accepted]
    ground.cpu_seconds -= ground.spent  # this is no part of the task's time
    ground.begin(1.0)
    answered = ground.ask(inputs, voters)
    disputed = {answered.places[at] for at in ground.disputes(inputs, answered, voters)}
    if hit or (inputs and len(disputed) == len(inputs)):
        return Missed.DISPUTED
    if not seen:
        return Missed.UNSEEN
    return Missed.SLOW if all(got == _SLOW for got in seen.values()) else Missed.NOT_MADE
