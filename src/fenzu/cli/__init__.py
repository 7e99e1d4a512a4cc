"""The command line: one file a noun. It may use every other part of fenzu; no other part knows it."""
