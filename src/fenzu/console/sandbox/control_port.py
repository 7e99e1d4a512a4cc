"""Asking the control port of an account's sandbox: in threads of its own, because its client waits.

What keeps it from answering is told with the next step that somebody at the console has. Knows no route of the port.
"""

from collections.abc import Callable
from typing import TypeVar

from fenzu.console.account.desk import Desk
from fenzu.control import Control, ControlError
from fenzu.errors import TransportError, UsageError
from fenzu.wire.words import Words

T = TypeVar("T")

GONE = Words(
    "look whether the sandbox still runs, and load the page anew; if it has moved, say --control-url",
    "请确认沙箱仍在运行，然后刷新页面；如果地址变了，请用 --control-url 指定",
)
KEY = Words(
    "give the console the sandbox's key file with --control-key-file",
    "用 --control-key-file 指定沙箱的密钥文件",
)
CHANGED = Words("load the page anew: the sandbox may be another by now", "请刷新页面：沙箱的状态可能已经改变")
UNAUTHORIZED = 401
PATIENCE_SECONDS = 5.0
"""Seconds that a page waits: a sandbox on this machine answers at once, unless it hangs."""


async def ask_control(
    desk: Desk, work: Callable[[Control], T], *, patience: float | None = PATIENCE_SECONDS
) -> T:
    """Return what the control port of the account's sandbox says to `work`.

    Where it takes more than so many seconds, that is a `TransportError`; None leaves that to the client.
    """
    control = control_of(desk)
    try:
        return await desk.at_port.run(lambda: work(control), patience)
    except TimeoutError:
        raise TransportError(
            Words("the sandbox's control port does not answer", "沙箱的控制端口没有应答"), GONE
        ) from None
    except (TransportError, ControlError) as error:
        raise with_next_step(error) from None


def control_of(desk: Desk) -> Control:
    """Return the client of the control port; raises `UsageError` where none is known."""
    if desk.control is None:
        raise UsageError(
            Words(
                "the control port of this account's sandbox is not known", "不知道该账号所在沙箱的控制端口"
            ),
            Words(
                "keep it with the account: `fenzu account add --replace --control-url URL`",
                "请随账号一起保存：`fenzu account add --replace --control-url URL`",
            ),
        )
    return desk.control


def with_next_step(error: TransportError | ControlError) -> TransportError | ControlError:
    """Return the error with the advice that helps at the console."""
    if isinstance(error, TransportError):
        error.advice = GONE
    else:
        error.advice = KEY if error.status == UNAUTHORIZED else CHANGED
    return error
