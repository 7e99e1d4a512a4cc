"""What the control port does to a sandbox, a module a noun. Knows no HTTP."""
