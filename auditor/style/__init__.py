"""From a program to findings, metrics and adherence to a rubric."""
