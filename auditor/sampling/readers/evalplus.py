"""EvalPlus's samples folder (``TASK/0.py``) and its ``eval_results.json``, which holds programs and verdicts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.errors import InputError
from auditor.json_types import JsonValue
from auditor.sampling.readers.answer import AnswerKind, RecordedAnswer
from auditor.sampling.readers.documents import items
from auditor.sampling.readers.rows import read_row
from auditor.sampling.readers.source import Container, RecordedSource
from auditor.text import plural

_NUMBERED = re.compile(r"\d+\.py")


class SamplesFolder:
    """One folder per task, one numbered Python file per sample."""

    name = "evalplus-folder"
    about = "EvalPlus's samples folder: HumanEval_0/0.py"

    def fits(self, source: RecordedSource) -> bool:
        """Accept a folder that contains a folder with ``0.py`` or similar."""
        return source.container is Container.FOLDER and any(
            _NUMBERED.fullmatch(file.name) for file in source.path.glob("*/*.py")
        )

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the files by task and number; other files are skipped with a note."""
        passed_over = 0
        for folder in sorted(path for path in source.path.iterdir() if path.is_dir()):
            files = [path for path in folder.iterdir() if _NUMBERED.fullmatch(path.name)]
            passed_over += sum(1 for _ in folder.iterdir()) - len(files)
            for file in sorted(files, key=lambda path: int(path.stem)):
                try:
                    text = file.read_bytes().decode("utf-8")
                except UnicodeDecodeError:
                    raise InputError("not UTF-8 text", where=str(file), remedy="save the file as UTF-8") from None
                except OSError as error:
                    raise InputError(f"cannot be read: {error.strerror}", where=str(file)) from None
                yield RecordedAnswer(folder.name, str(file), text, AnswerKind.PROGRAM, sample_index=int(file.stem))
        if passed_over:
            source.notes.append(f"not read: {plural(passed_over, 'file')} not named NUMBER.py")


class EvalResults:
    """``eval_results.json``: under ``eval``, a list of samples per task, each with its program and both statuses."""

    name = "evalplus-results"
    about = "EvalPlus's eval_results.json: programs with base and plus verdicts"

    def fits(self, source: RecordedSource) -> bool:
        """Accept an object with EvalPlus's hash or ``eval`` among its first keys."""
        if not source.head.startswith("{") or '"eval"' not in source.head:
            return False
        return source.is_document or (source.first_row or {}).keys() >= {"eval"}

    def read(self, source: RecordedSource) -> Iterator[RecordedAnswer]:
        """Stream the samples of each task, in the file's order."""
        found = False
        with source.open() as file:
            for line, pair in items(file, str(source.path), "eval"):
                found = True
                task_id, results = pair if isinstance(pair, list) and len(pair) == 2 else (None, None)
                if not isinstance(task_id, str):
                    where = f"{source.path}:{line}"
                    raise InputError("'eval' maps no task ids to samples", where=where, remedy="evaluate them again")
                where = f"{source.path}:{line}: {task_id}"
                if not isinstance(results, list):
                    raise InputError(
                        "holds verdicts without programs, as EvalPlus's first releases wrote them",
                        where=where,
                        remedy="name the samples file instead; `auditor analyze --counts` takes the verdicts",
                    )
                yield from (_sample(task_id, row, where) for row in results)
        if not found:
            raise InputError("contains no samples under 'eval'", where=str(source.path), remedy="evaluate them again")


def _sample(task_id: str, row: JsonValue, where: str) -> RecordedAnswer:
    if not isinstance(row, dict):
        raise InputError("not in EvalPlus's format", where=where, remedy="evaluate the samples again")
    return read_row({**row, "task_id": task_id}, where)
