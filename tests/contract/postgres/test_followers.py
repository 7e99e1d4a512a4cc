"""The suite about followers, on PostgreSQL."""

from tests.unit.sandbox.handlers.test_followers import *  # noqa: F403 - the suite as it is, on another store
