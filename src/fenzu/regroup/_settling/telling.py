"""Why a run stopped, in a sentence for people."""

from fenzu.regroup._running.events import INTERRUPTED, LOST, RESERVE, Stopped
from fenzu.wire.words import Words


def why(stopped: Stopped) -> Words:
    """Return why a run stopped, in a sentence."""
    if stopped.error is not None:
        return Words(f"stopped: {stopped.error.say('en')}", f"已停止：{stopped.error.say('zh')}")
    return {
        INTERRUPTED: Words("interrupted; nothing is lost", "已中断，没有丢失任何进度"),
        RESERVE: Words(
            "stopped: only the reserve is left of the day's calls", "已停止：当日额度只剩预留部分"
        ),
        LOST: Words(
            "stopped: the lease on the account is lost; another process may go on with it",
            "已停止：失去了账号的租约，可能由其他进程继续",
        ),
    }[stopped.reason]
