"""The suite about faults, on PostgreSQL."""

from tests.unit.sandbox.faults.test_struck import *  # noqa: F403 - the suite as it is, on another store
