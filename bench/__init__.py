"""The figures of fenzu, each measured beside its peer in one run. `python -m bench` runs all; see README.md."""
