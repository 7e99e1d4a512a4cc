"""The suite about service, on PostgreSQL."""

from tests.unit.sandbox.handlers.test_service import *  # noqa: F403 - the suite as it is, on another store
