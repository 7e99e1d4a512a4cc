"""`fenzu call`: any call of the platform, also one that fenzu has no name for."""

from urllib.parse import parse_qsl

import msgspec

from fenzu.cli.command import argument, command, option
from fenzu.cli.on_account import Session, check_may_write, on_account
from fenzu.cli.person import read_text
from fenzu.errors import UsageError
from fenzu.wire.endpoints import BY_PATH
from fenzu.wire.words import Words

PREFIX = "/cgi-bin/"
READING = frozenset(
    {"groups.of", "tags.of", "tags.members", "blacklist.list", "followers.get_many", "quota.get", "quota.rid"}
)
"""Calls that read although they are sent by POST."""


@command(
    None,
    "call",
    words=Words("make any call of the platform", "调用平台的任意接口"),
    details=Words(
        "Prints the platform's answer as JSON, in the platform's own names. With a body it is a POST, else a GET. "
        "Parameters may stand behind a ? in the path; the token is added.",
        "以 JSON 打印平台的应答，字段名为平台原名。有数据时用 POST，否则用 GET。"
        "参数可写在路径的 ? 之后；token 会自动加上。",
    ),
    examples=(
        "fenzu call groups/get",
        "fenzu call '/cgi-bin/user/info?openid=oDF3iYx0ro3_7jD4HFRDfrjdCM58&lang=zh_CN'",
        """fenzu call groups/create '{"group":{"name":"test"}}'""",
        "fenzu call groups/create - < body.json",
    ),
)
@argument(
    "path",
    words=Words("/cgi-bin/groups/get, or groups/get for short", "/cgi-bin/groups/get，可简写为 groups/get"),
)
@argument(
    "body",
    required=False,
    metavar="[JSON|-]",
    words=Words(
        "the body, a JSON object; - reads it from standard input",
        "请求数据（JSON 对象）；- 表示从标准输入读取",
    ),
)
@option(
    "--method",
    metavar="METHOD",
    words=Words("GET or POST, where the rule above does not fit", "GET 或 POST，用于上述规则不适用时"),
)
@on_account()
async def call(session: Session, path: str, body: str | None, method: str | None) -> None:
    """Send the call; on a read-only account only what is known to read."""
    route, _, query = path.partition("?")
    route = route if route.startswith("/") else PREFIX + route
    content = None if body is None else parse_body(read_text() if body == "-" else body)
    verb = parse_method(method) or ("GET" if content is None else "POST")
    if not reads(route, verb):
        check_may_write(session.credentials)
    params = dict(parse_qsl(query, keep_blank_values=True)) or None
    session.streams.json(await session.client.call(route, content, params=params, method=verb))


def parse_body(text: str) -> dict[str, object]:
    """Return the body as an object; what is not JSON costs no call."""
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeEncodeError):
        raise UsageError(
            Words("the body is no JSON object", "请求数据不是 JSON 对象"),
            Words(
                """write it as '{"group":{"name":"test"}}', in single quotes""",
                """请写成 '{"group":{"name":"test"}}'，外加单引号""",
            ),
        ) from None


def parse_method(method: str | None) -> str | None:
    """Return GET or POST, or None where none is given."""
    if method is None or method.upper() in ("GET", "POST"):
        return method and method.upper()
    raise UsageError(Words("the platform knows GET and POST only", "平台只支持 GET 和 POST"))


def reads(route: str, method: str) -> bool:
    """Tell whether the call is known to change nothing."""
    endpoint = BY_PATH.get(route)
    return endpoint is not None and (endpoint.name in READING or endpoint.method == method == "GET")
