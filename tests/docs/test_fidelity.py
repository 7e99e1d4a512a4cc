"""The fidelity page says "yes" only where the sandbox was looked at, row by row and under both rulebooks."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tools.generate.fidelity import state

from fenzu.testing import SandboxAccount
from fenzu.wire.arrangements import ARRANGEMENTS
from fenzu.wire.behaviours import TOPICS, Behaviour
from fenzu.wire.rulebooks import POINTS, RULEBOOKS, Point, RulebookName
from tests.docs import arrangement_checks  # noqa: F401 - importing it enters its checks
from tests.docs.fidelity_checks import ON_THE_WIRE, SHOWN
from tests.fixtures.world import ANA, BEN, CAT, DAN, STRANGER, Tenant, World, code

SHOWN_TOPICS = (*TOPICS, *ARRANGEMENTS)
ROWS = {row.what.en: row for topic in SHOWN_TOPICS for row in topic.rows}
BOOKS: list[RulebookName] = list(RULEBOOKS)


@pytest.fixture
async def tenant(rules: RulebookName) -> AsyncIterator[Tenant]:
    world = World(rules)
    yield await world.tenant(
        followers=[ANA, BEN, CAT], groups=[{"id": 104, "name": "华东媒", "followers": [DAN]}]
    )
    world.platform.close()


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_yes_means_that_somebody_looked(row: Behaviour) -> None:
    """A row that the page calls reproduced has a check below; one that it calls missing has none yet."""
    assert (row.what.en in SHOWN or row.what.en in ON_THE_WIRE) == (state(row) == "yes")


def test_no_check_without_a_row() -> None:
    """Each check belongs to a row of the page, and no two rows have one name."""
    assert SHOWN.keys() | ON_THE_WIRE.keys() <= ROWS.keys()
    assert len(ROWS) == sum(len(topic.rows) for topic in SHOWN_TOPICS)


@pytest.mark.parametrize("rules", BOOKS)
@pytest.mark.parametrize("name", SHOWN)
async def test_the_sandbox_behaves_so(name: str, tenant: Tenant) -> None:
    """The sandbox behaves as the row says, under either rulebook."""
    await SHOWN[name](tenant)


@pytest.mark.parametrize("name", ON_THE_WIRE)
def test_http_is_so(name: str, account: SandboxAccount) -> None:
    """Over HTTP the sandbox behaves as the row says."""
    ON_THE_WIRE[name](account)


async def group_limit(tenant: Tenant) -> object:
    codes = [code(await tenant.post("groups/create", {"group": {"name": "x"}})) for _ in range(501)]
    return codes.index(45018) + 1  # and the one it had before


async def longest_name(tenant: Tenant) -> object:
    lengths = (10, 11, 30, 31)
    made = [
        code(await tenant.post("groups/create", {"group": {"name": "名" * length}})) for length in lengths
    ]
    return [length for length, number in zip(lengths, made, strict=True) if not number]


async def listed(tenant: Tenant) -> object:
    return list(await tenant.groups())


async def suffixes(tenant: Tenant) -> object:
    answers = [
        await tenant.post("groups/getid", {"openid": STRANGER}),
        await tenant.post("groups/create", {"group": {"name": ""}}),
        await tenant.post("groups/getid", b"junk"),
    ]
    messages = [json.loads(answer)["errmsg"] for answer in answers]
    return [(" hint: [" in message, " rid: " in message) for message in messages]


def sending(path: str, body: object) -> Callable[[Tenant], Awaitable[object]]:
    async def send(tenant: Tenant) -> object:
        return code(await tenant.post(path, body))

    return send


async def bad_batch(tenant: Tenant) -> object:
    body = {"openid_list": [ANA, STRANGER], "to_groupid": 104}
    return [code(await tenant.post("groups/members/batchupdate", body)), await tenant.group_of(ANA)]


async def bad_sizes(tenant: Tenant) -> object:
    bodies = ({"openid_list": openids, "to_groupid": 104} for openids in ([], [ANA] * 51))
    return [code(await tenant.post("groups/members/batchupdate", body)) for body in bodies]


async def text_of_40001(tenant: Tenant) -> object:
    message: str = json.loads(await tenant.world.send("GET", "groups/get", "access_token=x"))["errmsg"]
    return message.partition(" rid: ")[0]


NONE, RID, HINT = (False, False), (False, True), (True, True)
SEEN: dict[str, tuple[Callable[[Tenant], Awaitable[object]], object, object]] = {
    "groups an account may hold": (group_limit, 500, 100),
    "group name": (longest_name, [10, 11, 30], [10]),
    "groups/get lists": (listed, [0, 1, 2, 104], [2, 104]),
    "suffix of errmsg": (suffixes, [NONE, NONE, NONE], [RID, HINT, RID]),
    "rename of 0, 1, 2": (sending("groups/update", {"group": {"id": 1, "name": "x"}}), 45016, -1),
    "rename of an unknown group": (sending("groups/update", {"group": {"id": 999, "name": "x"}}), 40050, -1),
    "move to an unknown group": (
        sending("groups/members/update", {"openid": ANA, "to_groupid": 999}),
        40050,
        -1,
    ),
    "delete of an unknown group": (sending("groups/delete", {"group": {"id": 999}}), 40050, 40152),
    "delete of 0, 1, 2": (sending("groups/delete", {"group": {"id": 1}}), 45016, 0),
    "batch with a bad openid": (bad_batch, [40003, 0], [40003, 0]),
    "more than 50, or no, openids in a batch": (bad_sizes, [40032, 40032], [40032, 40032]),
    "text of 40001": (
        text_of_40001,
        RULEBOOKS["2013"].invalid_credential,
        RULEBOOKS["2021"].invalid_credential,
    ),
}
"""How each point of the rulebooks is seen, and what is seen under 2013 and under 2021."""


@pytest.mark.parametrize("rules", BOOKS)
@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.what.en)
async def test_the_rulebooks_differ_so(point: Point, rules: RulebookName, tenant: Tenant) -> None:
    """At each point the sandbox answers as its rulebook says."""
    look, in_2013, in_2021 = SEEN[point.what.en]
    assert await look(tenant) == (in_2013 if rules == "2013" else in_2021)
