"""From a model to samples: endpoint, prompts, extraction, prices, the simulated model.

``sample_model`` draws missing samples from an endpoint, ``write_batch`` and ``read_batch`` through files,
``RecordedSamples`` reads samples drawn earlier, ``estimate`` says what drawing will take, ``extract`` finds the program
in an answer, and ``SimulatedServer`` is a model's server for the demo and the tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.extraction import Extraction, assemble, extract
from auditor.sampling.batch import BatchWritten, write_batch
from auditor.sampling.batch_output import BatchRead, read_batch
from auditor.sampling.budget import Spent, spent_on
from auditor.sampling.estimate import SpendingEstimate, estimate, shortfall
from auditor.sampling.recorded import RecordedSamples, read_recorded
from auditor.sampling.sampler import check_endpoint, sample_model
from auditor.sampling.summary import SamplingSummary

if TYPE_CHECKING:
    from auditor.sampling.simulated import Faults, SimulatedServer

__all__ = [
    "BatchRead",
    "BatchWritten",
    "Extraction",
    "Faults",
    "RecordedSamples",
    "SamplingSummary",
    "SimulatedServer",
    "SpendingEstimate",
    "Spent",
    "assemble",
    "check_endpoint",
    "estimate",
    "extract",
    "read_batch",
    "read_recorded",
    "sample_model",
    "shortfall",
    "spent_on",
    "write_batch",
]


def __getattr__(name: str) -> object:
    """Load the simulated model only if it is asked for."""
    if name in ("Faults", "SimulatedServer"):
        from auditor.sampling import simulated

        return getattr(simulated, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
