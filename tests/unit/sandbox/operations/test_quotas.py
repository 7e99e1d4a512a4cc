"""Quotas that refuse: what each kind of account may do, where it ends, how it goes on, what a restart keeps."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.fixtures.world import ANA, BEN, OK, Tenant, World, code

from fenzu.errors import UsageError
from fenzu.sandbox.accounts import Kind
from fenzu.sandbox.calls.tally import Tally
from fenzu.sandbox.clock import DAY, Turn, next_midnight
from fenzu.sandbox.control_errors import UnknownAccount
from fenzu.sandbox.rules.quota import Limit, Mode, Quota, QuotaWish, change, limit_of, limits_of, verdict
from fenzu.wire import ENDPOINTS
from fenzu.wire.limits import CLEARS_A_MONTH, DAILY


async def ask(tenant: Tenant, call: str) -> int:
    """Make a call with a body that is nobody's and return its code; what is counted is judged before the body."""
    endpoint = ENDPOINTS[call]
    path = endpoint.path.removeprefix("/cgi-bin/")
    if call == "token.get":
        return code(await tenant.world.send("GET", path, "&".join(map("=".join, tenant.credentials.items()))))
    if call == "token.stable":
        return code(await tenant.world.send("POST", path, body=tenant.credentials))
    if endpoint.method == "GET":
        return code(await tenant.get(path))
    return code(await tenant.post(path, {}))


async def put(tenant: Tenant, **wish: Any) -> dict[str, Any]:
    """Change an account's quota as the control port would, and return what it is then."""
    changed = await tenant.world.platform.quotas.set(tenant.appid, msgspec.convert(wish, QuotaWish))
    found: dict[str, Any] = msgspec.to_builtins(changed)
    return found


def used(tenant: Tenant, call: str) -> int:
    return tenant.world.platform.quotas.get(tenant.appid).used[call]


# --- the causes of 45009, 45011 and 48006


async def use_up_a_day(tenant: Tenant) -> bytes:
    """As many calls as a day has, and one more."""
    await put(tenant, enforced=True, used={"groups.list": 999})
    assert not code(await tenant.get("groups/get"))
    return await tenant.get("groups/get")


async def use_up_a_day_of_tokens(tenant: Tenant) -> bytes:
    """A new token for every call, as programs do that keep none: two thousand, and one more."""
    await put(tenant, enforced=True, used={"token.get": 2000})
    return await tenant.world.send(
        "GET", "token", "&".join("=".join(pair) for pair in tenant.credentials.items())
    )


async def hurry(tenant: Tenant) -> bytes:
    """As many calls as a minute has, and one more."""
    await put(tenant, enforced=True, minute={"groups.of": 3})
    for _ in range(3):
        assert not code(await tenant.post("groups/getid", {"openid": ANA}))
    return await tenant.post("groups/getid", {"openid": ANA})


async def clear_too_often(tenant: Tenant) -> bytes:
    """Ten clears in a month, and one more."""
    for _ in range(CLEARS_A_MONTH):
        assert await tenant.post("clear_quota", {"appid": tenant.appid}) == OK
    return await tenant.post("clear_quota", {"appid": tenant.appid})


CAUSES: list[tuple[int, Callable[[Tenant], Awaitable[bytes]]]] = [
    (45009, use_up_a_day),
    (45009, use_up_a_day_of_tokens),
    (45011, hurry),
    (48006, clear_too_often),
]
"""Each code of the quotas, and what brings an account there by itself."""


@pytest.mark.parametrize(("refused", "cause"), CAUSES)
async def test_each_code_of_the_quotas_has_its_cause(
    world: World, refused: int, cause: Callable[[Tenant], Awaitable[bytes]]
) -> None:
    """What leads to 45009, 45011 and 48006 on the platform leads there in the sandbox, under either rulebook."""
    tenant = await world.tenant(followers=[ANA])
    assert code(await cause(tenant)) == refused
    other = World("2021")
    answer = json.loads(await cause(await other.tenant(followers=[ANA])))
    assert (answer["errcode"], " rid: " in answer["errmsg"]) == (refused, True)
    other.platform.close()


async def test_the_texts_of_the_quotas(world: World) -> None:
    """A refused call is told so in the platform's words."""
    tenant = await world.tenant(followers=[ANA])
    assert await use_up_a_day(tenant) == b'{"errcode":45009,"errmsg":"reach max api daily quota limit"}'
    assert json.loads(await hurry(tenant))["errmsg"] == (
        "api minute-quota reach limit, must slower, retry next minute"
    )


# --- decisions


@pytest.mark.parametrize(
    ("day", "minute", "refused"),
    [(0, 0, 0), (9, 4, 0), (10, 0, 45009), (11, 0, 45009), (0, 5, 45011), (0, 6, 45011), (10, 5, 45009)],
)
def test_whether_one_more_call_may_pass(day: int, minute: int, refused: int) -> None:
    """As many as the limit pass; where day and minute are both used up, the day is told."""
    assert verdict(day, minute, Limit(10, 5)) == refused


@pytest.mark.parametrize(
    ("call", "kind", "limit"),
    [
        ("groups.list", "ordinary", (1000, 5000)),
        ("groups.list", "test", (100, 600)),
        ("groups.list", "large", (5000, 5000)),
        ("groups.move", "test", (1000, 600)),
        ("token.get", "test", (200, 600)),
        ("token.stable", "ordinary", (500_000, 10_000)),
        ("token.stable", "test", (5000, 10_000)),
    ],
)
def test_limits_go_by_the_kind_of_account(call: str, kind: Kind, limit: tuple[int, int]) -> None:
    """A test account has less, a large one five times as much a day; stable tokens have a minute of their own."""
    assert limit_of(call, kind, Quota()) == limit


def test_an_account_has_limits_of_its_own() -> None:
    """They hold for the calls that they name; null takes them back."""
    own = change(Quota(), QuotaWish(limits={"groups.of": 7}, minute={"groups.of": 3, "groups.list": 1}))
    assert limit_of("groups.of", "ordinary", own) == (7, 3)
    assert limit_of("groups.list", "ordinary", own) == (1000, 1)
    back = change(own, QuotaWish(limits={"groups.of": None}, minute={"groups.list": None}))
    assert limit_of("groups.of", "ordinary", back) == (100_000, 3)
    assert limit_of("groups.list", "ordinary", back) == (1000, 5000)


def test_a_tally_tells_what_is_not_saved_yet() -> None:
    """Differences, so that another process may add its own; a new quota begins with nothing."""
    tally = Tally()
    for call in ("groups.of", "groups.of", "groups.list"):
        assert tally.take(call, 0.0) == 0
    first = tally.unsaved()
    assert first == {"groups.of": 2, "groups.list": 1}
    tally.take("groups.of", 0.0)
    tally.note_saved(first)
    assert tally.unsaved() == {"groups.of": 1}
    tally.set_used({"groups.of": 90})
    assert (tally.used("groups.of"), tally.unsaved()) == (90, {})
    tally.begin()
    assert (tally.used("groups.of"), tally.unsaved()) == (0, {})
    assert tally.calls == {"groups.of": 3, "groups.list": 1}


def test_a_minute_is_one_of_the_calendar() -> None:
    """Calls of the last minute do not count in this one; a call that was refused counts nowhere."""
    tally = Tally()
    tally.limits = {"groups.of": Limit(5, 2)}
    codes = [tally.take("groups.of", now) for now in (58.0, 59.0, 59.9, 60.0, 61.0, 119.9, 120.0, 180.0)]
    assert codes == [0, 0, 45011, 0, 0, 45011, 0, 45009]
    assert tally.used("groups.of") == 5
    assert [tally.take("quota.get", 0.0) for _ in range(9)] == [0] * 9


# --- the platform


@pytest.mark.parametrize("kind", ["ordinary", "test", "large"])
async def test_every_limit_of_every_kind_is_kept_to(kind: Mode) -> None:
    """The last call of a day passes and the next one is refused, for each call that has a quota."""
    world = World(quota=kind)
    tenant = await world.tenant()
    limits = limits_of(kind, Quota())  # type: ignore[arg-type]  # none of them is "off"
    await put(tenant, used={call: limit.a_day - 1 for call, limit in limits.items()})
    for call in DAILY:
        assert await ask(tenant, call) not in (45009, 45011), call
        assert await ask(tenant, call) == 45009, call
        assert used(tenant, call) == limits[call].a_day
    world.platform.close()


async def test_the_minute_of_every_call_is_kept_to() -> None:
    """The calls of a minute pass, the next one waits for the next minute."""
    world = World(quota="test")
    tenant = await world.tenant(followers=[ANA])
    await put(tenant, limits=dict.fromkeys(DAILY, 1_000_000))
    for _ in range(600):
        assert await ask(tenant, "groups.of") == 40003
    assert await ask(tenant, "groups.of") == 45011
    assert await ask(tenant, "groups.list") == 0
    seconds = 60 - world.now % 60
    await world.platform.timekeeping.turn(Turn(advance=seconds - 0.5))
    assert await ask(tenant, "groups.of") == 45011
    await world.platform.timekeeping.turn(Turn(advance=0.5))
    assert await ask(tenant, "groups.of") == 40003
    assert used(tenant, "groups.of") == 601
    world.platform.close()


async def test_quotas_are_judged_after_the_account_and_before_the_body(world: World) -> None:
    """Token, method and state of the account come first, the request's body and fields later."""
    tenant = await world.tenant()
    limited = await world.tenant(state="limited")
    for one in (tenant, limited):
        await put(one, enforced=True, limits={"groups.of": 0}, minute={"groups.of": 0})
    assert code(await world.send("POST", "groups/getid", "access_token=x")) == 40001
    assert code(await tenant.get("groups/getid")) == 43002
    assert code(await limited.post("groups/getid", {})) == 50002
    bodies: tuple[object, ...] = (b"", b"junk", {})
    assert [code(await tenant.post("groups/getid", body)) for body in bodies] == [45009] * 3


async def test_a_token_call_is_judged_before_its_quota(world: World) -> None:
    """Secret, grant_type and whitelist come first; a token that is there already is refused as well."""
    tenant = await world.tenant(whitelist=["127.0.0.1"])
    await tenant.stable()
    await put(tenant, enforced=True, limits={"token.stable": 1, "token.get": 0})
    body: dict[str, object] = {**tenant.credentials}
    send = world.send
    assert code(await send("POST", "stable_token", body={**body, "secret": "x"})) == 40125
    assert code(await send("POST", "stable_token", body={**body, "grant_type": "x"})) == 40002
    assert code(await send("POST", "stable_token", body=body, ip="10.0.0.1")) == 40164
    assert [await ask(tenant, call) for call in ("token.stable", "token.get")] == [45009, 45009]
    await put(tenant, limits={"token.stable": None}, minute={"token.stable": 0})
    assert await ask(tenant, "token.stable") == 45011


@pytest.mark.file_store
async def test_off_counts_and_tells_and_refuses_nothing(world: World) -> None:
    """Without being asked to, the sandbox lets every call pass."""
    tenant = await world.tenant()
    quota = await put(tenant, limits={"groups.list": 1}, minute={"groups.list": 1})
    assert (quota["kind"], quota["enforced"]) == ("ordinary", False)
    assert [await ask(tenant, "groups.list") for _ in range(3)] == [0, 0, 0]
    assert used(tenant, "groups.list") == 3


async def test_quota_get_tells_the_truth(world: World) -> None:
    """The platform's own call tells the account's limits and what is left of them."""
    tenant = await world.tenant()
    await put(
        tenant, enforced=True, limits={"groups.list": 10}, minute={"groups.list": 5}, used={"groups.list": 8}
    )
    assert await ask(tenant, "groups.list") == 0
    answer = json.loads(await tenant.post("openapi/quota/get", {"cgi_path": "/cgi-bin/groups/get"}))
    assert answer["quota"] == {"daily_limit": 10, "used": 9, "remain": 1}
    assert answer["rate_limit"] == {"call_count": 5, "refresh_second": 60}
    await put(tenant, used={"groups.list": 12})
    answer = json.loads(await tenant.post("openapi/quota/get", {"cgi_path": "/cgi-bin/groups/get"}))
    assert answer["quota"] == {"daily_limit": 10, "used": 12, "remain": 0}


async def test_the_next_day_goes_on(world: World) -> None:
    """An account that used up its day calls again when the clock has passed midnight in Beijing, tokens included."""
    tenant = await world.tenant()
    await put(tenant, enforced=True, limits={"groups.list": 1, "token.get": 1})
    assert [await ask(tenant, call) for call in ("groups.list", "groups.list", "token.get")] == [
        0,
        45009,
        45009,
    ]
    midnight = next_midnight(world.now)
    await world.platform.timekeeping.turn(Turn(set=midnight - 1))
    assert await ask(tenant, "token.get") == 45009
    await world.platform.timekeeping.turn(Turn(advance=1))
    await tenant.renew()
    assert [await ask(tenant, call) for call in ("groups.list", "groups.list", "token.get")] == [
        0,
        45009,
        45009,
    ]
    month = await world.platform.timekeeping.turn(Turn(advance=31 * DAY))
    assert month.now == midnight + 31 * DAY
    assert used(tenant, "groups.list") == 0


async def test_a_day_of_the_future_does_not_count_today(world: World) -> None:
    """Back in real time, what was used on another day counts for nothing."""
    tenant = await world.tenant()
    await world.platform.timekeeping.turn(Turn(advance=3 * DAY))
    await tenant.renew()
    await ask(tenant, "groups.list")
    await world.platform.timekeeping.free()
    assert used(tenant, "groups.list") == 0


async def test_clearing_opens_the_day_and_not_the_minute(world: World) -> None:
    """clear_quota and quota/get pass when all is used up; the minute is left to pass."""
    tenant = await world.tenant()
    await put(tenant, enforced=True, limits=dict.fromkeys(DAILY, 0))
    assert await ask(tenant, "groups.list") == 45009
    await put(tenant, limits=dict.fromkeys(DAILY, 2))
    await put(tenant, used={"groups.list": 2}, minute={"groups.list": 1})
    assert await ask(tenant, "groups.list") == 45009
    assert await tenant.post("clear_quota", {"appid": tenant.appid}) == OK
    assert [await ask(tenant, "groups.list") for _ in range(2)] == [0, 45011]
    assert await tenant.post("clear_quota", {"appid": tenant.appid}) == OK
    assert await ask(tenant, "groups.list") == 45011


async def test_the_mode_holds_for_accounts_without_a_setting_of_their_own(world: World) -> None:
    """It changes while the sandbox runs: who is refused, and the kind of those who were made without one."""
    plain, large = await world.tenant(), await world.tenant(kind="large")
    own = await world.tenant()
    await put(own, enforced=False)
    quotas = world.platform.quotas

    def seen() -> list[tuple[Kind, bool]]:
        found = [quotas.get(one.appid) for one in (plain, large, own)]
        return [(quota.kind, quota.enforced) for quota in found]

    assert (quotas.mode(), seen()) == ("off", [("ordinary", False), ("large", False), ("ordinary", False)])
    await quotas.set_mode("test")
    assert (quotas.mode(), seen()) == ("test", [("test", True), ("large", True), ("test", False)])
    assert (await world.platform.get_account(plain.appid)).kind == "test"
    later = await world.tenant()
    assert quotas.get(later.appid).kind == "test"
    await put(own, enforced=None, kind="ordinary")
    await put(large, kind=None)
    assert seen() == [("test", True), ("test", True), ("ordinary", True)]
    await quotas.set_mode("off")
    assert seen() == [("ordinary", False)] * 3


async def test_two_accounts_have_two_quotas(world: World) -> None:
    """What one account uses up is none of another's."""
    one, other = await world.tenant(), await world.tenant()
    for tenant in (one, other):
        await put(tenant, enforced=True, limits={"groups.list": 1})
    assert [await ask(one, "groups.list") for _ in range(2)] == [0, 45009]
    assert await ask(other, "groups.list") == 0


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"used": {"groups.get": 1}}, "groups.get is no call that is counted"),
        ({"limits": {"quota.clear": 1}}, "quota.clear is no call"),
        ({"minute": {"": None}}, "is no call"),
        ({"used": {"groups.of": -1}}, "0 to 1,000,000,000"),
        ({"limits": {"groups.of": 1_000_000_001}}, "0 to 1,000,000,000"),
    ],
)
async def test_what_is_no_quota_is_refused_whole(world: World, wish: dict[str, Any], words: str) -> None:
    """A call that is not counted or a number that cannot be is told, and nothing of the wish is done."""
    tenant = await world.tenant()
    with pytest.raises(UsageError, match=words):
        await put(tenant, enforced=True, **wish)
    assert not world.platform.quotas.get(tenant.appid).enforced


async def test_who_is_unknown_has_no_quota(world: World) -> None:
    """Reading and setting tell that there is no such account, also when it goes meanwhile."""
    tenant = await world.tenant()
    with pytest.raises(UnknownAccount):
        world.platform.quotas.get("wxnobody")
    with pytest.raises(UnknownAccount):
        await world.platform.quotas.set("wxnobody", QuotaWish())
    gone = asyncio.ensure_future(world.platform.delete_account(tenant.appid))
    with pytest.raises(UnknownAccount):
        await asyncio.gather(gone, world.platform.quotas.set(tenant.appid, QuotaWish()))


# --- what is kept


async def reopened(world: World, path: Path, **more: Any) -> World:
    world.platform.close()
    again = World(store=str(path), **more)
    again.now = world.now
    return again


async def test_a_restart_keeps_quotas_and_what_was_used(tmp_path: Path) -> None:
    """Mode, kinds, limits and the day's counts are there again; the next day's begin with nothing."""
    path = tmp_path / "store"
    world = World(store=str(path))
    tenant = await world.tenant(appid="wx1")
    await world.platform.quotas.set_mode("test")
    await put(tenant, limits={"groups.list": 3}, minute={"groups.of": 7}, used={"groups.move": 41})
    for _ in range(2):
        assert await ask(tenant, "groups.list") == 0
    before = world.platform.quotas.get("wx1")
    again = await reopened(world, path)
    assert again.platform.quotas.get("wx1") == before
    same = Tenant(again, "wx1", tenant.secret, tenant.token)
    assert [await ask(same, "groups.list") for _ in range(2)] == [0, 45009]
    again.now += DAY
    tomorrow = await reopened(again, path)
    assert used(Tenant(tomorrow, "wx1", ""), "groups.list") == 0
    tomorrow.platform.close()


async def test_an_option_outlives_its_start(tmp_path: Path) -> None:
    """The mode that was named last holds until another is named."""
    path = tmp_path / "store"
    world = World(store=str(path), quota="large")
    for named, holds in ((None, "large"), ("off", "off"), (None, "off")):
        world = await reopened(world, path, quota=named)
        assert world.platform.quotas.mode() == holds
    world.platform.close()


async def test_a_kill_loses_what_was_not_saved(tmp_path: Path) -> None:
    """What was saved is there after a kill, and saved again only where it has changed."""
    path = tmp_path / "store"
    world = World(store=str(path))
    tenant = await world.tenant(appid="wx1")
    await ask(tenant, "groups.list")
    await world.platform.quotas.save()
    await ask(tenant, "groups.list")
    await world.platform.quotas.save()
    await world.platform.quotas.save()
    await ask(tenant, "groups.list")
    rows = list(world.platform._store.reader.execute("SELECT call, used FROM usage"))
    assert dict(rows) == {"token.get": 1, "groups.list": 2}
    world.platform.close()


async def test_a_clear_is_on_disk_with_its_answer(tmp_path: Path) -> None:
    """After a kill the account has its cleared day."""
    world = World(store=str(tmp_path / "store"))
    tenant, other = await world.tenant(), await world.tenant()
    await ask(tenant, "groups.list")
    await world.platform.quotas.save()
    assert await tenant.post("clear_quota", {"appid": tenant.appid}) == OK
    rows = {appid for (appid,) in world.platform._store.reader.execute("SELECT DISTINCT appid FROM usage")}
    assert rows == {other.appid}
    await ask(tenant, "groups.list")
    await world.platform.quotas.save()
    again = await reopened(world, tmp_path / "store")
    assert again.platform.quotas.get(tenant.appid).used["groups.list"] == 1
    again.platform.close()


async def test_what_is_saved_around_a_change_is_put_right(tmp_path: Path) -> None:
    """Counts that were on their way to the store when a quota was set or cleared do not stay in it."""
    world = World(store=str(tmp_path / "store"))
    tenant = await world.tenant()
    await ask(tenant, "groups.list")
    quotas = world.platform.quotas
    await asyncio.gather(
        put(tenant, used={"groups.list": 500}),
        quotas.save(),
        tenant.post("clear_quota", {"appid": tenant.appid}),
        quotas.save(),
        put(tenant, used={"groups.list": 90}),
        quotas.save(),
    )
    assert used(tenant, "groups.list") == 90
    again = await reopened(world, tmp_path / "store")
    assert again.platform.quotas.get(tenant.appid).used["groups.list"] == 90
    again.platform.close()


async def test_a_reset_keeps_the_quota_and_a_deletion_does_not(tmp_path: Path) -> None:
    """Who is emptied has used what it used; who is made anew under an old appid begins with nothing."""
    world = World(store=str(tmp_path / "store"))
    tenant = await world.tenant(appid="wx1", followers=[BEN])
    await put(tenant, enforced=True, limits={"groups.of": 5}, used={"groups.of": 5})
    await world.platform.reset("wx1")
    assert await ask(tenant, "groups.of") == 45009
    await world.platform.reset_all()
    assert await ask(tenant, "groups.of") == 45009
    saving = asyncio.ensure_future(world.platform.quotas.save())
    await world.platform.delete_account("wx1")
    await saving
    fresh = await world.tenant(appid="wx1")
    assert (used(fresh, "groups.of"), await ask(fresh, "groups.of")) == (0, 40003)
    again = await reopened(world, tmp_path / "store")
    quota = again.platform.quotas.get("wx1")
    assert (quota.enforced, quota.used["groups.of"], quota.limits["groups.of"]) == (False, 1, 100_000)
    again.platform.close()


async def test_the_use_is_kept_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is to last gets the counts every now and then; a temporary one does not."""
    monkeypatch.setattr("fenzu.sandbox.platform.SAVE_SECONDS", 0)
    world = World(store=str(tmp_path / "store"))
    await world.tenant()
    quotas, saved = world.platform.quotas, asyncio.Event()
    save = quotas.save

    async def save_and_tell() -> None:
        await save()
        saved.set()

    monkeypatch.setattr(quotas, "save", save_and_tell)
    keeping = asyncio.ensure_future(world.platform.keep_use())
    await saved.wait()
    keeping.cancel()
    assert world.platform._store.reader.execute("SELECT used FROM usage").fetchone() == (1,)
    world.platform.close()
    brief = World()
    await asyncio.wait_for(brief.platform.keep_use(), 5)
    brief.platform.close()
