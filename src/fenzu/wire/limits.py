"""The platform's numbers: how many in a call, how long a name, how many calls a day.

Numbers that differ between the rulebooks stand in `rulebooks.py`.
"""

import msgspec

from fenzu.wire.evidence import Mark

BATCH_OPENIDS = 50
BLACKLIST_OPENIDS = 20
LISTED_OPENIDS = 10_000
"""A batch with more openids than a page of followers is answered as no batch at all (our choice)."""
TAGGINGS_AT_ONCE = 100
"""Requests under way at once that tag or untag one follower (our choice)."""
PROFILES = 100
PAGE_OPENIDS = 10_000
TAGS = 100
TAGS_PER_FOLLOWER = 20
TAG_NAME_BYTES = 30
TAG_DELETE_FOLLOWERS = 100_000
"""A tag that more followers carry cannot be deleted."""
REMARK_BYTES = 30
FIRST_CUSTOM_ID = 100
GROUP_NAME_CHARACTERS = 30
"""The longest name that any rulebook takes; the platform of today may count bytes."""

UNGROUPED, BLACKLIST, STARRED = 0, 1, 2
RESERVED_GROUPS: dict[int, str] = {UNGROUPED: "未分组", BLACKLIST: "黑名单", STARRED: "星标组"}

OPENID_LENGTH = 28
OPENID_PATTERN = r"o[A-Za-z0-9_-]{27}"
SENT_OPENID_PATTERN = r"[A-Za-z0-9_-]{1,128}"
"""What may be sent as an openid at all: whether it is one the platform decides."""
APPID_PATTERN = r"[A-Za-z0-9_-]{1,64}"
"""The platform's own are `wx` and 16 hexadecimal digits; a sandbox's may be called otherwise."""
SECRET_PATTERN = r"[!-~]+"
"""Of secrets and tokens: visible ASCII, no white space."""

BODY_BYTES = 1024 * 1024
TOKEN_CHARACTERS = 512

TOKEN_LIFE = 7200
"""Seconds that a token lives."""
TOKEN_GRACE = 300
"""Seconds that a superseded token still works; also how long before its end a stable token is renewed."""
FORCED_REFRESHES_A_DAY = 20
FORCED_REFRESH_PAUSE = 30
"""Seconds between two forced refreshes; a sooner one refreshes nothing."""
CLEARS_A_MONTH = 10

EVENT_SECONDS = 5.0
"""How long the receiver of an event may take to answer."""
EVENT_TRIES = 3
"""How often an event is pushed that nobody takes."""


class DailyQuota(msgspec.Struct, frozen=True):
    """Calls a day for an ordinary and for a test account; they renew at midnight in Beijing."""

    ordinary: int
    test: int
    mark: Mark
    own_test_mark: Mark | None = None
    """Where the test account's number is from elsewhere."""

    @property
    def test_mark(self) -> Mark:
        """What the test account's number rests on."""
        return self.own_test_mark or self.mark


DOCUMENTED, OURS = Mark.DOCUMENTED, Mark.OURS

DAILY: dict[str, DailyQuota] = {
    "token.get": DailyQuota(2_000, 200, DOCUMENTED),
    "token.stable": DailyQuota(500_000, 5_000, DOCUMENTED, OURS),
    "groups.create": DailyQuota(1_000, 100, DOCUMENTED),
    "groups.list": DailyQuota(1_000, 100, DOCUMENTED),
    "groups.rename": DailyQuota(1_000, 100, DOCUMENTED),
    "groups.move": DailyQuota(100_000, 1_000, DOCUMENTED),
    "groups.move_many": DailyQuota(100_000, 1_000, OURS),
    "groups.of": DailyQuota(100_000, 1_000, OURS),
    "groups.delete": DailyQuota(1_000, 10, OURS),
    "tags.create": DailyQuota(1_000, 10, OURS),
    "tags.list": DailyQuota(1_000, 10, OURS),
    "tags.rename": DailyQuota(1_000, 10, OURS),
    "tags.delete": DailyQuota(1_000, 10, OURS),
    "tags.members": DailyQuota(1_000, 10, OURS),
    "tags.of": DailyQuota(100_000, 1_000, OURS),
    "tags.add": DailyQuota(100_000, 1_000, OURS),
    "tags.remove": DailyQuota(100_000, 1_000, OURS),
    "blacklist.list": DailyQuota(1_000, 10, OURS),
    "blacklist.add": DailyQuota(100_000, 1_000, OURS),
    "blacklist.remove": DailyQuota(100_000, 1_000, OURS),
    "followers.list": DailyQuota(500, 100, DOCUMENTED),
    "followers.get": DailyQuota(5_000_000, 500_000, DOCUMENTED),
    "followers.get_many": DailyQuota(5_000_000, 500_000, DOCUMENTED),
    "followers.remark": DailyQuota(10_000, 100, DOCUMENTED, OURS),
}
"""No row: the call is not counted. A large account has five times the ordinary numbers (our choice)."""

LARGE_FACTOR = 5
A_MINUTE, A_MINUTE_TEST = 5_000, 600
"""Calls a minute of one call and account before 45011 (our choice)."""
STABLE_TOKENS_A_MINUTE = 10_000
