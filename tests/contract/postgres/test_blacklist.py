"""The suite about blacklist, on PostgreSQL."""

from tests.unit.sandbox.handlers.test_blacklist import *  # noqa: F403 - the suite as it is, on another store
