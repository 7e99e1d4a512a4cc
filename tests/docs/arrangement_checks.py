"""How what the sandbox arranges is seen: the checks of `fenzu.wire.arrangements`, beside those of `fidelity_checks`."""

import contextlib
import json
import socket
import ssl
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from fenzu.control import Fault
from fenzu.sandbox.clock import Turn
from fenzu.sandbox.faults.asked import FaultRule, FaultRules
from fenzu.testing import SandboxAccount, SandboxProcess
from fenzu.wire.endpoints import PRODUCTION_HOSTS
from fenzu.wire.limits import TOKEN_LIFE
from fenzu.wire.states import STATES, Check
from tests.docs.fidelity_checks import faulty, make, on_the_wire, request, shown, tagged, token_of
from tests.fixtures.dead_disk import DeadDisk
from tests.fixtures.world import ANA, OK, Tenant, World, code


def status_of(account: SandboxAccount, message: bytes) -> bytes:
    """Return the status of whatever is sent."""
    place = urlsplit(account.base_url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as connection:
        connection.sendall(message)
        return connection.recv(64).split(b" ", 2)[1]


# --- HTTP


@on_the_wire("hosts")
def _(account: SandboxAccount) -> None:
    assert len(PRODUCTION_HOSTS) == 5
    for host in (*PRODUCTION_HOSTS, "localhost", "127.0.0.1:1", "[::1]"):
        assert request(account, "GET", "/cgi-bin/groups/get", Host=host).status == 200
    assert request(account, "GET", "/cgi-bin/groups/get", Host="evil.example").status == 403


@on_the_wire("HTTPS")
def _(account: SandboxAccount) -> None:
    assert account.base_url.startswith("http://")
    with SandboxProcess("--tls") as process:
        place = urlsplit(process.ready.base_url)
        trusting = ssl.create_default_context(cafile=process.ready.ca_file)
        with (
            socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as plain,
            trusting.wrap_socket(plain, server_hostname="api.weixin.qq.com") as secure,
        ):
            secure.sendall(b"GET /cgi-bin/groups/get HTTP/1.1\r\nHost: api.weixin.qq.com\r\n\r\n")
            assert secure.recv(64).startswith(b"HTTP/1.1 200 ")


@on_the_wire("HTTP that is malformed or too large")
def _(account: SandboxAccount) -> None:
    head = b"POST /cgi-bin/groups/getid HTTP/1.1\r\nHost: localhost\r\n"
    assert status_of(account, b"nonsense\r\n\r\n") == b"400"
    assert status_of(account, head + b"X: " + b"x" * 65_536 + b"\r\n\r\n") == b"431"


@shown("a parameter twice in the query")
async def _(tenant: Tenant) -> None:
    for twice, number in ((f"{tenant.token}&access_token=x", 0), (f"x&access_token={tenant.token}", 40001)):
        assert code(await tenant.world.send("GET", "groups/get", f"access_token={twice}")) == number


# --- what only a sandbox has


@shown("time")
async def _(tenant: Tenant) -> None:
    keeping = tenant.world.platform.timekeeping
    made_up = json.loads(await tenant.world.send("GET", "nothing"))["errmsg"]
    await keeping.turn(Turn(advance=TOKEN_LIFE))
    assert code(await tenant.get("groups/get")) == 42001
    await tenant.renew()
    later = json.loads(await tenant.world.send("GET", "nothing"))["errmsg"]
    if " rid: " in later:
        times = [int(message.rpartition(" rid: ")[2][:8], 16) for message in (made_up, later)]
        assert times[1] - times[0] == TOKEN_LIFE
    new = "onew" + "_" * 24
    await tenant.world.platform.add_followers(tenant.appid, openids=[new])
    profiles = [json.loads(await tenant.get("user/info", openid=openid)) for openid in (ANA, new)]
    assert profiles[1]["subscribe_time"] == tenant.world.now + TOKEN_LIFE


@on_the_wire("faults")
def _(account: SandboxAccount) -> None:
    path = f"/cgi-bin/groups/get?access_token={token_of(account)}"
    assert [code(request(account, "GET", path).body) for _ in range(20)] == [0] * 20
    seen = []
    for _ in range(2):
        with faulty(account, Fault.answer("groups.list", 45009, chance=0.5)):
            seen.append([code(request(account, "GET", path).body) for _ in range(20)])
    assert seen[0] == seen[1]
    assert set(seen[0]) == {0, 45009}


@shown("states of an account")
async def _(tenant: Tenant) -> None:
    for state in STATES.values():
        if state.check in (Check.ACCOUNT, Check.EVERYTHING):
            await tenant.world.platform.change_account(tenant.appid, state=state.name)
            assert code(await tenant.get("groups/get")) == state.code
    await tenant.world.platform.change_account(tenant.appid, state="active")
    assert code(await tenant.get("groups/get")) == 0


@shown("a restart")
async def _(tenant: Tenant) -> None:
    rules = tenant.world.platform.rules
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "store")
        first = World(rules, store)
        before = await first.tenant(followers=[ANA])
        group = await make(before)
        await before.post("groups/members/update", {"openid": ANA, "to_groupid": group})
        await tagged(before, 2, ANA)
        refused = json.loads(await before.post("groups/getid", {}))["errmsg"]
        first.platform.faults.set(FaultRules(rules=[FaultRule("*", errcode=-1)]))
        first.platform.close()
        second = World(rules, store)
        after = Tenant(second, before.appid, before.secret, before.token)
        assert await after.group_of(ANA) == group
        assert json.loads(await after.post("tags/getidlist", {"openid": ANA}))["tagid_list"] == [2]
        told = json.loads(await after.post("openapi/quota/get", {"cgi_path": "/cgi-bin/groups/create"}))
        assert told["quota"]["used"] == 1
        rid = refused.rpartition(" rid: ")[2]
        assert code(await after.post("openapi/rid/get", {"rid": rid})) in (76001, 76002)
        second.platform.close()


@shown("a store that fails")
async def _(tenant: Tenant) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        disk = DeadDisk()
        stack.callback(disk.unregister)
        world = World(tenant.world.platform.rules, str(Path(folder) / "store"), vfs="dead")
        stack.callback(world.platform.close)
        owner = await world.tenant(followers=[ANA])
        moving = {"openid": ANA, "to_groupid": 1}
        disk.is_dead = True
        assert code(await owner.post("groups/members/update", moving)) == -1
        disk.is_dead = False
        assert await owner.group_of(ANA) == 0
        assert await owner.post("groups/members/update", moving) == OK
