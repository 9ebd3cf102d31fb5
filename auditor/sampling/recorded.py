"""Read samples recorded earlier, once, from any format of :mod:`auditor.sampling.readers`.

Only the indices seen are kept in memory. A bad row raises an error with its position during reading, so code that
stores the samples uses one transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from auditor.config import ModelConfig
from auditor.errors import InputError
from auditor.extraction import Extraction, assemble, complete, extract
from auditor.records import Sample, SampleStatus, Task
from auditor.sampling.readers import AnswerKind, RecordedAnswer, RecordedSource, TaskIds, reader_for
from auditor.sampling.reply import CUT, FILTERED, cost_of
from auditor.text import plural
from auditor.third_party import ThirdPartyVerdict

_MOST_NAMES = 5
"""Number of a file's models that a note lists."""


@dataclass(frozen=True, slots=True)
class RecordedSample:
    """A recorded sample with the verdicts in its file."""

    sample: Sample
    verdicts: tuple[ThirdPartyVerdict, ...]


class RecordedSamples:
    """The recorded samples of a model: an iterator for a single pass, and notes afterwards."""

    def __init__(
        self, model: ModelConfig, tasks: Mapping[str, Task], *, known: Iterable[str] = (), renumbered: bool = False
    ) -> None:
        """Detect the format of ``model.recorded``; samples of tasks not in ``tasks`` are skipped.

        ``known`` holds the ids of all the benchmark's tasks, in its order, if ``tasks`` is only a part. With
        ``renumbered``, the file's indices are ignored, so that several models' samples can be read as one.
        Raises :class:`~auditor.errors.InputError` for an unknown format.
        """
        self._model = model
        self._tasks = tasks
        ids = tuple(dict.fromkeys([*known, *tasks]))
        self._ids = TaskIds(ids)
        self._source = RecordedSource(model.recorded or Path(), ids, model)
        self._reader = reader_for(self._source, model.format)
        self._indices = _Indices(renumbered=renumbered)
        self._read: Counter[str] = Counter()
        self._answers = 0
        self._names: set[str] = set()

    @property
    def format(self) -> str:
        """Return the name of the format."""
        return self._reader.name

    @property
    def notes(self) -> list[str]:
        """Return notes for the user on the file, once it is read."""
        notes = list(self._source.notes)
        if self._answers:
            total = self._read.total()
            notes.append(
                f"chat answers: {self._answers} of "
                f"{plural(total, 'recorded program')}; the code was extracted from them"
            )
        if len(self._names) > 1:
            names = ", ".join(sorted(self._names))
            notes.append(f"rows of several models are read as one ({names}); set recorded_model to select one")
        if 0 < len(self._read) < len(self._tasks):
            notes.append(f"samples for {len(self._read)} of {plural(len(self._tasks), 'task')}")
        return notes

    def __iter__(self) -> Iterator[RecordedSample]:
        """Stream the samples in the file's order.

        Raises :class:`~auditor.errors.InputError` with position and remedy at the first row that cannot become a
        sample.
        """
        model = self._model
        for answer in self._reader.read(self._source):
            if model.recorded_model is not None and answer.model != model.recorded_model:
                continue
            task_id = self._ids.find(answer.task_id)
            if task_id is None:
                raise self._unknown(answer)
            if task_id not in self._tasks:
                continue
            index = self._indices.next(answer, task_id)
            self._read[task_id] += 1
            if answer.model and len(self._names) < _MOST_NAMES:
                self._names.add(answer.model)
            sample = self._sample(answer, index, self._tasks[task_id])
            verdicts = (
                ThirdPartyVerdict(
                    g.source, model.name, task_id, index, g.suite, g.outcome, g.detail, g.failing_input
                )
                for g in answer.grades
            )  # fmt: skip
            yield RecordedSample(sample, tuple(verdicts))
        if not self._read:
            which = f" of model {model.recorded_model!r}" if model.recorded_model else ""
            remedy = f"read as {self._reader.name} ({self._reader.about})"
            raise InputError(f"contains no samples{which}", where=str(model.recorded), remedy=remedy)

    def _unknown(self, answer: RecordedAnswer) -> InputError:
        remedy = f"the benchmark's ids look like {next(iter(self._tasks), 'none')!r}; choose the matching one"
        if self._read:
            remedy = "the benchmark has no such task: remove the rows of such tasks from the file"
        return InputError(f"unknown task {answer.task_id!r}", where=answer.where, remedy=remedy)

    def _sample(self, answer: RecordedAnswer, index: int, task: Task) -> Sample:
        """Build the sample of one answer."""
        extraction = self._program(answer, task)
        status, as_exported = answer.status, answer.kind is AnswerKind.EXTRACTED
        if status is None and (answer.refusal or answer.finish_reason in FILTERED):
            status = SampleStatus.REFUSED
        elif status is None and answer.finish_reason in CUT:
            status = SampleStatus.TRUNCATED
        elif status is None:
            status = SampleStatus.OK if extraction.solution is not None else SampleStatus.EXTRACTION_FAILED
        return Sample(
            model=self._model.name,
            task_id=task.task_id,
            sample_index=index,
            request_hash=_hash(answer, index),
            status=status,
            raw=answer.text if answer.raw is None else answer.raw,
            solution=extraction.solution if status is SampleStatus.OK else None,
            rule=extraction.rule,
            readings=answer.readings if as_exported else extraction.count,
            readings_differ=answer.readings_differ if as_exported else extraction.differ,
            finish_reason=answer.finish_reason,
            refusal=answer.refusal,
            served_model=answer.model,
            usage=answer.usage,
            latency=answer.latency,
            cost=answer.cost if as_exported else cost_of(answer.usage, self._model.price),
        )

    def _program(self, answer: RecordedAnswer, task: Task) -> Extraction:
        """Find the program in an answer."""
        model = self._model
        if answer.kind is AnswerKind.EXTRACTED:
            return Extraction(answer.text or None, answer.rule, judged=False)
        text = _cut(answer.text.removeprefix("\ufeff"), model.stop)
        if answer.status is not None:
            return Extraction(None, "none", judged=False)
        match answer.kind:
            case AnswerKind.PROGRAM if model.extract == "raw":
                return Extraction(text, "raw/1", judged=False)
            case AnswerKind.PROGRAM:
                found = complete(text, task)
                self._answers += not found.rule.startswith("given")
                return found
            case AnswerKind.CONTINUATION if model.extract == "raw":
                return Extraction(task.prompt + model.join + text, "raw/1", judged=False)
            case AnswerKind.CONTINUATION:
                return assemble(text, task, model.join)
            case AnswerKind.ANSWER:
                return extract(text, task)


class _Indices:
    """Assigns each sample its index: from the file, or counted per task."""

    def __init__(self, *, renumbered: bool) -> None:
        self._renumbered = renumbered
        self._given: bool | None = None
        self._counts: Counter[str] = Counter()
        self._seen: defaultdict[str, dict[int, str | None]] = defaultdict(dict)

    def next(self, answer: RecordedAnswer, task_id: str) -> int:
        """Return the index of the next sample of a task.

        Raises :class:`~auditor.errors.InputError` for an index that is given twice or only in some rows.
        """
        given = None if self._renumbered else answer.sample_index
        if self._given is not None and self._given != (given is not None):
            remedy = "give it in all rows or in none"
            raise InputError("some rows have a sample_index but not all", where=answer.where, remedy=remedy)
        self._given = given is not None
        if given is None:
            self._counts[task_id] += 1
            return self._counts[task_id] - 1
        if given in self._seen[task_id]:
            remedy = "give each sample of a task its own sample_index, or leave sample_index out"
            if (first := self._seen[task_id][given]) != answer.model:
                remedy = f"the file has several models: choose one, as in recorded_model = {json.dumps(first)}"
            raise InputError(f"sample {given} of {task_id} is given twice", where=answer.where, remedy=remedy)
        self._seen[task_id][given] = answer.model
        return given


def read_recorded(
    model: ModelConfig, tasks: Mapping[str, Task], *, known: Iterable[str] = (), renumbered: bool = False
) -> Iterator[Sample]:
    """Stream the recorded samples of ``model`` for ``tasks`` (by id), in the file's order, without verdicts.

    ``renumbered`` reads several models' samples as one, numbered in the file's order. Raises
    :class:`~auditor.errors.InputError` as :class:`RecordedSamples` does.
    """
    return (recorded.sample for recorded in RecordedSamples(model, tasks, known=known, renumbered=renumbered))


def _cut(text: str, stops: tuple[str, ...]) -> str:
    """Cut a text at the first of the stops."""
    ends = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    return text[: min(ends)] if ends else text


def _hash(answer: RecordedAnswer, index: int) -> str:
    """Hash an answer's content and its index: SHA-256 in hex."""
    parts = [str(answer.task_id), answer.text, answer.kind, answer.raw, answer.finish_reason, answer.refusal, index]
    return hashlib.sha256(json.dumps(parts).encode("utf-8", "surrogatepass")).hexdigest()
