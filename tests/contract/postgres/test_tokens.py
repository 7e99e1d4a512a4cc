"""The suite about tokens, on PostgreSQL."""

from tests.unit.sandbox.handlers.test_tokens import *  # noqa: F403 - the suite as it is, on another store
