"""The suite about groups, on PostgreSQL."""

from tests.unit.sandbox.handlers.test_groups import *  # noqa: F403 - the suite as it is, on another store
