"""What the reference and other programs answer to new inputs, and on which of them the reference can be trusted.

An input is *valid* if the task's contract accepts it or, without a contract, if it has all that the known inputs
have in common. A valid input is *usable* if the reference returns the same value twice. It is *disputed* if a
known-right program differs from the reference there, or if most of the samples that pass the present suites do and
agree with each other: the prompt may not settle it, or the reference may be wrong.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from math import inf
from random import Random

from auditor.grading.ground import ELECTORATE, Dispute, Ground
from auditor.grading.inputs import COUNTABLE, Arguments, NewInput, constants_of, examples_in, generate, largest
from auditor.grading.variants import variants

_ANY = re.compile(r"\bAny\b")
"""A prompt whose signature says that a value may be anything."""
_ROUNDS = 3
"""Times that new inputs are made of those found valid."""
_KNOWN, _VARIANTS, _SEARCH, _NEW = 0.3, 0.25, 0.35, 0.5
"""Shares of the time left that go to answers to known inputs, to variants, to new inputs and to answers to those."""


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

    ``vote`` lets samples dispute the reference. Returns ``None`` if the reference does not answer its own tests.
    The same task, programs and seed give the same inputs, unless the task's CPU time ends the search.
    """
    random = Random(int.from_bytes(hashlib.sha256(f"{seed}:{ground.task.task_id}".encode()).digest()[:8]))  # noqa: S311
    ground.begin(_KNOWN)
    # Samples first, as they vote; mutants last, as many of them never end: the last are left out when time is over.
    rest = [name for name in ground.others if name not in ground.samples]
    known = ground.answers_to_seeds([*ground.right, *ground.samples, *reversed(rest)])
    if len(known.places) < len(ground.seeds):
        return None
    # A right program that needs real streams cannot be run as a function: it takes no part.
    ground.right = {name: source for name, source in ground.right.items() if not known.differing[name]}
    accepted = set(known.agreeing(ground.others))
    ground.begin(_VARIANTS)
    if ground.programs.mutants is None:  # else programs are wrapped, and a change could be in the wrapper
        changed_once = variants(ground, [name for name in ground.samples if name in accepted], random)
        ground.others |= changed_once
        accepted |= changed_once.keys()
    voters = [name for name in ground.samples if name in accepted] if vote else []
    # A contract may say less of types than the prompt does: only samples can tell what else is allowed.
    retype = bool(ground.task.contract) and (not vote or len(voters) >= ELECTORATE)
    ground.begin(_SEARCH)
    made, tried = _find(ground, most, random, retype=retype, moderate=len(voters) < ELECTORATE)
    inputs = [one.arguments for one in made]
    order = sorted(ground.others, key=lambda name: (name not in accepted, name not in ground.samples))
    ground.begin(_NEW)
    answered = ground.ask(inputs, [*ground.right, *order])  # the last are left out when time is over
    disputes = ground.disputes(inputs, answered, voters)
    usable = [place for place in range(len(answered.places)) if place not in disputes]
    return Exploration(
        candidates=tuple(made[place] for place in answered.places), tried=tried, valid=len(made),
        usable=tuple(usable), disputes=tuple(disputes.values()), expected=answered.expected,
        failing={name: answered.differing[name] & set(usable) for name in ground.others}, accepted=frozenset(accepted),
    )  # fmt: skip


def _find(ground: Ground, most: int, random: Random, *, retype: bool, moderate: bool) -> tuple[list[NewInput], int]:
    """Return at most so many valid inputs, and how many were made.

    ``moderate``: without numbers to which a right program may not count in time.
    """
    task = ground.task
    limit = max(COUNTABLE, *map(largest, ground.seeds)) if moderate else inf
    written = ground.programs.written or (task.reference, *ground.right.values(), *ground.samples.values())
    constants = constants_of(written)
    constants += [True, False] if _ANY.search(task.prompt) else []
    new = _given(ground)
    found: list[NewInput] = []
    known: list[Arguments] = []
    for _ in range(_ROUNDS):
        pool = [*ground.seeds, *(one.arguments for one in found)]
        more = generate(pool, constants, 2 * (most - len(found)), random, retype=retype, known=known)
        new += takewhile(lambda _: ground.left, more)  # making inputs takes time too
        known += [one.arguments for one in new]
        new = [one for one in new if largest(one.arguments) <= limit]
        valid = ground.valid([one.arguments for one in new])
        found += [one for one, good in zip(new, valid, strict=True) if good][: most - len(found)]
        if len(found) >= most or not new or not ground.left:
            break
        new = []
    return found, len(known)


def _given(ground: Ground) -> list[NewInput]:
    """Return the inputs that need not be made: examples of the prompt, and what a model has suggested."""
    name = ground.task.target.method or ground.task.target.name
    given = [
        *((one, "example in the prompt") for one in examples_in(ground.task.prompt, name)),
        *((one, "suggested by a model") for one in ground.programs.suggested),
    ]
    return [NewInput(one, origin) for one, origin in given if one not in ground.seeds]
