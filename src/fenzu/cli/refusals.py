"""The errors that only a command line has: nobody said for which account, or a guard says no."""

from fenzu.errors import FenzuError, UsageError
from fenzu.wire.words import Words


class NoAccount(FenzuError):
    """It is not clear which account is meant, or its secret is nowhere to be found."""


class GuardError(FenzuError):
    """A guard refuses what was asked for; nothing was sent."""


NAME_ONE = Words(
    "name one: --account NAME; or set FENZU_BASE_URL, FENZU_APPID and FENZU_SECRET (`fenzu sandbox` prints the "
    "three lines); or keep one with `fenzu account add`",
    "指定一个账号：--account 名字；或设置环境变量 FENZU_BASE_URL、FENZU_APPID、FENZU_SECRET"
    "（`fenzu sandbox` 会打印这三行）；或用 `fenzu account add` 保存一个",
)
NAME_HOST = Words(
    "say where: --base-url http://127.0.0.1:8060 for a sandbox; --production, or "
    "FENZU_BASE_URL=https://api.weixin.qq.com, for the real platform",
    "说明地址：沙箱用 --base-url http://127.0.0.1:8060；真实平台用 --production 或 FENZU_BASE_URL=https://api.weixin.qq.com",
)
NAME_KEPT_HOST = Words(
    "say --base-url http://127.0.0.1:8060 for a sandbox, or --production for the real platform",
    "沙箱用 --base-url http://127.0.0.1:8060，真实平台用 --production",
)
GIVE_SECRET = Words(
    "set FENZU_SECRET, or name a file that holds it: --secret-file FILE (- reads it from standard input)",
    "设置环境变量 FENZU_SECRET，或指定存放它的文件：--secret-file 文件（- 表示从标准输入读取）",
)


def no_account() -> NoAccount:
    """Nobody said which account."""
    return NoAccount(Words("no account is named", "没有指定账号"), NAME_ONE)


def no_host() -> NoAccount:
    """Nobody said which host; none is assumed, least of all production."""
    return NoAccount(
        Words("no base URL is named, and none is assumed", "没有指定平台地址，fenzu 不会替你假定"), NAME_HOST
    )


def no_secret(appid: str) -> NoAccount:
    """The account is known, its secret is not."""
    return NoAccount(
        Words(f"the secret of {appid} is not known", f"不知道 {appid} 的 AppSecret"), GIVE_SECRET
    )


def secret_of_another(whose: str, there: str, appid: str, url: str) -> UsageError:
    """The secret at hand was named together with another account or another host; it goes nowhere else."""
    return UsageError(
        Words(
            f"the secret at hand belongs to {whose} at {there}, not to {appid} at {url}",
            f"现有的 AppSecret 属于 {whose}（{there}），而不是 {appid}（{url}）",
        ),
        Words(
            "name the right one: --secret-file FILE (- reads it from standard input)",
            "指定正确的：--secret-file 文件（- 表示从标准输入读取）",
        ),
    )


def read_only(profile: str) -> GuardError:
    """The profile may only read."""
    return GuardError(
        Words(f"the account {profile} is kept read-only", f"账号 {profile} 是只读的"),
        Words(
            "use another account, or add it again with --replace and without --read-only",
            "换一个账号，或加 --replace、不带 --read-only 重新添加它",
        ),
    )


def nobody_to_ask() -> GuardError:
    """What has to be confirmed was asked for without a terminal and without `--yes`."""
    return GuardError(
        Words("this has to be confirmed, and there is no terminal to ask at", "需要确认，但没有终端可以询问"),
        Words("look at the plan, then add --yes", "请先查看计划，然后加 --yes"),
    )


def not_confirmed() -> GuardError:
    """The person said no."""
    return GuardError(Words("nothing was done", "没有执行任何操作"))
