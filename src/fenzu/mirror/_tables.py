"""The tables of mirrors: followers in the order in which they followed, groups, moves, and how the last sync stands.

A follower's number rises in follow order and is never given twice. `group_id` is NULL while it is not known, `gone_at`
while the follower follows.
"""

NAME = "mirror"

STEPS: tuple[tuple[str, ...], ...] = (
    (
        # `entries` counts the rows of mirror_follower, which only ever grow in number. `identity` is random: revisions
        # of one mirror say nothing about another one of the same account.
        (
            "CREATE TABLE mirror_account (account {number}, base_url TEXT NOT NULL, appid TEXT NOT NULL, "
            "identity TEXT NOT NULL, "
            "revision BIGINT NOT NULL DEFAULT 0, last_number BIGINT NOT NULL DEFAULT 0, "
            "entries BIGINT NOT NULL DEFAULT 0, UNIQUE (base_url, appid))"
        ),
        (
            "CREATE TABLE mirror_group (account BIGINT NOT NULL, group_id BIGINT NOT NULL, name TEXT NOT NULL, "
            "followers BIGINT, seen_at DOUBLE PRECISION NOT NULL, PRIMARY KEY (account, group_id)) {plain}"
        ),
        (
            "CREATE TABLE mirror_follower (account BIGINT NOT NULL, number BIGINT NOT NULL, openid TEXT NOT NULL, "
            "group_id BIGINT, remark TEXT NOT NULL DEFAULT '', unionid TEXT NOT NULL DEFAULT '', "
            "subscribed_at BIGINT, seen_at DOUBLE PRECISION, revision BIGINT NOT NULL, gone_at DOUBLE PRECISION, "
            "PRIMARY KEY (account, number)) {plain}"
        ),
        "CREATE UNIQUE INDEX mirror_openid ON mirror_follower (account, openid)",
        (
            "CREATE INDEX mirror_unknown ON mirror_follower (account, number) "
            "WHERE group_id IS NULL AND gone_at IS NULL"
        ),
        "CREATE INDEX mirror_gone ON mirror_follower (account, number) WHERE gone_at IS NOT NULL",
        # The last sync. `newest` is the highest number when it began, `reached` how far the pages have come in it. From
        # `trail` on: how the pages were read, who was listed last, and whether they may lack somebody.
        (
            "CREATE TABLE mirror_sync (account BIGINT PRIMARY KEY, started_at DOUBLE PRECISION NOT NULL, "
            "ended_at DOUBLE PRECISION, stage TEXT NOT NULL, after TEXT, paged BIGINT NOT NULL, "
            "total BIGINT NOT NULL, newest BIGINT NOT NULL, reached BIGINT NOT NULL, ask_before DOUBLE PRECISION, "
            "trail TEXT NOT NULL, longest BIGINT NOT NULL, stirred BIGINT NOT NULL, sure BIGINT)"
        ),
        # What it has sent, by fenzu's name of the call.
        (
            "CREATE TABLE mirror_calls (account BIGINT NOT NULL, call TEXT NOT NULL, n BIGINT NOT NULL, "
            "PRIMARY KEY (account, call)) {plain}"
        ),
        # Numbers from `first` to `last` were on the pages that it has read.
        (
            "CREATE TABLE mirror_seen (account BIGINT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL, "
            "PRIMARY KEY (account, first)) {plain}"
        ),
    ),
    (
        # The moves of one telling: a JSON list of pairs, a follower's number and the group of before, or null.
        (
            "CREATE TABLE mirror_move (id {number}, account BIGINT NOT NULL, at DOUBLE PRECISION NOT NULL, "
            "target BIGINT NOT NULL, moves TEXT NOT NULL)"
        ),
        "CREATE INDEX mirror_moves ON mirror_move (account)",
        # The platform's counts when they were last told on that day.
        (
            "CREATE TABLE mirror_size (account BIGINT NOT NULL, day TEXT NOT NULL, group_id BIGINT NOT NULL, "
            "followers BIGINT NOT NULL, PRIMARY KEY (account, day, group_id)) {plain}"
        ),
    ),
    (
        # When fenzu has set the remark: what was asked for before then tells of another one.
        "ALTER TABLE mirror_follower ADD COLUMN remarked_at DOUBLE PRECISION",
    ),
    (
        # What was learnt before then is not true any more, until a sync that began later is through.
        "ALTER TABLE mirror_account ADD COLUMN invalid_since DOUBLE PRECISION",
    ),
    (
        # Moves from before then were forgotten.
        "ALTER TABLE mirror_account ADD COLUMN moves_since DOUBLE PRECISION",
    ),
)
