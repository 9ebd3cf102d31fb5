"""A simulated model behind a real OpenAI-compatible server on loopback: for the demo, and as a test bench.

Nothing it says was ever written by a model, and it says so wherever it shows: its model names, the
``model`` and the ``system_fingerprint`` of every reply begin with ``simulated``.
"""

from auditor.sampling.simulated.faults import FaultKind, Faults
from auditor.sampling.simulated.persona import STRENGTHS
from auditor.sampling.simulated.server import SimulatedServer

__all__ = ["STRENGTHS", "FaultKind", "Faults", "SimulatedServer"]
