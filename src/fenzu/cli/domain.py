"""`fenzu domain …`: the platform's addresses, for firewalls."""

from fenzu.cli.command import Group, command
from fenzu.cli.on_account import Session, on_account
from fenzu.wire.words import Words

domain = Group(
    "domain",
    words=Words("List the platform's addresses, for a firewall.", "列出微信平台的 IP 地址，供防火墙使用。"),
    examples=("fenzu domain ips", "fenzu domain callback-ips"),
)


@command(
    domain,
    "ips",
    words=Words("list the addresses that calls go to", "列出调用接口的目标地址"),
    examples=("fenzu domain ips",),
)
@on_account()
async def ips(session: Session) -> None:
    """Print the addresses, one a line."""
    _print(session, await session.client.domain.ips())


@command(
    domain,
    "callback-ips",
    words=Words("list the addresses that callbacks come from", "列出回调的来源地址"),
    examples=("fenzu domain callback-ips",),
)
@on_account()
async def callback_ips(session: Session) -> None:
    """Print the addresses, one a line."""
    _print(session, await session.client.domain.callback_ips())


def _print(session: Session, found: list[str]) -> None:
    if session.streams.as_json:
        session.streams.json(found)
    else:
        for address in found:
            session.streams.line(address)
