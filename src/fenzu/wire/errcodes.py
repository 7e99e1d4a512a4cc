"""The platform's codes (errcode): what each means, whether a repeat helps, and what to do next.

Collected from the platform's pages and from answers that people posted; `seen` tells which were met in a real
answer. What a rulebook changes about a text stands in `rulebooks.py`.
"""

from enum import StrEnum

import msgspec

from fenzu.wire.words import Words


class Family(StrEnum):
    """What kind of trouble a code is; each family has an exception class in `fenzu.errors`."""

    OK = "ok"
    CREDENTIAL = "credential"
    PERMISSION = "permission"
    BUSY = "busy"
    QUOTA = "quota"
    NOT_FOUND = "not_found"
    REFUSED = "refused"


class Retry(StrEnum):
    """Whether sending the same call again makes sense, and when."""

    NO = "no"
    ONCE = "once"
    YES = "yes"
    NEXT_MINUTE = "next minute"
    TOMORROW = "tomorrow"
    LATER = "later"


class Suffix(StrEnum):
    """What rulebook 2021 appends to the text."""

    NONE = ""
    RID = "rid"
    HINT_AND_RID = "hint+rid"


class ErrCode(msgspec.Struct, frozen=True):
    """One row of the table: the platform's text, and what fenzu makes of it."""

    code: int
    message: str
    family: Family
    retry: Retry
    suffix: Suffix
    seen: bool
    meaning: Words
    advice: Words


NO, ONCE, YES, LATER = Retry.NO, Retry.ONCE, Retry.YES, Retry.LATER
HINT = Suffix.HINT_AND_RID


def _rows(
    family: Family,
    *rows: tuple[int, str, bool, Retry, tuple[str, str], tuple[str, str]],
    hints: frozenset[int] = frozenset(),
) -> list[ErrCode]:
    return [
        ErrCode(
            code,
            message,
            family,
            retry,
            HINT if code in hints else Suffix.RID,
            seen,
            Words(*meaning),
            Words(*advice),
        )
        for code, message, seen, retry, meaning, advice in rows
    ]


_BUSY = _rows(
    Family.BUSY,
    (
        -1,
        "system error",
        True,
        YES,
        ("the platform is busy", "系统繁忙，稍候重试"),
        ("wait and try again, with growing pauses", "稍候再试，每次间隔加长"),
    ),
    (
        45169,
        "openid much req",
        False,
        YES,
        ("too many calls tag the same openid at once", "对同一 openid 的并发打标签请求过多"),
        (
            "wait and try again: this follower is being tagged by another call",
            "稍候再试：另一个调用正在给这个粉丝打标签",
        ),
    ),
    (
        268487001,
        "system busy",
        False,
        YES,
        ("the platform is busy (blacklist calls)", "系统繁忙（拉黑接口文档列出，可重试）"),
        ("wait and try again", "稍候再试"),
    ),
    (
        268487002,
        "system busy",
        False,
        YES,
        ("the platform is busy (follower list)", "系统繁忙（用户列表接口文档列出，可重试）"),
        ("wait and try again", "稍候再试"),
    ),
)

_CREDENTIAL = _rows(
    Family.CREDENTIAL,
    (
        40001,
        "invalid credential",
        True,
        ONCE,
        (
            "the secret is wrong, or the access token is not valid or not the latest",
            "AppSecret 错误，或 access_token 无效/不是最新",
        ),
        (
            "fetch a token once and try again; at the token call: check the secret",
            "重新获取一次 access_token 再试；若是获取 token 的接口报错，请核对 AppSecret",
        ),
    ),
    (
        40002,
        "invalid grant_type",
        True,
        NO,
        ("grant_type is wrong", "不合法的凭证类型"),
        ("send grant_type=client_credential", "grant_type 请填 client_credential"),
    ),
    (
        40013,
        "invalid appid",
        True,
        NO,
        ("the appid is wrong", "不合法的 appid"),
        ("check the appid, its case included", "核对 appid，注意大小写"),
    ),
    (
        40014,
        "invalid access_token",
        False,
        ONCE,
        ("the access token is not valid", "不合法的 access_token"),
        ("fetch a token once and try again", "重新获取一次 access_token 再试"),
    ),
    (
        40125,
        "invalid appsecret",
        True,
        NO,
        ("the secret is wrong", "无效的 appsecret"),
        ("check the secret", "核对 AppSecret"),
    ),
    (
        41001,
        "access_token missing",
        True,
        NO,
        ("the call carries no access token", "缺少 access_token 参数"),
        ("put the token in the query", "把 access_token 放进查询参数"),
    ),
    (
        41002,
        "appid missing",
        True,
        NO,
        ("the call carries no appid", "缺少 appid 参数"),
        ("send the appid", "请带上 appid"),
    ),
    (
        41004,
        "appsecret missing",
        False,
        NO,
        ("the call carries no secret", "缺少 secret 参数"),
        ("send the secret", "请带上 secret"),
    ),
    (
        42001,
        "access_token expired",
        True,
        ONCE,
        ("the access token's life is over", "access_token 超时"),
        ("fetch a token once and try again", "重新获取一次 access_token 再试"),
    ),
    (
        42007,
        "access_token and refresh_token exception",
        False,
        NO,
        (
            "the owner changed the password: tokens ended, the account must authorise again",
            "用户改密码，accesstoken 和 refreshtoken 失效，需重新授权",
        ),
        ("the account must authorise again", "请让公众号重新授权"),
    ),
    (
        61024,
        "must use api(api_component_token) to get token for component acct",
        False,
        NO,
        ("an account run by a third-party platform", "第三方平台账号需用 api_component_token 获取 token"),
        (
            "a third-party platform fetches its token by another call",
            "第三方平台请改用 api_component_token 获取 token",
        ),
    ),
)

_NOT_FOUND = _rows(
    Family.NOT_FOUND,
    (
        40003,
        "invalid openid",
        True,
        NO,
        ("no follower has this openid", "不合法的 openid（未关注、或属于其他公众号）"),
        (
            "the openid is malformed, no follower, or of another account",
            "openid 写错、已不是粉丝，或属于其他公众号，请核对",
        ),
    ),
    (
        40050,
        "invalid group id",
        False,
        NO,
        ("no group has this id", "不合法的分组 id"),
        ("list the groups: this id does not exist", "先列出分组：没有这个 id"),
    ),
    (
        40152,
        "invalid group id",
        True,
        NO,
        ("no group or tag has this id", "不合法的分组/标签 id"),
        ("list the groups: this id does not exist", "先列出分组：没有这个 id"),
    ),
    (
        43004,
        "require subscribe",
        True,
        NO,
        ("this person does not follow the account", "需要接收者关注"),
        ("this person does not follow the account", "此人没有关注公众号，请从名单中去掉"),
    ),
    (
        45159,
        "invalid tag id",
        True,
        NO,
        ("no tag has this id", "非法的标签 id"),
        ("list the tags: this id does not exist", "先列出标签：没有这个 id"),
    ),
    (
        49003,
        "not match openid with appid",
        False,
        NO,
        ("the openid belongs to another account", "传入的 openid 不属于此 AppID"),
        ("the openid belongs to another account", "换成这个公众号自己的 openid"),
    ),
    (
        50005,
        "user is unsubscribed",
        False,
        NO,
        ("this person does not follow the account any more", "用户未关注公众号"),
        ("this person does not follow the account", "此人已取消关注，请从名单中去掉"),
    ),
    (
        76001,
        "rid not found",
        False,
        NO,
        ("no request has this rid", "rid 不存在"),
        ("no request has this rid", "核对 rid：没有这个请求"),
    ),
    hints=frozenset({40152, 45159}),
)

_PERMISSION = _rows(
    Family.PERMISSION,
    (
        40164,
        "invalid ip {ipv4} ipv6 {ipv6}, not in whitelist",
        True,
        NO,
        ("the caller's address is not on the whitelist", "调用 IP 不在白名单"),
        ("add this address to the account's whitelist", "把这个 IP 加进公众号的 IP 白名单"),
    ),
    (
        40243,
        "appsecret frozen",
        False,
        NO,
        ("the secret is frozen", "AppSecret 已被冻结"),
        ("unfreeze the secret in the platform's console", "到公众平台后台解冻 AppSecret"),
    ),
    (
        48001,
        "api unauthorized",
        True,
        NO,
        ("the account may not use this call", "api 功能未授权"),
        ("this kind of account may not use the call", "这类公众号没有此接口的权限"),
    ),
    (
        48004,
        "api forbidden for irregularities, view detail on mp.weixin.qq.com",
        False,
        NO,
        ("the platform barred this call for the account", "api 接口被封禁"),
        ("the platform barred this call for the account", "接口被平台封禁，详情见公众平台后台"),
    ),
    (
        50001,
        "api unauthorized or user unauthorized",
        False,
        NO,
        ("the account has not authorised this call", "用户未授权该 api"),
        ("the account has not authorised this call", "请让公众号授权此接口"),
    ),
    (
        50002,
        "user limited",
        False,
        NO,
        ("the account is limited, perhaps frozen or closed", "用户受限，可能账号被冻结或注销"),
        ("the account is frozen or closed", "账号被冻结或已注销，请到公众平台后台查看"),
    ),
    (
        50004,
        "user not allow to use accesstoken, maybe for punishment",
        False,
        NO,
        ("the account may not fetch tokens", "禁止使用 token 接口"),
        ("the account may not fetch tokens", "账号被禁止获取 token，请到公众平台后台查看"),
    ),
    (
        50007,
        "account frozen",
        False,
        NO,
        ("the account is frozen", "账号已冻结"),
        ("the account is frozen", "账号已冻结，请到公众平台后台查看"),
    ),
    (
        61004,
        "access clientip is not registered",
        True,
        NO,
        ("the caller's address is not registered", "调用 IP 未登记"),
        ("register this address", "请登记这个 IP"),
    ),
    (
        61007,
        "api is unauthorized to component",
        True,
        NO,
        ("the account has not granted this call to the third-party platform", "接口未授权给第三方平台"),
        ("the account must grant this to the third-party platform", "请让公众号把此接口授权给第三方平台"),
    ),
    (
        76003,
        "could not query this rid,no permission",
        False,
        NO,
        ("the rid belongs to another account", "当前账号无权查询该 rid"),
        ("the rid belongs to another account", "换用发出该请求的账号来查询"),
    ),
    (
        76022,
        "could not use this cgi_path，no permission",
        False,
        NO,
        ("this token may not ask about that cgi_path", "当前 token 无权查询该 cgi_path"),
        ("this token may not ask about that cgi_path", "换用有此接口权限的账号来查询"),
    ),
    (
        89501,
        "address awaits confirmation",
        False,
        NO,
        ("the administrator must confirm this address", "此 IP 正在等待管理员确认，请联系管理员"),
        ("the administrator must confirm this address", "请管理员确认这个 IP"),
    ),
    (
        89503,
        "call awaits confirmation",
        False,
        LATER,
        ("the administrator must confirm this call", "此次调用需要管理员确认，请耐心等候"),
        ("the administrator must confirm this call", "请管理员确认此次调用，然后再试"),
    ),
    (
        89506,
        "address barred for 24 hours",
        False,
        LATER,
        (
            "the administrator refused this address twice: barred for 24 hours",
            "24 小时内该 IP 被管理员拒绝调用两次，24 小时内不可再用",
        ),
        ("refused twice: barred for 24 hours", "24 小时后再试，或换一个 IP"),
    ),
    (
        89507,
        "address barred for 1 hour",
        False,
        LATER,
        (
            "the administrator refused this address: barred for an hour",
            "1 小时内该 IP 被管理员拒绝调用一次，1 小时内不可再用",
        ),
        ("refused once: barred for an hour", "1 小时后再试，或换一个 IP"),
    ),
)

_QUOTA = _rows(
    Family.QUOTA,
    (
        45009,
        "reach max api daily quota limit",
        True,
        Retry.TOMORROW,
        ("the daily quota of this call is used up", "接口调用超过（每日）限制"),
        (
            "wait for the quota to renew at midnight, Beijing time, or clear it",
            "等北京时间零点额度更新，或清零一次额度",
        ),
    ),
    (
        45011,
        "api minute-quota reach limit, must slower, retry next minute",
        False,
        Retry.NEXT_MINUTE,
        ("too many calls this minute", "API 调用太频繁（每分钟），请稍候再试"),
        ("slow down and try again in the next minute", "放慢速度，下一分钟再试"),
    ),
    (
        48006,
        "forbid to clear quota because of reaching the limit",
        False,
        NO,
        ("the quota was cleared too often", "清零次数达到上限"),
        ("the ten clears of this month are used up", "本月 10 次清零已用完，下月再清"),
    ),
)

_REFUSED = _rows(
    Family.REFUSED,
    (
        40032,
        "invalid openid list size",
        False,
        NO,
        ("the list of openids is empty or too long", "不合法的 openid 列表长度"),
        (
            "send between 1 and 50 openids (20 for the blacklist)",
            "每次发 1 到 50 个 openid（黑名单为 20 个）",
        ),
    ),
    (
        40033,
        "invalid charset. please check your request, if include \\uxxxx will create fail!",
        True,
        NO,
        (
            "the text holds characters that are not allowed, such as \\uXXXX",
            "请求字符不合法，不能包含 \\uxxxx",
        ),
        ("send raw UTF-8, not \\uXXXX", "请直接发 UTF-8 原文，不要用 \\uXXXX 转义"),
    ),
    (
        40035,
        "invalid args size",
        False,
        NO,
        ("the parameters are wrong", "不合法的参数"),
        ("check the parameters", "核对参数"),
    ),
    (
        40051,
        "invalid group name",
        True,
        NO,
        ("the group's name is not allowed", "分组名字不合法"),
        ("choose a name within the limit", "换一个长度在限制以内的名字"),
    ),
    (
        40066,
        "invalid url",
        True,
        NO,
        ("no call has this address", "不存在的接口地址"),
        ("check the path", "核对接口地址"),
    ),
    (
        40092,
        "invalid remark name",
        True,
        NO,
        ("the remark is not allowed", "备注名不合法"),
        ("shorten the remark", "缩短备注名"),
    ),
    (
        43001,
        "require GET method",
        False,
        NO,
        ("the call wants GET", "需要 GET 请求"),
        ("use GET", "请用 GET"),
    ),
    (
        43002,
        "require POST method",
        False,
        NO,
        ("the call wants POST", "需要 POST 请求"),
        ("use POST", "请用 POST"),
    ),
    (
        43003,
        "require https",
        False,
        NO,
        ("the call wants HTTPS", "需要 HTTPS 请求"),
        ("use HTTPS", "请用 HTTPS"),
    ),
    (
        44002,
        "empty post data",
        True,
        NO,
        ("the body is empty", "POST 的数据包为空"),
        ("send a JSON body", "请带上 JSON 数据"),
    ),
    (
        45016,
        "can't modify sys group",
        False,
        NO,
        ("a reserved group", "系统分组，不允许修改"),
        ("groups 0, 1 and 2 belong to the platform", "0、1、2 是系统分组，请换成自己建的分组"),
    ),
    (
        45017,
        "can't set group name too long sys group",
        False,
        NO,
        ("the group's name is too long", "分组名字过长"),
        ("shorten the name", "缩短名字"),
    ),
    (
        45018,
        "too many group now, no need to add new",
        True,
        NO,
        ("the account holds as many groups as it may", "分组数量超过上限"),
        ("delete a group first", "先删除一个分组"),
    ),
    (
        45019,
        "too many openid, please input less",
        False,
        NO,
        ("too many openids", "openid 过多"),
        ("send fewer openids", "少发一些 openid"),
    ),
    (
        45056,
        "too many tag now, no need to add new",
        True,
        NO,
        ("the account holds as many tags as it may (100)", "创建的标签数过多（上限 100）"),
        ("delete a tag first", "先删除一个标签"),
    ),
    (
        45057,
        "can't delete the tag that has too many fans",
        False,
        NO,
        ("the tag has more than 100,000 followers", "该标签下粉丝数超过 10 万，不允许直接删除"),
        ("untag the followers first", "先给粉丝取消这个标签"),
    ),
    (
        45058,
        "can't modify sys tag",
        False,
        NO,
        ("a reserved tag", "不能修改 0/1/2 这三个系统默认保留的标签"),
        ("tags 0, 1 and 2 belong to the platform", "0、1、2 是系统标签，请换成自己建的标签"),
    ),
    (
        45059,
        "can not tagging one user too much",
        False,
        NO,
        ("a follower carries as many tags as allowed (20)", "有粉丝身上的标签数已超过限制（20 个）"),
        ("a follower may carry 20 tags", "每个粉丝最多 20 个标签，请先取消一些"),
    ),
    (
        45157,
        "invalid tag name",
        True,
        NO,
        ("the tag's name is not allowed, or another tag has it", "标签名非法，或与其他标签重名"),
        ("choose another name", "换一个名字"),
    ),
    (
        45158,
        "tag name too long",
        False,
        NO,
        ("the tag's name is longer than 30 bytes", "标签名长度超过 30 个字节"),
        ("shorten the name to 30 bytes", "把名字缩短到 30 个字节以内"),
    ),
    (
        45171,
        "some openid fail",
        False,
        NO,
        ("some openids failed; the answer names them", "部分 openid 失败，见 fail_openid_list"),
        ("read fail_openid_list; the others were done", "看 fail_openid_list；其余已完成"),
    ),
    (
        47001,
        "data format error",
        True,
        NO,
        ("the body is not valid JSON", "解析 JSON/XML 内容错误"),
        ("send valid JSON", "请发合法的 JSON"),
    ),
    (
        47002,
        "data format error, do NOT use json unicode encode (\\uxxxx\\uxxxx), please use utf8 encoded text!",
        False,
        NO,
        ("the body escapes characters as \\uXXXX", "不要用 \\uxxxx 编码，请用 UTF-8 原文"),
        ("send raw UTF-8, not \\uXXXX", "请直接发 UTF-8 原文，不要用 \\uXXXX 转义"),
    ),
    (
        76002,
        "rid is error",
        False,
        NO,
        ("the rid is empty or malformed", "rid 为空或格式错误"),
        ("check the rid", "核对 rid"),
    ),
    (
        76004,
        "rid time is error",
        False,
        NO,
        ("the rid is too old", "rid 过期（仅 7 天内）"),
        ("a rid is kept for seven days", "只能查询 7 天内的 rid"),
    ),
    (
        76021,
        "cgi_path not found, please check",
        False,
        NO,
        ("no call has this cgi_path", "cgi_path 填错"),
        ("check cgi_path", "核对 cgi_path"),
    ),
    hints=frozenset({40051, 40092, 45157}),
)

OK = ErrCode(
    0, "ok", Family.OK, NO, Suffix.NONE, False, Words("done", "请求成功"), Words("nothing to do", "无需处理")
)

ERRCODES: dict[int, ErrCode] = {
    row.code: row
    for row in sorted(
        [OK, *_BUSY, *_CREDENTIAL, *_NOT_FOUND, *_PERMISSION, *_QUOTA, *_REFUSED], key=lambda row: row.code
    )
}
