"""The suite about golden, on PostgreSQL."""

from tests.unit.sandbox.test_golden import *  # noqa: F403 - the suite as it is, on another store
