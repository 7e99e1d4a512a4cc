"""Every statement that the sandbox's store runs, in SQLite's dialect. Knows no rule and opens nothing.

Two facts shape the tables. What limits batches of moves is the number of pages written, so `membership` is as narrow
as can be and keyed by the follower's number in follow order; there is no index on (account, group_id), it would cost
each move two more pages. And group ids are never used twice, so deleting a group need not touch its members: whoever
points at a group that is gone is in group 0 (`coalesce` below).

All that lies under an account's number can be left behind at once: the account gets another number, the old one is
noted in `discarded`, and its rows are swept when there is time. A number is never given twice (AUTOINCREMENT).

Tags lie twice: `tagging` by tag and number, for the pages of a tag in follow order, and in `note` the whole list of one
follower, with the remark, so that either question is one narrow read. A note may name tags that are gone; they are
left out when it is read. Of `membership` only the blacklist has an index, and a partial one: moves that have nothing
to do with group 1 do not touch it.
"""

APPLICATION_ID = 0x66656E7A  # "fenz"
VERSION = 5
PAGE_SIZE = 4096

SCHEMA = """
CREATE TABLE account (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    appid TEXT NOT NULL UNIQUE,
    secret TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    whitelist TEXT NOT NULL,
    seed TEXT NOT NULL,
    next_group INTEGER NOT NULL,
    next_follower INTEGER NOT NULL,
    next_seed INTEGER NOT NULL,
    forced_day INTEGER NOT NULL,
    forced_count INTEGER NOT NULL,
    forced_at INTEGER NOT NULL
) STRICT;
CREATE TABLE follower_group (
    account INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE follower (
    account INTEGER NOT NULL, openid TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (account, openid)
) STRICT, WITHOUT ROWID;
CREATE TABLE roll (
    account INTEGER NOT NULL, number INTEGER NOT NULL, openid TEXT NOT NULL,
    PRIMARY KEY (account, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE membership (
    account INTEGER NOT NULL, number INTEGER NOT NULL, group_id INTEGER NOT NULL,
    PRIMARY KEY (account, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE wave (
    account INTEGER NOT NULL, first INTEGER NOT NULL, since INTEGER NOT NULL, pace INTEGER NOT NULL,
    PRIMARY KEY (account, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE token (
    account INTEGER NOT NULL, kind TEXT NOT NULL, serial INTEGER NOT NULL, text TEXT NOT NULL,
    ends INTEGER NOT NULL, dies INTEGER NOT NULL,
    PRIMARY KEY (account, kind, serial)
) STRICT, WITHOUT ROWID;
"""
"""`roll` is the list of followers in the order in which they followed, `wave` tells when those from `first` on did."""

TAGS_SCHEMA = """
CREATE TABLE tag (
    account INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE tagging (
    account INTEGER NOT NULL, tag INTEGER NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (account, tag, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE note (
    account INTEGER NOT NULL, number INTEGER NOT NULL, tags TEXT NOT NULL, remark TEXT NOT NULL,
    PRIMARY KEY (account, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX blacklisted ON membership (account, number) WHERE group_id = 1;
ALTER TABLE account ADD COLUMN clear_month INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN clear_count INTEGER NOT NULL DEFAULT 0;
INSERT INTO tag (account, id, name, count) SELECT number, 2, '星标组', 0 FROM account;
"""
"""What version 2 added; `tags` is a JSON list in the order in which they were given."""

PLAIN_TOKENS = "UPDATE token SET kind = 'plain' WHERE kind = 'ordinary';"
"""What version 3 changed: "ordinary" is a kind of accounts."""

CLOCK_SCHEMA = """
CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE quota (
    appid TEXT NOT NULL PRIMARY KEY, enforced INTEGER, daily TEXT NOT NULL, a_minute TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE usage (
    appid TEXT NOT NULL, call TEXT NOT NULL, day INTEGER NOT NULL, used INTEGER NOT NULL,
    PRIMARY KEY (appid, call)
) STRICT, WITHOUT ROWID;
"""
"""What version 4 added: how the sandbox is set, values in JSON; an account's own limits; what a day's calls were.

Quotas go by the appid: they stay when an account is emptied, whatever number it has then.
"""

DISCARDED = """
CREATE TABLE discarded (number INTEGER PRIMARY KEY) STRICT;
ALTER TABLE account ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
UPDATE account SET place = number;
"""
"""What version 5 added: numbers whose rows are to be swept, and what orders the accounts, as resets renumber them."""

STEPS = (SCHEMA, TAGS_SCHEMA, PLAIN_TOKENS, CLOCK_SCHEMA, DISCARDED)
"""From an empty file to version 1, from each version to the next."""

TABLES = (
    "account",
    "follower_group",
    "follower",
    "roll",
    "membership",
    "wave",
    "token",
    "tag",
    "tagging",
    "note",
    "setting",
    "quota",
    "usage",
    "discarded",
)

# --- reads on the event loop

GROUP_OF = """
SELECT coalesce(g.id, 0)
FROM follower AS f
CROSS JOIN membership AS m ON m.account = f.account AND m.number = f.number
LEFT JOIN follower_group AS g ON g.account = f.account AND g.id = m.group_id
WHERE f.account = ? AND f.openid = ?
"""
GROUPS = "SELECT id, name, count FROM follower_group WHERE account = ? ORDER BY id"
TOTAL = "SELECT coalesce(sum(count), 0) FROM follower_group WHERE account = ?"
NUMBER_OF = "SELECT number FROM follower WHERE account = ? AND openid = ?"
PAGE = """
SELECT json_group_array(openid), count(*)
FROM (SELECT openid FROM roll WHERE account = ? AND number > ? ORDER BY number LIMIT ?)
"""
PROFILES = """
SELECT f.openid, w.since + (f.number - w.first) * w.pace, coalesce(g.id, 0),
    coalesce(n.tags, ''), coalesce(n.remark, '')
FROM carray(?2) AS k
CROSS JOIN follower AS f ON f.account = ?1 AND f.openid = k.value
CROSS JOIN membership AS m ON m.account = ?1 AND m.number = f.number
LEFT JOIN follower_group AS g ON g.account = ?1 AND g.id = m.group_id
LEFT JOIN note AS n ON n.account = ?1 AND n.number = f.number
CROSS JOIN wave AS w ON w.account = ?1
    AND w.first = (SELECT max(first) FROM wave WHERE account = ?1 AND first <= f.number)
"""
TAGS = "SELECT id, name, count FROM tag WHERE account = ? ORDER BY id"
TAG_EXISTS = "SELECT 1 FROM tag WHERE account = ? AND id = ?"
TAGS_OF = """
SELECT coalesce(n.tags, '')
FROM follower AS f
LEFT JOIN note AS n ON n.account = f.account AND n.number = f.number
WHERE f.account = ? AND f.openid = ?
"""
TAG_PAGE = """
SELECT json_group_array(openid), count(*) FROM (
    SELECT r.openid FROM tagging AS t
    CROSS JOIN roll AS r ON r.account = t.account AND r.number = t.number
    WHERE t.account = ? AND t.tag = ? AND t.number > ? ORDER BY t.number LIMIT ?
)
"""
BLACKLIST_PAGE = """
SELECT json_group_array(openid), count(*) FROM (
    SELECT r.openid FROM membership AS m INDEXED BY blacklisted
    CROSS JOIN roll AS r ON r.account = m.account AND r.number = m.number
    WHERE m.group_id = 1 AND m.account = ? AND m.number > ? ORDER BY m.number LIMIT ?
)
"""
BLACKLIST_COUNT = "SELECT count FROM follower_group WHERE account = ? AND id = 1"
ELSEWHERE = """
SELECT json_group_array(DISTINCT k.value)
FROM carray(?2) AS k
CROSS JOIN account AS a ON a.number <> ?1
CROSS JOIN follower AS f ON f.account = a.number AND f.openid = k.value
"""
ACCOUNTS = """
SELECT number, appid, secret, kind, state, whitelist FROM account ORDER BY place
"""
TOKENS = "SELECT account, kind, serial, text, ends, dies FROM token ORDER BY account, kind, serial"

# --- the writer's reads and writes: many rows come and go as one value, because each step of a statement lets go of the
# interpreter, and getting it back takes long while the event loop is busy

LEDGER = """
SELECT next_group, next_follower, next_seed, forced_day, forced_count, forced_at, clear_month, clear_count
FROM account WHERE number = ?
"""
LEDGER_AS_IS = LEDGER.strip()
"""The same for whoever only looks: elsewhere reading the ledger keeps others from writing to the account."""
ACCOUNT_TOKENS = (
    "SELECT account, kind, serial, text, ends, dies FROM token WHERE account = ? ORDER BY kind, serial"
)
MEMBERS = """
SELECT json_group_object(f.openid, json_array(f.number, coalesce(g.id, 0)))
FROM carray(?2) AS k
CROSS JOIN follower AS f ON f.account = ?1 AND f.openid = k.value
CROSS JOIN membership AS m ON m.account = ?1 AND m.number = f.number
LEFT JOIN follower_group AS g ON g.account = ?1 AND g.id = m.group_id
"""

SET_MEMBERSHIPS = """
INSERT INTO membership (account, number, group_id)
SELECT ?1, value >> 32, value & 4294967295 FROM carray(?2) WHERE true
ON CONFLICT (account, number) DO UPDATE SET group_id = excluded.group_id
"""
SET_GROUP = """
INSERT INTO follower_group (account, id, name, count) VALUES (?, ?, ?, ?)
ON CONFLICT (account, id) DO UPDATE SET name = excluded.name, count = excluded.count
"""
DELETE_GROUP = "DELETE FROM follower_group WHERE account = ? AND id = ?"
NOTES = """
SELECT json_group_object(f.openid, json_array(json(n.tags), n.remark))
FROM carray(?2) AS k
CROSS JOIN follower AS f ON f.account = ?1 AND f.openid = k.value
CROSS JOIN note AS n ON n.account = ?1 AND n.number = f.number
"""
SET_TAG = """
INSERT INTO tag (account, id, name, count) VALUES (?, ?, ?, ?)
ON CONFLICT (account, id) DO UPDATE SET name = excluded.name, count = excluded.count
"""
DELETE_TAG = "DELETE FROM tag WHERE account = ? AND id = ?"
DELETE_TAGGINGS_OF = "DELETE FROM tagging WHERE account = ? AND tag = ?"
ADD_TAGGINGS = """
INSERT INTO tagging (account, tag, number)
SELECT ?1, value >> 32, value & 4294967295 FROM carray(?2) WHERE true
ON CONFLICT (account, tag, number) DO NOTHING
"""
DELETE_TAGGINGS = """
DELETE FROM tagging WHERE account = ?1 AND (tag, number) IN (SELECT value >> 32, value & 4294967295 FROM carray(?2))
"""
SET_NOTES = """
INSERT INTO note (account, number, tags, remark)
SELECT ?1, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?2) WHERE true
ON CONFLICT (account, number) DO UPDATE SET tags = excluded.tags, remark = excluded.remark
"""
DELETE_NOTES = "DELETE FROM note WHERE account = ?1 AND number IN (SELECT value FROM carray(?2))"
SET_LEDGER = """
UPDATE account SET next_group = ?, next_follower = ?, next_seed = ?, forced_day = ?, forced_count = ?, forced_at = ?,
    clear_month = ?, clear_count = ?
WHERE number = ?
"""
SET_TOKEN = """
INSERT INTO token (account, kind, serial, text, ends, dies) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (account, kind, serial) DO UPDATE SET ends = excluded.ends, dies = excluded.dies
"""
DELETE_TOKEN = "DELETE FROM token WHERE account = ? AND kind = ? AND serial = ?"

# --- control: accounts and followers

ADD_ACCOUNT = """
INSERT INTO account (appid, secret, kind, state, whitelist, seed, next_group, next_follower, next_seed,
                     forced_day, forced_count, forced_at)
VALUES (?, ?, ?, ?, ?, ?, ?, 1, 0, 0, 0, 0) ON CONFLICT (appid) DO NOTHING RETURNING number
"""
SET_PLACE = "UPDATE account SET place = number WHERE number = ?"
SET_SEED = "UPDATE account SET seed = ? WHERE number = ?"
SET_STATE = "UPDATE account SET state = ?, whitelist = ? WHERE number = ?"
SEED = "SELECT seed FROM account WHERE number = ?"
ACCOUNT_NUMBER = "SELECT number FROM account WHERE appid = ?"
ACCOUNT_NUMBER_AS_IS = ACCOUNT_NUMBER + " -- as it is"
"""The same for whoever only looks."""
ACCOUNT_NUMBERS = "SELECT number FROM account ORDER BY number"
ALL_TO_EMPTY = ACCOUNT_NUMBERS + " -- to be emptied"
NUMBERS_BY_APPID = "SELECT appid, number FROM account"
NUMBER_OF_ACCOUNTS = "SELECT count(*) FROM account"
GROUP_EXISTS = "SELECT 1 FROM follower_group WHERE account = ? AND id = ?"
ADD_TO_COUNT = "UPDATE follower_group SET count = count + ? WHERE account = ? AND id = ?"
DELETE_ACCOUNT = "DELETE FROM account WHERE number = ?"
RENUMBER_ACCOUNT = """
UPDATE account SET number = ?2, next_group = ?3, next_follower = 1, next_seed = 0 WHERE number = ?1
"""
RENUMBER_TOKENS = "UPDATE token SET account = ?2 WHERE account = ?1"
DELETE_TOKENS = "DELETE FROM token WHERE account = ?"
DISCARD = "INSERT INTO discarded (number) VALUES (?)"
NEXT_DISCARDED = "SELECT number FROM discarded ORDER BY number LIMIT 1"
CLAIM_DISCARDED = NEXT_DISCARDED + " -- claimed"
FORGET_DISCARDED = "DELETE FROM discarded WHERE number = ?"
SWEEPS = tuple(
    f"DELETE FROM {table} WHERE account = ?1 AND ({key}) IN (SELECT {key} FROM {table} WHERE account = ?1 LIMIT ?2)"
    for table, key in (
        ("tagging", "tag, number"),
        ("note", "number"),
        ("membership", "number"),
        ("follower", "openid"),
        ("roll", "number"),
        ("wave", "first"),
        ("tag", "id"),
        ("follower_group", "id"),
    )
)
"""Each deletes so many rows of a discarded number, in the order in which they lie."""
ADD_TO_ROLL = "INSERT INTO roll (account, number, openid) SELECT ?1, ?2 + rowid - 1, value FROM carray(?3)"
ADD_MEMBERSHIPS = """
INSERT INTO membership (account, number, group_id)
SELECT account, number, ?1 FROM roll WHERE account = ?2 AND number >= ?3 AND number < ?4
"""
ADD_FOLLOWERS = """
INSERT INTO follower (account, openid, number)
SELECT account, openid, number FROM roll WHERE account = ?1 AND number >= ?2 ORDER BY openid
"""
FOLLOWS_ALREADY = """
SELECT r.openid FROM roll AS r JOIN follower AS f ON f.account = r.account AND f.openid = r.openid
WHERE r.account = ?1 AND r.number >= ?2 AND f.number < ?2 LIMIT 1
"""
LISTED_TWICE = """
SELECT openid FROM roll WHERE account = ? GROUP BY openid HAVING count(*) > 1 ORDER BY min(number) LIMIT 1
"""
WAVES = "SELECT first, since, pace FROM wave WHERE account = ? ORDER BY first"
FOLLOWERS_AFTER = """
SELECT r.number, r.openid, coalesce(g.id, 0), coalesce(n.tags, ''), coalesce(n.remark, '')
FROM roll AS r
JOIN membership AS m ON m.account = r.account AND m.number = r.number
LEFT JOIN follower_group AS g ON g.account = r.account AND g.id = m.group_id
LEFT JOIN note AS n ON n.account = r.account AND n.number = r.number
WHERE r.account = ? AND r.number > ? ORDER BY r.number LIMIT ?
"""
ADD_WAVE = "INSERT INTO wave (account, first, since, pace) VALUES (?, ?, ?, ?)"
TAG_RANGE = (
    """
INSERT INTO tagging (account, tag, number)
SELECT account, ?2, number FROM roll WHERE account = ?1 AND number >= ?3 AND number < ?4
""",
    """
INSERT INTO note (account, number, tags, remark)
SELECT account, number, json_array(?2), '' FROM roll WHERE account = ?1 AND number >= ?3 AND number < ?4
""",
)
ADD_TO_TAG_COUNT = "UPDATE tag SET count = count + ? WHERE account = ? AND id = ?"
REMOVE_FOLLOWERS = (
    "DELETE FROM follower WHERE account = ? AND openid = ?",
    "DELETE FROM roll WHERE account = ? AND number = ?",
    "DELETE FROM membership WHERE account = ? AND number = ?",
    "DELETE FROM note WHERE account = ? AND number = ?",
)
DELETE_TAGGING = "DELETE FROM tagging WHERE account = ? AND tag = ? AND number = ?"

# --- control: how the sandbox is set

SETTING = "SELECT value FROM setting WHERE name = ?"
SET_SETTING = """
INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""

# --- control: quotas

QUOTAS = """
SELECT q.appid, q.enforced, q.daily, q.a_minute FROM quota AS q JOIN account AS a ON a.appid = q.appid
"""
QUOTA = "SELECT enforced, daily, a_minute FROM quota WHERE appid = ?"
SET_QUOTA = """
INSERT INTO quota (appid, enforced, daily, a_minute) VALUES (?, ?, ?, ?)
ON CONFLICT (appid) DO UPDATE SET enforced = excluded.enforced, daily = excluded.daily, a_minute = excluded.a_minute
"""
SET_KIND = "UPDATE account SET kind = ? WHERE appid = ?"
USAGE = """
SELECT u.appid, u.call, u.used FROM usage AS u JOIN account AS a ON a.appid = u.appid WHERE u.day = ?
"""
SET_USAGE = """
INSERT INTO usage (appid, call, day, used) SELECT appid, ?1, ?2, ?3 FROM account WHERE appid = ?4
ON CONFLICT (appid, call) DO UPDATE SET day = excluded.day, used = excluded.used
"""
ADD_USAGE = """
INSERT INTO usage (appid, call, day, used) SELECT appid, ?1, ?2, ?3 FROM account WHERE appid = ?4
ON CONFLICT (appid, call) DO UPDATE SET day = excluded.day,
    used = CASE WHEN usage.day = excluded.day THEN usage.used + excluded.used ELSE excluded.used END
"""
FORGET_QUOTAS = tuple(
    f"DELETE FROM {table} WHERE appid = (SELECT appid FROM account WHERE number = ?) -- for good"
    for table in ("quota", "usage")
)
CLEAR_USAGE = "DELETE FROM usage WHERE appid = (SELECT appid FROM account WHERE number = ?)"

# --- the audit when a store is opened

DISCARDED_NUMBERS = "SELECT number FROM discarded"
KEPT_COUNTS = "SELECT account, id, count FROM follower_group"
MEMBERS_COUNTED = "SELECT account, group_id, count(*) FROM membership GROUP BY account, group_id"
KEPT_TAG_COUNTS = "SELECT account, id, count FROM tag"
TAGGINGS_COUNTED = "SELECT account, tag, count(*) FROM tagging GROUP BY account, tag"
NOTES_COUNTED = """
SELECT n.account, t.value, count(*) FROM note AS n CROSS JOIN json_each(n.tags) AS t GROUP BY n.account, t.value
"""
FOLLOWERS_COUNTED = tuple(
    f"SELECT account, count(*), sum(number) FROM {table} GROUP BY account ORDER BY account"
    for table in ("roll", "follower", "membership")
)
OPENIDS_DIFFER = """
SELECT EXISTS (
    SELECT account, openid, number FROM follower WHERE account IN (SELECT number FROM account)
    EXCEPT SELECT account, openid, number FROM roll
)
"""
