"""A sandbox as users run it: a process with ports, signals and streams."""
