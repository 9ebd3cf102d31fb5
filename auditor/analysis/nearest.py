"""Find the program most similar to a given one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LONGEST = 8000
"""Characters of a program that are compared; the rest is ignored."""
_PAIRS = 1_000_000
"""Pairs of programs whose distances are in memory at once."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The candidate most similar to a text."""

    place: int
    """Its index among the candidates."""
    similarity: float
    """0 to 1: 1 - d/(m + n), where d is the number of character insertions and deletions between one text of m
    characters and the other of n (Indel distance); 1 for equal texts.
    """


def nearest(texts: Sequence[str], candidates: Sequence[str]) -> list[Nearest | None]:
    """Find for each text the candidate with the highest similarity, the first among equals.

    Without candidates there is ``None`` for each. Intended for texts of one task: their common beginning, usually the
    prompt, adds nothing to a distance and is skipped.
    """
    from rapidfuzz.distance import Indel, Prefix
    from rapidfuzz.process import cdist

    if not candidates or not texts:
        return [None] * len(texts)
    first, last = min(*texts, *candidates), max(*texts, *candidates)
    shared = min(LONGEST, Prefix.similarity(first, last))
    theirs = [text[shared:LONGEST] for text in candidates]
    lengths = np.array([min(LONGEST, len(text)) for text in candidates])
    found: list[Nearest | None] = []
    step = max(1, _PAIRS // len(candidates))
    for start in range(0, len(texts), step):
        block = texts[start : start + step]
        distances = cdist([text[shared:LONGEST] for text in block], theirs, scorer=Indel.distance, dtype=np.int32)
        both = np.array([min(LONGEST, len(text)) for text in block])[:, None] + lengths
        similarity = 1.0 - distances / np.maximum(both, 1)
        found += [Nearest(int(place), float(row[place])) for row in similarity for place in [row.argmax()]]
    return found
