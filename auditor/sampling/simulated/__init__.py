"""A simulated model behind a real OpenAI-compatible server on loopback: for the demo, and as a test bench.

No model wrote its answers, and its names say so everywhere: its model names, the ``model`` and the
``system_fingerprint`` of every reply begin with ``simulated``.
"""

from auditor.sampling.simulated.faults import FaultKind, Faults
from auditor.sampling.simulated.persona import STRENGTHS
from auditor.sampling.simulated.server import SimulatedServer

__all__ = ["STRENGTHS", "FaultKind", "Faults", "SimulatedServer"]
