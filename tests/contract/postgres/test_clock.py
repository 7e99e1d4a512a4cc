"""The suite about clock, on PostgreSQL."""

from tests.unit.sandbox.operations.test_clock import *  # noqa: F403 - the suite as it is, on another store
