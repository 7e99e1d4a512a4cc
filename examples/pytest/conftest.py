"""Optional: run every test that uses the sandbox under both rulebooks."""

import pytest


@pytest.fixture(scope="session", params=["2013", "2021"])
def wechat_sandbox_arguments(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return ("--rules", request.param)
