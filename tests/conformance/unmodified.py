"""Programs as their authors would write them for production: SDKs and HTTP libraries, with the platform's own host.

Run as `python unmodified.py NAME APPID SECRET OPENID`; each makes a group VIP, moves the follower there, and prints the
names of all groups, one a line. Nothing in here knows of a sandbox, a proxy or a certificate.
"""

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

HOST = "https://api.weixin.qq.com/cgi-bin/"
Send = Callable[[str, bytes | None], bytes]
"""Sends a GET, or with a body a POST, to a URL."""


def werobot(appid: str, secret: str, openid: str) -> Iterable[str]:
    from werobot import WeRoBot

    client = WeRoBot(app_id=appid, app_secret=secret).client
    client.move_user(openid, client.create_group("VIP")["group"]["id"])
    return [group["name"] for group in client.get_groups()["groups"]]


def wechatpy(appid: str, secret: str, openid: str) -> Iterable[str]:
    from wechatpy import WeChatClient

    client = WeChatClient(appid, secret)
    client.group.move_user(openid, client.group.create("VIP")["group"]["id"])
    return [group["name"] for group in client.group.get()]


def requests(appid: str, secret: str, openid: str) -> Iterable[str]:
    import requests as library

    with library.Session() as session:
        return _bare(
            lambda url, body: (session.post(url, body) if body else session.get(url)).content,
            appid,
            secret,
            openid,
        )


def httpx2(appid: str, secret: str, openid: str) -> Iterable[str]:
    import httpx2 as library

    with library.Client() as client:
        return _bare(
            lambda url, body: (client.post(url, content=body) if body else client.get(url)).content,
            appid,
            secret,
            openid,
        )


def urllib(appid: str, secret: str, openid: str) -> Iterable[str]:
    import urllib.request as library

    def send(url: str, body: bytes | None) -> bytes:
        with library.urlopen(url, body, timeout=20) as answer:
            content: bytes = answer.read()
            return content

    return _bare(send, appid, secret, openid)


def _bare(send: Send, appid: str, secret: str, openid: str) -> Iterable[str]:
    def call(path: str, body: object = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        answer = json.loads(send(HOST + path, content))
        assert not answer.get("errcode"), answer
        return answer

    asked = f"token?grant_type=client_credential&appid={appid}&secret={secret}"
    token = "?access_token=" + call(asked)["access_token"]
    made = call("groups/create" + token, {"group": {"name": "VIP"}})["group"]["id"]
    call("groups/members/update" + token, {"openid": openid, "to_groupid": made})
    return [group["name"] for group in call("groups/get" + token)["groups"]]


PROGRAMS = {program.__name__: program for program in (werobot, wechatpy, requests, httpx2, urllib)}

if __name__ == "__main__":
    name, *credentials = sys.argv[1:]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a stream of text
    print(*PROGRAMS[name](*credentials), sep="\n")
