"""Stand-ins for wrong programs that nobody has seen yet: one change in a program that the present suites accept.

Where many samples solve a task, each in its own way, one wrong step in any of these ways is a likely mistake. Only
changed programs that the present suites accept are kept: the others say nothing of what the suites miss.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice, zip_longest
from random import Random

from auditor.grading.ground import Ground
from auditor.mutation.mutate import mutants

TRIED, KEPT = 160, 40
"""Changed programs that are run on the present suites, and that are kept, at most."""


def variants(ground: Ground, accepted: Sequence[str], random: Random) -> dict[str, str]:
    """Return by name changed right programs and samples that the present suites accept; none of them is known yet.

    ``accepted`` names the samples that they accept.
    """
    everyone = ground.right | ground.others
    known = {ground.task.reference, *everyone.values()}
    groups = []
    for name in (*ground.right, *accepted):
        changed = [one.source for one in mutants(everyone[name]) if one.source not in known]
        random.shuffle(changed)
        groups.append([(name, source) for source in changed])
    random.shuffle(groups)
    in_turn = (pair for pair in chain.from_iterable(zip_longest(*groups)) if pair is not None)
    tried = {f"change {number} of {name}": source for number, (name, source) in enumerate(islice(in_turn, TRIED), 1)}
    return {name: tried[name] for name in ground.accepted(tried)[:KEPT]}
