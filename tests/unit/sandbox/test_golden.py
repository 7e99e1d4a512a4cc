"""The recorded exchanges of tests/wire, asked of the sandbox without a socket."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.world import World

from fenzu.sandbox.handlers import HANDLERS
from fenzu.wire.rulebooks import RulebookName

WIRE = Path(__file__).parents[2] / "wire"
RECORDED = {
    f"{path.parent.name}/{path.stem}": tomllib.loads(path.read_text("utf-8"))
    for path in WIRE.glob("*/*.toml")
}
CASES = [
    pytest.param(case, rules, id=f"{name}-{rules}")
    for name, case in sorted(RECORDED.items())
    if name.partition("/")[0] in HANDLERS
    for rules in case["rules"]
]


@pytest.mark.parametrize(("case", "rules"), CASES)
async def test_recorded_exchanges_are_answered_to_the_byte(
    case: dict[str, Any], rules: RulebookName, new_store: Callable[[], str | None]
) -> None:
    """What is recorded of a call that is built comes back byte for byte, under each rulebook that it holds for."""
    world = World(rules, new_store())
    try:
        tenant = await world.tenant(**case["state"])
        request = case["request"]
        answer = await world.send(
            request["method"],
            request["path"].removeprefix("/cgi-bin/"),
            request.get("query", "").replace("ACCESS_TOKEN", tenant.token),
            request.get("body", "").encode(),
        )
        assert answer.decode() == case["answer"]["body"]
    finally:
        world.platform.close()


def test_there_are_recorded_exchanges() -> None:
    """The folder is found: nine exchanges at least."""
    assert len(CASES) >= 9
