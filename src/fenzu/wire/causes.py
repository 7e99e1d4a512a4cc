"""Why a call answers a code, as data: one row for each cause that the sandbox has, and the calls it is for.

The page of codes is made from these rows, and a test brings about each of them at each of its calls. Besides, every
code can be ordered at every call by a fault. What an account's state does comes from `states.py`.
"""

from collections.abc import Collection, Iterable

import msgspec

from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.evidence import Mark
from fenzu.wire.limits import (
    BATCH_OPENIDS,
    BLACKLIST_OPENIDS,
    CLEARS_A_MONTH,
    DAILY,
    LISTED_OPENIDS,
    PROFILES,
    REMARK_BYTES,
    TAG_DELETE_FOLLOWERS,
    TAG_NAME_BYTES,
    TAGGINGS_AT_ONCE,
    TAGS,
    TAGS_PER_FOLLOWER,
    TOKEN_CHARACTERS,
)
from fenzu.wire.rulebooks import RulebookName
from fenzu.wire.states import STATES, AccountState, Check
from fenzu.wire.words import Words

D, W, L, I, OURS = Mark.DOCUMENTED, Mark.WIRE, Mark.LIBRARY, Mark.INFERRED, Mark.OURS  # noqa: E741 - the marks' own letters


class Cause(msgspec.Struct, frozen=True):
    """One reason for a code: `calls` answer it when `what` is so, under one rulebook only where `rules` names it."""

    code: int
    what: Words
    calls: tuple[str, ...]
    marks: tuple[Mark, ...]
    rules: RulebookName | None = None
    state: str = ""
    """The state of the account that it comes from, if it does."""


def _names(wanted: Iterable[str] = ENDPOINTS, *, but: Collection[str] = ()) -> tuple[str, ...]:
    chosen = set(wanted)
    return tuple(name for name in ENDPOINTS if name in chosen and name not in but)


ALL = _names()
TOKEN_CALLS = _names(name for name, row in ENDPOINTS.items() if not row.takes_token)
WITH_TOKEN = _names(but=TOKEN_CALLS)
GETS = _names(name for name, row in ENDPOINTS.items() if row.method == "GET")
POSTS = _names(but=GETS)
MOVING = ("groups.move", "groups.move_many")
TAGGING = ("tags.add", "tags.remove")
BARRING = ("blacklist.add", "blacklist.remove")
BATCHES = ("groups.move_many", *TAGGING, *BARRING)
STORED = _names(but=("quota.get", "quota.rid", "domain.ips", "domain.callback_ips"))


def _cause(
    code: int,
    en: str,
    zh: str,
    calls: tuple[str, ...],
    *marks: Mark,
    rules: RulebookName | None = None,
) -> Cause:
    return Cause(code, Words(en, zh), calls, marks, rules)


_ANY_CALL = (
    _cause(
        -1,
        "the store cannot be read or written: the disk is full or fails",
        "存储无法读写：磁盘已满或故障",
        STORED,
        OURS,
    ),
    _cause(
        40001,
        "a token that nobody gave, or one that another superseded",
        "从未签发的 token，或已被取代的 token",
        WITH_TOKEN,
        W,
    ),
    _cause(
        40014,
        f"what cannot be a token: over {TOKEN_CHARACTERS} characters, or other than visible ASCII",
        f"不可能是 token 的文字：超过 {TOKEN_CHARACTERS} 个字符，或含可见 ASCII 以外的字符",
        WITH_TOKEN,
        OURS,
    ),
    _cause(
        40066,
        "an address that no call has, by a single letter",
        "没有这个地址，哪怕只差一个字母",
        ALL,
        W,
    ),
    _cause(41001, "no token in the query", "查询串里没有 token", WITH_TOKEN, W),
    _cause(42001, "a token that is two hours old", "token 已满两小时", WITH_TOKEN, W),
    _cause(43001, "another method than GET", "不是 GET", GETS, D),
    _cause(43002, "another method than POST", "不是 POST", POSTS, D),
    _cause(44002, "a POST without a body", "POST 没有包体", POSTS, W),
    _cause(47001, "a body that is no JSON object", "包体不是 JSON 对象", POSTS, W),
    _cause(
        45009,
        "the day's calls are used up, where quotas are enforced",
        "当日次数用完（启用额度时）",
        _names(DAILY),
        D,
    ),
    _cause(
        45011,
        "the minute's calls are used up, where quotas are enforced",
        "本分钟次数用完（启用额度时）",
        _names(DAILY),
        D,
    ),
)

_TOKENS = (
    _cause(
        40002,
        "grant_type is missing or not client_credential",
        "grant_type 缺失或不是 client_credential",
        TOKEN_CALLS,
        D,
    ),
    _cause(40013, "no account has the appid", "没有这个 appid", TOKEN_CALLS, W),
    _cause(40125, "the secret is another one", "secret 不对", TOKEN_CALLS, W),
    _cause(
        40164,
        "the account has a whitelist, and the caller's address is not on it",
        "账号设有白名单，而调用 IP 不在其中",
        TOKEN_CALLS,
        W,
    ),
    _cause(41002, "no appid", "没有 appid", TOKEN_CALLS, W),
    _cause(41004, "no secret", "没有 secret", TOKEN_CALLS, D),
)

_OPENIDS = (
    _cause(
        40003,
        "a malformed openid",
        "openid 格式错误",
        _names(name for name, row in ENDPOINTS.items() if 40003 in row.codes),
        W,
    ),
    _cause(
        40003,
        "an openid that nobody has who follows",
        "openid 不是粉丝",
        (
            "groups.of",
            *MOVING,
            "tags.members",
            *TAGGING,
            "tags.of",
            "blacklist.list",
            *BARRING,
            "followers.list",
        ),
        W,
    ),
    _cause(
        40003,
        "an openid of somebody who has unsubscribed",
        "openid 已取消关注",
        (
            "groups.of",
            *MOVING,
            "tags.members",
            *TAGGING,
            "tags.of",
            "blacklist.list",
            *BARRING,
            "followers.list",
        ),
        OURS,
    ),
    _cause(
        40003,
        "an openid of another account",
        "openid 属于别的公众号",
        ("groups.of", *MOVING, "tags.members", "followers.list"),
        D,
    ),
    _cause(
        49003,
        "an openid of another account of this sandbox",
        "openid 属于本沙箱的另一个公众号",
        (*TAGGING, "tags.of", "blacklist.list", *BARRING),
        D,
    ),
    _cause(
        40032,
        f"no openids, or more than {BATCH_OPENIDS}; the blacklist takes {BLACKLIST_OPENIDS}, profiles {PROFILES}",
        f"没有 openid，或超过 {BATCH_OPENIDS} 个；拉黑至多 {BLACKLIST_OPENIDS} 个，资料至多 {PROFILES} 个",
        (*BATCHES, "followers.get_many"),
        I,
    ),
    _cause(
        45019,
        f"more than {LISTED_OPENIDS:,} openids",
        f"超过 {LISTED_OPENIDS:,} 个 openid",
        BATCHES,
        OURS,
    ),
    _cause(
        40035,
        "a user_list of bare openids",
        "user_list 里直接放 openid",
        ("followers.get_many",),
        OURS,
    ),
    _cause(43004, "somebody who does not follow", "对方没有关注", ("followers.remark",), D),
    _cause(
        40092,
        f"a remark of {REMARK_BYTES} bytes or more",
        f"备注达到 {REMARK_BYTES} 字节",
        ("followers.remark",),
        W,
    ),
)

_GROUPS = (
    _cause(
        40050,
        "no group has the id",
        "没有这个分组",
        ("groups.rename", *MOVING, "groups.delete"),
        D,
        rules="2013",
    ),
    _cause(-1, "no group has the id", "没有这个分组", ("groups.rename", *MOVING), W, L, rules="2021"),
    _cause(40152, "no group has the id", "没有这个分组", ("groups.delete",), W, rules="2021"),
    _cause(
        40051,
        "no name, or a longer one than the rulebook allows",
        "没有名字，或超过规则所限",
        ("groups.create", "groups.rename"),
        W,
    ),
    _cause(
        45016,
        "the group is 0, 1 or 2",
        "分组是 0、1 或 2",
        ("groups.rename", "groups.delete"),
        D,
        OURS,
        rules="2013",
    ),
    _cause(-1, "the group is 0, 1 or 2", "分组是 0、1 或 2", ("groups.rename",), L, rules="2021"),
    _cause(
        45017,
        "the group is 0, 1 or 2, and the name too long",
        "分组是 0、1 或 2，且名字过长",
        ("groups.rename",),
        OURS,
    ),
    _cause(
        45018,
        "one group more than the rulebook allows",
        "分组数超过规则所限",
        ("groups.create",),
        W,
    ),
)

_TAGS = (
    _cause(45056, f"a tag more than {TAGS}", f"标签超过 {TAGS} 个", ("tags.create",), D),
    _cause(
        45057,
        f"more than {TAG_DELETE_FOLLOWERS:,} followers carry the tag",
        f"带该标签的粉丝超过 {TAG_DELETE_FOLLOWERS:,}",
        ("tags.delete",),
        D,
    ),
    _cause(45058, "the tag is 0, 1 or 2", "标签是 0、1 或 2", ("tags.rename", "tags.delete"), D),
    _cause(
        45059,
        f"a follower carries {TAGS_PER_FOLLOWER} tags already",
        f"粉丝已有 {TAGS_PER_FOLLOWER} 个标签",
        ("tags.add",),
        D,
    ),
    _cause(45157, "no name", "没有名字", ("tags.create", "tags.rename"), W),
    _cause(
        45157,
        "a name that another tag has",
        "与别的标签重名",
        ("tags.create", "tags.rename"),
        W,
    ),
    _cause(
        45158,
        f"a name of more than {TAG_NAME_BYTES} bytes",
        f"名字超过 {TAG_NAME_BYTES} 字节",
        ("tags.create", "tags.rename"),
        D,
    ),
    _cause(
        45159,
        "no tag has the id",
        "没有这个标签",
        ("tags.rename", "tags.delete", "tags.members", *TAGGING),
        W,
    ),
    _cause(
        45169,
        f"{TAGGINGS_AT_ONCE} requests are tagging the follower at this moment",
        f"此刻正有 {TAGGINGS_AT_ONCE} 个请求在给该粉丝打标签",
        TAGGING,
        OURS,
    ),
    _cause(
        45171,
        f"{TAGGINGS_AT_ONCE} requests are tagging one of the batch at this moment; the others are done",
        f"此刻正有 {TAGGINGS_AT_ONCE} 个请求在给批量中的某一个打标签；其余已完成",
        TAGGING,
        OURS,
    ),
)

_SERVICE = (
    _cause(40013, "another appid than the token's", "appid 与 token 不符", ("quota.clear",), D),
    _cause(
        48006,
        f"cleared {CLEARS_A_MONTH} times this month already",
        f"本月已清零 {CLEARS_A_MONTH} 次",
        ("quota.clear",),
        D,
    ),
    _cause(76001, "no answer had the rid", "没有应答带过这个 rid", ("quota.rid",), D),
    _cause(76002, "what is no rid", "不是 rid", ("quota.rid",), D),
    _cause(76003, "a rid of another account's answer", "别的账号的 rid", ("quota.rid",), D, rules="2021"),
    _cause(76004, "a rid of more than seven days ago", "超过 7 天的 rid", ("quota.rid",), D, rules="2021"),
    _cause(76021, "a cgi_path that no call has", "没有这个 cgi_path", ("quota.get",), D),
    _cause(
        76022,
        "a cgi_path of a call that is not counted",
        "cgi_path 对应的接口不计次数",
        ("quota.get",),
        OURS,
    ),
)


def _concerned(state: AccountState) -> dict[int, tuple[str, ...]]:
    """Return the calls that are refused in a state, by the code that they answer."""
    at = {
        Check.HTTPS: ALL,
        Check.EVERYTHING: ALL,
        Check.ACCOUNT: WITH_TOKEN,
        Check.ESCAPES: _names(POSTS, but=TOKEN_CALLS),
        Check.CREDENTIALS: TOKEN_CALLS,
        Check.ADDRESS: TOKEN_CALLS,
    }[state.check]
    found: dict[int, tuple[str, ...]] = {}
    for call in at:
        code = state.code_at(call)
        if code:
            found[code] = (*found.get(code, ()), call)
    return found


def _by_state(state: AccountState) -> list[Cause]:
    what = Words(
        f"the account's state is `{state.name}`: {state.how.en}",
        f"账号状态为 `{state.name}`：{state.how.zh}",
    )
    return [
        Cause(code, what, calls, (state.mark,), state=state.name) for code, calls in _concerned(state).items()
    ]


CAUSES: tuple[Cause, ...] = tuple(
    sorted(
        [
            *(cause for state in STATES.values() for cause in _by_state(state)),
            *_ANY_CALL,
            *_TOKENS,
            *_OPENIDS,
            *_GROUPS,
            *_TAGS,
            *_SERVICE,
        ],
        key=lambda cause: cause.code,
    )
)

BY_ORDER_ONLY: dict[int, Words] = {
    50005: Words(
        "somebody who does not follow is told by 43004 or 40003, as it was seen; no page says when it would be this code",
        "对方没有关注时，线上见到的是 43004 或 40003；没有文档说明何时用这个码",
    ),
}
"""Codes that the sandbox has no cause for, with the reason; a fault brings them."""
