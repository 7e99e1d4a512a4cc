"""Every statement that the sandbox's store runs, in SQLite's dialect. Knows no rule and opens nothing.

Two facts shape the tables. What limits batches of moves is the number of pages written, so `membership` is as narrow
as can be and keyed by the follower's number in follow order; there is no index on (account, group_id), it would cost
each move two more pages. And group ids are never used twice, so deleting a group need not touch its members: whoever
points at a group that is gone is in group 0 (`coalesce` below).
"""

APPLICATION_ID = 0x66656E7A  # "fenz"
VERSION = 1
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

TABLES = ("account", "follower_group", "follower", "roll", "membership", "wave", "token")
FILLED = ("follower_group", "follower", "roll", "membership", "wave")
PER_ACCOUNT = (*FILLED, "token")

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
SELECT f.openid, w.since + (f.number - w.first) * w.pace, coalesce(g.id, 0)
FROM carray(?2) AS k
CROSS JOIN follower AS f ON f.account = ?1 AND f.openid = k.value
CROSS JOIN membership AS m ON m.account = ?1 AND m.number = f.number
LEFT JOIN follower_group AS g ON g.account = ?1 AND g.id = m.group_id
CROSS JOIN wave AS w ON w.account = ?1
    AND w.first = (SELECT max(first) FROM wave WHERE account = ?1 AND first <= f.number)
"""
ACCOUNTS = """
SELECT number, appid, secret, kind, state, whitelist FROM account ORDER BY number
"""
TOKENS = "SELECT account, kind, serial, text, ends, dies FROM token ORDER BY account, kind, serial"

# --- the writer's reads and writes: many rows come and go as one value, because each step of a statement lets go of the
# interpreter, and getting it back takes long while the event loop is busy

LEDGER = """
SELECT next_group, next_follower, next_seed, forced_day, forced_count, forced_at FROM account WHERE number = ?
"""
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
SET_LEDGER = """
UPDATE account SET next_group = ?, next_follower = ?, next_seed = ?, forced_day = ?, forced_count = ?, forced_at = ?
WHERE number = ?
"""
SET_TOKEN = """
INSERT INTO token (account, kind, serial, text, ends, dies) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (account, kind, serial) DO UPDATE SET dies = excluded.dies
"""
DELETE_TOKEN = "DELETE FROM token WHERE account = ? AND kind = ? AND serial = ?"

# --- control: accounts and followers

ADD_ACCOUNT = """
INSERT INTO account (appid, secret, kind, state, whitelist, seed, next_group, next_follower, next_seed,
                     forced_day, forced_count, forced_at)
VALUES (?, ?, ?, ?, ?, ?, ?, 1, 0, 0, 0, 0) RETURNING number
"""
SET_SEED = "UPDATE account SET seed = ? WHERE number = ?"
SEED = "SELECT seed FROM account WHERE number = ?"
ACCOUNT_NUMBER = "SELECT number FROM account WHERE appid = ?"
ACCOUNT_NUMBERS = "SELECT number FROM account"
GROUP_EXISTS = "SELECT 1 FROM follower_group WHERE account = ? AND id = ?"
ADD_TO_COUNT = "UPDATE follower_group SET count = count + ? WHERE account = ? AND id = ?"
DELETE_ACCOUNT = "DELETE FROM account WHERE number = ?"
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
ADD_WAVE = "INSERT INTO wave (account, first, since, pace) VALUES (?, ?, ?, ?)"
REMOVE_FOLLOWERS = (
    "DELETE FROM follower WHERE account = ? AND openid = ?",
    "DELETE FROM roll WHERE account = ? AND number = ?",
    "DELETE FROM membership WHERE account = ? AND number = ?",
)
