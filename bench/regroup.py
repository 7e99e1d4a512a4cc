"""A million followers moved: `fenzu regroup apply` against the loop that people write today, on the same sandbox.

Mirror and plan are made by the commands too, and told for information. The loop moves one follower after another with
wechatpy, as its users do; it is measured on 20,000 and told as a rate.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import servers
from bench.report import Row, at_least, at_most, compare, lacking, lone
from bench.sandboxes import FIRST_GROUP, Sandbox, sandbox
from bench.settings import Settings
from fenzu.control import Control
from fenzu.testing import Ready
from fenzu.wire.environment import variables
from fenzu.wire.limits import BATCH_OPENIDS

GROUPS = 4
LOOP = "a wechatpy loop"
MOVE = "groups.move_many"


def measure_regroup(settings: Settings) -> Iterator[Row]:
    """Everybody moved from one group into four others, a quarter each."""
    followers, few = settings.take(1_000_000, 20_000), settings.take(20_000, 1_000)
    with sandbox("--followers", str(followers), timeout=120) as server:
        ready = server.ready
        server.make_groups(GROUPS)
        openids = server.openids
        looped = _loop(server, openids[:few])
        wish, commands = _write_wish(settings, openids), Commands(settings, ready)
        synced = commands.seconds("mirror", "sync")
        planned = commands.seconds("regroup", "plan", str(wish), "--out", commands.plan)
        before = _moving_calls(ready)
        applied = commands.seconds("regroup", "apply", commands.plan, "--yes", "--force")
        calls = _moving_calls(ready) - before
    what = f"{followers:,} followers"
    rate = followers / applied
    if looped is None:
        yield lacking(f"{what} moved", "followers/s", LOOP, servers.lacks("wechatpy"), at_least(30))
    else:
        yield compare(f"{what} moved", "followers/s", [rate], [looped], LOOP, at_least(30))
    yield compare(
        f"{what} moved, calls", "calls", [calls], [_fewest_calls(followers)], "Σ⌈nₖ/50⌉", at_most(1)
    )
    yield lone(f"{what} moved", "s", applied)
    yield lone(f"{what}, mirror filled", "s", synced)
    yield lone(f"{what}, planned from CSV", "s", planned)


class Commands:
    """fenzu's commands on one account, with folders of their own."""

    def __init__(self, settings: Settings, ready: Ready) -> None:
        found = variables(
            base_url=ready.base_url, appid=ready.appid, secret=ready.secret, control_url=ready.control_url
        )
        home = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), settings.folder)
        self._environment = {**os.environ, **found, **home}
        self.plan = str(Path(settings.folder, "plan.fenzu"))

    def seconds(self, *arguments: str) -> float:
        """Run a command and return how long it took, start-up included."""
        began = perf_counter()
        command = [sys.executable, "-m", "fenzu", *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{arguments} ended with {done.returncode}: {done.stderr.decode()}")
        return perf_counter() - began


def _write_wish(settings: Settings, openids: Sequence[str]) -> Path:
    """Write who belongs where, in runs of followers as an export has them."""
    path, share = Path(settings.folder, "wish.csv"), -(-len(openids) // GROUPS)
    with path.open("w", encoding="utf-8") as file:
        file.write("openid,group\n")
        for at, openid in enumerate(openids):
            file.write(f"{openid},{FIRST_GROUP + at // share}\n")
    return path


def _fewest_calls(followers: int) -> int:
    share = -(-followers // GROUPS)
    sizes = [min(share, followers - share * number) for number in range(GROUPS)]
    return sum(-(-size // BATCH_OPENIDS) for size in sizes)


def _moving_calls(ready: Ready) -> int:
    with Control(ready.control_url) as control:
        return control.accounts.get(ready.appid).calls.get(MOVE, 0)


def _loop(server: Sandbox, openids: Sequence[str]) -> float | None:
    """Return how many followers a second the loop moves; None without wechatpy."""
    if servers.lacks("wechatpy"):
        return None
    from wechatpy import WeChatClient

    client: Any = WeChatClient(server.ready.appid, "secret", access_token=server.token)
    client.API_BASE_URL = server.ready.base_url + "/cgi-bin/"
    client._http.trust_env = False  # noqa: SLF001 - else it would read the proxy environment at every call
    away = FIRST_GROUP + GROUPS - 1  # not where the plan wants them, so that it finds everybody elsewhere
    began = perf_counter()
    for openid in openids:
        client.group.move_user(openid, away)
    return len(openids) / (perf_counter() - began)
