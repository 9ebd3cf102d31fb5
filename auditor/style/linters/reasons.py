"""Reasons, shared by several linters, for not running a rule. ``docs/style.md`` shows them."""

from typing import Final

FILE: Final = "judges the file or its folder, which auditor made"
CUT: Final = "judges where the answer was cut off"
MACHINE: Final = "depends on what is installed here"
OTHERS: Final = "compares with other files, which are other candidates"
