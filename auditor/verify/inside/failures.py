"""Failures of a test that the solution has: one leaves its context manager, or a function of the test raises one."""

from __future__ import annotations

from typing import Any


class LostFailures:
    """Keeps the failures that the running test has raised where the solution may catch them."""

    def __init__(self) -> None:
        self.kinds: tuple[type[BaseException], ...] = (AssertionError,)
        """Classes of the exceptions by which a test fails."""
        self._open: list[BaseException] = []
        self._last: BaseException | None = None

    def note(self, error: BaseException) -> None:
        """Note what goes to the solution, unless it is a failure that came from there."""
        if isinstance(error, self.kinds) and error is not self._last and not any(one is error for one in self._open):
            self._open.append(error)

    def forget(self, error: BaseException) -> None:
        """Forget one that the solution has let pass."""
        self._open = [one for one in self._open if one is not error]

    def surfaces(self, error: BaseException) -> None:
        """Say what the solution raises in the test: a failure that it had may have come back."""
        if isinstance(error, self.kinds):
            if not self._open:
                self._last = error
            self._open = []

    def take(self) -> BaseException | None:
        """Return the first failure that has not come back, and forget all."""
        found, self._open, self._last = self._open[:1], [], None
        return found[0] if found else None

    def is_matched(self, value: Any) -> bool:
        """Say whether ``except value`` would match a failure."""
        if issubclass(type(value), tuple):
            return any(self.is_matched(one) for one in tuple.__iter__(value))
        raises = issubclass(type(value), type) and issubclass(value, BaseException)
        return raises and any(issubclass(kind, value) for kind in self.kinds)
