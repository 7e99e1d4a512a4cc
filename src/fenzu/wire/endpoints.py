"""Every call of the platform's API that fenzu speaks, as data.

The client builds requests from these rows, the sandbox answers by them, and the reference pages are made from them.
Names are fenzu's own (`groups.move_many`); paths and fields are the platform's (`to_groupid`).
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec

from fenzu.wire.evidence import Mark, marks
from fenzu.wire.limits import DAILY

Method: TypeAlias = Literal["GET", "POST"]
Place: TypeAlias = Literal["query", "body"]
Kind: TypeAlias = Literal["text", "number", "list", "flag"]

WIKI = "https://mp.weixin.qq.com/wiki/index.php?title=分组管理接口"
DOC = "https://developers.weixin.qq.com/doc/offiaccount/"


class Param(msgspec.Struct, frozen=True):
    """One field of a request; `name` is its way through the body: `group.name`."""

    name: str
    kind: Kind
    place: Place = "body"
    required: bool = True


class Endpoint(msgspec.Struct, frozen=True):
    """One call: where it goes, what it takes and answers, and whether it may be sent twice.

    `codes` are the codes of the call itself; `COMMON_CODES` can answer any call. `repeatable` is true where sending
    the same request again after a lost answer leaves the platform as one sending would.
    """

    name: str
    method: Method
    path: str
    params: tuple[Param, ...]
    request: str
    answer: str
    codes: tuple[int, ...]
    repeatable: bool
    source: str
    marks: tuple[Mark, ...]
    since: int
    takes_token: bool = True
    reads: bool = False
    """Whether it changes nothing on the platform; a token that is fetched changes nothing of the account."""


OK_ANSWER = '{"errcode":0,"errmsg":"ok"}'
"""What a call that acts answers; a call that returns data carries no errcode."""

COMMON_CODES = (
    -1,
    40001,
    40014,
    40066,
    41001,
    42001,
    42007,
    43003,
    48001,
    48004,
    50001,
    50002,
    50007,
    61007,
)
COUNTED_CODES = (45009, 45011)
"""What a call that is counted can answer besides."""
POST_CODES = (43002, 44002, 47001, 47002)
GET_CODES = (43001,)
TOKEN_CODES = (
    -1,
    40002,
    40013,
    40066,
    40125,
    40164,
    40243,
    41002,
    41004,
    43003,
    45009,
    45011,
    50004,
    50007,
    61004,
    61024,
    89501,
    89503,
    89506,
    89507,
)
TOKEN_POST_CODES = (43002, 44002, 47001)


def _text(*names: str) -> tuple[Param, ...]:
    return tuple(Param(name, "text") for name in names)


def _call(
    name: str,
    method: Method,
    path: str,
    params: Sequence[Param] = (),
    *,
    request: str = "",
    answer: str = OK_ANSWER,
    codes: tuple[int, ...] = (),
    repeatable: bool = True,
    source: str = DOC,
    mark: str = "D",
    since: int = 2013,
    takes_token: bool = True,
    reads: bool | None = None,
) -> Endpoint:
    return Endpoint(
        name,
        method,
        "/cgi-bin/" + path,
        tuple(params),
        request,
        answer,
        codes,
        repeatable,
        source,
        marks(mark),
        since,
        takes_token,
        method == "GET" if reads is None else reads,
    )


OPENID = Param("openid", "text")
OPENID_LIST = Param("openid_list", "list")
TO_GROUP = Param("to_groupid", "number")
GROUP_ID = Param("group.id", "number")
GROUP_NAME = Param("group.name", "text")
TAG_ID = Param("tagid", "number")

_TOKEN = (
    _call(
        "token.get",
        "GET",
        "token",
        (
            Param("grant_type", "text", "query"),
            Param("appid", "text", "query"),
            Param("secret", "text", "query"),
        ),
        request="grant_type=client_credential&appid=APPID&secret=SECRET",
        answer='{"access_token":"ACCESS_TOKEN","expires_in":7200}',
        codes=(*TOKEN_CODES, *GET_CODES),
        mark="DW",
        takes_token=False,
        source=DOC + "Basic_Information/Get_access_token.html",
    ),
    _call(
        "token.stable",
        "POST",
        "stable_token",
        (
            *_text("grant_type", "appid", "secret"),
            Param("force_refresh", "flag", required=False),
        ),
        request='{"grant_type":"client_credential","appid":"APPID","secret":"SECRET","force_refresh":false}',
        answer='{"access_token":"ACCESS_TOKEN","expires_in":7200}',
        codes=(*TOKEN_CODES, *TOKEN_POST_CODES),
        since=2023,
        takes_token=False,
        source=DOC + "Basic_Information/getStableAccessToken.html",
    ),
)

_GROUPS = (
    _call(
        "groups.create",
        "POST",
        "groups/create",
        (GROUP_NAME,),
        request='{"group":{"name":"test"}}',
        answer='{"group":{"id":107,"name":"test"}}',
        codes=(40033, 40051, 45018),
        repeatable=False,
        source=WIKI,
        mark="DW",
    ),
    _call(
        "groups.list",
        "GET",
        "groups/get",
        answer='{"groups":[{"id":0,"name":"未分组","count":72596},{"id":1,"name":"黑名单","count":36}]}',
        source=WIKI,
        mark="DW",
    ),
    _call(
        "groups.of",
        "POST",
        "groups/getid",
        (OPENID,),
        request='{"openid":"od8XIjsmk6QdVTETa9jLtGWA6KBc"}',
        answer='{"groupid":102}',
        codes=(40003,),
        source=WIKI,
        reads=True,
    ),
    _call(
        "groups.rename",
        "POST",
        "groups/update",
        (GROUP_ID, GROUP_NAME),
        request='{"group":{"id":108,"name":"test2_modify2"}}',
        codes=(40033, 40050, 40051, 45016, 45017),
        source=WIKI,
    ),
    _call(
        "groups.move",
        "POST",
        "groups/members/update",
        (OPENID, TO_GROUP),
        request='{"openid":"oDF3iYx0ro3_7jD4HFRDfrjdCM58","to_groupid":108}',
        codes=(40003, 40050),
        source=WIKI,
    ),
    _call(
        "groups.move_many",
        "POST",
        "groups/members/batchupdate",
        (OPENID_LIST, TO_GROUP),
        request='{"openid_list":["oDF3iYx0ro3_7jD4HFRDfrjdCM58","od8XIjsmk6QdVTETa9jLtGWA6KBc"],"to_groupid":108}',
        codes=(40003, 40032, 40050, 45019),
        source=WIKI,
        since=2015,
    ),
    _call(
        "groups.delete",
        "POST",
        "groups/delete",
        (GROUP_ID,),
        request='{"group":{"id":108}}',
        codes=(40050, 40152, 45016),
        source=WIKI,
        mark="DL",
        since=2015,
    ),
)

_TAGS = (
    _call(
        "tags.create",
        "POST",
        "tags/create",
        (Param("tag.name", "text"),),
        request='{"tag":{"name":"广东"}}',
        answer='{"tag":{"id":134,"name":"广东"}}',
        codes=(40033, 45056, 45157, 45158),
        repeatable=False,
        since=2016,
    ),
    _call(
        "tags.list",
        "GET",
        "tags/get",
        answer='{"tags":[{"id":2,"name":"星标组","count":0},{"id":134,"name":"广东","count":5}]}',
        since=2016,
    ),
    _call(
        "tags.rename",
        "POST",
        "tags/update",
        (Param("tag.id", "number"), Param("tag.name", "text")),
        request='{"tag":{"id":134,"name":"广东人"}}',
        codes=(40033, 45058, 45157, 45158, 45159),
        since=2016,
    ),
    _call(
        "tags.delete",
        "POST",
        "tags/delete",
        (Param("tag.id", "number"),),
        request='{"tag":{"id":134}}',
        codes=(45057, 45058, 45159),
        since=2016,
    ),
    _call(
        "tags.members",
        "POST",
        "user/tag/get",
        (TAG_ID, Param("next_openid", "text", required=False)),
        request='{"tagid":134,"next_openid":""}',
        answer='{"count":2,"data":{"openid":["o1","o2"]},"next_openid":"o2"}',
        codes=(40003, 45159),
        since=2016,
        reads=True,
    ),
    _call(
        "tags.add",
        "POST",
        "tags/members/batchtagging",
        (OPENID_LIST, TAG_ID),
        request='{"openid_list":["o1","o2"],"tagid":134}',
        codes=(40003, 40032, 45019, 45059, 45159, 45169, 45171, 49003),
        since=2016,
    ),
    _call(
        "tags.remove",
        "POST",
        "tags/members/batchuntagging",
        (OPENID_LIST, TAG_ID),
        request='{"openid_list":["o1","o2"],"tagid":134}',
        codes=(40003, 40032, 45019, 45159, 45169, 45171, 49003),
        since=2016,
    ),
    _call(
        "tags.of",
        "POST",
        "tags/getidlist",
        (OPENID,),
        request='{"openid":"o1"}',
        answer='{"tagid_list":[134,2]}',
        codes=(40003, 49003),
        since=2016,
        reads=True,
    ),
)

_BLACKLIST = (
    _call(
        "blacklist.list",
        "POST",
        "tags/members/getblacklist",
        (Param("begin_openid", "text", required=False),),
        request='{"begin_openid":""}',
        answer='{"total":2,"count":2,"data":{"openid":["o1","o2"]},"next_openid":"o2"}',
        codes=(40003, 49003),
        since=2016,
        reads=True,
    ),
    _call(
        "blacklist.add",
        "POST",
        "tags/members/batchblacklist",
        (OPENID_LIST,),
        request='{"openid_list":["o1","o2"]}',
        codes=(40003, 40032, 45019, 49003, 268487001),
        since=2016,
    ),
    _call(
        "blacklist.remove",
        "POST",
        "tags/members/batchunblacklist",
        (OPENID_LIST,),
        request='{"openid_list":["o1","o2"]}',
        codes=(40003, 40032, 45019, 49003, 268487001),
        since=2016,
    ),
)

_FOLLOWERS = (
    _call(
        "followers.list",
        "GET",
        "user/get",
        (Param("next_openid", "text", "query", required=False),),
        request="next_openid=",
        answer='{"total":2,"count":2,"data":{"openid":["o1","o2"]},"next_openid":"o2"}',
        codes=(40003, 268487002),
        mark="DW",
        source=DOC + "User_Management/Getting_a_User_List.html",
    ),
    _call(
        "followers.get",
        "GET",
        "user/info",
        (Param("openid", "text", "query"), Param("lang", "text", "query", required=False)),
        request="openid=OPENID&lang=zh_CN",
        answer='{"subscribe":1,"openid":"o1","subscribe_time":1434093047,"unionid":"","remark":"","groupid":0,'
        '"tagid_list":[],"subscribe_scene":"ADD_SCENE_SEARCH","qr_scene":0,"qr_scene_str":""}',
        codes=(40003,),
        source=DOC + "User_Management/Get_users_basic_information_UnionID.html",
    ),
    _call(
        "followers.get_many",
        "POST",
        "user/info/batchget",
        (Param("user_list", "list"),),
        request='{"user_list":[{"openid":"o1","lang":"zh_CN"}]}',
        answer='{"user_info_list":[{"subscribe":0,"openid":"o1"}]}',
        codes=(40003, 40032, 40035),
        source=DOC + "User_Management/Get_users_basic_information_UnionID.html",
        since=2015,
        reads=True,
    ),
    _call(
        "followers.remark",
        "POST",
        "user/info/updateremark",
        _text("openid", "remark"),
        request='{"openid":"o1","remark":"pangzi"}',
        codes=(40003, 40033, 40092, 43004, 50005),
        source=DOC + "User_Management/Configuring_user_notes.html",
    ),
)

_SERVICE = (
    _call(
        "quota.clear",
        "POST",
        "clear_quota",
        _text("appid"),
        request='{"appid":"APPID"}',
        codes=(40013, 48006),
        repeatable=False,
        since=2016,
    ),
    _call(
        "quota.get",
        "POST",
        "openapi/quota/get",
        _text("cgi_path"),
        request='{"cgi_path":"/cgi-bin/groups/get"}',
        answer='{"errcode":0,"errmsg":"ok","quota":{"daily_limit":1000,"used":1,"remain":999},'
        '"rate_limit":{"call_count":5000,"refresh_second":60}}',
        codes=(76021, 76022),
        since=2021,
        reads=True,
    ),
    _call(
        "quota.rid",
        "POST",
        "openapi/rid/get",
        _text("rid"),
        request='{"rid":"5f5b0d5d-2b6ff4f5-3ad3f7a8"}',
        answer='{"errcode":0,"errmsg":"ok","request":{"invoke_time":1599803741,"cost_in_ms":30,"request_url":"…",'
        '"request_body":"","response_body":"…","client_ip":"127.0.0.1"}}',
        codes=(76001, 76002, 76003, 76004),
        since=2021,
        reads=True,
    ),
    _call("domain.ips", "GET", "get_api_domain_ip", answer='{"ip_list":["127.0.0.1"]}', since=2015),
    _call("domain.callback_ips", "GET", "getcallbackip", answer='{"ip_list":["127.0.0.1"]}'),
)


def _complete(endpoint: Endpoint) -> Endpoint:
    """Add the codes that any call can answer to those of this call."""
    if not endpoint.takes_token:
        return endpoint
    more = POST_CODES if endpoint.method == "POST" else GET_CODES
    counted = COUNTED_CODES if endpoint.name in DAILY else ()
    codes = tuple(sorted({*endpoint.codes, *COMMON_CODES, *more, *counted}))
    return msgspec.structs.replace(endpoint, codes=codes)


ENDPOINTS: dict[str, Endpoint] = {
    row.name: _complete(row) for row in (*_TOKEN, *_GROUPS, *_TAGS, *_BLACKLIST, *_FOLLOWERS, *_SERVICE)
}
BY_PATH: dict[str, Endpoint] = {row.path: row for row in ENDPOINTS.values()}

PRODUCTION_URL = "https://api.weixin.qq.com"
PRODUCTION_HOSTS = frozenset(
    {
        "api.weixin.qq.com",
        "api2.weixin.qq.com",
        "sh.api.weixin.qq.com",
        "sz.api.weixin.qq.com",
        "hk.api.weixin.qq.com",
    }
)


def is_production(base_url: str) -> bool:
    """Whether an address is the platform's own, however it is spelled."""
    try:
        host = urlsplit(base_url).hostname or ""
    except ValueError:
        return False
    return host.rstrip(".") in PRODUCTION_HOSTS
