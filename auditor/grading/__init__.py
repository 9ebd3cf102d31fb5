"""Grade the graders: other harnesses' verdicts, and a benchmark's own suites."""
