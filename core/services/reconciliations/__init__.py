"""The life of a statement's reconciliation, and what its page asks."""
