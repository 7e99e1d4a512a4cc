"""Accounts for the tests that need a running sandbox."""

import pytest

from fenzu.testing import SandboxProcess
from tests.conformance.referee import Account, open_account
from tests.conformance.sdks import STRAY, VIPS


@pytest.fixture
def account(sandbox: SandboxProcess) -> Account:
    """An account with sixty followers in no group and three in 104."""
    spec: dict[str, object] = {"followers": STRAY, "groups": [{"id": 104, "name": "VIP", "followers": VIPS}]}
    return open_account(sandbox.ready.base_url, sandbox.ready.control_url, spec)
