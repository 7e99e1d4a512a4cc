"""The suite about tags, on PostgreSQL."""

from tests.unit.sandbox.handlers.test_tags import *  # noqa: F403 - the suite as it is, on another store
