"""Find the tests of a test module by parsing it, without running it."""

from __future__ import annotations

import ast

FIXTURES = ("tmp_path", "capsys", "monkeypatch")
"""Fixtures of pytest that test functions may ask for."""


def find_tests(source: str, classes: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """List the tests of a module as ``Class.method`` or a function's name, in the order of ``unittest``'s loader.

    A test class derives from ``TestCase``, directly or through another class of the module; its tests are the methods
    whose names begin with ``test``, including inherited ones. ``classes`` restricts the result to these classes. Raises
    ``ValueError`` for test functions with fixtures other than :data:`FIXTURES`, and ``SyntaxError`` for source that
    does not parse.
    """
    tree = ast.parse(source)
    defined = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    found: list[str] = []
    for name, node in defined.items():
        if (classes is None or name in classes) and _is_test_case(node, defined):
            found += [f"{name}.{method}" for method in sorted(_methods(node, defined))]
    if classes is None:
        for function in tree.body:
            if isinstance(function, ast.FunctionDef) and function.name.startswith("test"):
                _refuse_other_fixtures(function)
                found.append(function.name)
    return tuple(found)


def _is_test_case(node: ast.ClassDef, defined: dict[str, ast.ClassDef], seen: frozenset[str] = frozenset()) -> bool:
    for base in node.bases:
        name = base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
        if name in {"TestCase", "IsolatedAsyncioTestCase"}:
            return True
        if name in defined and name not in seen and _is_test_case(defined[name], defined, seen | {name}):
            return True
    return False


def _methods(node: ast.ClassDef, defined: dict[str, ast.ClassDef], seen: frozenset[str] = frozenset()) -> set[str]:
    own = {
        item.name
        for item in node.body
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and item.name.startswith("test")
    }
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in defined and base.id not in seen:
            own |= _methods(defined[base.id], defined, seen | {base.id})
    return own


def _refuse_other_fixtures(function: ast.FunctionDef) -> None:
    wanted = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    wanted = wanted[: len(wanted) - len(function.args.defaults)]
    wanted += [
        one.arg
        for one, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
        if default is None
    ]
    if unknown := [name for name in wanted if name not in FIXTURES]:
        raise ValueError(f"{function.name} asks for fixtures ({', '.join(unknown)}); there are {', '.join(FIXTURES)}")
    if function.decorator_list:
        raise ValueError(f"{function.name} is decorated, which is not supported for test functions")


def asks_for_files(source: str) -> bool:
    """Return whether a test function uses ``tmp_path``, a folder of its own."""
    return any(
        isinstance(node, ast.FunctionDef)
        and any(arg.arg == "tmp_path" for arg in ast.walk(node.args) if isinstance(arg, ast.arg))
        for node in ast.parse(source).body
    )
