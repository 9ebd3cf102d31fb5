"""From a model to samples: endpoint, prompts, extraction, prices, the simulated model."""
