"""The suite about transfer, on PostgreSQL."""

from tests.unit.sandbox.transfer.test_transfer import *  # noqa: F403 - the suite as it is, on another store
