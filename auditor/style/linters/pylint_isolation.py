"""Keep what one program assigns to another module's names out of the analysis of other programs.

``os.something = 1`` or ``thread.extra = 2`` makes astroid note the attribute in the syntax tree of the standard
library, which all programs of a process share. Here such a note exists only while its own program is parsed and
checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol


class _Module(Protocol):
    name: str


class _Expression(Protocol):
    def infer(self) -> Iterator[object]: ...


class _Assignment(Protocol):
    """An assignment to an attribute, in astroid's tree."""

    attrname: str
    expr: _Expression

    def root(self) -> _Module: ...


class _Note(NamedTuple):
    """An assignment noted in the tree of another module."""

    attributes: dict[str, list[object]]
    """The other module's table: attribute → nodes that assign it."""
    name: str
    node: object


class ForeignAttributes:
    """Notes that each program of a batch left in other modules' trees."""

    def __init__(self, forget: Callable[[], None]) -> None:
        """Start watching astroid; ``forget`` clears caches that may depend on notes."""
        self._forget = forget
        self._notes: dict[str, list[_Note]] = {}
        self._current = ""
        self._watch()

    def _watch(self) -> None:
        from astroid.builder import AstroidBuilder

        builder = AstroidBuilder
        note = builder.delayed_assattr

        def note_and_remember(builder: object, node: _Assignment) -> None:
            note(builder, node)
            if node.root().name == self._current:
                self._notes.setdefault(self._current, []).extend(_notes_of(node))

        builder.delayed_assattr = note_and_remember

    def turn_to(self, module: str) -> None:
        """Replace the notes of the current module with those of the next one; if empty, with none."""
        if module == self._current:
            return
        before, after = self._notes.get(self._current, []), self._notes.get(module, [])
        for found in reversed(before):
            nodes = found.attributes.get(found.name, [])
            nodes[:] = [node for node in nodes if node is not found.node]
            if not nodes:
                found.attributes.pop(found.name, None)
        for found in after:
            found.attributes.setdefault(found.name, []).append(found.node)
        self._current = module
        if before or after:
            self._forget()

    def clear(self) -> None:
        """Remove all notes."""
        self.turn_to("")
        self._notes.clear()


def _notes_of(node: _Assignment) -> Iterator[_Note]:
    """Find where astroid noted an assignment in other modules."""
    from astroid import nodes
    from astroid.exceptions import InferenceError

    try:
        owners = list(node.expr.infer())
    except InferenceError:
        return
    for inferred in owners:
        owner = getattr(inferred, "_proxied", inferred)
        if not isinstance(owner, nodes.NodeNG) or owner.root() is node.root():
            continue
        for attributes in (getattr(owner, "instance_attrs", None), getattr(owner, "locals", None)):
            if attributes and any(found is node for found in attributes.get(node.attrname, ())):
                yield _Note(attributes, node.attrname, node)
