"""The calls of a client that the console makes, on an account in memory."""

from collections.abc import Iterable, Sequence

from tests.pretended_account import Made, PretendedAccount, refusal

from fenzu.client._move_many import MoveResult
from fenzu.errors import ApiError, FenzuError, TransportError
from fenzu.model import Follower, Group, OpenID


class PretendedClient:
    """Passes for a client: its groups and its followers are itself."""

    def __init__(self, platform: PretendedAccount) -> None:
        self.platform = platform
        self.groups = self.followers = self
        self.directory = platform.directory

    async def list(self) -> Iterable[Group]:
        return await self.platform.groups()

    async def create(self, name: str) -> Group:
        return await self.platform.create_group(name)

    async def rename(self, group: Group, name: str) -> None:
        await self.platform.rename_group(group.id, name)

    async def delete(self, group: Group) -> None:
        await self.platform.delete_group(group.id)

    async def of(self, openid: str) -> int:
        await self.platform._meet(Made("groups.of", openids=(openid,)))
        if openid not in self.platform.members:
            raise refusal(40003, "groups.of")
        return self.platform.members[openid]

    async def get_many(self, openids: Iterable[str]) -> Sequence[Follower]:
        return await self.platform.profiles([*openids])

    async def move_many(self, openids: Sequence[str], *, to: int) -> MoveResult:
        bad = {openid for openid in openids if openid in self.platform.bad}
        good = [OpenID(openid) for openid in openids if openid not in bad]
        failed: dict[str, FenzuError] = {openid: refusal(40003, "groups.move_many") for openid in bad}
        try:
            await self.platform.move(good, to)
        except (ApiError, TransportError) as error:
            return MoveResult([], dict.fromkeys(good, error) | failed, [], error)
        return MoveResult(good, failed, [])
