"""The suite about states, on PostgreSQL."""

from tests.unit.sandbox.calls.test_states import *  # noqa: F403 - the suite as it is, on another store
