"""Contracts: which inputs a function task allows, as a program that defines ``valid``."""

from __future__ import annotations

import ast
import textwrap

from auditor.targets import definition


def contract_of(text: str, reference: str, name: str) -> str:
    """Return a program that defines ``valid(*arguments)``; empty if ``text`` contains nothing usable.

    ``text`` is such a program itself, or statements with assertions about the parameters of the reference's function
    ``name``, which run after the imports and definitions of the reference.
    """
    if not text.strip():
        return ""
    try:
        tree = ast.parse(textwrap.dedent(text.strip("\n")))
        program = ast.parse(reference)
    except (SyntaxError, ValueError):
        return ""
    if definition(tree, "valid") is not None:
        return text
    function = definition(program, name)
    if not isinstance(function, ast.FunctionDef) or not any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
        return ""
    arguments = ast.unparse(ast.arguments(
        posonlyargs=[], args=[ast.arg(one.arg) for one in (*function.args.posonlyargs, *function.args.args)],
        vararg=function.args.vararg, kwonlyargs=[], kw_defaults=[], kwarg=None, defaults=function.args.defaults,
    ))  # fmt: skip
    body = textwrap.indent(ast.unparse(tree), "    ")
    return f"{reference}\n\ndef valid({arguments}):\n{body}\n    return True\n"
