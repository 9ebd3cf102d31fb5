"""Counts of one sampling run, with warnings for the user."""

from __future__ import annotations

import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from auditor.config import ModelConfig
from auditor.records import Sample, SampleStatus
from auditor.sampling.budget import Spent, output_bound
from auditor.sampling.request import asked_name
from auditor.text import noun, plural

SUSPICIOUS = 0.5
"""Share of tasks with only equal answers from which a cache or a fixed seed is suspected."""

MANY = 0.2
"""Share of samples without a program from which a remedy is given."""


@dataclass(frozen=True, slots=True)
class SamplingSummary:
    """The result of one call of ``sample_model``, without samples of earlier runs."""

    model: str
    samples: int
    statuses: Mapping[SampleStatus, int]
    retries: Mapping[str, int]
    """Failed tries by kind."""
    duplicates: Mapping[str, int]
    """Task id → number of answers that repeat another answer of this run; tasks without any are absent."""
    served: tuple[str, ...]
    """Model names that the server reported, sorted."""
    spent: Spent
    """Tokens and cost, including earlier runs if given."""
    seconds: float
    least_concurrency: int
    """The lowest limit of requests in flight."""
    adapted: Mapping[str, str | None] = field(default_factory=dict)
    """Parameters that the server does not accept → what was sent instead, or ``None`` for nothing."""
    warnings: tuple[str, ...] = ()
    """Warnings for the user, one line each."""


class Tally:
    """Counter of samples as they are written; eight bytes per sample."""

    def __init__(self, model: ModelConfig) -> None:
        self._model = model
        self._started = time.monotonic()
        self._statuses: Counter[SampleStatus] = Counter()
        self._retries: Counter[str] = Counter()
        self._texts: defaultdict[str, array[int]] = defaultdict(lambda: array("Q"))
        self._served: Counter[str] = Counter()
        self._messages: dict[SampleStatus, str] = {}
        self.adapted: Mapping[str, str | None] = {}
        """Parameters that the server does not accept → what was sent instead, or ``None``."""

    def add(self, samples: Iterable[Sample]) -> None:
        """Count samples that are on disk."""
        for sample in samples:
            self._statuses[sample.status] += 1
            self._texts[sample.task_id].append(text_key(sample.raw))
            if sample.refusal:
                self._messages.setdefault(sample.status, sample.refusal)
            if sample.served_model:
                self._served[sample.served_model] += 1

    def retried(self, kind: str) -> None:
        """Count a failed try."""
        self._retries[str(kind)] += 1

    def summary(self, least_concurrency: float, spent: Spent) -> SamplingSummary:
        """Return the final counts."""
        duplicates = {
            task_id: len(texts) - len(set(texts))
            for task_id, texts in sorted(self._texts.items())
            if len(texts) > len(set(texts))
        }
        return SamplingSummary(
            model=self._model.name,
            samples=self._statuses.total(),
            statuses=dict(sorted(self._statuses.items())),
            retries=dict(sorted(self._retries.items())),
            duplicates=duplicates,
            served=tuple(sorted(self._served)),
            spent=spent,
            seconds=time.monotonic() - self._started,
            least_concurrency=int(least_concurrency),
            adapted=dict(self.adapted),
            warnings=tuple(self._warnings(duplicates)),
        )

    def _warnings(self, duplicates: Mapping[str, int]) -> Iterable[str]:
        nothing = text_key("")
        several = {
            task_id: len(texts)
            for task_id, texts in self._texts.items()
            if len(texts) > 1 and any(text != nothing for text in texts)
        }
        collapsed = [task_id for task_id, count in several.items() if duplicates.get(task_id) == count - 1]
        if collapsed and len(collapsed) >= SUSPICIOUS * len(several) and self._model.temperature != 0:
            yield (
                f"on {len(collapsed)} of {plural(len(several), 'task')} every answer is the same text; "
                "a cache or a fixed seed at the server collapses them: set seed, or ask one choice per request"
            )
        if self._model.endpoint == "responses" and self._model.seed is not None:
            yield "seed is not sent: the responses endpoint has none"
        if len(self._served) > 1:
            yield f"model names in the replies: {', '.join(sorted(self._served))}"
        asked = asked_name(self._model)
        strange = [name for name in self._served if not _same_model(asked, name)]
        if strange:
            yield f"requested {asked!r}, got {', '.join(map(repr, sorted(strange)))}"
        for name, sent in self.adapted.items():
            instead = "its own default was used" if sent is None else f"{sent} was sent instead"
            yield f"the server does not accept {name}: {instead}"
        for status, count in sorted(self._statuses.items()):
            if status is not SampleStatus.OK:
                yield (
                    f"{count} of {plural(self._statuses.total(), 'sample')} "
                    f"{noun(count, 'is', 'are')} {status}{self._explained(status, count)}"
                )

    def _explained(self, status: SampleStatus, count: int) -> str:
        """Quote the server if it gave a reason, and name a remedy if many samples have no program."""
        said = f" ({self._messages[status][:120]})" if status in self._messages else ""
        return f"{said}: {self._hint(status)}" if count >= MANY * self._statuses.total() else said

    def _hint(self, status: SampleStatus) -> str:
        """Say what to do if many samples have no program."""
        match status:
            case SampleStatus.TRUNCATED:
                return f"raise max_output_tokens (now {output_bound(self._model)})"
            case SampleStatus.REFUSED:
                return "the model or a content filter declines; see `refusal` in `auditor export DIR samples`"
            case SampleStatus.TOO_LONG:
                return "lower max_output_tokens, shorten the prompt, or serve the model with a longer context"
            case SampleStatus.REJECTED:
                return "see `refusal` in `auditor export DIR samples`; --retry-rejected asks again"
            case _:
                return "no code was found; see `raw` in `auditor export DIR samples`, and prompt and max_output_tokens"


def text_key(text: str) -> int:
    """Shorten a text to 64 bits, to count equal ones."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _same_model(asked: str, served: str) -> bool:
    """Return whether a served name is the requested one, perhaps with a path before it or a version after it."""
    short_asked, short_served = (name.rsplit("/", 1)[-1].lower() for name in (asked, served))
    return short_served.startswith(short_asked) or short_asked.startswith(short_served)
