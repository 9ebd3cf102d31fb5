"""Drawing samples from a simulated server: what tests of sampling share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from auditor.config import ModelConfig
from auditor.errors import AuditorError
from auditor.records import InputSuite, Sample, Task
from auditor.sampling import SimulatedServer, sample_model
from auditor.targets import Target


def make_tasks(count: int) -> list[Task]:
    tests = InputSuite(((1,), (2,)))
    return [
        Task(
            f"T/{n}",
            f'def add_{n}(x: int) -> int:\n    """Return x plus {n}."""\n',
            Target.function(f"add_{n}"),
            f"def add_{n}(x: int) -> int:\n    if x < 0:\n        return x + {n}\n    y = x + {n}\n    return y\n",
            tests,
            tests,
        )
        for n in range(count)
    ]


def model_for(server: SimulatedServer, **changes: Any) -> ModelConfig:
    settings = {"seed": 0, "concurrency": 8, "timeout": 60.0, "max_retries": 40, **changes}
    return ModelConfig(name="m", model="simulated-medium", base_url=server.base_url, **settings)


def draw(model: ModelConfig, tasks: Sequence[Task], **more: Any) -> list[Sample]:
    samples: list[Sample] = []
    sample_model(model, tasks, write=samples.extend, **more)
    return samples


def keys(samples: Sequence[Sample]) -> list[tuple[str, int, str]]:
    return [(s.task_id, s.sample_index, s.request_hash) for s in samples]


def places(samples: Sequence[Sample]) -> list[tuple[str, int]]:
    return sorted((s.task_id, s.sample_index) for s in samples)


def refused(model: ModelConfig, kind: type[AuditorError]) -> str:
    """Draw, expecting an error of that kind and nothing written; return its one line."""
    written: list[Sample] = []
    with pytest.raises(kind) as caught:
        sample_model(model, make_tasks(2), write=written.extend)
    assert written == []
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
    return str(caught.value)
