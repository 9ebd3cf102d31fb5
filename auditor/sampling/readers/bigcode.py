"""The generations file of bigcode-evaluation-harness: a list per task, in the benchmark's order, of programs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.errors import InputError
from auditor.json_types import list_or_empty
from auditor.sampling.readers.answer import AnswerKind, RecordedAnswer
from auditor.sampling.readers.documents import items
from auditor.sampling.readers.source import Container, RecordedSource
from auditor.text import plural


class Generations:
    """A JSON list of lists of texts.

    Tasks are identified only by their order, so all of the benchmark's must be present.
    """

    name = "bigcode"
    about = "bigcode-evaluation-harness's generations.json: a list of programs per task, in the benchmark's order"

    def fits(self, source: RecordedSource) -> bool:
        """Accept a list whose first item is a list."""
        return source.container is Container.TEXT and re.match(r"\[\s*\[", source.head) is not None

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the programs by task; a number of tasks other than the benchmark's is an error at the end."""
        count = 0
        with source.open() as file:
            for line, texts in items(file, str(source.path)):
                where = f"{source.path}:{line}: item {count}"
                programs = [text for text in list_or_empty(texts) if isinstance(text, str)]
                if not isinstance(texts, list) or len(programs) < len(texts):
                    raise InputError("is not a list of strings", where=where, remedy="give a list of programs per task")
                if count < len(source.tasks):
                    for index, text in enumerate(programs):
                        yield RecordedAnswer(source.tasks[count], where, text, AnswerKind.PROGRAM, sample_index=index)
                count += 1
        if count != len(source.tasks):
            raise InputError(
                f"holds {plural(count, 'list')}, but the benchmark has {plural(len(source.tasks), 'task')}",
                where=str(source.path),
                remedy="only their order identifies tasks: generate without --limit, or write JSONL with task_id",
            )
