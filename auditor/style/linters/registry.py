"""The linters, in order: the only list of them.

To add one, write its module, add it to :data:`LINTERS`, and document it in ``docs/style.md``.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Sequence

from auditor.records import LinterName
from auditor.style.linters.bandit import Bandit
from auditor.style.linters.interface import Linter
from auditor.style.linters.own import OwnChecks
from auditor.style.linters.pylint import Pylint
from auditor.style.linters.radon import Radon
from auditor.style.linters.ruff import Ruff

LINTERS: tuple[Linter, ...] = (Ruff(), Pylint(), Bandit(), Radon(), OwnChecks())
"""All linters, in the order of their findings on a line. If two report the same defect, the first one's finding
counts.
"""

OWN: LinterName = OwnChecks.name
"""The linter name of findings from no linter, such as for a program that does not parse."""


def linter(name: str) -> Linter:
    """Return the linter with that name. Raises ``ValueError`` with the known names."""
    for known in LINTERS:
        if known.name == name:
            return known
    raise ValueError(f"unknown linter {name!r}; the linters are {', '.join(names())}")


def linter_name(name: str) -> LinterName:
    """Validate a linter's name from outside. Raises ``ValueError`` for an unknown one."""
    return linter(name).name


def names() -> tuple[LinterName, ...]:
    """Return the names of all linters, in order."""
    return tuple(known.name for known in LINTERS)


def linters_for(sources: Iterable[str]) -> tuple[Linter, ...]:
    """Return the linters that run for a rubric: all except optional ones that its sources do not name."""
    named = {source.partition(":")[0] for source in sources}
    return tuple(known for known in LINTERS if not known.optional or known.name in named)


@functools.cache
def defects(name: LinterName, rule: str) -> frozenset[str]:
    """Return the defects that a rule may report, each named by one ``linter:rule``; never empty.

    Rules that report the same defect share a name. Two findings are one defect if they are on one line
    and share a name.
    """
    same = linter(name).same_as(rule)
    if not same:
        return frozenset({f"{name}:{rule}"})
    parts = (other.partition(":") for other in same)
    return frozenset[str]().union(*(defects(linter_name(tool), code) for tool, _, code in parts))


def versions(linters: Sequence[Linter]) -> dict[str, str]:
    """Return the versions that decide the findings of some linters, by package, and Python's."""
    found = {package: version for one in linters for package, version in one.versions().items()}
    return {**found, "python": f"{sys.version_info[0]}.{sys.version_info[1]}"}


def fingerprint(linters: Sequence[Linter]) -> dict[str, object]:
    """Return, JSON-safe, everything besides a rubric that decides findings: exclusions, overlaps and versions."""
    return {
        "linters": [
            {
                "name": one.name,
                "excluded": sorted(one.exclusions),
                "body_rules": sorted(one.body_rules),
                "overlaps": {rule: sorted(same) for rule, same in sorted(one.overlaps.items())},
            }
            for one in linters
        ],
        "versions": versions(linters),
    }
