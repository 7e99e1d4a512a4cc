"""The suite about codes and their causes, on PostgreSQL."""

from tests.unit.sandbox.test_codes import *  # noqa: F403 - the suite as it is, on another store
