"""The suite about quotas, on PostgreSQL."""

from tests.unit.sandbox.operations.test_quotas import *  # noqa: F403 - the suite as it is, on another store
