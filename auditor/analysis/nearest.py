"""Which of several programs is most like a given one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LONGEST = 8000
"""Characters of a program that are compared; the rest does not count."""
_PAIRS = 1_000_000
"""Pairs of programs whose distances are in memory at once."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The candidate that is most like a text."""

    place: int
    """Its index among the candidates."""
    similarity: float
    """0 to 1: 1 - d/(m + n), with d the insertions and deletions of characters that lead from one text of m
    characters to the other of n (Indel distance); 1 for equal texts."""


def nearest(texts: Sequence[str], candidates: Sequence[str]) -> list[Nearest | None]:
    """Find for each text the candidate with the highest similarity, the first among equals.

    Without candidates there is ``None`` for each. Texts of one task are meant: what all of them begin with, mostly
    the prompt, adds nothing to a distance and is left out of its computation.
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
