"""What the reference's run teaches about a suite: where results are plain values, and what classes decide.

A test asks for results by call, attribute or operation; each such *key* is recorded with the most that it gave. And
of a class that derives from a builtin one it is noted what it has in a way of its own (``__len__``, ``count``). A
solution is then held to that: an object where plain values came, or a ``__len__`` that the reference's
classes do not have, decides no assertion. So it is with what would end an assertion unseen: a failure of the tests
that the solution catches, and a class in ``except`` that matches one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

PLAIN, VALUES, OBJECTS = range(3)
"""What comes of a key at most: plain values, objects below a builtin class as well, any object."""
_VALUES, _OWN = "values: ", "own: "


class Learned:
    """Learns in the reference's run, and is asked in a solution's."""

    def __init__(self, lines: Collection[str] | None) -> None:
        """Take what an earlier run has taught, as :meth:`lines` gave it; ``None`` to learn."""
        self.learns = lines is None
        self._gave: dict[str, int] = {}
        self._own: set[str] = set()
        for line in lines or ():
            if line.startswith(_OWN):
                self._own.add(line.removeprefix(_OWN))
            else:
                self._gave[line.removeprefix(_VALUES)] = VALUES if line.startswith(_VALUES) else PLAIN

    def note(self, keys: Iterable[str], came: int) -> None:
        """Note what has come of keys."""
        if self.learns:
            for key in keys:
                self._gave[key] = max(self._gave.get(key, PLAIN), came)

    def note_own(self, name: str) -> None:
        """Note that an object has been asked for an attribute, or to do an operation in its own way."""
        if self.learns:
            self._own.add(name)

    def most(self, keys: Iterable[str]) -> int:
        """Return what may come of all of these keys."""
        return OBJECTS if self.learns else min((self._gave.get(key, OBJECTS) for key in keys), default=OBJECTS)

    def trusts(self, name: str) -> bool:
        """Say whether a class may do something in a way of its own."""
        return self.learns or name in self._own

    def allows(self, what: str) -> bool:
        """Say whether something has happened in the reference's run, and note it there."""
        self.note_own(what)
        return self.trusts(what)

    def lines(self) -> list[str]:
        """Write down what was learned."""
        keys = [_VALUES * came + key for key, came in self._gave.items() if came < OBJECTS]
        return [*keys, *(_OWN + name for name in sorted(self._own))]
