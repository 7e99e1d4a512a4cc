"""The suite about tags, on PostgreSQL."""

from tests.unit.sandbox.test_tags import *  # noqa: F403 - the suite as it is, on another store
