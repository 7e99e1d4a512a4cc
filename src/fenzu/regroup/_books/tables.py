"""The tables of plans and their journals: a plan's rows are written once, the journal's while it is applied."""

NAME = "regroup"

STEPS: tuple[tuple[str, ...], ...] = (
    (
        (
            "CREATE TABLE regroup_run (run {number}, base_url TEXT NOT NULL, appid TEXT NOT NULL, "
            "state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', changed_at DOUBLE PRECISION NOT NULL, "
            "header {blob} NOT NULL, actions {blob} NOT NULL, batches BIGINT NOT NULL, followers BIGINT NOT NULL)"
        ),
        # The plan. Openids and sources stand in one text each, a space between: a batch is read and sent whole.
        (
            "CREATE TABLE regroup_batch (run BIGINT NOT NULL, number BIGINT NOT NULL, target BIGINT NOT NULL, "
            "openids TEXT NOT NULL, sources TEXT NOT NULL, PRIMARY KEY (run, number)) {plain}"
        ),
        # The journal: what was begun, what is settled.
        (
            "CREATE TABLE regroup_sent (run BIGINT NOT NULL, number BIGINT NOT NULL, "
            "sent_at DOUBLE PRECISION NOT NULL, "
            "settled_at DOUBLE PRECISION, moved BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (run, number)) {plain}"
        ),
        (
            "CREATE TABLE regroup_failed (run BIGINT NOT NULL, openid TEXT NOT NULL, number BIGINT NOT NULL, "
            "code BIGINT, message TEXT NOT NULL, PRIMARY KEY (run, openid)) {plain}"
        ),
        (
            "CREATE TABLE regroup_action (run BIGINT NOT NULL, kind TEXT NOT NULL, subject BIGINT NOT NULL, "
            "sent_at DOUBLE PRECISION NOT NULL, highest BIGINT NOT NULL DEFAULT 0, "
            "done_at DOUBLE PRECISION, "
            "group_id BIGINT, PRIMARY KEY (run, kind, subject)) {plain}"
        ),
        # Of a plan file: where its run lies since it was handed over.
        (
            "CREATE TABLE regroup_handed (run BIGINT NOT NULL PRIMARY KEY, place TEXT NOT NULL, there BIGINT NOT NULL)"
        ),
        (
            "CREATE TABLE regroup_calls (run BIGINT NOT NULL, call TEXT NOT NULL, n BIGINT NOT NULL, "
            "PRIMARY KEY (run, call)) {plain}"
        ),
    ),
)
