"""The reference pages that are made from the source: `python -m tools.generate [--check]`."""
