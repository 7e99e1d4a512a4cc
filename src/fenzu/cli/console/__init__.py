"""`fenzu console`: the groups of an account in the browser."""

import asyncio
import os
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from fenzu.cli import main, refusals
from fenzu.cli.command import command, option
from fenzu.cli.completing import complete_account
from fenzu.cli.connect import Wanted
from fenzu.cli.console.links import Links
from fenzu.cli.console.refusing import check_installed, or_try_the_demo, refuse_another_account
from fenzu.cli.io import Streams
from fenzu.cli.mirror_place import MIRROR
from fenzu.cli.on_account import current_run, streams_of
from fenzu.client._check import check_base_url
from fenzu.wire import environment
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.console.account.accounts import Accounts

PORT = 8062
STARTING = Words("Starting a sandbox with 72,645 followers …", "正在启动有 72,645 个粉丝的沙箱……")


@command(
    None,
    "console",
    words=Words("see and move followers in the browser", "在浏览器中查看和移动粉丝"),
    details=Words(
        "Serves pages on this machine only, and prints a link that lets one browser in: one JSON line on stdout. "
        "Press Enter for another link, Ctrl-C to end. All kept accounts can be chosen in it. --demo starts a sandbox "
        "with 72,645 followers for it, which goes with the console. Needs the extra console.",
        "只在本机提供页面，并在标准输出给出一行 JSON，其中的链接可供一个浏览器登录。按回车得到新的链接，按 Ctrl-C "
        "结束。页面中可以切换所有已保存的账号。--demo 会为它启动一个有 72,645 个粉丝的沙箱，随控制台一同结束。"
        "需要附加组件 console。",
    ),
    examples=("fenzu console --demo", "fenzu console --account shop", "fenzu console --read-only --open"),
)
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    metavar="PORT",
    words=Words("where to listen; 0 picks a free port", "监听端口，0 表示任意空闲端口"),
)
@option("--demo", is_flag=True, words=Words("on a sandbox of its own", "使用自带的沙箱"))
@option("--open", "opened", is_flag=True, words=Words("open the browser", "打开浏览器"))
@option("--read-only", is_flag=True, words=Words("change nothing of any account", "不修改任何账号"))
@option(
    "--account",
    metavar="NAME",
    shell_complete=complete_account,
    words=Words("the kept account that comes first", "首先打开的已保存账号"),
)
@option(
    "--control-url",
    metavar="URL",
    words=Words(
        "the control port of the sandbox that the account lives in, unless it is kept with it ($FENZU_CONTROL_URL)",
        "账号所在沙箱的控制端口地址，默认取账号保存的地址（$FENZU_CONTROL_URL）",
    ),
)
@option(
    "--control-key-file",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    words=Words(
        "the key for the control port of the account that comes first, where it wants one",
        "首个账号的控制端口所需的密钥文件",
    ),
)
@MIRROR
def console(
    *,
    port: int,
    demo: bool,
    opened: bool,
    read_only: bool,
    account: str | None,
    control_url: str | None,
    control_key_file: str | None,
    mirror: str | None,
) -> int:
    """Serve the console until it is interrupted."""
    streams = streams_of()
    check_installed()
    with ExitStack() as stack:
        accounts: Accounts
        if demo:
            from fenzu.cli.console.demo import start_demo
            from fenzu.console.serve import bound

            refuse_another_account(account, control_url, control_key_file, mirror)
            with bound(port):  # a port that is taken is told before a sandbox is started
                pass
            streams.say(STARTING)
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="fenzu-console-")))
            accounts = start_demo(stack, folder, is_read_only=read_only)
        else:
            from fenzu.cli.console.accounts import KeptAccounts

            control_url = control_url or os.environ.get(environment.CONTROL_URL) or None
            try:
                accounts = KeptAccounts(
                    Wanted(account=account),
                    current_run(),
                    mirror,
                    check_base_url(control_url) if control_url else None,
                    None if control_key_file is None else _read_key(control_key_file),
                    is_read_only=read_only,
                )
            except refusals.NoAccount as error:
                raise or_try_the_demo(error) from None
        asyncio.run(_serve(accounts, port, streams, opened=opened))
    return main.DONE


async def _serve(accounts: "Accounts", port: int, streams: Streams, *, opened: bool) -> None:
    from fenzu.console.serve import serve
    from fenzu.sandbox.run.stopping import make_stop

    links = Links(streams, opened=opened)
    stop = make_stop(with_stdin=False)
    await serve(accounts, port, stop, links.ready, links.again if streams.asks else None)


def _read_key(path: str) -> str:
    """Return the control port's key as the sandbox reads it from the same file."""
    from fenzu.sandbox.control.key import read_key

    return read_key(path).decode()
