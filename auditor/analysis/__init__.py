"""From counts to accuracy, ceilings, curves, utility and intervals; pure functions."""
