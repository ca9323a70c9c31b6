"""kmslint: who can do what with a KMS key, and who can still manage it tomorrow."""

__version__ = "0.1.0"
