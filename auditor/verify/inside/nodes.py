"""Linked lists and binary trees of the kind that interview problems use, made from plain lists and read as such.

A list ``[1, 2]`` is a chain of objects with ``val`` and ``next``; a tree ``[1, 2, None, 3]`` lists the nodes with
``val``, ``left`` and ``right`` level by level, ``None`` for a child that is not there. An empty list is ``None``. The
class is the program's own ``ListNode`` or ``TreeNode``, else the prelude's, else the one below.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

MOST_NODES = 1_000_000
"""Nodes of a result; a chain that returns into itself has no end."""


class ListNode:
    """An element of a linked list."""

    def __init__(self, val: Any = 0, next: ListNode | None = None) -> None:  # noqa: A002 - the problems' name
        self.val = val
        self.next = next


class TreeNode:
    """A node of a binary tree."""

    def __init__(self, val: Any = 0, left: TreeNode | None = None, right: TreeNode | None = None) -> None:
        self.val = val
        self.left = left
        self.right = right


Classes = Mapping[str, Callable[..., Any]]
"""The names ``ListNode`` and ``TreeNode`` → what makes a node of a value."""
CLASSES: Classes = {"ListNode": ListNode, "TreeNode": TreeNode}


def classes_of(names: Mapping[str, Any]) -> Classes:
    """Return the classes that a module has under those names, or that its builtins offer it."""
    return {name: names.get(name) or names["__builtins__"][name] for name in CLASSES}


def build(shape: str, value: Any, classes: Classes) -> Any:
    """Make an argument of the shape ``list`` or ``tree``; any other shape leaves it as it is."""
    if shape == "list":
        return _chain(value, classes["ListNode"])
    return _tree(value, classes["TreeNode"]) if shape == "tree" else value


def flatten(shape: str, value: Any) -> Any:
    """Read a result of the shape ``list`` or ``tree`` as a plain list; any other shape leaves it as it is."""
    if shape == "list":
        return _values(value)
    return _levels(value) if shape == "tree" else value


def _chain(values: Sequence[Any], make: Callable[..., Any]) -> Any:
    head = None
    for value in reversed(values):
        node = make(value)
        node.next = head
        head = node
    return head


def _tree(values: Sequence[Any], make: Callable[..., Any]) -> Any:
    if not values or values[0] is None:
        return None
    root = make(values[0])
    parents = deque([root])
    rest = iter(values[1:])
    for left in rest:
        if not parents:  # what follows has no parent: blanks at the end
            break
        parent = parents.popleft()
        for side, value in (("left", left), ("right", next(rest, None))):
            if value is not None:
                child = make(value)
                setattr(parent, side, child)
                parents.append(child)
    return root


def _values(node: Any) -> list[Any]:
    found: list[Any] = []
    while node is not None:
        found.append(node.val)
        node = node.next
        if len(found) > MOST_NODES:
            raise ValueError("a linked list without end")
    return found


def _levels(root: Any) -> list[Any]:
    found: list[Any] = []
    waiting = deque([root])
    while waiting:
        node = waiting.popleft()
        found.append(None if node is None else node.val)
        if node is not None:
            waiting += (node.left, node.right)
        if len(found) > MOST_NODES:
            raise ValueError("a tree without end")
    while found and found[-1] is None:
        found.pop()
    return found
