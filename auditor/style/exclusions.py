"""What the linters are not asked, and why. ``docs/style.md`` shows this table; a test keeps them equal.

A rule is left out where it judges the file, its neighbours or the machine instead of the program,
or where it judges how an answer was cut off. All other stable rules run at the tools' defaults.
Beside it stands which rules judge a body from the line of its signature.
"""

from __future__ import annotations

_FILE = "judges the file or its folder, which we made"
_CUT = "judges where the answer was cut off"
_MACHINE = "depends on what is installed here"
_OTHERS = "compares with other files, which are other candidates"

RUFF_EXCLUDED: dict[str, str] = {
    "A005": _FILE,
    "CPY001": _FILE,
    "D100": _FILE,
    "D104": _FILE,
    "D203": "contradicts D211",
    "D213": "contradicts D212",
    "EXE001": _FILE,
    "EXE002": _FILE,
    "EXE003": _FILE,
    "EXE004": _FILE,
    "EXE005": _FILE,
    "INP001": _FILE,
    "N999": _FILE,
    "W292": _CUT,
}

PYLINT_EXCLUDED: dict[str, str] = {
    "missing-module-docstring": _FILE,
    "missing-final-newline": _CUT,
    "trailing-newlines": _CUT,
    "import-error": _MACHINE,
    "no-name-in-module": _MACHINE,
    "duplicate-code": _OTHERS,
    "cyclic-import": _OTHERS,
}

OF_THE_BODY = frozenset(
    {
        *("pylint:" + rule for rule in ("R0911", "R0912", "R0914", "R0915", "R1710", "R1711", "W0613")),
        *("ruff:" + rule for rule in ("C901", "PLR0911", "PLR0912", "PLR0915", "ARG001", "ARG002", "ARG003")),
        *("ruff:" + rule for rule in ("ARG004", "ARG005", "D202")),
    }
)
"""Rules that stand on a function's signature or docstring but speak of its body: they are the model's
wherever the model wrote a line of that function."""
