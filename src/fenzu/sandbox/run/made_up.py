"""Made-up followers and the account of the seeds. The same number gives the same openids, on every machine."""

import random
from base64 import urlsafe_b64encode
from collections.abc import Iterator

from fenzu.sandbox.accounts import AccountSpec, GroupSpec

DEMO_APPID = "wx5eed5eed5eed5eed"
DEMO_SECRET = "5eed" * 8
DEMO_OPENIDS = ("od8XIjsmk6QdVTETa9jLtGWA6KBc", "oDF3iYx0ro3_7jD4HFRDfrjdCM58")
"""The seeds' two followers: of 华东媒, and of no group."""

SEEDED_SINCE = 1_372_608_000
"""When the first made-up follower of an account followed: 2013-07-01 in Beijing; each next one a second later."""

_PREFIX, _REST = 6, 22


def make_openids(seed: str, serial: int, count: int, *, at_once: int = 10_000) -> Iterator[list[str]]:
    """Make `count` openids, in lists of `at_once`; another `serial` gives others.

    Those of one `seed` begin alike, as those of one account do.
    """
    prefix = "o" + _letters(random.Random(seed), _PREFIX - 1)
    chance = random.Random(f"{seed} {serial}")
    while count > 0:
        some = min(count, at_once)
        text = _letters(chance, some * _REST)
        yield [prefix + text[start : start + _REST] for start in range(0, some * _REST, _REST)]
        count -= some


def _letters(chance: random.Random, count: int) -> str:
    return urlsafe_b64encode(chance.randbytes(count * 3 // 4 + 1)).decode()[:count]


DEMO = AccountSpec(
    appid=DEMO_APPID,
    secret=DEMO_SECRET,
    followers=[DEMO_OPENIDS[1]],
    groups=[
        GroupSpec("未分组", 0, 72_595),
        GroupSpec("黑名单", 1, 36),
        GroupSpec("星标组", 2, 8),
        GroupSpec("华东媒", 104, [DEMO_OPENIDS[0], *next(make_openids(DEMO_APPID, 104, 3))]),
        GroupSpec("★不测试组★", 106, 1),
    ],
)
