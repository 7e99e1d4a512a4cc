"""Who begins to follow, comes back, or leaves: how that is written. All belong into a transaction of the caller's."""

from collections.abc import Sequence

from fenzu.mirror._account import Account, listing


def add(account: Account, openids: Sequence[str], revision: int, subscribed_at: int | None = None) -> int:
    """Write followers that were never seen before at the end of the follow order; return the last one's number."""
    first = account.take_numbers(len(openids))
    account.database.run_many(
        "INSERT INTO mirror_follower (account, number, openid, subscribed_at, revision) VALUES (?, ?, ?, ?, ?)",
        (
            (account.id, number, openid, subscribed_at, revision)
            for number, openid in enumerate(openids, first)
        ),
    )
    account.database.run(
        "UPDATE mirror_account SET entries = entries + ? WHERE account = ?", [len(openids), account.id]
    )
    return first + len(openids) - 1


def bring_back(
    account: Account, openids: Sequence[str], revision: int, subscribed_at: int | None = None
) -> None:
    """Put those who follow again at the end of the follow order; the platform has forgotten their group."""
    first = account.take_numbers(len(openids))
    account.database.run_many(
        "UPDATE mirror_follower SET number = ?, group_id = NULL, remark = '', subscribed_at = ?, seen_at = NULL, "
        "gone_at = NULL, revision = ? WHERE account = ? AND openid = ?",
        (
            (number, subscribed_at, revision, account.id, openid)
            for number, openid in enumerate(openids, first)
        ),
    )


def let_go(account: Account, openids: Sequence[str], revision: int, at: float) -> int:
    """Note that these follow no more as of `at`, unless more was learnt since; return how many had followed."""
    return account.database.run(
        "UPDATE mirror_follower SET gone_at = ?, revision = ? WHERE account = ? AND gone_at IS NULL "
        f"AND COALESCE(seen_at, 0) <= ? AND COALESCE(subscribed_at, 0) <= ? AND {account.listed}",
        [at, revision, account.id, at, at, listing(openids)],
    )
