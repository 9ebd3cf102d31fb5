"""Which rules of ruff and pylint name the same defect.

ruff's ``PL`` rules carry pylint's own number; the others are paired here by what they report. Two
findings are one defect when they stand on one line and fall into one group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

TWINS: dict[str, tuple[str, ...]] = {
    "C0103": ("N801", "N802", "N803", "N804", "N805", "N806", "N815", "N816", "N818"),
    "C0112": ("D419",),
    "C0115": ("D101", "D106"),
    "C0116": ("D102", "D103"),
    "C0121": ("E711", "E712"),
    "C0117": ("E713", "E714"),
    "C0123": ("E721",),
    "C0201": ("SIM118",),
    "C0209": ("UP031", "UP032"),
    "C0301": ("E501",),
    "C0303": ("W291", "W293"),
    "C0321": ("E701", "E702"),
    "C0410": ("E401",),
    "C0411": ("I001",),
    "C0413": ("E402",),
    "C3001": ("E731",),
    "E0102": ("F811",),
    "E0602": ("F821",),
    "E1300": ("F509",),
    "E1305": ("F507",),
    "R0123": ("F632",),
    "R1703": ("SIM103",),
    "R1705": ("RET505",),
    "R1710": ("RET503",),
    "R1720": ("RET506",),
    "R1723": ("RET508",),
    "R1724": ("RET507",),
    "R1728": ("C419",),
    "R1729": ("C419",),
    "W0102": ("B006",),
    "W0104": ("B018",),
    "W0106": ("B018",),
    "W0107": ("PIE790",),
    "W0122": ("S102",),
    "W0123": ("S307",),
    "W0301": ("E703",),
    "W0311": ("E111",),
    "W0401": ("F403",),
    "W0404": ("F811",),
    "W0511": ("FIX001", "FIX002", "FIX003", "FIX004"),
    "W0611": ("F401",),
    "W0612": ("F841", "B007"),
    "W0613": ("ARG001", "ARG002", "ARG003", "ARG004", "ARG005"),
    "W0614": ("F405",),
    "W0622": ("A001", "A002"),
    "W0702": ("E722",),
    "W0707": ("B904",),
    "W0718": ("BLE001",),
    "W1309": ("F541",),
    "W1401": ("W605",),
    "W1514": ("PLW1514",),
}

_GROUPS: dict[str, set[str]] = {}
for _pylint, _ruff in TWINS.items():
    _GROUPS.setdefault(f"pylint:{_pylint}", set()).add(_pylint)
    for _rule in _ruff:
        _GROUPS.setdefault(f"ruff:{_rule}", set()).add(_pylint)

_PL = re.compile(r"PL([CERW]\d{4})")


def defects(tool: str, rule: str) -> frozenset[str]:
    """Name the defects that a rule may stand for, by pylint's numbers; empty for a rule without a twin."""
    if tool == "ruff" and (match := _PL.fullmatch(rule)):
        return frozenset({match[1]})
    if tool == "pylint":
        return frozenset({rule})
    return frozenset(_GROUPS.get(f"{tool}:{rule}", ()))


def repeated(places: Iterable[tuple[str, str, int]]) -> list[bool]:
    """Mark, among (tool, rule, line) in order, each that repeats what another tool said of its line.

    The first tool to name a defect keeps it; a tool never repeats itself.
    """
    seen: dict[tuple[int, str], str] = {}
    marks = []
    for tool, rule, line in places:
        keys = [(line, defect) for defect in defects(tool, rule)]
        marks.append(any(seen.get(key, tool) != tool for key in keys))
        for key in keys:
            seen.setdefault(key, tool)
    return marks
