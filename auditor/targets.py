"""What a task asks for (a function, class, method or whole program), and whether a module defines it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

_METHOD = re.compile(r"(?P<owner>[^\W\d]\w*)\(\)\.(?P<attribute>[^\W\d]\w*)")


class TargetKind(StrEnum):
    """The kinds of solution."""

    FUNCTION = "function"
    CLASS = "class"
    METHOD = "method"
    """A method of a class instantiated without arguments, with a fresh object for each call."""
    PROGRAM = "program"
    """A whole program that reads standard input and writes standard output."""


class TaskKind(StrEnum):
    """The kinds of own task for which ``auditor init`` can write an example."""

    FUNCTION = "function"
    PROGRAM = "program"
    CLASS = "class"
    UNITTEST = "unittest"


@dataclass(frozen=True, slots=True)
class Target:
    """What a solution must define."""

    kind: TargetKind
    name: str = ""
    """``f`` for a function, ``Stack`` for a class, ``Solution().f`` for a method; empty for a program."""

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a name that does not fit the kind."""
        match self.kind:
            case TargetKind.FUNCTION | TargetKind.CLASS:
                fits = self.name.isidentifier()
            case TargetKind.METHOD:
                fits = _METHOD.fullmatch(self.name) is not None
            case TargetKind.PROGRAM:
                fits = self.name == ""
        if not fits:
            raise ValueError(f"{self.name!r} does not name a {self.kind}")

    @classmethod
    def function(cls, name: str) -> Target:
        """Return the target of a function; raises ``ValueError`` unless ``name`` is an identifier."""
        return cls(TargetKind.FUNCTION, name)

    @property
    def binds(self) -> str:
        """Return the name that the solution's module must bind: the class of a method; empty for a program."""
        return self.name.partition("(")[0]

    @property
    def method(self) -> str:
        """Return the method's own name; empty for the other kinds."""
        return self.name.rpartition(".")[2] if self.kind is TargetKind.METHOD else ""

    def is_defined_in(self, tree: ast.Module) -> bool:
        """Return whether a module defines the target, as far as its syntax shows; any module is a program.

        A class or method that cannot be resolved (an alias, an inherited method) counts as defined.
        """
        if self.kind is TargetKind.PROGRAM:
            return True
        found = definition(tree, self.binds)
        if found is None or self.kind is TargetKind.FUNCTION:
            return found is not None
        if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
            return False
        if self.kind is TargetKind.CLASS or not isinstance(found, ast.ClassDef) or found.bases:
            return True
        return any(self.method in bound_by(statement) for statement in top_level(found.body))


def definition(tree: ast.Module, name: str) -> ast.stmt | None:
    """Return the last statement at module level that binds ``name``."""
    found = None
    for statement in top_level(tree.body):
        if name in bound_by(statement):
            found = statement
    return found


def top_level(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Walk the statements that run at import, including those inside ``if``, ``try`` and ``with``."""
    for statement in statements:
        yield statement
        for field in ("body", "orelse", "finalbody"):
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from top_level(getattr(statement, field, ()))
        for handler in getattr(statement, "handlers", ()):
            yield from top_level(handler.body)


def bound_by(statement: ast.stmt) -> set[str]:
    """List the names that one statement binds in its own scope."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {statement.name}
        case ast.Import() | ast.ImportFrom():
            return {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
        case ast.Assign(targets=targets):
            return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()
