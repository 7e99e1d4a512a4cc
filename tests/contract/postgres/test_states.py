"""The suite about states, on PostgreSQL."""

from tests.unit.sandbox.test_states import *  # noqa: F403 - the suite as it is, on another store
