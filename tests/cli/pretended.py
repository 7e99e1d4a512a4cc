"""A platform of a few lines, for tests of the command line that need no socket. It is lenient; the sandbox is not."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fenzu.client.transport import Request, Response

MESSAGES = {
    -1: "system error",
    40001: "invalid credential",
    40003: "invalid openid",
    40013: "invalid appid",
    40050: "invalid group id",
    40051: "invalid group name",
    45009: "reach max api daily quota limit",
    45016: "can't modify sys group",
}
OK: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}


def refusal(code: int) -> dict[str, Any]:
    return {"errcode": code, "errmsg": MESSAGES[code]}


class Pretended:
    """Groups and followers in memory; `faults` maps the end of a path to codes that answer its next calls (0: none)."""

    def __init__(self, groups: dict[int, str] | None = None, followers: dict[str, int] | None = None) -> None:
        own = {100: "VIP", 101: "华东媒"} if groups is None else groups
        self.groups = {0: "未分组", 1: "黑名单", 2: "星标组", **own}
        self.followers = {f"o{n:027}": 0 for n in range(5)} if followers is None else followers
        self.faults: dict[str, list[int]] = {}
        self.seen: list[tuple[str, str, str]] = []
        self.page = 3
        self.before: Callable[[], None] | None = None

    async def send(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        path = parts.path.removeprefix("/cgi-bin/")
        body = json.loads(request.body) if request.body else {}
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.seen.append((request.method, parts.path, (request.body or b"").decode()))
        if self.before is not None:
            self.before()
            await asyncio.sleep(0)
        code = self.faults[path].pop(0) if self.faults.get(path) else 0
        answer = refusal(code) if code else self.answer(path, query, body)
        return Response(200, json.dumps(answer, ensure_ascii=False).encode())

    async def aclose(self) -> None:
        pass

    def answer(self, path: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        handler = getattr(self, path.replace("/", "_"), None)
        if handler is None:
            return OK
        answer: dict[str, Any] = handler({**query, **body})
        return answer

    def stable_token(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"access_token": "T0KEN", "expires_in": 7200}

    def groups_get(self, given: dict[str, Any]) -> dict[str, Any]:
        inside = list(self.followers.values())
        rows = [{"id": key, "name": name, "count": inside.count(key)} for key, name in self.groups.items()]
        return {"groups": rows}

    def groups_create(self, given: dict[str, Any]) -> dict[str, Any]:
        name = given["group"]["name"]
        if len(name) > 30:
            return refusal(40051)
        number = max(*self.groups, 99) + 1
        self.groups[number] = name
        return {"group": {"id": number, "name": name}}

    def groups_getid(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["openid"] not in self.followers:
            return refusal(40003)
        return {"groupid": self.followers[given["openid"]]}

    def groups_update(self, given: dict[str, Any]) -> dict[str, Any]:
        number = given["group"]["id"]
        if number in (0, 1, 2):
            return refusal(45016)
        if number not in self.groups:
            return refusal(40050)
        self.groups[number] = given["group"]["name"]
        return OK

    def groups_delete(self, given: dict[str, Any]) -> dict[str, Any]:
        number = given["group"]["id"]
        if self.groups.pop(number, None) is None:
            return refusal(40050)
        self.followers = {openid: 0 if own == number else own for openid, own in self.followers.items()}
        return OK

    def groups_members_update(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._move([given["openid"]], given["to_groupid"])

    def groups_members_batchupdate(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._move(given["openid_list"], given["to_groupid"])

    def _move(self, openids: list[str], number: int) -> dict[str, Any]:
        if any(openid not in self.followers for openid in openids):
            return refusal(40003)
        if number not in self.groups:
            return refusal(40050)
        self.followers.update(dict.fromkeys(openids, number))
        return OK

    def user_get(self, given: dict[str, Any]) -> dict[str, Any]:
        every, after = list(self.followers), given.get("next_openid")
        rest = every[every.index(after) + 1 :] if after else every
        if not rest:
            return {"total": len(every), "count": 0, "next_openid": ""}
        page = rest[: self.page]
        return {"total": len(every), "count": len(page), "data": {"openid": page}, "next_openid": page[-1]}

    def user_info_batchget(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"user_info_list": [self._profile(one["openid"]) for one in given["user_list"]]}

    def _profile(self, openid: str) -> dict[str, Any]:
        if openid not in self.followers:
            return {"subscribe": 0, "openid": openid}
        return {
            "subscribe": 1,
            "openid": openid,
            "subscribe_time": 1434093047,
            "remark": "胖子",
            "groupid": self.followers[openid],
            "tagid_list": [2, 134],
            "subscribe_scene": "ADD_SCENE_SEARCH",
            "qr_scene": 0,
            "qr_scene_str": "",
        }
