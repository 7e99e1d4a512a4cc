"""The suite about events, on PostgreSQL."""

from tests.unit.sandbox.events.test_events import *  # noqa: F403 - the suite as it is, on another store
