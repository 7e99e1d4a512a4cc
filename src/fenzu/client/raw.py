"""Any call of the platform by its path, for what has no method of its own."""

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from fenzu.client._account import Account
from fenzu.client._call import Operation, perform
from fenzu.client._codec import decode_dict, encode_body, encode_query
from fenzu.client._flow import Flow
from fenzu.errors import UsageError
from fenzu.wire.endpoints import BY_PATH
from fenzu.wire.words import Words

Params: TypeAlias = Mapping[str, str | int]
JsonObject: TypeAlias = dict[str, Any]

_PATH = re.compile(r"/?[A-Za-z0-9_.~-]+(/[A-Za-z0-9_.~-]+)*")


def call(
    account: Account, path: str, body: Mapping[str, object] | None, params: Params | None, method: str | None
) -> Flow[JsonObject]:
    """A call that fenzu knows is repeated as its own method would; of the others only GET is."""
    path = full_path(path)
    params = params or {}
    if "access_token" in params:
        raise UsageError(
            Words("the token is added by the client", "token 由客户端自动加上"),
            Words("leave access_token out of the parameters", "请从参数中去掉 access_token"),
        )
    endpoint = BY_PATH.get(path)
    method = method or (endpoint.method if endpoint else "GET" if body is None else "POST")
    if method not in ("GET", "POST"):
        raise UsageError(
            Words("the platform knows GET and POST only", "微信平台只有 GET 和 POST"),
            Words("give GET or POST as the method, or leave it out", "方法请给 GET 或 POST，或省略"),
        )
    name = endpoint.name if endpoint else path
    return (
        yield from perform(
            account,
            Operation(
                name,
                method,
                path,
                lambda response: decode_dict(response, name),
                encode_query(params),
                None if body is None else encode_body(body),
                endpoint.takes_token if endpoint else True,
                endpoint.repeatable if endpoint else method == "GET",
            ),
        )
    )


def full_path(path: str) -> str:
    """Complete a path: `groups/get` is `/cgi-bin/groups/get`. Raises `UsageError` for one with a query or a host."""
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        raise UsageError(
            Words("not a path of the API", "不是 API 的路径"),
            Words(
                "give a path such as groups/get, without host and query",
                "请给出路径，如 groups/get，不含主机和查询参数",
            ),
        )
    if path.startswith("/"):
        return path
    return f"/{path}" if path.startswith("cgi-bin/") else f"/cgi-bin/{path}"
