"""Whether a mirror may be taken for true."""

from pathlib import Path

from tests.pretended_account import PretendedAccount, openid_of
from tests.unit.console.pretended_desk import PretendedAccounts, fill, put_away

from fenzu.console.account.desk import Desk, Mirrors
from fenzu.console.account.doubt import BEFORE, Doubt
from fenzu.errors import StoreError
from fenzu.wire.words import Words

RESET = Words("emptied", "已清空")


async def test_doubt_outlives_the_console_and_ends_with_a_sync(tmp_path: Path) -> None:
    """A console that is started again knows that the mirror is not true; a sync that begins then ends the doubt."""
    accounts = PretendedAccounts(PretendedAccount([openid_of(1)]), tmp_path)
    desk = Desk(accounts.account, accounts)
    await fill(desk)
    assert await desk.doubt.words() is None
    await desk.doubt.cast(RESET)
    assert await desk.doubt.words() == RESET
    await put_away(desk)
    again = Desk(accounts.account, accounts)
    assert await again.doubt.words() == BEFORE
    await fill(again)
    assert await again.doubt.words() is None
    await put_away(again)


async def test_a_mirror_that_cannot_be_read_is_not_doubted() -> None:
    """Where the mirror itself is in trouble, that is told elsewhere, and nothing of it is doubted."""

    async def fail() -> Mirrors:
        raise StoreError(Words("the disk is gone", "磁盘不可用"))

    assert await Doubt(fail).words() is None
