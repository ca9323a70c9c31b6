"""The evaluator: who may do what with a key, and why. Knows only the model."""
