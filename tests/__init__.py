"""The tests. One folder a kind: see CONTRIBUTING.md."""
