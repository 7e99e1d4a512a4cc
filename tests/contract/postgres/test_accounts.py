"""The suite about accounts, on PostgreSQL."""

from tests.unit.sandbox.operations.test_accounts import *  # noqa: F403 - the suite as it is, on another store
