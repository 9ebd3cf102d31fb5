"""From a program to verdicts: sandbox, fork server, wire format, judge."""
