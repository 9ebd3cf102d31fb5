"""ClassEval's model outputs: a list of tasks, each with its answers under ``predict``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.errors import InputError
from auditor.json_types import object_or_empty
from auditor.sampling.readers.answer import AnswerKind, RecordedAnswer
from auditor.sampling.readers.documents import items
from auditor.sampling.readers.source import Container, RecordedSource


class Predictions:
    """A list of objects with ``task_id`` and ``predict``, a list of chat answers."""

    name = "classeval"
    about = "ClassEval's outputs: a list of objects with task_id and predict"

    def fits(self, source: RecordedSource) -> bool:
        """Accept a list of objects whose first has ``predict``."""
        return (
            source.container is Container.TEXT
            and re.match(r"\[\s*\{", source.head) is not None
            and '"predict"' in source.head
        )

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the answers of each task."""
        with source.open() as file:
            for line, row in items(file, str(source.path)):
                where = f"{source.path}:{line}"
                task = object_or_empty(row)
                texts, task_id = task.get("predict"), task.get("task_id")
                if not isinstance(texts, list) or not isinstance(task_id, str):
                    raise InputError("has no task_id or no list predict", where=where, remedy="fetch the file again")
                for index, text in enumerate(texts):
                    yield RecordedAnswer(task_id, where, str(text), AnswerKind.ANSWER, sample_index=index)
