"""`fenzu token`: the one command that prints a token."""

from fenzu.cli.command import command
from fenzu.cli.on_account import Session, on_account
from fenzu.wire.words import Words


@command(
    None,
    "token",
    words=Words("print an access token", "打印 access_token"),
    details=Words(
        "For tools that take a token. Whoever has it can act for the account for up to two hours: "
        "do not paste it anywhere.",
        "供需要 token 的工具使用。拿到它的人可在至多两小时内操作该账号，切勿到处粘贴。",
    ),
    examples=(
        "fenzu token",
        'curl "$FENZU_BASE_URL/cgi-bin/groups/get?access_token=$(fenzu token)"',
    ),
)
@on_account()
async def token(session: Session) -> None:
    """Print the token and nothing else."""
    value = await session.client.token()
    if session.streams.as_json:
        session.streams.json({"token": value})
    else:
        session.streams.line(value)
