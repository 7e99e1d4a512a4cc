"""`fenzu demo`: follower groups managed for real, from start to end, each step with the call it makes."""

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fenzu.cli import main
from fenzu.cli.command import command
from fenzu.cli.demo import regrouping
from fenzu.cli.demo.screen import Screen
from fenzu.cli.demo.stage import Stage
from fenzu.cli.demo.steps import REGROUP, STEPS
from fenzu.cli.demo.telling import TellingTransport
from fenzu.cli.io import Streams
from fenzu.cli.on_account import JSON, streams_of
from fenzu.wire.extras import install
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.testing import Ready

_INSTALL = install("bulk")
MISSING = Words(
    f"To see a regroup from a spreadsheet too, {_INSTALL.en}", f"还想看按表格批量分组：{_INSTALL.zh}"
)


@command(
    None,
    "demo",
    words=Words("see groups managed for real, start to end", "从头到尾看一遍真实的分组管理"),
    details=Words(
        "Starts a sandbox with 72,645 followers on free ports and in a temporary folder, does every group operation "
        "over HTTP, shows each call with its answer, checks the outcome, plans a regroup from a table of everybody, "
        "applies, verifies and undoes it (with the extra bulk), and cleans up. Takes a few seconds; needs no account, "
        "and no internet. Exit code 1 if anything is not as expected.",
        "在临时文件夹和空闲端口上启动一个有 72,645 个粉丝的沙箱，通过 HTTP 做完每一种分组操作，显示每次调用及应答，"
        "核对结果，再用一张全部粉丝的表制定分组计划，执行、核对、撤销（需要附加组件 bulk），最后清理干净。"
        "只需几秒，不需要账号和网络。有任何不符则退出码为 1。",
    ),
    examples=("fenzu demo", "FENZU_LANG=zh fenzu demo", "fenzu demo --json"),
)
@JSON
def demo(*, as_json: bool) -> int:
    """Start a sandbox, go through the steps, and say how it went."""
    from fenzu.testing import SandboxProcess

    streams = streams_of(as_json=as_json)
    with (
        tempfile.TemporaryDirectory(prefix="fenzu-demo-") as folder,
        SandboxProcess("--demo", "--store", str(Path(folder) / "sandbox.db")) as sandbox,
    ):
        return asyncio.run(play(streams, sandbox.ready, Path(folder)))


async def play(streams: Streams, ready: "Ready", folder: Path) -> int:
    """Go through all steps against the sandbox."""
    from fenzu import AsyncClient
    from fenzu.client.transport import AsyncHttpTransport

    screen = Screen(streams)
    screen.open(ready.base_url, ready.appid, folder)
    transport = TellingTransport(AsyncHttpTransport(trust_env=False), screen.hear)
    async with AsyncClient(
        ready.appid, ready.secret, base_url=ready.base_url, transport=transport, language=streams.language
    ) as client:
        stage = Stage(client, screen, folder)
        for number, step in enumerate(STEPS + REGROUP if regrouping.is_possible() else STEPS, 1):
            screen.begin(number, step.title)
            await step.act(stage)
        if not regrouping.is_possible():
            screen.note(MISSING)
    screen.close(ready.appid, ready.secret)
    return main.DONE if screen.all_as_expected() else main.ERROR
