"""A task as its source gives it, before its base suite has been found."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.records import Suite, Task
from auditor.targets import Target


@dataclass(frozen=True, slots=True)
class Draft:
    """A task that may still lack its base suite."""

    task_id: str
    prompt: str
    target: Target
    reference: str
    base: Suite | None
    """``None`` if the source has one suite per task, ``plus``."""
    plus: Suite
    where: str
    """Position in the source."""
    prelude: str = ""
    family: str = ""
    slices: tuple[tuple[str, str], ...] = ()
    requires: tuple[str, ...] = ()
    files_mb: int = 0
    known_right: tuple[str, ...] = ()
    known_wrong: tuple[str, ...] = ()
    contract: str = ""

    def task(self, base: Suite) -> Task:
        """Return the task, with its own base suite or one from elsewhere."""
        return Task(
            self.task_id, self.prompt, self.target, self.reference, base, self.plus, self.family, self.slices,
            self.requires, self.prelude, self.files_mb, self.known_right, self.known_wrong, self.contract,
        )  # fmt: skip

    @property
    def weakest(self) -> Suite:
        """Return the suite that this draft lends to another source without base suites."""
        return self.plus if self.base is None else self.base


class Unfit(Exception):  # noqa: N818 - not an error: the task is named and left out
    """The tests of a row cannot be read; the text is the reason."""

    def __init__(self, task_id: str, reason: str) -> None:
        super().__init__(reason)
        self.task_id = task_id
        self.reason = reason
