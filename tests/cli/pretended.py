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
    40092: "invalid remark name",
    45057: "can't delete the tag that has too many fans",
    45157: "invalid tag name",
    45159: "invalid tag id",
    48006: "forbid to clear quota because of reaching the limit",
    76021: "cgi_path not found, please check",
}
TOLD_QUOTAS = ("/cgi-bin/groups/get", "/cgi-bin/user/get", "/cgi-bin/user/info/batchget")
OK: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}


def refusal(code: int) -> dict[str, Any]:
    return {"errcode": code, "errmsg": MESSAGES[code]}


class Pretended:
    """Groups and followers in memory; `faults` maps the end of a path to codes that answer its next calls (0: none)."""

    def __init__(self, groups: dict[int, str] | None = None, followers: dict[str, int] | None = None) -> None:
        own = {100: "VIP", 101: "华东媒"} if groups is None else groups
        self.groups = {0: "未分组", 1: "黑名单", 2: "星标组", **own}
        self.followers = {f"o{n:027}": 0 for n in range(5)} if followers is None else followers
        self.tags = {2: "星标组", 134: "广东"}
        self.tagged: dict[str, list[int]] = {}
        self.blacklisted: list[str] = []
        self.remarks: dict[str, str] = {}
        self.faults: dict[str, list[int]] = {}
        self.seen: list[tuple[str, str, str]] = []
        self.malformed: set[str] = set()
        self.left_out: set[str] = set()
        self.since, self.invoked_at = 1434093047, 1599803741
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

    def tags_get(self, given: dict[str, Any]) -> dict[str, Any]:
        rows = [{"id": key, "name": name, "count": len(self.members(key))} for key, name in self.tags.items()]
        return {"tags": rows}

    def members(self, tag: int) -> list[str]:
        return [openid for openid, own in self.tagged.items() if tag in own]

    def tags_create(self, given: dict[str, Any]) -> dict[str, Any]:
        name, number = given["tag"]["name"], max(self.tags) + 1
        if name in self.tags.values():
            return refusal(45157)
        self.tags[number] = name
        return {"tag": {"id": number, "name": name}}

    def tags_update(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["tag"]["id"] not in self.tags:
            return refusal(45159)
        self.tags[given["tag"]["id"]] = given["tag"]["name"]
        return OK

    def tags_delete(self, given: dict[str, Any]) -> dict[str, Any]:
        return OK if self.tags.pop(given["tag"]["id"], None) is not None else refusal(45159)

    def tags_getidlist(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["openid"] not in self.followers:
            return refusal(40003)
        return {"tagid_list": self.tagged.get(given["openid"], [])}

    def user_tag_get(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._page(self.members(given["tagid"]), given["next_openid"])

    def tags_members_batchtagging(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._tag(given, lambda own, tag: [*own, tag])

    def tags_members_batchuntagging(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._tag(given, lambda own, tag: [each for each in own if each != tag])

    def _tag(self, given: dict[str, Any], change: Callable[[list[int], int], list[int]]) -> dict[str, Any]:
        if any(openid not in self.followers for openid in given["openid_list"]):
            return refusal(40003)
        for openid in given["openid_list"]:
            self.tagged[openid] = change(self.tagged.get(openid, []), given["tagid"])
        return OK

    def tags_members_getblacklist(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"total": len(self.blacklisted), **self._page(self.blacklisted, given["begin_openid"])}

    def tags_members_batchblacklist(self, given: dict[str, Any]) -> dict[str, Any]:
        if any(openid not in self.followers for openid in given["openid_list"]):
            return refusal(40003)
        self.blacklisted += given["openid_list"]
        return OK

    def tags_members_batchunblacklist(self, given: dict[str, Any]) -> dict[str, Any]:
        self.blacklisted = [one for one in self.blacklisted if one not in given["openid_list"]]
        return OK

    def _page(self, every: list[str], after: str) -> dict[str, Any]:
        page = (every[every.index(after) + 1 :] if after else every)[: self.page]
        return {"count": len(page), "data": {"openid": page}, "next_openid": page[-1] if page else ""}

    def user_info_updateremark(self, given: dict[str, Any]) -> dict[str, Any]:
        if len(given["remark"].encode()) >= 30:
            return refusal(40092)
        self.remarks[given["openid"]] = given["remark"]
        return OK

    def openapi_quota_get(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["cgi_path"] not in TOLD_QUOTAS:
            return refusal(76021)
        rate = {"call_count": 5000, "refresh_second": 60}
        return {**OK, "quota": {"daily_limit": 1000, "used": 1, "remain": 999}, "rate_limit": rate}

    def openapi_rid_get(self, given: dict[str, Any]) -> dict[str, Any]:
        url, said = "access_token=T0KEN&openid=o1", '{"errcode":40003,"errmsg":"invalid openid"}'
        request = {"invoke_time": self.invoked_at, "cost_in_ms": 30, "request_url": url, "request_body": ""}
        return {**OK, "request": {**request, "response_body": said, "client_ip": "127.0.0.1"}}

    def get_api_domain_ip(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"ip_list": ["101.226.62.77", "101.226.62.78"]}

    def getcallbackip(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"ip_list": ["101.226.62.0/25"]}

    def user_get(self, given: dict[str, Any]) -> dict[str, Any]:
        every, after = list(self.followers), given.get("next_openid")
        rest = every[every.index(after) + 1 :] if after else every
        if not rest:
            return {"total": len(every), "count": 0, "next_openid": ""}
        page = rest[: self.page]
        return {"total": len(every), "count": len(page), "data": {"openid": page}, "next_openid": page[-1]}

    def user_info(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._profile(given["openid"])

    def user_info_batchget(self, given: dict[str, Any]) -> dict[str, Any]:
        if self.malformed & {one["openid"] for one in given["user_list"]}:
            return refusal(40003)
        asked = [one["openid"] for one in given["user_list"]]
        return {"user_info_list": [self._profile(openid) for openid in asked if openid not in self.left_out]}

    def _profile(self, openid: str) -> dict[str, Any]:
        if openid not in self.followers:
            return {"subscribe": 0, "openid": openid}
        return {
            "subscribe": 1,
            "openid": openid,
            "subscribe_time": self.since,
            "remark": self.remarks.get(openid, "胖子"),
            "groupid": self.followers[openid],
            "tagid_list": [2, 134],
            "subscribe_scene": "ADD_SCENE_SEARCH",
            "qr_scene": 0,
            "qr_scene_str": "",
        }
