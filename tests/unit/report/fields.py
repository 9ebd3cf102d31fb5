"""The fields of report.json as the tables of docs/report.md; ``python -m tests.unit.report.fields`` rewrites them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from auditor.report import schema

DOC = Path(__file__).resolve().parents[3] / "docs" / "report.md"
START, END = "<!-- fields: from the schema -->", "<!-- end of fields -->"
Json = dict[str, Any]


def tables(whole: Json) -> str:
    """Tabulate the fields of the document, then those of each type in it, in the order of their use."""
    parts = [_table("The document", whole)]
    named = [(name, whole["$defs"][name]) for name in _order(whole)]
    parts += [_table(f"`{name}`", node) for name, node in named if "properties" in node]
    return "\n\n".join(parts)


def _table(title: str, node: Json) -> str:
    lines = [f"### {title}", "", node["description"], "", "| field | type | meaning |", "| --- | --- | --- |"]
    for name, inner in node["properties"].items():
        target = schema()["$defs"][inner["$ref"].rsplit("/", 1)[1]] if "$ref" in inner else {}
        meaning = (
            (inner.get("description") or target.get("description", ""))
            .replace("|", "\\|")
            .replace("\n", " ")
            .replace("``", "`")
        )
        lines.append(f"| `{name}` | {_kind(inner)} | {meaning} |")
    return "\n".join(lines)


def _order(whole: Json) -> list[str]:
    found: list[str] = []

    def visit(node: Any) -> None:
        if isinstance(node, list):
            for one in node:
                visit(one)
        elif isinstance(node, dict):
            name = str(node.get("$ref", "")).rsplit("/", 1)[-1]
            if name and name not in found:
                found.append(name)
                visit(whole["$defs"][name])
            for key, inner in node.items():
                if key != "$defs":
                    visit(inner)

    visit(whole)
    return found


def _kind(node: Json) -> str:
    """Name a field's type in a word or two."""
    if "anyOf" in node:
        return " or ".join(_kind(one) for one in node["anyOf"])
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        target = schema()["$defs"][name]
        return ", ".join(f"`{value}`" for value in target["enum"]) if "enum" in target else f"[{name}](#{name.lower()})"
    if "const" in node:
        return f"`{node['const']}`"
    if "items" in node:
        return f"list of {_kind(node['items'])}"
    if "additionalProperties" in node and isinstance(node["additionalProperties"], dict):
        return f"object of {_kind(node['additionalProperties'])}"
    if node.get("minimum") == 0 and node.get("maximum") == 1:
        return "share"
    return str(node.get("type", "any"))


def write() -> None:
    """Put the tables into the page."""
    text = DOC.read_text(encoding="utf-8")
    head, rest = text.split(START)
    DOC.write_text(f"{head}{START}\n{tables(schema())}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    write()
