"""The platform in memory, as simple as can be: an account's groups, followers, tokens, quotas. Nothing goes wrong here.

It is written anew from the platform's pages and shares no code with the sandbox: the two cannot be wrong together.
"""

import json
from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

APPID, SECRET, BASE_URL = "wx51a0000000000001", "5ecre7" * 6, "https://platform.example"
BEIJING = timezone(timedelta(hours=8))
TOKEN_LIFE, TOKEN_GRACE = 7200, 300
RESERVED = {0: "未分组", 1: "黑名单", 2: "星标组"}
OK: dict[str, object] = {"errcode": 0, "errmsg": "ok"}
CHANGES = ("groups/create", "groups/update", "groups/delete", "groups/members/batchupdate")
"""The calls that change who is in which group, by the end of their paths."""

Answer = dict[str, object]


class Platform:
    """One account. `answer` carries a call out and returns what the platform says."""

    def __init__(self, groups: dict[int, str], members: dict[str, int], *, is_of_2021: bool = False) -> None:
        self.groups = RESERVED | groups
        self.is_of_2021 = is_of_2021
        self._listed = (2,) if is_of_2021 else tuple(RESERVED)
        self._no_group, self._none_to_delete = (-1, 40152) if is_of_2021 else (40050, 40050)
        self.members = dict(members)
        self.next_id = max(100, *(number + 1 for number in self.groups))
        self.day_limits: dict[str, int] = {}
        self.minute_limits: dict[str, int] = {}
        self.carried_out: Counter[str] = Counter()
        """Calls that were carried out, by the end of their path: neither a refused token nor a quota stopped them."""
        self.created: list[tuple[int, str]] = []
        self.touched: set[str] = set()
        """Whoever was in a batch that was carried out."""
        self._used: Counter[tuple[str, str]] = Counter()
        self._tokens: list[tuple[str, float]] = []
        self._given = 0

    def answer(self, url: str, body: bytes | None, now: float) -> Answer:
        """Carry out one call."""
        parts = urlsplit(url)
        call = parts.path.removeprefix("/cgi-bin/")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        sent = json.loads(body) if body else {}
        if call == "stable_token":
            return self._token(sent, now)
        if code := self._judge_token(query.get("access_token", ""), now):
            return _refused(code)
        if code := self._judge_quota(call, now):
            return _refused(code)
        self.carried_out[call] += 1
        return (
            self._quota(str(sent["cgi_path"]), now)
            if call == "openapi/quota/get"
            else self._carry_out(call, sent, query)
        )

    def end_tokens(self) -> None:
        """Somebody else has forced a new token, and the grace of those before is over: they answer 40001."""
        self._tokens.clear()

    def age_tokens(self) -> None:
        """Let the last token's two hours be over: it answers 42001."""
        self._tokens = [(token, 0.0) for token, _ in self._tokens]

    def use_up(self, call: str, now: float, left: int) -> None:
        """Let the account's other systems have called so often today that `left` calls are left."""
        self._used[call, day_of(now)] = max(self._used[call, day_of(now)], self.day_limits[call] - left)

    def leave(self, openid: str) -> None:
        """Somebody unsubscribes."""
        self.members.pop(openid, None)

    def remove(self, group: int) -> None:
        """Somebody deletes a group; its members go to group 0."""
        self._delete(group)

    def _token(self, sent: Answer, now: float) -> Answer:
        if (sent.get("appid"), sent.get("secret")) != (APPID, SECRET):
            return _refused(40125)
        if not self._tokens or self._tokens[-1][1] - now <= TOKEN_GRACE or sent.get("force_refresh"):
            self._given += 1
            self._tokens = [(token, min(until, now + TOKEN_GRACE)) for token, until in self._tokens]
            self._tokens.append((f"token-{self._given}", now + TOKEN_LIFE))
        token, until = self._tokens[-1]
        return {"access_token": token, "expires_in": int(until - now)}

    def _judge_token(self, token: str, now: float) -> int:
        ends = dict(self._tokens).get(token)
        if ends is None:
            return 40001
        return 42001 if ends <= now else 0

    def _judge_quota(self, call: str, now: float) -> int:
        day, minute = (call, day_of(now)), (call, _minute(now))
        if self._used[day] >= self.day_limits.get(call, 10**9):
            return 45009
        if self._used[minute] >= self.minute_limits.get(call, 10**9):
            return 45011
        self._used[day] += 1
        self._used[minute] += 1
        return 0

    def _carry_out(self, call: str, sent: dict[str, Any], query: dict[str, str]) -> Answer:
        match call:
            case "groups/get":
                counts = Counter(self.members.values())
                listed = [
                    {"id": id_, "name": name, "count": counts[id_]}
                    for id_, name in self.groups.items()
                    if id_ in self._listed or id_ not in RESERVED
                ]
                return {"groups": listed}
            case "groups/create":
                return self._create(sent["group"]["name"])
            case "groups/update":
                return self._rename(**sent["group"])
            case "groups/delete":
                return self._delete(**sent["group"])
            case "groups/members/batchupdate":
                return self._move(sent["openid_list"], sent["to_groupid"])
            case "user/get":
                return self._page(query.get("next_openid", ""))
            case "user/info/batchget":
                return {"user_info_list": [self._profile(who["openid"]) for who in sent["user_list"]]}
        return _refused(48001)

    def _create(self, name: str) -> Answer:
        made, self.next_id = self.next_id, self.next_id + 1
        self.groups[made] = name
        self.created.append((made, name))
        return {"group": {"id": made, "name": name}}

    def _rename(self, id: int, name: str) -> Answer:
        if id not in self.groups or id in RESERVED:
            return _refused(self._no_group)
        self.groups[id] = name
        return OK

    def _delete(self, id: int) -> Answer:
        if id not in self.groups or id in RESERVED:
            return _refused(self._none_to_delete)
        del self.groups[id]
        self.members = {who: 0 if group == id else group for who, group in self.members.items()}
        return OK

    def _move(self, openids: list[str], to: int) -> Answer:
        if not 1 <= len(openids) <= 50:
            return _refused(40032)
        if to not in self.groups:
            return _refused(self._no_group)
        if not self.members.keys() >= set(openids):
            return _refused(40003)
        self.members.update(dict.fromkeys(openids, to))
        self.touched.update(openids)
        return OK

    def _page(self, after: str) -> Answer:
        everybody = list(self.members)
        start = everybody.index(after) + 1 if after else 0
        some = everybody[start : start + 10_000]
        page: Answer = {"total": len(everybody), "count": len(some), "next_openid": some[-1] if some else ""}
        return page | ({"data": {"openid": some}} if some else {})

    def _profile(self, openid: str) -> Answer:
        if openid not in self.members:
            return {"subscribe": 0, "openid": openid}
        return {"subscribe": 1, "openid": openid, "subscribe_time": 1, "groupid": self.members[openid]}

    def _quota(self, path: str, now: float) -> Answer:
        call = path.removeprefix("/cgi-bin/")
        limit = self.day_limits.get(call, 100_000)
        used = self._used[call, day_of(now)]
        counts = {"daily_limit": limit, "used": used, "remain": max(limit - used, 0)}
        return {"errcode": 0, "errmsg": "ok", "quota": counts}


def _refused(code: int) -> Answer:
    return {"errcode": code, "errmsg": "refused"}


def day_of(now: float) -> str:
    """Return the day in which the platform counts a call."""
    return datetime.fromtimestamp(now, BEIJING).strftime("%Y-%m-%d")


def _minute(now: float) -> str:
    return datetime.fromtimestamp(now, BEIJING).strftime("%Y-%m-%d %H:%M")
