"""Where the time of one call goes: `python -m bench.one_call` prints the steps of `account.groups.of(openid)`.

Each step is timed alone, in processor time, the whole call with a transport that answers at once, and again over a real
connection to a local server, whose share is the HTTP library's and the kernel's.
"""

import time
from collections.abc import Callable

from fenzu import Client
from fenzu.client._call import operation
from fenzu.client._check import check_openid
from fenzu.client._codec import GroupIdAnswer, decode_answer
from fenzu.client.transport import Request, Response
from fenzu.testing import SandboxProcess
from fenzu.tokens import StoredToken

OPENID = "od8XIjsmk6QdVTETa9jLtGWA6KBc"
ANSWER = Response(200, b'{"groupid":104}')
ROUNDS, CALLS = 15, 4_000


class AtOnce:
    """A transport that answers at once."""

    def send(self, request: Request) -> Response:
        if "stable_token" in request.url:
            return Response(200, b'{"access_token":"TOKEN","expires_in":7200}')
        return ANSWER

    def close(self) -> None: ...


def cost(work: Callable[[], object], calls: int = CALLS) -> float:
    """Return the processor time of one run in microseconds: the best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(calls):
            work()
        best = min(best, (time.process_time() - began) / calls)
    return best * 1e6


def main() -> None:
    client = Client("wx5eed5eed5eed5eed", "5eed" * 8, base_url="http://127.0.0.1:1", transport=AtOnce())
    account = client._account  # noqa: SLF001 - the steps that are timed are inside
    token = StoredToken("TOKEN", 0.0, 1e12, 1e12)
    client.groups.of(OPENID)
    steps = {
        "check the openid": lambda: check_openid(OPENID),
        "encode the body, name the call": lambda: operation("groups.of", GroupIdAnswer, {"openid": OPENID}),
        "take the token in hand, build the request": lambda: account.request(
            "POST", "/cgi-bin/groups/getid", "", b"{}", token=token, seconds_left=60.0
        ),
        "decode the answer": lambda: decode_answer(ANSWER, GroupIdAnswer, "groups.of"),
    }
    found = {name: cost(work) for name, work in steps.items()}
    whole = cost(lambda: client.groups.of(OPENID))
    for name, microseconds in found.items():
        print(f"| {name} | {microseconds:.2f} |")
    print(f"| decide and drive: generators, clock, retry | {whole - sum(found.values()):.2f} |")
    print(f"| **all of fenzu** | **{whole:.2f}** |")
    with SandboxProcess("--demo") as sandbox:
        ready = sandbox.ready
        with Client(ready.appid, ready.secret, base_url=ready.base_url) as real:
            real.groups.of(OPENID)
            print(f"| the same over HTTP, all of it | {cost(lambda: real.groups.of(OPENID), 500):.0f} |")


if __name__ == "__main__":
    main()
