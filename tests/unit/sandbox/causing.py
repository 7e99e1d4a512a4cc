"""How each cause of a code is brought about: one recipe a cause of `fenzu.wire.causes`, under the cause's own words.

A recipe gets a scene of its own and one of the calls that the cause is for; it returns what the call answered.
"""

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlencode

from tests.fixtures.dead_disk import DeadDisk
from tests.fixtures.world import ANA, BEN, CAT, DAN, STRANGER, Tenant, World

from fenzu.sandbox.log.rids import A_WEEK
from fenzu.sandbox.rules.quota import QuotaWish
from fenzu.wire.causes import MOVING, Cause
from fenzu.wire.endpoints import ENDPOINTS, Endpoint
from fenzu.wire.limits import (
    CLEARS_A_MONTH,
    DAILY,
    LISTED_OPENIDS,
    PROFILES,
    REMARK_BYTES,
    TAG_DELETE_FOLLOWERS,
    TAGGINGS_AT_ONCE,
    TAGS,
    TAGS_PER_FOLLOWER,
    TOKEN_CHARACTERS,
    TOKEN_LIFE,
)
from fenzu.wire.rulebooks import RULEBOOKS

EVE = "oeve" + "_" * 24
"""Who follows another account of the same sandbox."""
SPEC: dict[str, Any] = {
    "followers": [ANA, BEN, CAT],
    "groups": [{"id": 104, "name": "华东媒", "followers": [DAN]}],
    "tags": [{"id": 134, "name": "广东", "followers": [DAN]}],
}


class Scene:
    """An account with followers, a group and a tag, and well-formed requests to it."""

    def __init__(self, tenant: Tenant) -> None:
        self.world = tenant.world
        self.tenant = tenant

    @classmethod
    async def make(cls, world: World, **spec: Any) -> "Scene":
        """Make the account, and whatever of it is wanted otherwise."""
        return cls(await world.tenant(**{**SPEC, **spec}))

    def fields(self, call: Endpoint) -> dict[str, Any]:
        """Return fields with which the call succeeds."""
        values = {
            **self.tenant.credentials,
            "openid": ANA,
            "openid_list": [ANA, BEN],
            "to_groupid": 104,
            "group.id": 104,
            "group.name": "新",
            "tag.id": 134,
            "tag.name": "新",
            "tagid": 134,
            "user_list": [{"openid": ANA}],
            "remark": "r",
            "cgi_path": "/cgi-bin/groups/get",
            "rid": "5f5b0d5d-2b6ff4f5-3ad3f7a8",
        }
        return nested({param.name: values[param.name] for param in call.params if param.name in values})

    async def send(
        self,
        call: Endpoint,
        changes: Mapping[str, Any] | None = None,
        *,
        body: bytes | None = None,
        method: str | None = None,
        path: str | None = None,
        token: str | None = None,
        ip: str = "127.0.0.1",
    ) -> bytes:
        """Send a request that is well-formed but for what is given; `group.name` names a field inside another."""
        fields = self.fields(call)
        for name, value in nested(changes or {}).items():
            inner = isinstance(value, dict) and isinstance(fields.get(name), dict)
            fields[name] = {**fields[name], **value} if inner else value
        query = {"access_token": self.tenant.token if token is None else token} if call.takes_token else {}
        content = b""
        if call.method == "GET":
            query.update(fields)
        else:
            content = json.dumps(fields, ensure_ascii=False).encode() if body is None else body
        short = call.path.removeprefix("/cgi-bin/") if path is None else path
        return await self.world.send(method or call.method, short, urlencode(query), content, ip=ip)

    async def be(self, **change: Any) -> None:
        """Put the account into a state, or give it another whitelist."""
        await self.world.platform.change_account(self.tenant.appid, **change)

    async def send_about(self, call: Endpoint, openid: str) -> bytes:
        """Send a request that is about one openid, whichever field the call has for it."""
        given = {
            "openid": openid,
            "openid_list": [ANA, openid] if openid != ANA else [openid],
            "next_openid": openid,
            "begin_openid": openid,
            "user_list": [{"openid": openid}],
        }
        names = {param.name for param in call.params}
        return await self.send(call, {name: value for name, value in given.items() if name in names})


def nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as they stand in a body: `group.name` inside `group`."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        outer, _, inner = name.partition(".")
        if inner:
            found.setdefault(outer, {})[inner] = value
        else:
            found[outer] = value
    return found


Recipe: TypeAlias = Callable[[Scene, Endpoint], Awaitable[bytes]]
RECIPES: dict[tuple[int, str], Recipe] = {}


def recipe_of(cause: Cause) -> Recipe | None:
    """Return how the cause is brought about, None where nobody knows."""
    if cause.state:
        return lambda scene, call: in_state(scene, call, cause.state)
    return RECIPES.get((cause.code, cause.what.en))


def causes(*codes: int, what: str) -> Callable[[Recipe], Recipe]:
    """Note how a cause is brought about: `what` are its words."""

    def note(recipe: Recipe) -> Recipe:
        for code in codes:
            RECIPES[code, what] = recipe
        return recipe

    return note


async def in_state(scene: Scene, call: Endpoint, state: str) -> bytes:
    """An account in a state; every request holds an escape, which most states do not mind."""
    await scene.be(state=state)
    return await scene.send(call, body=json.dumps({**scene.fields(call), "note": "分"}).encode())


# --- any call


@causes(-1, what="the store cannot be read or written: the disk is full or fails")
async def _(scene: Scene, call: Endpoint) -> bytes:
    rules = scene.world.platform.rules
    with tempfile.TemporaryDirectory() as folder:
        first = World(rules, f"{folder}/store")
        tenant = (await Scene.make(first)).tenant
        first.platform.close()
        disk = DeadDisk()
        second = World(rules, f"{folder}/store", vfs="dead")
        disk.is_dead = True
        answer = await Scene(Tenant(second, tenant.appid, tenant.secret, tenant.token)).send(call)
        disk.is_dead = False
        second.platform.close()
        disk.unregister()
    return answer


@causes(40001, what="a token that nobody gave, or one that another superseded")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, token="made-up")


@causes(
    40014, what=f"what cannot be a token: over {TOKEN_CHARACTERS} characters, or other than visible ASCII"
)
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, token="令牌")


@causes(40066, what="an address that no call has, by a single letter")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, path=call.path.removeprefix("/cgi-bin/") + "s")


@causes(41001, what="no token in the query")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, token="")


@causes(42001, what="a token that is two hours old")
async def _(scene: Scene, call: Endpoint) -> bytes:
    scene.world.now += TOKEN_LIFE
    return await scene.send(call)


@causes(43001, what="another method than GET")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, method="PUT")


@causes(43002, what="another method than POST")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, method="GET")


@causes(44002, what="a POST without a body")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, body=b"")


@causes(47001, what="a body that is no JSON object")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, body=urlencode(scene.fields(call)).encode() or b"[]")


@causes(45009, what="the day's calls are used up, where quotas are enforced")
async def _(scene: Scene, call: Endpoint) -> bytes:
    wish = QuotaWish(enforced=True, used={call.name: DAILY[call.name].ordinary})
    await scene.world.platform.quotas.set(scene.tenant.appid, wish)
    return await scene.send(call)


@causes(45011, what="the minute's calls are used up, where quotas are enforced")
async def _(scene: Scene, call: Endpoint) -> bytes:
    wish = QuotaWish(enforced=True, minute={call.name: 1})
    await scene.world.platform.quotas.set(scene.tenant.appid, wish)
    await scene.send(call)
    return await scene.send(call)


# --- tokens


def without_or_with(field: str, value: str | None) -> Recipe:
    async def send(scene: Scene, call: Endpoint) -> bytes:
        return await scene.send(call, {field: value or ""})

    return send


RECIPES[40002, "grant_type is missing or not client_credential"] = without_or_with("grant_type", "password")
RECIPES[40013, "no account has the appid"] = without_or_with("appid", "wxnobody")
RECIPES[40125, "the secret is another one"] = without_or_with("secret", "guess")
RECIPES[41002, "no appid"] = without_or_with("appid", None)
RECIPES[41004, "no secret"] = without_or_with("secret", None)


@causes(40164, what="the account has a whitelist, and the caller's address is not on it")
async def _(scene: Scene, call: Endpoint) -> bytes:
    await scene.be(whitelist=["10.0.0.0/8"])
    return await scene.send(call)


# --- openids


def about(openid: str) -> Recipe:
    async def send(scene: Scene, call: Endpoint) -> bytes:
        return await scene.send_about(call, openid)

    return send


async def about_eve(scene: Scene, call: Endpoint) -> bytes:
    await scene.world.tenant(followers=[EVE])
    return await scene.send_about(call, EVE)


RECIPES[40003, "a malformed openid"] = about("o-too-short")
RECIPES[40003, "an openid that nobody has who follows"] = about(STRANGER)
RECIPES[40003, "an openid of another account"] = about_eve
RECIPES[49003, "an openid of another account of this sandbox"] = about_eve
RECIPES[43004, "somebody who does not follow"] = about(STRANGER)


@causes(40003, what="an openid of somebody who has unsubscribed")
async def _(scene: Scene, call: Endpoint) -> bytes:
    await scene.world.platform.remove_followers(scene.tenant.appid, [ANA])
    return await scene.send_about(call, ANA)


@causes(40032, what="no openids, or more than 50; the blacklist takes 20, profiles 100")
async def _(scene: Scene, call: Endpoint) -> bytes:
    if call.name == "followers.get_many":
        return await scene.send(call, {"user_list": [{"openid": ANA}] * (PROFILES + 1)})
    most = 20 if call.name.startswith("blacklist.") else 50
    return await scene.send(call, {"openid_list": [ANA] * (most + 1)})


@causes(45019, what=f"more than {LISTED_OPENIDS:,} openids")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, {"openid_list": [ANA] * (LISTED_OPENIDS + 1)})


@causes(40035, what="a user_list of bare openids")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, {"user_list": [ANA]})


@causes(40092, what=f"a remark of {REMARK_BYTES} bytes or more")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, {"remark": "备" * 10})


# --- groups


@causes(40050, -1, 40152, what="no group has the id")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, {"to_groupid": 999} if call.name in MOVING else {"group.id": 999})


@causes(40051, what="no name, or a longer one than the rulebook allows")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, {"group.name": "名" * 31})


@causes(45016, -1, what="the group is 0, 1 or 2")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, {"group.id": 1})


@causes(45017, what="the group is 0, 1 or 2, and the name too long")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, {"group.id": 1, "group.name": "x" * 31})


@causes(45018, what="one group more than the rulebook allows")
async def _(scene: Scene, call: Endpoint) -> bytes:
    most = RULEBOOKS[scene.world.platform.rules].custom_groups
    full = await Scene.make(scene.world, groups=[{"name": "g"}] * most)
    return await full.send(call)


# --- tags


def carried(count: int) -> list[dict[str, Any]]:
    return [{"name": f"t{number}", "followers": [ANA, BEN]} for number in range(count)]


@causes(45056, what=f"a tag more than {TAGS}")
async def _(scene: Scene, call: Endpoint) -> bytes:
    tags = [{"name": f"t{number}"} for number in range(TAGS)]
    return await (await Scene.make(scene.world, tags=tags)).send(call)


@causes(45057, what=f"more than {TAG_DELETE_FOLLOWERS:,} followers carry the tag")
async def _(scene: Scene, call: Endpoint) -> bytes:
    tags = [{"id": 134, "name": "大", "followers": TAG_DELETE_FOLLOWERS + 1}]
    return await (await Scene.make(scene.world, tags=tags)).send(call)


@causes(45058, what="the tag is 0, 1 or 2")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, {"tag.id": 2})


@causes(45059, what=f"a follower carries {TAGS_PER_FOLLOWER} tags already")
async def _(scene: Scene, call: Endpoint) -> bytes:
    full = await Scene.make(scene.world, tags=carried(TAGS_PER_FOLLOWER))
    return await full.send(call, {"tagid": 2})


RECIPES[45157, "no name"] = without_or_with("tag.name", None)
RECIPES[45158, "a name of more than 30 bytes"] = without_or_with("tag.name", "签" * 11)
RECIPES[45157, "a name that another tag has"] = without_or_with("tag.name", "星标组")


@causes(45159, what="no tag has the id")
async def _(scene: Scene, call: Endpoint) -> bytes:
    names = [param.name for param in call.params if param.name in ("tag.id", "tagid")]
    return await scene.send(call, {names[0]: 999})


async def crowded(scene: Scene, call: Endpoint, openids: list[str]) -> bytes:
    """So many requests tag ANA that another has to wait."""
    give = ENDPOINTS["tags.add"]
    async with scene.world.writer_busy():
        many = range(TAGGINGS_AT_ONCE)
        pending = [asyncio.ensure_future(scene.send(give, {"openid_list": [ANA]})) for _ in many]
        await scene.world.waiting(TAGGINGS_AT_ONCE)
        answer = asyncio.ensure_future(scene.send(call, {"openid_list": openids}))
        await scene.world.waiting(TAGGINGS_AT_ONCE + 1, answer)
    await asyncio.gather(*pending)
    return await answer


@causes(45169, what=f"{TAGGINGS_AT_ONCE} requests are tagging the follower at this moment")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await crowded(scene, call, [ANA])


@causes(
    45171,
    what=f"{TAGGINGS_AT_ONCE} requests are tagging one of the batch at this moment; the others are done",
)
async def _(scene: Scene, call: Endpoint) -> bytes:
    answer = await crowded(scene, call, [ANA, BEN])
    assert json.loads(answer)["fail_openid_list"] == [ANA]
    return answer


# --- service


RECIPES[40013, "another appid than the token's"] = without_or_with("appid", "wxnobody")
RECIPES[76002, "what is no rid"] = without_or_with("rid", "none")
RECIPES[76021, "a cgi_path that no call has"] = without_or_with("cgi_path", "/cgi-bin/nothing")
RECIPES[76022, "a cgi_path of a call that is not counted"] = without_or_with(
    "cgi_path", "/cgi-bin/getcallbackip"
)
RECIPES[76001, "no answer had the rid"] = without_or_with("rid", "5f5b0d5d-2b6ff4f5-3ad3f7a8")


@causes(48006, what=f"cleared {CLEARS_A_MONTH} times this month already")
async def _(scene: Scene, call: Endpoint) -> bytes:
    for _ in range(CLEARS_A_MONTH):
        await scene.send(call)
    return await scene.send(call)


async def rid_of(tenant: Tenant) -> str:
    message: str = json.loads(await tenant.post("groups/getid", {}))["errmsg"]
    return message.rpartition(" rid: ")[2]


@causes(76003, what="a rid of another account's answer")
async def _(scene: Scene, call: Endpoint) -> bytes:
    return await scene.send(call, {"rid": await rid_of(await scene.world.tenant())})


@causes(76004, what="a rid of more than seven days ago")
async def _(scene: Scene, call: Endpoint) -> bytes:
    rid = await rid_of(scene.tenant)
    scene.world.now += A_WEEK + 1
    await scene.tenant.renew()
    return await scene.send(call, {"rid": rid})
