"""`fenzu call`: any call of the platform, also one that fenzu has no name for."""

from urllib.parse import parse_qsl

import msgspec

from fenzu.cli.command import argument, command, option
from fenzu.cli.on_account import Session, check_may_write, on_account
from fenzu.cli.person import read_text
from fenzu.client.raw import full_path
from fenzu.errors import UsageError
from fenzu.wire.endpoints import BY_PATH
from fenzu.wire.words import Words


@command(
    None,
    "call",
    words=Words("make any call of the platform", "调用平台的任意接口"),
    details=Words(
        "Prints the platform's answer as JSON, in the platform's own names. What fenzu does not know is a POST with a "
        "body, else a GET. Parameters may stand behind a ? in the path; the token is added.",
        "以 JSON 打印平台的应答，字段名为平台原名。fenzu 不认识的接口，有数据时用 POST，否则用 GET。"
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
    path, _, query = path.partition("?")
    content = None if body is None else parse_body(read_text() if body == "-" else body)
    method = method and method.upper()
    if not reads(path, method):
        check_may_write(session.credentials)
    params = dict(parse_qsl(query, keep_blank_values=True)) or None
    session.streams.json(await session.client.call(path, content, params=params, method=method))


def parse_body(text: str) -> dict[str, object]:
    """Return the body as an object; what is not JSON costs no call."""
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        raise UsageError(
            Words("the body is no JSON object", "请求数据不是 JSON 对象"),
            Words(
                """write it as '{"group":{"name":"test"}}', in single quotes""",
                """请写成 '{"group":{"name":"test"}}'，外加单引号""",
            ),
        ) from None


def reads(path: str, method: str | None) -> bool:
    """Tell whether the call is known to change nothing."""
    endpoint = BY_PATH.get(full_path(path))
    return endpoint is not None and endpoint.reads and method in (None, endpoint.method)
