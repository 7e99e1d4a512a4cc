"""The sandbox against a plain dictionary: whatever is asked in whatever order, both tell the same."""

import asyncio
import itertools
import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.fixtures.world import Tenant, World, code

from fenzu.sandbox.transfer.arrival import Content
from fenzu.wire.rulebooks import RULEBOOKS, RulebookName

PARTS = 4
"""So that with two workers none is left with all of it at the end."""
numbers = itertools.count(1)
OPENIDS = [f"o{number:027d}" for number in range(12)]
RESERVED = {0: "未分组", 1: "黑名单", 2: "星标组"}
openids = st.sampled_from(OPENIDS)
group_ids = st.one_of(st.sampled_from([0, 1, 2, 99]), st.integers(100, 108))
names = st.sampled_from(["", "组", "x" * 11, "组" * 11, "x" * 31])
tag_ids = st.one_of(st.sampled_from([0, 1, 2]), st.integers(99, 108))
tag_names = st.sampled_from(["", "签", "x", "x" * 31, "星标组"])
some_openids = st.lists(openids, min_size=1, max_size=20)

REQUESTS: dict[str, tuple[str, Callable[..., object]]] = {
    "create": ("groups/create", lambda name: {"group": {"name": name}}),
    "delete": ("groups/delete", lambda id_: {"group": {"id": id_}}),
    "move": (
        "groups/members/batchupdate",
        lambda some, to: {"openid_list": some, "to_groupid": to},
    ),
    "create_tag": ("tags/create", lambda name: {"tag": {"name": name}}),
    "rename_tag": ("tags/update", lambda id_, name: {"tag": {"id": id_, "name": name}}),
    "delete_tag": ("tags/delete", lambda id_: {"tag": {"id": id_}}),
    "give": ("tags/members/batchtagging", lambda some, tag: {"openid_list": some, "tagid": tag}),
    "take": ("tags/members/batchuntagging", lambda some, tag: {"openid_list": some, "tagid": tag}),
    "bar": ("tags/members/batchblacklist", lambda some: {"openid_list": some}),
    "lift": ("tags/members/batchunblacklist", lambda some: {"openid_list": some}),
    "remark": ("user/info/updateremark", lambda openid, text: {"openid": openid, "remark": text}),
}


class Model:
    """One account, as simple as can be."""

    def __init__(self, rules: RulebookName) -> None:
        self.book = RULEBOOKS[rules]
        self.groups = dict(RESERVED)
        self.next_id = 100
        self.members: dict[str, int] = {}
        self.tags = {2: "星标组"}
        self.carried: dict[str, list[int]] = {}
        self.remarks: dict[str, str] = {}

    def is_name(self, name: str) -> bool:
        return 0 < self.book.name_length(name) <= self.book.name_limit

    def create(self, name: str) -> int:
        if not self.is_name(name):
            return 40051
        self.groups[self.next_id] = name
        self.next_id += 1
        return 0

    def rename(self, id_: int, name: str) -> int:
        if id_ in RESERVED and self.book.name_length(name) > self.book.name_limit:
            return 45017
        if not self.is_name(name):
            return 40051
        if id_ in RESERVED:
            return self.book.rename_reserved
        if id_ not in self.groups:
            return self.book.rename_unknown
        self.groups[id_] = name
        return 0

    def delete(self, id_: int) -> int:
        if id_ in RESERVED:
            return self.book.delete_reserved
        if id_ not in self.groups:
            return self.book.delete_unknown
        del self.groups[id_]
        self.members = {openid: 0 if group == id_ else group for openid, group in self.members.items()}
        return 0

    def move(self, some: list[str], to: int) -> int:
        if not set(some) <= set(self.members):
            return 40003
        if to not in self.groups:
            return self.book.move_unknown
        self.members.update(dict.fromkeys(some, to))
        return 0

    def create_tag(self, name: str) -> int:
        if wrong := self.tag_name(name, 0):
            return wrong
        self.tags[self.next_id] = name
        self.next_id += 1
        return 0

    def tag_name(self, name: str, own: int) -> int:
        if len(name.encode()) > 30:
            return 45158
        taken = any(other == name and id_ != own for id_, other in self.tags.items())
        return 45157 if not name or taken else 0

    def rename_tag(self, id_: int, name: str) -> int:
        if not name or len(name) > 30:
            return self.tag_name(name, id_)
        if id_ in RESERVED:
            return 45058
        if id_ not in self.tags:
            return 45159
        if wrong := self.tag_name(name, id_):
            return wrong
        self.tags[id_] = name
        return 0

    def delete_tag(self, id_: int) -> int:
        if id_ in RESERVED:
            return 45058
        if self.tags.pop(id_, None) is None:
            return 45159
        for tags in self.carried.values():
            if id_ in tags:
                tags.remove(id_)
        return 0

    def give(self, some: list[str], tag: int) -> int:
        if wrong := self.label(some, tag):
            return wrong
        for openid in some:
            tags = self.carried.setdefault(openid, [])
            if tag not in tags:
                tags.append(tag)
        return 0

    def take(self, some: list[str], tag: int) -> int:
        if wrong := self.label(some, tag):
            return wrong
        for openid in some:
            if tag in self.carried.get(openid, []):
                self.carried[openid].remove(tag)
        return 0

    def label(self, some: list[str], tag: int) -> int:
        if not set(some) <= set(self.members):
            return 40003
        return 0 if tag in self.tags else 45159

    def bar(self, some: list[str]) -> int:
        return self.move(some, 1)

    def lift(self, some: list[str]) -> int:
        if not set(some) <= set(self.members):
            return 40003
        return self.move([openid for openid in some if self.members[openid] == 1], 0)

    def remark(self, openid: str, text: str) -> int:
        if len(text.encode()) >= 30:
            return 40092
        if openid not in self.members:
            return 43004
        self.remarks[openid] = text
        return 0

    def leave(self, openid: str) -> bool:
        self.carried.pop(openid, None)
        self.remarks.pop(openid, None)
        return self.members.pop(openid, None) is not None


class Sandbox(RuleBasedStateMachine):
    """The sandbox and a dictionary agree after every step, at once, queued up together, over restarts and restores.

    Each run has an account of its own, in a file of its own unless a store is given.
    """

    store: str | None = None
    steps = 0

    @initialize(rules=st.sampled_from(["2013", "2021"]))
    def open(self, rules: RulebookName) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.path = self.store or str(Path(self.folder.name, "store"))
        self.appid = f"wx{next(numbers)}"
        self.rulebook = rules
        self.model = Model(rules)
        self.kept: Model | None = None
        self.world = self.open_world()
        self.tenant = self.run(self.world.tenant(appid=self.appid, secret="s"))

    def open_world(self) -> World:
        """Open the store; the seed is another one each time, as two accounts with one token would be one."""
        return World(self.rulebook, self.path, seed=next(numbers), synchronous="OFF")

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.run(
                self.world.platform.delete_account(self.appid)
            )  # its openids are another one's next time
            self.world.platform.close()
            self.loop.close()
            self.folder.cleanup()

    def post(self, path: str, body: object) -> int:
        return code(self.run(self.tenant.post(path, body)))

    @rule(name=names)
    def create(self, name: str) -> None:
        assert self.post("groups/create", {"group": {"name": name}}) == self.model.create(name)

    @rule(id_=group_ids, name=names)
    def rename(self, id_: int, name: str) -> None:
        assert self.post("groups/update", {"group": {"id": id_, "name": name}}) == self.model.rename(
            id_, name
        )

    @rule(id_=group_ids)
    def delete(self, id_: int) -> None:
        assert self.post("groups/delete", {"group": {"id": id_}}) == self.model.delete(id_)

    @rule(openid=openids, to=group_ids)
    def move(self, openid: str, to: int) -> None:
        body = {"openid": openid, "to_groupid": to}
        assert self.post("groups/members/update", body) == self.model.move([openid], to)

    @rule(some=st.lists(openids, min_size=1, max_size=20), to=group_ids)
    def move_many(self, some: list[str], to: int) -> None:
        body = {"openid_list": some, "to_groupid": to}
        assert self.post("groups/members/batchupdate", body) == self.model.move(some, to)

    @rule(name=tag_names)
    def create_tag(self, name: str) -> None:
        self.do("create_tag", name)

    @rule(id_=tag_ids, name=tag_names)
    def rename_tag(self, id_: int, name: str) -> None:
        self.do("rename_tag", id_, name)

    @rule(id_=tag_ids)
    def delete_tag(self, id_: int) -> None:
        self.do("delete_tag", id_)

    @rule(some=some_openids, tag=tag_ids)
    def give(self, some: list[str], tag: int) -> None:
        self.do("give", some, tag)

    @rule(some=some_openids, tag=tag_ids)
    def take(self, some: list[str], tag: int) -> None:
        self.do("take", some, tag)

    @rule(some=some_openids)
    def bar(self, some: list[str]) -> None:
        self.do("bar", some)

    @rule(some=some_openids)
    def lift(self, some: list[str]) -> None:
        self.do("lift", some)

    @rule(openid=openids, text=st.sampled_from(["", "备注", "x" * 30]))
    def remark(self, openid: str, text: str) -> None:
        self.do("remark", openid, text)

    def do(self, name: str, *arguments: Any) -> None:
        assert self.post(*self.request_of(name, *arguments)) == getattr(self.model, name)(*arguments)

    @rule(
        steps=st.lists(
            st.one_of(
                st.tuples(st.just("create"), st.just("组")),
                st.tuples(st.just("delete"), group_ids),
                st.tuples(st.just("move"), st.lists(openids, min_size=1, max_size=3), group_ids),
                st.tuples(st.just("create_tag"), tag_names),
                st.tuples(st.just("delete_tag"), tag_ids),
                st.tuples(st.just("give"), st.lists(openids, min_size=1, max_size=3), tag_ids),
                st.tuples(st.just("take"), st.lists(openids, min_size=1, max_size=3), tag_ids),
                st.tuples(st.just("bar"), st.lists(openids, min_size=1, max_size=3)),
                st.tuples(st.just("lift"), st.lists(openids, min_size=1, max_size=3)),
                st.tuples(st.just("remark"), openids, st.just("备注")),
            ),
            min_size=2,
            max_size=12,
        )
    )
    def do_together(self, steps: list[tuple[Any, ...]]) -> None:
        async def all_at_once() -> list[bytes]:
            posts = (self.tenant.post(*self.request_of(*step)) for step in steps)
            if self.store is not None:  # there each call looks up first who calls, and may overtake another
                return [await post for post in posts]
            return list(await asyncio.gather(*posts))

        found = [code(answer) for answer in self.run(all_at_once())]
        assert found == [getattr(self.model, name)(*arguments) for name, *arguments in steps]

    def request_of(self, name: str, *arguments: Any) -> tuple[str, object]:
        path, body = REQUESTS[name]
        return path, body(*arguments)

    @rule(some=st.sets(openids, min_size=1, max_size=6))
    def follow(self, some: set[str]) -> None:
        new = [openid for openid in sorted(some) if openid not in self.model.members]
        self.run(self.world.platform.add_followers(self.appid, openids=new))
        self.model.members.update(dict.fromkeys(new, 0))

    @rule(some=st.sets(openids, min_size=1, max_size=3))
    def leave(self, some: set[str]) -> None:
        gone = self.run(self.world.platform.remove_followers(self.appid, sorted(some)))
        assert gone == sum([self.model.leave(openid) for openid in some])

    @precondition(lambda self: self.store is None)  # a database has snapshots of its own
    @rule()
    def keep(self) -> None:
        self.run(self.world.platform.snapshots.create("kept"))
        self.kept = deepcopy(self.model)

    @precondition(lambda self: self.kept is not None)
    @rule()
    def put_back(self) -> None:
        assert self.kept is not None
        self.run(self.world.platform.snapshots.restore("kept"))
        self.model = deepcopy(self.kept)
        self.run(self.tenant.renew())  # the token may be of later

    @rule()
    def leave_and_return_as_a_file(self) -> None:
        async def move_house() -> None:
            pieces = await self.world.platform.export_account(self.appid, secret=True)
            content = Content(b"".join([piece async for piece in pieces]))
            await self.world.platform.delete_account(self.appid)
            await self.world.platform.import_account(content)
            await self.tenant.renew()

        self.run(move_house())

    @precondition(lambda self: len(self.model.groups) > 5)
    @rule()
    def empty(self) -> None:
        self.run(self.world.platform.reset(self.appid))
        self.model = Model(self.rulebook)

    @rule()
    def restart(self) -> None:
        self.world.platform.close()
        now, self.world = self.world.now, self.open_world()
        self.world.now = now
        self.tenant = Tenant(self.world, self.appid, "s", self.tenant.token)

    @invariant()
    def both_tell_the_same(self) -> None:
        if not hasattr(self, "world"):
            return
        model, tenant = self.model, self.tenant
        counts = dict.fromkeys(model.groups, 0)
        for group in model.members.values():
            counts[group] += 1
        listed = {
            id_: (name, counts[id_])
            for id_, name in sorted(model.groups.items())
            if id_ in model.book.listed_reserved or id_ not in RESERVED
        }
        assert self.run(tenant.groups()) == listed
        page = json.loads(self.run(tenant.get("user/get")))
        assert page["total"] == len(model.members) == sum(counts.values())
        assert page.get("data", {"openid": []})["openid"] == list(model.members)
        self.steps += 1
        self.profiles_are_the_same()
        if self.store is None or self.steps % 10 == 0:  # each call costs a way to the server there
            for openid in OPENIDS:
                assert self.run(tenant.group_of(openid)) == model.members.get(openid, 40003)
            self.pages_are_the_same()

    def profiles_are_the_same(self) -> None:
        model, tenant = self.model, self.tenant
        users = [{"openid": openid} for openid in OPENIDS]
        profiles = json.loads(self.run(tenant.post("user/info/batchget", {"user_list": users})))[
            "user_info_list"
        ]
        found = [profile for profile in profiles if profile["subscribe"]]
        assert [(one["groupid"], one["tagid_list"], one["remark"]) for one in found] == [
            (model.members[openid], model.carried.get(openid, []), model.remarks.get(openid, ""))
            for openid in OPENIDS
            if openid in model.members
        ]

    def pages_are_the_same(self) -> None:
        model, tenant = self.model, self.tenant
        carriers = {
            tag: [openid for openid in model.members if tag in model.carried.get(openid, [])]
            for tag in sorted(model.tags)
        }
        listed = json.loads(self.run(tenant.get("tags/get")))["tags"]
        assert listed == [
            {"id": tag, "name": model.tags[tag], "count": len(carriers[tag])} for tag in carriers
        ]
        for tag, expected in carriers.items():
            page = json.loads(self.run(tenant.post("user/tag/get", {"tagid": tag})))
            assert page.get("data", {"openid": []})["openid"] == expected
        barred = json.loads(self.run(tenant.post("tags/members/getblacklist", {})))
        in_1 = [openid for openid, group in model.members.items() if group == 1]
        assert (barred["total"], barred.get("data", {"openid": []})["openid"]) == (len(in_1), in_1)


@pytest.mark.timeout(1800)  # FULL=1 takes some five minutes each on PostgreSQL
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_the_sandbox_is_as_the_model(
    kind: str, part: int, request: pytest.FixtureRequest, full: bool
) -> None:
    """Whatever is asked in whatever order, the sandbox answers as a dictionary would, on either kind of store."""
    store = request.getfixturevalue("new_postgres")() if kind == "postgres" else None
    examples = 500 if full else 8 if store else 32

    class OnStore(Sandbox):
        pass

    OnStore.store = store
    if not full:
        seed(part)(OnStore)  # else each part would have the same examples
    run_state_machine_as_test(
        OnStore, settings=settings(OnStore.TestCase.settings, max_examples=examples // PARTS)
    )
