"""The fields of report.json as the table of docs/report.md; ``python -m tests.report.fields`` rewrites it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from auditor.report import schema

DOC = Path(__file__).resolve().parents[2] / "docs" / "report.md"
START, END = "<!-- fields: from the schema -->", "<!-- end of fields -->"
Json = dict[str, Any]


def table(whole: Json) -> str:
    """Tabulate every field with its type and meaning."""
    lines = ["| field | type | meaning |", "| --- | --- | --- |"]
    lines += [
        f"| `{path}` | {kind} | {text.replace('|', chr(92) + '|')} |" for path, kind, text in walk(whole, whole, "")
    ]
    return "\n".join(lines)


def walk(node: Json, whole: Json, path: str) -> Iterator[tuple[str, str, str]]:
    """List the fields below a node, those of shared shapes where they are used first only."""
    for name, inner in node.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        target, shape = resolve(inner, whole)
        yield here, kind_of(inner, target, shape), str(inner.get("description") or target.get("description", ""))
        if shape in (None, "model"):
            yield from below(target, whole, here)
    if not path:
        for shape in ("interval", "rate", "difference", "criterion", "rule", "exhibit"):
            yield from walk(whole["$defs"][shape], whole, f"({shape})")


def below(target: Json, whole: Json, here: str) -> Iterator[tuple[str, str, str]]:
    """List the fields of an object, or of the objects of a list."""
    if "items" in target:
        items, shape = resolve(target["items"], whole)
        if shape in (None, "model"):
            yield from walk(items, whole, f"{here}[]")
    else:
        yield from walk(target, whole, here)


def resolve(node: Json, whole: Json) -> tuple[Json, str | None]:
    """Follow a reference; return what it names and the name."""
    chosen = next((one for one in node.get("anyOf", ()) if "$ref" in one), node)
    if "$ref" not in chosen:
        return node, None
    shape = chosen["$ref"].rsplit("/", 1)[1]
    return whole["$defs"][shape], shape


def kind_of(inner: Json, target: Json, shape: str | None) -> str:
    """Name a field's type in a word."""
    if shape:
        return f"({shape})" + (" or null" if "anyOf" in inner else "")
    if "items" in target:
        _, of = resolve(target["items"], {"$defs": schema()["$defs"]})
        return f"list of ({of})" if of and of != "model" else "list"
    if "const" in target:
        return f"`{target['const']}`"
    if "enum" in target:
        return ", ".join(f"`{value}`" for value in target["enum"])
    kinds = target.get("type", "any")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)


def write() -> None:
    """Put the table into the page."""
    text = DOC.read_text(encoding="utf-8")
    head, rest = text.split(START)
    DOC.write_text(f"{head}{START}\n{table(schema())}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    write()
