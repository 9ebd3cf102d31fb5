"""From numbers and rules to pass, fail or inconclusive."""
