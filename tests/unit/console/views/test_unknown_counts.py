"""Counts that nobody knows: rulebook 2021 leaves out two groups, and a mirror that is not read yet counts nobody."""

from pathlib import Path

from tests.pretended_account import PretendedAccount, openid_of
from tests.unit.console.pretended_desk import PretendedAccounts, fill, put_away

from fenzu.console.account.desk import Desk
from fenzu.console.views.sidebar import followers_of

OPENIDS = [openid_of(number) for number in range(3)]


async def test_the_mirror_counts_only_whom_it_knows(tmp_path: Path) -> None:
    """Before the first sync, and while somebody's group is not known, no count of the mirror stands for everybody's."""
    accounts = PretendedAccounts(PretendedAccount(dict.fromkeys(OPENIDS, 0), {100: "VIP"}), tmp_path)
    desk = Desk(accounts.account, accounts)
    mirrors = await desk.mirrors()
    assert (await desk.counts.get(None), followers_of(mirrors.read)) == (None, None)
    await fill(desk)
    assert (await desk.counts.get(None), followers_of(mirrors.read)) == ({0: 3}, 3)
    mirrors.write.doubted(OPENIDS[:1], 1e10)
    assert (await desk.counts.get(None), followers_of(mirrors.read)) == (None, 3)
    await put_away(desk)
