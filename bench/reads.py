"""Reads at a million followers, beside the bare echo on the same server, a Flask stub, nginx, and moto's list call."""

import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from bench import servers
from bench.load import Outcome, Plan, run
from bench.rates import costs, rates, take_turns
from bench.report import Row, at_least, compare, lacking
from bench.sandboxes import CUSTOM_GROUPS, Sandbox, sandbox
from bench.servers import Server, request
from bench.settings import Settings

ECHO = "bare ASGI echo"
MOTO = "moto, as many groups"
STUB = "a plain Flask stub"
NGINX = "nginx, a constant"
ASKED = 20_000
"""Different followers that are asked for."""
MOTO_CONNECTIONS = 8
"""With 64, the threads of moto_server and of the stub stand in each other's way."""


def measure_reads(settings: Settings) -> Iterator[Row]:
    """64 requests in flight, one server after the other."""
    followers = settings.take(1_000_000, 50_000)
    why = servers.lacks("moto")
    lacking_stub, lacking_nginx = servers.lacks("flask"), servers.lacks_program("nginx")
    with ExitStack() as stack:
        ours = stack.enter_context(sandbox("--followers", str(followers)))
        echo = stack.enter_context(servers.ours("echo"))
        plans = plan_ours(ours, echo)
        if not why:
            plans[MOTO] = plan_moto(stack.enter_context(servers.moto()))
        if not lacking_stub:
            plans |= plan_stub(ours, stack.enter_context(servers.ours("stub")))
        if not lacking_nginx:
            plans[NGINX] = plan_nginx(ours, stack.enter_context(servers.nginx('{"groupid":102}')))
        found = take_turns(settings, plans)
    yield compare("groups/getid", "calls/s", rates(found["getid"]), rates(found[ECHO]), ECHO, at_least(0.6))
    yield compare(
        "groups/get, 105 groups", "calls/s", rates(found["get"]), rates(found[ECHO]), ECHO, at_least(0.5)
    )
    for name, what in (("getid", "groups/getid, CPU"), ("get", "groups/get, CPU")):
        yield compare(what, "µs", costs(found[name]), costs(found[ECHO]), ECHO)
    yield from beside(found, "groups/getid", "getid", NGINX, lacking_nginx)
    yield from beside(found, "groups/getid", "getid", f"{STUB} getid", lacking_stub)
    yield from beside(found, "groups/get, 105 groups", "get", f"{STUB} get", lacking_stub)
    if why:
        yield lacking("groups/get, 105 groups", "calls/s", MOTO, why, at_least(15))
    else:
        yield compare(
            "groups/get, 105 groups", "calls/s", rates(found["get"]), rates(found[MOTO]), MOTO, at_least(15)
        )


def beside(found: Mapping[str, list[Outcome]], what: str, name: str, peer: str, why: str) -> Iterator[Row]:
    """Yield rates and processor times beside a peer that nothing is wanted of."""
    told = STUB if peer.startswith(STUB) else peer
    if why:
        yield lacking(what, "calls/s", told, why)
        return
    yield compare(what, "calls/s", rates(found[name]), rates(found[peer]), told)
    yield compare(f"{what}, CPU", "µs", costs(found[name]), costs(found[peer]), told)


def plan_stub(ours: Sandbox, stub: Server) -> dict[str, Plan]:
    """Ask the stub what our sandbox is asked."""
    asked = [ours.get(openid) for openid in ours.some_openids(1_000)]
    few = MOTO_CONNECTIONS
    return {
        f"{STUB} getid": Plan(stub.port, asked, b'{"groupid":', connections=few, server=stub.pid),
        f"{STUB} get": Plan(stub.port, [ours.list_groups()], b'{"groups":', connections=few, server=stub.pid),
    }


def plan_nginx(ours: Sandbox, nginx: Server) -> Plan:
    """Ask nginx what our sandbox is asked; it looks at nothing of it."""
    asked = [ours.get(openid) for openid in ours.some_openids(1_000)]
    return Plan(nginx.port, asked, b'{"groupid":', server=nginx.pid, spin=True)


def plan_ours(ours: Sandbox, echo: Server) -> dict[str, Plan]:
    """What our own servers are asked: the echo gets the very requests that the sandbox gets."""
    ours.make_groups()
    chosen = random.Random(1).sample(ours.openids, min(ASKED, len(ours.openids)))
    asked = [ours.get(openid) for openid in chosen]
    return {
        ECHO: Plan(echo.port, asked, b'{"openid":', server=echo.pid, spin=True),
        "getid": Plan(ours.port, asked, b'{"groupid":', server=ours.pid, spin=True),
        "get": Plan(ours.port, [ours.list_groups()], b'{"groups":', server=ours.pid, spin=True),
    }


def plan_moto(moto: Server) -> Plan:
    """Give moto as many groups (of IAM) as our account has; its answer is of the same kind and size."""
    groups = CUSTOM_GROUPS + 3
    making = [ask_moto(f"Action=CreateGroup&GroupName=group{number}") for number in range(groups)]
    run(Plan(moto.port, making, b"CreateGroupResponse", connections=1, repeat=False))
    listing = ask_moto("Action=ListGroups")
    return Plan(moto.port, [listing], b"ListGroupsResponse", connections=MOTO_CONNECTIONS, server=moto.pid)


def ask_moto(action: str) -> bytes:
    """Return a request to IAM; moto finds the service in what the request says of its signature."""
    scope = "Credential=bench/20260101/us-east-1/iam/aws4_request"
    signed = f"Authorization: AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=none\r\n"
    body = f"{action}&Version=2010-05-08".encode()
    return request("POST", "/", body, signed, content_type="application/x-www-form-urlencoded")
