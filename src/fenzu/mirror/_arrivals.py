"""Who begins to follow, comes back, or leaves: how that is written. All belong into a transaction of the caller's."""

from collections.abc import Collection, Sequence

from fenzu.mirror._account import Account, listing


def arrive(
    account: Account,
    openids: Sequence[str],
    back: Collection[str],
    revision: int,
    subscribed_at: int | None = None,
) -> None:
    """Write followers at the end of the follow order: those in `back` have followed before, the others never.

    Of those who come back the platform has forgotten group and remark.
    """
    numbered = list(enumerate(openids, account.take_numbers(len(openids))))
    new = [(number, openid) for number, openid in numbered if openid not in back]
    account.database.run_many(
        "INSERT INTO mirror_follower (account, number, openid, subscribed_at, revision) VALUES (?, ?, ?, ?, ?)",
        [(account.id, number, openid, subscribed_at, revision) for number, openid in new],
    )
    account.database.run_many(
        "UPDATE mirror_follower SET number = ?, group_id = NULL, remark = '', subscribed_at = ?, seen_at = NULL, "
        "gone_at = NULL, revision = ? WHERE account = ? AND openid = ?",
        [
            (number, subscribed_at, revision, account.id, openid)
            for number, openid in numbered
            if openid in back
        ],
    )
    account.database.run(
        "UPDATE mirror_account SET entries = entries + ? WHERE account = ?", [len(new), account.id]
    )


def let_go(account: Account, openids: Sequence[str], revision: int, at: float) -> int:
    """Note that these follow no more as of `at`, unless more was learnt since; return how many had followed."""
    return account.database.run(
        f"UPDATE {account.by_openid} SET gone_at = ?, revision = ? WHERE account = ? AND gone_at IS NULL "
        f"AND COALESCE(seen_at, 0) <= ? AND COALESCE(subscribed_at, 0) <= ? AND {account.listed}",
        [at, revision, account.id, at, at, listing(openids)],
    )
