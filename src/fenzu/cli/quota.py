"""`fenzu quota …`: what is left of a call's quota, clearing all of them, and what became of a request."""

from fenzu.cli import main
from fenzu.cli.command import Group, argument, command
from fenzu.cli.io import Column
from fenzu.cli.moments import moment
from fenzu.cli.on_account import YES, Session, on_account
from fenzu.cli.person import confirm
from fenzu.wire.words import Words

quota = Group(
    "quota",
    words=Words(
        "Show what is left of a call's quota, clear quotas, look a request up.",
        "查看接口额度，清零额度，查询请求。",
    ),
    examples=("fenzu quota get groups/get", "fenzu quota rid 5f5b0d5d-2b6ff4f5-3ad3f7a8"),
)

_COUNTS = (
    Column(Words("path", "接口"), whole=True),
    Column(Words("a day", "每日"), right=True),
    Column(Words("used", "已用"), right=True),
    Column(Words("left", "剩余"), right=True),
    Column(Words("rate", "频率"), right=True),
)


@command(
    quota,
    "get",
    words=Words("show how often a call may be made today", "查看接口今日额度"),
    details=Words(
        "In a pipe: path, calls a day, used, left, and the rate (calls/seconds) where the platform tells one.",
        "在管道中输出接口、每日次数、已用、剩余，以及频率（次数/秒数，平台给出时）。",
    ),
    examples=("fenzu quota get groups/get", "fenzu quota get groups/members/batchupdate --json"),
)
@argument("path", words=Words("the call's path, such as groups/get", "接口路径，如 groups/get"))
@on_account()
async def get(session: Session, path: str) -> None:
    """Print a call's quota."""
    found = await session.client.quota.get(path)
    if session.streams.as_json:
        session.streams.json(found)
        return
    rate = "" if found.rate_calls is None else f"{found.rate_calls}/{found.rate_seconds}s"
    row = (found.path, str(found.daily_limit), str(found.used), str(found.remain), rate)
    session.streams.rows(_COUNTS, [row])


@command(
    quota,
    "clear",
    words=Words("set the use of all calls back to 0", "清零所有接口的已用次数"),
    details=Words(
        "The platform allows ten a month. Asks first on a terminal; elsewhere it does not.",
        "平台每月允许十次。在终端会先询问，其他场合不询问。",
    ),
    examples=("fenzu quota clear", "fenzu quota clear --yes"),
)
@YES
@on_account(writes=True)
async def clear(session: Session, yes: bool) -> int:
    """Clear the quotas, after a question to a person."""
    streams = session.streams
    if streams.asks and not yes:
        appid = session.credentials.appid
        question = Words(
            f"Clear the quotas of {appid}? There are ten clears a month.",
            f"清零 {appid} 的额度？每月只有十次。",
        )
        if not confirm(streams, question):
            streams.say(Words("Nothing was cleared.", "没有清零。"))
            return main.ERROR
    await session.client.quota.clear()
    if streams.as_json:
        streams.json({"cleared": True})
    streams.say(Words("The quotas are cleared.", "额度已清零。"))
    return main.DONE


_FACT, _VALUE = Column(Words("what", "项目")), Column(Words("value", "值"))


@command(
    quota,
    "rid",
    words=Words("look up what became of a request", "查询一次请求的详情"),
    details=Words(
        "By the rid that an error shows. Kept for seven days; tokens and secrets are struck out.",
        "用错误信息里的 rid 查询。保留七天；其中的 token 和密钥会抹去。",
    ),
    examples=("fenzu quota rid 5f5b0d5d-2b6ff4f5-3ad3f7a8",),
)
@argument("rid", words=Words("the request's number", "请求编号 rid"))
@on_account()
async def rid(session: Session, rid: str) -> None:
    """Print what the platform remembers of a request."""
    found = await session.client.quota.rid(rid)
    if session.streams.as_json:
        session.streams.json(found)
        return
    rows = [
        ("invoked_at", moment(found.invoked_at)),
        ("cost_ms", str(found.cost_ms)),
        ("url", found.url),
        ("request_body", found.request_body),
        ("response_body", found.response_body),
        ("client_ip", found.client_ip),
    ]
    session.streams.rows((_FACT, _VALUE), rows)
