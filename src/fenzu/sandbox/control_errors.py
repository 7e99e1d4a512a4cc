"""What the control port refuses for a reason of its own: with an HTTP status, a word for programs, and a sentence."""

from fenzu.errors import FenzuError
from fenzu.wire.words import Words


class Refused(FenzuError):
    """A control operation that cannot be carried out as things are."""

    status = 409
    code = "refused"


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
