"""How the platform behaves beyond calls, codes and rulebooks: one row a fact, each with its evidence.

What a call takes and answers stands in `endpoints.py`, what the rulebooks decide in `rulebooks.py`, the numbers in
`limits.py`. Here is the rest; the fidelity page is made from all four.
"""

import msgspec

from fenzu.wire.evidence import Mark
from fenzu.wire.words import Words

D, W, L, I, OURS = Mark.DOCUMENTED, Mark.WIRE, Mark.LIBRARY, Mark.INFERRED, Mark.OURS  # noqa: E741 - the marks' own letters


class Behaviour(msgspec.Struct, frozen=True):
    """One fact: `what` it is about, `how` the platform behaves, and how well that is known.

    `calls` are the calls at which it shows, none named means every call; `codes` are the codes that it shows by.
    """

    what: Words
    how: Words
    marks: tuple[Mark, ...]
    calls: tuple[str, ...] = ()
    codes: tuple[int, ...] = ()


class Topic(msgspec.Struct, frozen=True):
    """Behaviours that belong under one heading."""

    title: Words
    rows: tuple[Behaviour, ...]


TOKEN, STABLE = "token.get", "token.stable"

_GROUPS = Topic(
    Words("Groups", "分组"),
    (
        Behaviour(
            Words("ids", "编号"),
            Words(
                "numbers that the platform gives; the first custom id is 100",
                "由平台分配的数字，自建分组从 100 开始",
            ),
            (D, W),
            ("groups.create",),
        ),
        Behaviour(
            Words("ids of later groups", "后续编号"),
            Words("they rise, gaps are normal, none is used twice", "递增，可以有空号，不会重复使用"),
            (W, I),
            ("groups.create",),
        ),
        Behaviour(
            Words("reserved groups", "系统分组"),
            Words(
                "0 未分组 (ungrouped), 1 黑名单 (blacklist), 2 星标组 (starred); followers may be moved to them",
                "0 未分组、1 黑名单、2 星标组；可以把粉丝移进去",
            ),
            (D,),
            ("groups.list", "groups.move", "groups.move_many"),
        ),
        Behaviour(
            Words("membership", "归属"),
            Words(
                "every follower is in exactly one group; a new one is in 0",
                "每个粉丝恰好在一个分组里；新粉丝在 0",
            ),
            (D, I),
            ("groups.of",),
        ),
        Behaviour(
            Words("members of a deleted group", "被删分组的成员"),
            Words("go to 0", "回到 0"),
            (D,),
            ("groups.delete",),
        ),
        Behaviour(
            Words("moving somebody to where they are", "移动到原来的分组"),
            Words("ok, and nothing changes", "ok，什么也不变"),
            (OURS,),
            ("groups.move", "groups.move_many"),
        ),
        Behaviour(
            Words("counts", "人数"),
            Words("are true at once; production's may come later", "立即准确；线上可能滞后"),
            (OURS,),
            ("groups.list", "tags.list"),
        ),
        Behaviour(
            Words("equal names", "重名"),
            Words("two groups may have the same name", "允许两个分组同名"),
            (L,),
            ("groups.create", "groups.rename"),
        ),
        Behaviour(
            Words("too long a name for a reserved group", "给系统分组起过长的名字"),
            Words("45017; for another group 40051", "45017；别的分组为 40051"),
            (OURS,),
            ("groups.rename",),
            (45017,),
        ),
        Behaviour(
            Words("empty answer of groups/delete", "groups/delete 的空应答"),
            Words(
                "two libraries met an empty body instead of ok; the sandbox answers ok, and the empty body as a fault",
                "有两个库遇到过空包体而不是 ok；沙箱应答 ok，设了故障时才为空",
            ),
            (L,),
            ("groups.delete",),
        ),
    ),
)

_TOKENS = Topic(
    Words("Access tokens", "access_token"),
    (
        Behaviour(
            Words("a second /cgi-bin/token", "再次调用 /cgi-bin/token"),
            Words(
                "supersedes the last token, which still works for 5 minutes",
                "新的取代旧的，旧的还能用 5 分钟",
            ),
            (D,),
            (TOKEN,),
        ),
        Behaviour(
            Words("a wrong appid and a wrong grant_type at once", "appid 与 grant_type 同时有误"),
            Words("the appid is checked first", "先检查 appid"),
            (W,),
            (TOKEN,),
        ),
        Behaviour(
            Words("parameters by POST form", "用 POST 表单传参"),
            Words(
                "taken at /cgi-bin/token only, because the seed's gem sends them so",
                "仅 /cgi-bin/token 接受（种子里的 gem 这样发）",
            ),
            (L,),
            (TOKEN,),
        ),
        Behaviour(
            Words("the look of a token", "token 的样子"),
            Words(
                "two digits, `_`, then 86 letters, digits, `_` and `-`; expires_in is 7200",
                "两位数字、`_`，再加 86 个字母、数字、`_`、`-`；expires_in 为 7200",
            ),
            (D, OURS),
            (TOKEN, STABLE),
        ),
        Behaviour(
            Words("length of a token", "token 的长度"),
            Words("room for at least 512 characters is asked for", "至少预留 512 个字符"),
            (D,),
            (TOKEN, STABLE),
        ),
        Behaviour(
            Words("a second /cgi-bin/stable_token", "再次调用 /cgi-bin/stable_token"),
            Words("the same token, with expires_in counting down", "同一个 token，expires_in 递减"),
            (D,),
            (STABLE,),
        ),
        Behaviour(
            Words("a stable token's last 5 minutes", "稳定版 token 的最后 5 分钟"),
            Words(
                "a call gives a new one, and both are valid meanwhile; without a call nothing is renewed",
                "此时调用会得到新的，期间新旧都有效；不调用则不会更新",
            ),
            (D,),
            (STABLE,),
        ),
        Behaviour(
            Words("force_refresh", "force_refresh"),
            Words(
                "ends the old token at once; at most 20 a day and 30 seconds apart, else nothing is refreshed",
                "旧的立即失效；每天至多 20 次，且间隔 30 秒以上，否则不刷新",
            ),
            (D,),
            (STABLE,),
        ),
        Behaviour(
            Words("the two kinds of token", "两种 token"),
            Words("are isolated: neither supersedes the other", "互相隔离，互不取代"),
            (D,),
            (TOKEN, STABLE),
        ),
        Behaviour(
            Words("a token that nobody issued", "从未签发的 token"),
            Words("40001, not 40014; so does a superseded one", "40001 而不是 40014；被取代的也一样"),
            (W,),
        ),
        Behaviour(
            Words("what cannot be a token", "不可能是 token 的文字"),
            Words(
                "40014: more than 512 characters, or other than visible ASCII",
                "40014：超过 512 个字符，或含可见 ASCII 以外的字符",
            ),
            (OURS,),
            codes=(40014,),
        ),
        Behaviour(
            Words("a token in the body", "放在包体里的 token"),
            Words("counts as none: 41001", "等于没有：41001"),
            (OURS,),
        ),
        Behaviour(
            Words("addresses not on the whitelist", "不在白名单的地址"),
            Words(
                "40164, at the token calls only; the text names the address twice:"
                " `invalid ip 192.0.2.1 ipv6 ::ffff:192.0.2.1, not in whitelist`",
                "40164，只在获取 token 时检查；文字里写两遍地址："
                "`invalid ip 192.0.2.1 ipv6 ::ffff:192.0.2.1, not in whitelist`",
            ),
            (W,),
            (TOKEN, STABLE),
        ),
    ),
)

_FOLLOWERS = Topic(
    Words("Followers", "粉丝"),
    (
        Behaviour(
            Words("openids", "openid"),
            Words(
                "28 characters, `o` first, then letters, digits, `_` and `-`; case matters",
                "28 个字符，以 `o` 开头，其余为字母、数字、`_`、`-`，区分大小写",
            ),
            (W,),
        ),
        Behaviour(
            Words("one person at two accounts", "同一个人关注两个公众号"),
            Words(
                "has two openids; one of another account answers 40003", "有两个 openid；用错公众号应答 40003"
            ),
            (D,),
        ),
        Behaviour(
            Words("next_openid", "next_openid"),
            Words("is the page's last openid, on the last page too", "是本页最后一个 openid，最后一页也是"),
            (W,),
            ("followers.list",),
        ),
        Behaviour(
            Words("a page after the last", "最后一页之后"),
            Words(
                '`{"total":N,"count":0,"next_openid":""}`, without `data`',
                '`{"total":N,"count":0,"next_openid":""}`，没有 `data`',
            ),
            (W,),
            ("followers.list",),
        ),
        Behaviour(
            Words("size of a page", "一页的大小"),
            Words("up to 10,000 openids", "至多 10,000 个 openid"),
            (D,),
            ("followers.list", "tags.members", "blacklist.list"),
        ),
        Behaviour(
            Words("size of a batch", "批量的大小"),
            Words(
                "50 openids, 20 at the blacklist, 100 profiles; one more, or none, is 40032",
                "50 个 openid，拉黑 20 个，资料 100 个；多一个或为空应答 40032",
            ),
            (D, I),
            (
                "groups.move_many",
                "tags.add",
                "tags.remove",
                "blacklist.add",
                "blacklist.remove",
                "followers.get_many",
            ),
        ),
        Behaviour(
            Words("order of user/get", "user/get 的顺序"),
            Words("the order in which they followed", "按关注的先后"),
            (OURS,),
            ("followers.list",),
        ),
        Behaviour(
            Words("an unknown next_openid", "不存在的 next_openid"),
            Words("40003", "40003"),
            (OURS,),
            ("followers.list",),
        ),
        Behaviour(
            Words("profile of somebody who does not follow", "非粉丝的资料"),
            Words("`subscribe` 0 and the openid, nothing else", "只有 `subscribe` 0 和 openid"),
            (D,),
            ("followers.get", "followers.get_many"),
        ),
        Behaviour(
            Words("`lang`", "`lang`"),
            Words("changes nothing of what is still answered", "对现在仍返回的字段没有影响"),
            (I,),
            ("followers.get", "followers.get_many"),
        ),
        Behaviour(
            Words("fields of a profile that nobody sets", "资料里无处可设的字段"),
            Words(
                '`unionid` `""`, `subscribe_scene` `ADD_SCENE_SEARCH`, `qr_scene` 0, `qr_scene_str` `""`',
                '`unionid` `""`、`subscribe_scene` `ADD_SCENE_SEARCH`、`qr_scene` 0、`qr_scene_str` `""`',
            ),
            (OURS,),
            ("followers.get", "followers.get_many"),
        ),
        Behaviour(
            Words("nickname, sex, city and the like", "昵称、性别、城市等"),
            Words(
                "left out, as since 2021-12-27, in both rulebooks",
                "两套规则都不返回（2021-12-27 起平台不再返回）",
            ),
            (D, OURS),
            ("followers.get", "followers.get_many"),
        ),
        Behaviour(
            Words("remarks", "备注名"),
            Words(
                "under 30 bytes, else 40092; of somebody who does not follow 43004; an empty one takes it away",
                "不足 30 字节，否则 40092；非粉丝 43004；空的备注即清除",
            ),
            (D, OURS),
            ("followers.remark",),
        ),
        Behaviour(
            Words("somebody unsubscribes", "取消关注"),
            Words(
                "leaves group and tags, answers 40003, and is in 0 after following again",
                "离开分组和标签，应答 40003；再次关注后在 0",
            ),
            (OURS,),
        ),
        Behaviour(
            Words("events of following and unfollowing", "关注与取消关注事件"),
            Words(
                "are pushed to the developer's address as XML, signed in the query; whoever does not answer within "
                "five seconds gets them three times; an empty answer will do",
                "以 XML 推送到开发者地址，签名在查询参数中；五秒内不应答则共推送三次；应答可以为空",
            ),
            (D, W),
        ),
        Behaviour(
            Words("an account's own name in events", "事件中的账号"),
            Words(
                "is `gh_` and twelve hexadecimal digits; here they are made of the appid",
                "为 `gh_` 加十二位十六进制数；此处由 appid 得出",
            ),
            (W, OURS),
        ),
    ),
)

_TAGS = Topic(
    Words("Tags", "标签"),
    (
        Behaviour(
            Words("limits", "上限"),
            Words(
                "100 tags, 30 bytes a name, 20 tags a follower, no equal names, no delete above 100,000 followers",
                "100 个标签，名字 30 字节，每个粉丝 20 个，不可重名，粉丝超过 10 万不可删除",
            ),
            (D,),
            ("tags.create", "tags.rename", "tags.delete", "tags.add"),
        ),
        Behaviour(
            Words("ids of groups and tags", "分组与标签的编号"),
            Words("come from one counter", "出自同一个计数器"),
            (W,),
            ("tags.create",),
        ),
        Behaviour(
            Words("groups and tags", "分组与标签"),
            Words(
                "are two kinds of thing: one group a follower, and up to 20 tags; production may have merged them",
                "是两样东西：每个粉丝一个分组、至多 20 个标签；线上可能已经合并",
            ),
            (OURS,),
            ("tags.create", "tags.add"),
        ),
        Behaviour(
            Words("the blacklist calls", "拉黑接口"),
            Words(
                "move to group 1; from there to 0, and nobody who is elsewhere",
                "移进分组 1；移出时回到 0，不在分组 1 的不动",
            ),
            (OURS,),
            ("blacklist.add", "blacklist.remove"),
        ),
        Behaviour(
            Words("reserved tags", "系统标签"),
            Words(
                "2 星标组 is listed and can be given; 0 and 1 are no tags (45159); none of the three can be changed (45058)",
                "2 星标组会列出，也可以打；0、1 不是标签（45159）；三个都不可修改（45058）",
            ),
            (D, OURS),
            ("tags.list", "tags.add", "tags.rename", "tags.delete"),
        ),
        Behaviour(
            Words("order of user/tag/get and getblacklist", "user/tag/get 与 getblacklist 的顺序"),
            Words("the order in which they followed", "按关注的先后"),
            (OURS,),
            ("tags.members", "blacklist.list"),
        ),
        Behaviour(
            Words("order of a follower's tags", "粉丝身上标签的顺序"),
            Words("the order in which they were given", "按打上的先后"),
            (I,),
            ("tags.of", "followers.get", "followers.get_many"),
        ),
        Behaviour(
            Words("a tag's page after the last", "标签的最后一页之后"),
            Words(
                '`{"count":0,"next_openid":""}`, without `data`',
                '`{"count":0,"next_openid":""}`，没有 `data`',
            ),
            (I,),
            ("tags.members",),
        ),
        Behaviour(
            Words("a bad openid in a batch of tags", "批量打标签里有错误的 openid"),
            Words(
                "nobody is tagged: 49003 where another account is followed, else 40003; so with 45059",
                "一个也不打：关注的是别的公众号时 49003，否则 40003；45059 亦然",
            ),
            (D, OURS),
            ("tags.add", "tags.remove", "blacklist.add", "blacklist.remove"),
        ),
        Behaviour(
            Words("one follower tagged by many at once", "同时给同一个粉丝打标签"),
            Words(
                "while 100 requests that tag or untag the follower are under way, another answers 45169; a batch with others"
                " in it is done for them and answers 45171 with `fail_openid_list`",
                "正有 100 个请求在给该粉丝打或取消标签时，再来的应答 45169；若批量里还有别人，则为别人完成，"
                "并应答 45171 和 `fail_openid_list`",
            ),
            (D, OURS),
            ("tags.add", "tags.remove"),
            (45169, 45171),
        ),
        Behaviour(
            Words("two things wrong with a new tag", "新标签有两处错误"),
            Words(
                "a name that is taken (45157) is told before too many tags (45056)",
                "先报重名 45157，再报数量 45056",
            ),
            (OURS,),
            ("tags.create",),
        ),
    ),
)

_REQUESTS = Topic(
    Words("What is taken", "接受什么请求"),
    (
        Behaviour(
            Words("Content-Type of a request", "请求的 Content-Type"),
            Words(
                "any or none: two SDKs send JSON under a form's type",
                "任意或没有：有两个 SDK 以表单类型发 JSON",
            ),
            (L,),
        ),
        Behaviour(
            Words("more than 10,000 openids in a batch", "批量超过 10,000 个 openid"),
            Words("45019; from 51 on (the blacklist: 21) 40032", "45019；从 51 个（拉黑 21 个）起 40032"),
            (OURS,),
            ("groups.move_many", "tags.add", "tags.remove", "blacklist.add", "blacklist.remove"),
            (45019,),
        ),
        Behaviour(
            Words("a user_list of bare openids", "user_list 里直接放 openid"),
            Words("40035", "40035"),
            (OURS,),
            ("followers.get_many",),
            (40035,),
        ),
        Behaviour(
            Words("an Authorization header", "多余的 Authorization 头"),
            Words("is ignored", "忽略"),
            (L,),
        ),
        Behaviour(
            Words("ids as text", "字符串形式的编号"),
            Words('`"108"` is taken as 108; answers always hold numbers', '`"108"` 当作 108；应答里总是数字'),
            (I,),
        ),
        Behaviour(
            Words("escaped names (`\\u5206`)", "转义的名字（`\\u5206`）"),
            Words(
                "decoded and taken; parts of the platform stored them literally or answered 40033, so send raw UTF-8",
                "解码后接受；线上有的地方会原样存下或应答 40033，所以请发 UTF-8 原文",
            ),
            (W, OURS),
        ),
        Behaviour(
            Words("fields that nobody knows", "未知的字段"),
            Words("are ignored", "忽略"),
            (OURS,),
        ),
        Behaviour(
            Words("an openid twice in a batch", "批量里重复的 openid"),
            Words("counts once", "只算一次"),
            (OURS,),
            ("groups.move_many", "tags.add", "blacklist.add"),
        ),
        Behaviour(
            Words("a byte order mark", "BOM"),
            Words("is skipped", "跳过"),
            (OURS,),
        ),
        Behaviour(
            Words("broken UTF-8; control characters", "残缺的 UTF-8；控制字符"),
            Words("read with U+FFFD; kept", "读作 U+FFFD；保留"),
            (OURS,),
        ),
        Behaviour(
            Words("a body over 1 MiB", "超过 1 MiB 的包体"),
            Words("the connection answers 413", "连接应答 413"),
            (OURS,),
        ),
    ),
)

_ANSWERS = Topic(
    Words("What is answered", "应答的样子"),
    (
        Behaviour(
            Words("status", "状态码"),
            Words("200, errors included, for well-formed HTTP", "只要 HTTP 合法，总是 200，出错也是"),
            (W,),
        ),
        Behaviour(
            Words("Content-Type", "Content-Type"),
            Words(
                "`application/json; encoding=utf-8` (the word is *encoding*)",
                "`application/json; encoding=utf-8`（就是 encoding）",
            ),
            (W,),
        ),
        Behaviour(
            Words("body", "包体"),
            Words(
                "compact JSON in raw UTF-8, no newline at the end, keys in the documented order",
                "紧凑的 JSON，UTF-8 原文，末尾无换行，键的顺序同文档",
            ),
            (W,),
        ),
        Behaviour(
            Words("a call that acts", "动作类接口"),
            Words(
                '`{"errcode":0,"errmsg":"ok"}`; `ok` never has a suffix; data carry no errcode',
                '`{"errcode":0,"errmsg":"ok"}`，`ok` 没有后缀；返回数据时没有 errcode',
            ),
            (D, W),
        ),
        Behaviour(
            Words("the rid", "rid"),
            Words(
                "three parts of 8 hex digits; the first is the Unix time",
                "三段各 8 位十六进制，第一段是 Unix 时间",
            ),
            (W,),
        ),
        Behaviour(
            Words("text/plain and empty bodies", "text/plain 与空包体"),
            Words(
                "have been met, so judge an answer by its content; the sandbox sends them as faults only",
                "都有人遇到过，所以判断应答要看内容；沙箱只在设了故障时这样应答",
            ),
            (W, L),
        ),
    ),
)

_ORDER = Topic(
    Words("The order of checks", "检查的先后"),
    (
        Behaviour(
            Words("1. route", "1. 地址"),
            Words("unknown: 40066", "不存在：40066"),
            (W,),
        ),
        Behaviour(
            Words("2. token", "2. token"),
            Words(
                "missing 41001, unknown 40001, past its life 42001", "缺少 41001，不存在 40001，过期 42001"
            ),
            (W, OURS),
        ),
        Behaviour(
            Words("3. method", "3. 方法"),
            Words(
                "43001, 43002; 43003 where the account wants HTTPS", "43001、43002；账号只收 HTTPS 时 43003"
            ),
            (D, OURS),
        ),
        Behaviour(
            Words("4. account", "4. 账号"),
            Words(
                "48001, 50002, and the codes of the account's other [states](codes.md#states-of-an-account)",
                "48001、50002，以及账号其他[状态](codes.md#states-of-an-account)的错误码",
            ),
            (D, OURS),
        ),
        Behaviour(
            Words("5. quota", "5. 额度"),
            Words("45009 for the day, 45011 for the minute", "当日 45009，每分钟 45011"),
            (D, OURS),
            codes=(45009, 45011),
        ),
        Behaviour(
            Words("6. body of a POST", "6. POST 的包体"),
            Words("empty 44002; no JSON object 47001", "为空 44002；不是 JSON 对象 47001"),
            (W, OURS),
        ),
        Behaviour(
            Words("7. parameters", "7. 参数"),
            Words(
                "name → openid → size of the list → each openid → group id; so 51 openids with a bad one answer 40032,"
                " and a bad openid with an unknown group answers 40003",
                "名字 → openid → 列表长度 → 每个 openid → 分组编号；所以 51 个里有一个错误的，应答 40032；"
                "openid 与分组都错，应答 40003",
            ),
            (OURS,),
        ),
        Behaviour(
            Words("8. rules", "8. 规则"),
            Words("reserved, unknown id, limits", "系统分组、不存在的编号、上限"),
            (OURS,),
        ),
        Behaviour(
            Words("token calls", "获取 token 的接口"),
            Words(
                "appid missing 41002, unknown 40013; 43003; secret missing 41004, wrong 40125, then the account's"
                " [state](codes.md#states-of-an-account); grant_type 40002; the address 61004, 89501 and the like, whitelist"
                " 40164; quota",
                "缺 appid 41002，不存在 40013；43003；缺 secret 41004，错误 40125，然后是账号[状态]"
                "(codes.md#states-of-an-account)；grant_type 40002；地址 61004、89501 等，白名单 40164；额度",
            ),
            (W, OURS),
            (TOKEN, STABLE),
        ),
    ),
)

_QUOTAS = Topic(
    Words("Quotas", "额度"),
    (
        Behaviour(
            Words("renewal", "更新时间"),
            Words("midnight in Beijing", "北京时间零点"),
            (I,),
            ("quota.get",),
        ),
        Behaviour(
            Words("large accounts", "大号"),
            Words(
                "have more above 100,000, 1,000,000 and 10,000,000 followers, how much is not public; here five times the ordinary",
                "粉丝超过 10 万、100 万、1000 万时更多，数目未公开；这里取普通的五倍",
            ),
            (D, OURS),
            ("quota.get",),
        ),
        Behaviour(
            Words("what counts", "什么算一次"),
            Words(
                "a call that passed token, method and account, whatever its body; one that 45009 or 45011 refuses does not;"
                " a kill of the sandbox loses the last second's",
                "通过 token、方法、账号检查的调用，无论包体；被 45009、45011 拒绝的不算；强杀沙箱会丢失最后一秒的计数",
            ),
            (OURS,),
            ("quota.get",),
        ),
        Behaviour(
            Words("paths at openapi/quota/get", "openapi/quota/get 的路径"),
            Words("unknown 76021, not counted 76022", "不存在 76021，不计数的 76022"),
            (D, OURS),
            ("quota.get",),
        ),
        Behaviour(
            Words("openapi/rid/get", "openapi/rid/get"),
            Words(
                "tells the last 1,000 answers that had a rid, tokens and secrets masked; no rid 76002, unknown 76001,"
                " another account's 76003, a week old 76004; rulebook 2013 has no rids",
                "能查到最近 1,000 个带 rid 的应答，token 与 secret 打码；格式错误 76002，不存在 76001，"
                "别的账号的 76003，超过 7 天 76004；规则 2013 没有 rid",
            ),
            (D, OURS),
            ("quota.rid",),
        ),
        Behaviour(
            Words("addresses of the platform", "平台的 IP"),
            Words("127.0.0.1 alone", "只有 127.0.0.1"),
            (OURS,),
            ("domain.ips", "domain.callback_ips"),
        ),
        Behaviour(
            Words("calls a minute", "每分钟调用数"),
            Words(
                "5,000 of one call and account, 600 for a test account",
                "每个接口每个账号 5,000 次，测试号 600 次",
            ),
            (OURS,),
            codes=(45011,),
        ),
        Behaviour(
            Words("which minute", "哪一分钟"),
            Words(
                "one of the calendar, each call by itself; calls that have no daily quota have none a minute either",
                "自然分钟，每个接口单独计；没有每日额度的接口也没有每分钟限制",
            ),
            (OURS,),
            codes=(45011,),
        ),
        Behaviour(
            Words("who is refused", "拒绝谁"),
            Words(
                "with `--quota ordinary`, `test` or `large`, or where control says so of an account; else calls are counted and told",
                "启动时给 `--quota ordinary`、`test`、`large`，或经控制端口指定账号时才拒绝，否则只计数",
            ),
            (OURS,),
            codes=(45009,),
        ),
        Behaviour(
            Words("stable_token a minute", "stable_token 每分钟"),
            Words("10,000", "10,000 次"),
            (D,),
            (STABLE,),
            (45011,),
        ),
        Behaviour(
            Words("clearing", "清零"),
            Words(
                "ten times a month, then 48006; 40013 when it is not the token's appid",
                "每月 10 次，超过应答 48006；appid 与 token 不符应答 40013",
            ),
            (D,),
            ("quota.clear",),
        ),
        Behaviour(
            Words("what a clear opens", "清零的范围"),
            Words(
                "the day of every call of the account, tokens included; the minute goes on",
                "该账号所有接口当日的额度，含获取 token；每分钟限制照旧",
            ),
            (OURS,),
            ("quota.clear",),
        ),
    ),
)

TOPICS: tuple[Topic, ...] = (_ANSWERS, _REQUESTS, _ORDER, _GROUPS, _TOKENS, _FOLLOWERS, _TAGS, _QUOTAS)
