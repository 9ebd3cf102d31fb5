"""Which rules of ruff report the same defect as a message of pylint."""

from __future__ import annotations

import re

PYLINT_TO_RUFF: dict[str, tuple[str, ...]] = {
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
"""pylint's message id → rules of ruff."""

_PYLINT_PORT = re.compile(r"PL([CERW]\d{4})")
"""ruff's ``PL`` rules carry the id of the message that they reimplement."""


def by_ruff_rule() -> dict[str, frozenset[str]]:
    """Return the table the other way round: ruff's rule → ``pylint:ID`` of every message that it overlaps."""
    found: dict[str, set[str]] = {}
    for message, rules in PYLINT_TO_RUFF.items():
        for rule in rules:
            found.setdefault(rule, set()).add(f"pylint:{message}")
    return {rule: frozenset(same) for rule, same in found.items()}


def ported_message(rule: str) -> frozenset[str]:
    """Return the message of pylint that a ``PL`` rule reimplements, as ``pylint:ID``; empty for other rules."""
    match = _PYLINT_PORT.fullmatch(rule)
    return frozenset({f"pylint:{match[1]}"}) if match else frozenset()
