"""What the reference and other programs answer to new inputs, and on which of them the reference can be trusted.

An input is *valid* where the task's contract accepts it or, without a contract, where it has all that the known inputs
have in common. A valid input is *usable* where the reference returns the same value twice. It is *disputed* where a
known-right program differs from the reference there, or where most of the samples that pass the present suites do and
agree with each other: the prompt may not settle it, or the reference may be wrong.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from auditor.grading.ground import Dispute, Ground
from auditor.grading.inputs import Arguments, NewInput, constants_of, examples_in, generate

_ANY = re.compile(r"\bAny\b")
"""A prompt whose signature says that a value may be anything."""
_ROUNDS = 3
"""Times that new inputs are made of those found valid."""


@dataclass(frozen=True, slots=True)
class Exploration:
    """Inputs, and who fails them."""

    candidates: tuple[NewInput, ...]
    """Valid inputs to which the reference has an answer, in the order in which they were made."""
    tried: int
    """Inputs made, valid or not."""
    valid: int
    """Those that are valid."""
    usable: tuple[int, ...]
    """Places of the candidates that can be tests, ascending."""
    disputes: tuple[Dispute, ...]
    expected: tuple[bytes, ...]
    """The reference's answers to the candidates."""
    failing: Mapping[str, frozenset[int]]
    """Mutant, known-wrong program or sample → usable candidates on which it differs from the reference."""
    accepted: frozenset[str]
    """Those of them that the present suites accept."""


def explore(ground: Ground, *, most: int, seed: int, vote: bool = True) -> Exploration | None:
    """Make at most ``most`` valid inputs and see what programs answer to them.

    ``vote`` lets samples dispute the reference. Returns ``None`` where the reference does not answer its own tests.
    The same task, programs and seed give the same inputs.
    """
    made, tried = _find(ground, most, seed)
    first = len(ground.seeds)
    inputs = [*ground.seeds, *(one.arguments for one in made)]
    answered = ground.ask(inputs, [*ground.right, *ground.others])
    if answered.places[:first] != tuple(range(first)):
        return None
    # A right program that needs real streams cannot be run as a function: it takes no part.
    ground.right = {
        name: source for name, source in ground.right.items()
        if not any(place < first for place in answered.differing[name])
    }  # fmt: skip
    accepted = frozenset(name for name in ground.others if not any(place < first for place in answered.differing[name]))
    voters = [name for name in ground.samples if name in accepted] if vote else []
    disputes = {place: one for place, one in ground.disputes(inputs, answered, voters).items() if place >= first}
    usable = [place for place in range(first, len(answered.places)) if place not in disputes]
    return Exploration(
        candidates=tuple(made[place - first] for place in answered.places[first:]), tried=tried, valid=len(made),
        usable=tuple(place - first for place in usable), disputes=tuple(disputes.values()),
        expected=answered.expected[first:],
        failing={
            name: frozenset(place - first for place in answered.differing[name] & set(usable))
            for name in ground.others
        },
        accepted=accepted,
    )  # fmt: skip


def _find(ground: Ground, most: int, seed: int) -> tuple[list[NewInput], int]:
    """Return at most so many valid inputs, and how many were made."""
    task = ground.task
    random = Random(int.from_bytes(hashlib.sha256(f"{seed}:{task.task_id}".encode()).digest()[:8]))  # noqa: S311
    written = ground.programs.written or (task.reference, *ground.right.values(), *ground.samples.values())
    constants = constants_of(written)
    constants += [True, False] if _ANY.search(task.prompt) else []
    name = task.target.method or task.target.name
    examples = [one for one in examples_in(task.prompt, name) if one not in ground.seeds]
    new = [NewInput(one, "example in the prompt") for one in examples]
    new += [NewInput(one, "suggested by a model") for one in ground.programs.suggested if one not in ground.seeds]
    found: list[NewInput] = []
    known: list[Arguments] = []
    for _ in range(_ROUNDS):
        pool = [*ground.seeds, *(one.arguments for one in found)]
        new += generate(pool, constants, 2 * (most - len(found)), random, retype=bool(task.contract), known=known)
        known += [one.arguments for one in new]
        valid = ground.valid([one.arguments for one in new])
        found += [one for one, good in zip(new, valid, strict=True) if good][: most - len(found)]
        if len(found) >= most or not new:
            break
        new = []
    return found, len(known)
