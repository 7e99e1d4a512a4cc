"""What the control port refuses for a reason of its own: with an HTTP status, a word for programs, and a sentence."""

from fenzu.errors import FenzuError, UsageError
from fenzu.wire.words import Words


class Refused(FenzuError):
    """A control operation that cannot be carried out as things are."""

    status = 409
    code = "refused"


class UnknownAccount(Refused):
    """No account of this sandbox has the appid."""

    status, code = 404, "unknown_account"

    def __init__(self, appid: str) -> None:
        super().__init__(
            Words(f"no account {appid[:64]} in this sandbox", f"沙箱里没有账号 {appid[:64]}"),
            Words("list the accounts, or create it", "先列出账号，或新建它"),
        )


class AccountExists(Refused, UsageError):
    """The appid is taken."""

    code = "account_exists"

    def __init__(self, appid: str) -> None:
        super().__init__(
            Words(f"the account {appid} exists already", f"账号 {appid} 已存在"),
            Words("choose another appid, or delete this one first", "换一个 appid，或先删除它"),
        )


class UnknownSnapshot(Refused):
    """No snapshot has the name."""

    status, code = 404, "unknown_snapshot"

    def __init__(self, name: str) -> None:
        super().__init__(
            Words(f"there is no snapshot {name}", f"没有快照 {name}"),
            Words("list the snapshots, or make it", "先列出快照，或新建它"),
        )


class BadSnapshot(Refused):
    """A snapshot is not what was once written, or is of a fenzu that this one does not know."""

    code = "bad_snapshot"

    def __init__(self, name: str, en: str, zh: str) -> None:
        super().__init__(
            Words(f"the snapshot {name} {en}", f"快照 {name} {zh}"),
            Words(
                "the sandbox was left as it is; delete the snapshot, or make it anew",
                "沙箱未受影响；请删除该快照或重新制作",
            ),
        )


class NotSupported(Refused):
    """The store cannot do this."""

    status, code = 501, "not_supported"
