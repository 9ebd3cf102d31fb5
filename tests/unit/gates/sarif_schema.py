"""The part of SARIF 2.1.0 that we write, as a closed JSON schema: what is not here may not be written.

After the standard's own property definitions (OASIS, sections 3.13 to 3.58); if the standard allows
more than we use, we allow only what we use.
"""

from __future__ import annotations

from typing import Any


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    """An object with these properties and no others."""
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


TEXT = {"type": "string", "minLength": 1}
MESSAGE = closed(["text"], text=TEXT)
BAG = {"type": "object"}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
URI = {"type": "string", "format": "uri-reference", "pattern": r"^[A-Za-z0-9._/-]+$"}

ABOUT = {"id": TEXT, "shortDescription": MESSAGE, "fullDescription": MESSAGE, "help": MESSAGE}
GATE = closed(list(ABOUT), **ABOUT)
RULE = closed(list(ABOUT), **ABOUT, name=TEXT, helpUri={"type": "string", "pattern": "^https://"})
REGION = closed(
    ["startLine"], startLine={"type": "integer", "minimum": 1}, startColumn={"type": "integer", "minimum": 1}
)
ARTIFACT_LOCATION = closed(["uri"], uri=URI)
LOCATION = closed(
    ["physicalLocation"],
    physicalLocation=closed(["artifactLocation", "region"], artifactLocation=ARTIFACT_LOCATION, region=REGION),
)
RESULT = closed(
    ["message", "ruleId", "ruleIndex", "level", "locations"],
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations={"type": "array", "minItems": 1, "items": LOCATION},
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    properties=BAG,
)
NOTIFICATION = closed(["message"], descriptor=closed(["id"], id=TEXT), level=LEVEL, message=MESSAGE)
RUN = closed(
    ["tool", "results"],
    tool=closed(
        ["driver"],
        driver=closed(
            ["name"],
            name=TEXT,
            semanticVersion={"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
            rules={"type": "array", "uniqueItems": True, "items": RULE},
            notifications={"type": "array", "uniqueItems": True, "items": GATE},
        ),
    ),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    invocations={
        "type": "array",
        "items": closed(
            ["executionSuccessful"],
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications={"type": "array", "items": NOTIFICATION},
        ),
    },
    artifacts={"type": "array", "uniqueItems": True, "items": closed(["location"], location=ARTIFACT_LOCATION)},
    results={"type": "array", "items": RESULT},
    properties=BAG,
)
SCHEMA: dict[str, Any] = closed(
    ["version", "runs"],
    version={"const": "2.1.0"},
    runs={"type": "array", "minItems": 1, "items": RUN},
)
SCHEMA["properties"]["$schema"] = {"type": "string", "format": "uri"}
