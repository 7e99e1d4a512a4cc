"""A local copy of who is in which group, since the platform cannot be asked that."""
