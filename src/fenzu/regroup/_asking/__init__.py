"""Asking the platform what may be asked again: with patience, and by the hundred."""
