"""Requests of every kind, sensible and not, from a seed. What an answer to them may be is judged elsewhere."""

import json
import random
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from fenzu.wire import ENDPOINTS, Endpoint
from tests.strain.oddities import CONTENT_TYPES, NAMES, ODD_BODIES, ODD_TEXTS, ODD_VALUES

SERVED = tuple(ENDPOINTS)
PATHS = tuple(endpoint.path for endpoint in ENDPOINTS.values())
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS")


class Case(msgspec.Struct, frozen=True):
    """One request, as the sandbox's platform takes it."""

    method: str
    path: str
    query: bytes
    content_type: bytes
    body: bytes

    def __str__(self) -> str:
        return (
            f"{self.method} {self.path[:99]}?{self.query[:300]!r} [{self.content_type!r}] {self.body[:300]!r}"
        )


class Cast(msgspec.Struct, frozen=True):
    """Who plays: what is real at the account under test."""

    appid: str
    secret: str
    token: str
    openids: tuple[str, ...]
    stranger_token: str
    stranger_openid: str
    groups: tuple[int, ...] = (100,)
    tags: tuple[int, ...] = (2,)
    rid: str = "5f5b0d5d-2b6ff4f5-3ad3f7a8"


class Author:
    """Makes one case after another; a list of weights decides how much sense each has."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast = cast
        self.rng = random.Random(seed)

    def next(self) -> Case:
        """Return another request."""
        rng = self.rng
        endpoint = ENDPOINTS[rng.choice(SERVED)]
        method = endpoint.method if rng.random() < 0.93 else rng.choice(METHODS)
        path = endpoint.path if rng.random() < 0.95 else self._path(endpoint.path)
        content_type = "application/json" if rng.random() < 0.6 else rng.choice(CONTENT_TYPES)
        body = self._body(endpoint) if method != "GET" or rng.random() < 0.1 else b""
        return Case(method, path, self._query(endpoint), content_type.encode(), body)

    def _path(self, path: str) -> str:
        return self.rng.choice(
            [
                path + "/",
                path.upper(),
                path.replace("/cgi-bin", ""),
                "/" + path,
                path + "x",
                "/",
                "/cgi-bin",
                "/cgi-bin/tags/none",
                path.replace("/", "//"),
                "/cgi-bin/../cgi-bin/groups/get",
                path + ";x=1",
                "/cgi-bin/群组",
                "/" + "a" * 3000,
                "*",
                "",
            ]
        )

    def _query(self, endpoint: Endpoint) -> bytes:
        rng, parts = self.rng, []
        if endpoint.takes_token:
            token = self._token()
            if token is not None:
                parts.append("access_token=" + token)
        parts += [
            f"{param.name}={quote(str(self._query_value(param.name)), safe='', errors='replace')}"
            for param in endpoint.params
            if param.place == "query" and rng.random() < 0.9
        ]
        if rng.random() < 0.1:
            parts.append(
                rng.choice(
                    [
                        "",
                        "&",
                        "=",
                        "a",
                        "access_token",
                        "x=%zz",
                        "x=%",
                        "x=%ff%fe",
                        "next_openid=&next_openid=x",
                        "é=1",
                        "a=b=c",
                    ]
                )
            )
        rng.shuffle(parts)
        return "&".join(parts).encode("utf-8", "surrogatepass")

    def _token(self) -> str | None:
        rng, cast = self.rng, self.cast
        if rng.random() < 0.9:
            return cast.token
        return rng.choice(
            [
                None,
                "",
                "x",
                cast.stranger_token,
                cast.token[:-1],
                cast.token + "x",
                cast.token.swapcase(),
                "x" * 5000,
                cast.token + "&access_token=second",
                "%00",
                "%ff%fe",
                "%zz",
                cast.token[:5] + "%20" + cast.token[5:],
                "群",
            ]
        )

    def _query_value(self, name: str) -> object:
        right = {
            "grant_type": "client_credential",
            "appid": self.cast.appid,
            "secret": self.cast.secret,
            "lang": "zh_CN",
        }
        if self.rng.random() < 0.6 and name in right:
            return right[name]
        return self._openid() if "openid" in name else self._odd_text()

    def _body(self, endpoint: Endpoint) -> bytes:
        rng = self.rng
        if rng.random() < 0.08:
            return rng.choice(ODD_BODIES)(rng)
        value: Any = self._object(endpoint)
        if endpoint.name == "token.get" and rng.random() < 0.7:
            return urlencode(value, errors="replace").encode()
        if rng.random() < 0.05:
            value = rng.choice(
                [[value], value.get("group", {}), {"group": value}, {}, {"x": value}, None, "text", 5, True]
            )
        return self._encoded(value)

    def _object(self, endpoint: Endpoint) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for param in endpoint.params:
            if self.rng.random() < 0.04:
                continue
            place = value
            *way, last = param.name.split(".")
            for step in way:
                place = place.setdefault(step, {})
            place[last] = self._field(param.name)
        if self.rng.random() < 0.05:
            value[self.rng.choice(["extra", "", "group ", "\x00", "openid", "access_token"])] = (
                self._odd_value()
            )
        return value

    def _field(self, name: str) -> Any:
        rng, cast = self.rng, self.cast
        if rng.random() < 0.12:
            return self._odd_value()
        if name == "openid":
            return self._openid()
        if name == "openid_list":
            return [self._openid() for _ in range(rng.choice([0, 1, 1, 2, 3, 50, 51, 100]))]
        if name == "user_list":
            return [
                {"openid": self._openid(), "lang": "zh_CN"} for _ in range(rng.choice([0, 1, 1, 2, 100, 101]))
            ]
        if name in {"group.id", "to_groupid"}:
            number = rng.choice([*cast.groups, *cast.groups, 0, 1, 2, 99, cast.groups[-1] + 1, 10**6])
            return str(number) if rng.random() < 0.2 else number
        if name in {"tag.id", "tagid"}:
            tag = rng.choice([*cast.tags, *cast.tags, 0, 1, 2, cast.groups[0], cast.tags[-1] + 1, 10**6])
            return str(tag) if rng.random() < 0.2 else tag
        if name in {"next_openid", "begin_openid"}:
            return "" if rng.random() < 0.5 else self._openid()
        if name in {"group.name", "tag.name", "remark"}:
            return rng.choice(NAMES) if rng.random() < 0.4 else f"group {rng.randint(0, 999)}"
        right = {
            "grant_type": "client_credential",
            "appid": cast.appid,
            "secret": cast.secret,
            "force_refresh": False,
            "cgi_path": rng.choice(PATHS),
            "rid": cast.rid,
        }
        return right.get(name, "") if rng.random() < 0.7 else self._odd_value()

    def _openid(self) -> Any:
        rng = self.rng
        if rng.random() < 0.85:
            return rng.choice(self.cast.openids)
        known = rng.choice(self.cast.openids)
        return rng.choice(
            [
                self.cast.stranger_openid,
                known.swapcase(),
                known[:-1],
                known + "x",
                " " + known,
                known + "\n",
                "o" * 28,
                "",
                "群" * 28,
                self._odd_value(),
            ]
        )

    def _odd_value(self) -> Any:
        return self.rng.choice([*ODD_VALUES, self._odd_text()])

    def _odd_text(self) -> str:
        return self.rng.choice(ODD_TEXTS)

    def _encoded(self, value: object) -> bytes:
        rng = self.rng
        text = json.dumps(value, ensure_ascii=rng.random() < 0.3, indent=rng.choice([None, None, None, 2]))
        content = text.encode("utf-8", "surrogatepass")
        way = rng.random()
        if way < 0.02:
            return b"\xef\xbb\xbf" + content
        if way < 0.03:
            return content.replace(b'"', b"'")
        if way < 0.04:
            return content[: rng.randint(0, len(content))]
        if way < 0.05:
            return content + rng.choice([b" ", b"\n", b"x", b"}", content])
        if way < 0.06:
            return bytes(byte if rng.random() < 0.97 else rng.randrange(256) for byte in content)
        return content
