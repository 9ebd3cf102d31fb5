"""Writing the browser of samples: a page per model, an index and the texts in files beside it.

A page opened from disk cannot fetch, but may load scripts; so each data file is a script that hands one string to
the page. The string is base64 of deflated JSON. Files are loaded when a reader asks for what they hold.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditor.records import Label, Outcome, Sample
from auditor.report.samples.entries import Plain, program_entries, sample_entry, task_entry
from auditor.report.text import plural, slugs, visible
from auditor.results import ModelReport, ReportDocument, TaskRow
from auditor.store import BrowsedProgram, Store

FOLDER = "samples"
"""Folder of the pages and their data, in the report's."""
CHUNK = 1_000_000
"""Characters of JSON from which on a data file is closed; deflated it is about a sixth of that."""
INDEXED = 200_000
"""Samples per file of the index."""


def write_samples(
    document: ReportDocument, store: Store, folder: Path, *, has_json: bool = True,
    advance: Callable[[int], None] = lambda _: None,
) -> list[Path]:  # fmt: skip
    """Write the browser of every model of a report into ``folder``/samples; return the paths of the pages.

    Every sample in the store is in it, those of tasks left out too. ``advance`` is called with 1 for each model.
    Raises OSError where a file cannot be written.
    """
    from auditor.report.render import page
    from auditor.report.write import shared

    rubric = document.provenance.rubric
    titles = {one.criterion: one.title for one in rubric.criteria} if rubric else {}
    common = shared(document, has_json=has_json)
    written = []
    for model, slug in slugs([one.model for one in document.models]).items():
        data = folder / FOLDER / slug
        data.mkdir(parents=True, exist_ok=True)
        for old in data.glob("*.js"):
            old.unlink()
        index = _write_data(store, model, document, data, titles)
        entry = document.model(model)
        context = {**common, **_context(entry, slug, index)}
        path = folder / FOLDER / f"{slug}.html"
        path.write_text(page("samples.html.j2", context, browser=True), encoding="utf-8", newline="\n")
        written.append(path)
        advance(1)
    return written


def _context(model: ModelReport, slug: str, index: _Index) -> dict[str, object]:
    return {
        "title": f"Samples of {model.model}",
        "model": model.model,
        "slug": slug,
        "samples": plural(len(index.number), "sample"),
        "tasks": plural(len(index.tasks), "task"),
        "simulated": model.simulated,
        "parts": index.parts,
        "has_style": bool(index.criteria),
    }


@dataclass(slots=True)
class _Index:
    """What the list shows and the filters look at: a column per fact, an entry per sample."""

    criteria: Sequence[str]
    """Titles of the rubric's criteria."""
    tasks: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    """Samples of each task; the samples of a task follow each other."""
    number: list[int] = field(default_factory=list)
    """Index of each sample within its task."""
    outcome: list[int] = field(default_factory=list)
    """Place in ``outcomes``."""
    outcomes: list[str] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    """Place in ``kinds``."""
    kinds: list[str] = field(default_factory=list)
    program: list[int] = field(default_factory=list)
    """Number of the distinct program within the model; −1 where there is none."""
    missed: list[int] = field(default_factory=list)
    """Program → place in ``sets``."""
    sets: list[list[int]] = field(default_factory=list)
    """Distinct sets of criteria that a program does not meet, as places in ``criteria``."""
    starts: list[int] = field(default_factory=list)
    """The first sample of each data file."""

    @property
    def parts(self) -> int:
        """Files of the index."""
        return max(1, -(-len(self.number) // INDEXED))

    def files(self) -> Iterator[Plain]:
        """Give the content of each file: the columns of so many samples, and in the first all else."""
        columns = ("number", "outcome", "kind", "program")
        rest = ("criteria", "tasks", "counts", "outcomes", "kinds", "missed", "sets", "starts")
        for part in range(self.parts):
            span = slice(part * INDEXED, (part + 1) * INDEXED)
            content = {name: getattr(self, name)[span] for name in columns}
            yield content | ({name: getattr(self, name) for name in rest} if part == 0 else {})


def _place(names: list[str], name: str) -> int:
    """Find a name's place in a short list, where it is added if it is new."""
    if name not in names:
        names.append(name)
    return names.index(name)


def _write_data(store: Store, model: str, document: ReportDocument, folder: Path, titles: Mapping[str, str]) -> _Index:
    rubric = document.provenance.rubric.hash if document.provenance.rubric else None
    index = _Index([visible(title) for title in titles.values()])
    chunk = _Chunk(folder, index, document.options.currency)
    for task in document.tasks:
        samples = store.samples_of(model, task.task_id)
        if not samples:
            continue
        programs = store.programs_of(model, task.task_id, rubric)
        entries = program_entries(programs, titles)
        numbers = {one.program: len(index.missed) + place for place, one in enumerate(programs)}
        found = {one.program: one for one in programs}
        index.missed += [_missed(one, index, titles) for one in programs]
        index.tasks.append(visible(task.task_id))
        index.counts.append(len(samples))
        for sample, program in samples:
            chunk.add(len(index.tasks) - 1, task, sample, program, entries)
            one = found.get(program or "")
            index.number.append(sample.sample_index)
            index.program.append(-1 if one is None else numbers[one.program])
            index.outcome.append(_place(index.outcomes, _outcome(sample, one)))
            index.kind.append(_place(index.kinds, _kind(one)))
    chunk.close()
    for place, content in enumerate(index.files()):
        _write_script(folder / f"index-{place}.js", f"index-{place}", content)
    return index


def _missed(one: BrowsedProgram, index: _Index, titles: Mapping[str, str]) -> int:
    """Find the set of criteria that a program does not meet."""
    missed = [place for place, name in enumerate(titles) if one.adherence.get(name) is False]
    if missed not in index.sets:
        index.sets.append(missed)
    return index.sets.index(missed)


def _outcome(sample: Sample, one: BrowsedProgram | None) -> str:
    """Say what a sample is: its label, or why it has none."""
    if one is None:
        return str(sample.status)
    if one.label is not Label.UNKNOWN:
        return str(one.label)
    error = any(result and result.outcome is Outcome.ERROR for result in (one.base, one.plus))
    return "error" if error else "not_judged"


def _kind(one: BrowsedProgram | None) -> str:
    """Say how a program fails the first suite that it does not pass; empty where it fails none."""
    for result in (one.base, one.plus) if one else ():
        if result is not None and result.outcome is not Outcome.PASS:
            return str(result.failing.kind if result.outcome is Outcome.FAIL and result.failing else result.outcome)
    return ""


class _Chunk:
    """The data file that is being filled."""

    def __init__(self, folder: Path, index: _Index, currency: str) -> None:
        self._folder, self._index, self._currency = folder, index, visible(currency)
        self._begin()

    def _begin(self) -> None:
        self._size = 0
        self._tasks: dict[int, str] = {}
        self._programs: dict[str, str] = {}
        self._samples: list[str] = []

    def add(
        self, place: int, task: TaskRow, sample: Sample, program: str | None, programs: Mapping[str, Plain]
    ) -> None:
        """Add a sample with its task and program, unless the file has those already."""
        if not self._samples:
            self._index.starts.append(len(self._index.number))
        if place not in self._tasks:
            self._tasks[place] = self._counted(task_entry(task))
        if program is not None and program not in self._programs:
            self._programs[program] = self._counted(programs[program])
        self._samples.append(self._counted(sample_entry(sample, program, self._currency)))
        if self._size > CHUNK:
            self.close()

    def _counted(self, value: Plain) -> str:
        text = _json(value)
        self._size += len(text)
        return text

    def close(self) -> None:
        """Write the file, unless nothing is in it."""
        if not self._samples:
            return
        tasks = ",".join(f'"{place}":{text}' for place, text in self._tasks.items())
        programs = ",".join(f"{_json(name)}:{text}" for name, text in self._programs.items())
        text = f'{{"tasks":{{{tasks}}},"programs":{{{programs}}},"samples":[{",".join(self._samples)}]}}'
        key = str(len(self._index.starts) - 1)
        _write_packed(self._folder / f"{key}.js", key, text)
        self._begin()


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _write_script(path: Path, key: str, content: object) -> None:
    _write_packed(path, key, _json(content))


def _write_packed(path: Path, key: str, text: str) -> None:
    """Write JSON as a script of one call, in letters that need no escape."""
    packed = base64.b64encode(zlib.compress(text.encode("utf-8", "backslashreplace"), 6)).decode()
    path.write_text(f'auditorData("{key}","{packed}");\n', encoding="ascii")
