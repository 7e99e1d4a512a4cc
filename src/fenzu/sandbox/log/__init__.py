"""What was asked of the sandbox and what it answered: remembered cheaply, told without secrets. Knows no HTTP."""
