"""The committed JSON Schemas; ``python -m tests.unit.results.schemas`` regenerates them from the types."""

from __future__ import annotations

import json
from pathlib import Path

from auditor.results import Analysis, ReportDocument, json_schema

FOLDER = Path(__file__).resolve().parents[3] / "auditor" / "results" / "schemas"
SCHEMAS = {"analysis": Analysis, "report": ReportDocument}


def generated(kind: type) -> str:
    """Write the schema of a type as it is committed."""
    return json.dumps(json_schema(kind), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, kind in SCHEMAS.items():
        (FOLDER / f"{name}.schema.json").write_text(generated(kind), encoding="utf-8")
