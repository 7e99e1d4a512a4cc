"""One face over the SDKs under test, so that one suite judges them all. It adds nothing to what an SDK sends.

Names are fenzu's; each method is one call of the SDK's own, and its errors become `SdkError` with the platform's code
and text. What an SDK lacks, and how its own generic call fills the gap, is said at the method.
"""

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeAlias

STRAY = [f"oStray{number:022d}" for number in range(60)]
VIPS = [f"oVip{number:024d}" for number in range(3)]
STRANGER = "oStranger0000000000000000000"
"""Openids: sixty in no group, three in 104, one who does not follow."""

NODE_FOLDER = Path(__file__).parent / "node"
EXAMPLES = Path(__file__).parents[2] / "examples" / "sdks"

Answer: TypeAlias = dict[str, Any]
Answers: TypeAlias = list[Answer]


def recipe(name: str) -> Any:
    """Return the module of examples/sdks that shows how to point one SDK at a sandbox."""
    with_examples = [str(EXAMPLES), *sys.path]
    sys.path, before = with_examples, sys.path
    try:
        return importlib.import_module(name)
    finally:
        sys.path = before


class SdkError(Exception):
    """The SDK reported a platform error."""

    def __init__(self, code: int | None, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


class Sdk(Protocol):
    """The seven group calls, followers and tokens, as an SDK offers them; answers are the SDK's own values."""

    heals: bool
    """Whether the SDK fetches a new token by itself when the platform refuses the one it has."""

    def create(self, name: str) -> Answer: ...

    def list(self) -> Answers: ...

    def of(self, openid: str) -> int: ...

    def rename(self, group_id: int | str, name: str) -> object: ...

    def move(self, openid: str, to: int | str) -> object: ...

    def move_many(self, openids: Sequence[str], to: int | str) -> object: ...

    def delete(self, group_id: int | str) -> object: ...

    def followers(self, after: str = "") -> Answer: ...

    def profile(self, openid: str) -> Answer: ...

    def spoil_token(self) -> None: ...


class Wechatpy:
    """wechatpy: all seven calls are methods; a list given to `move_user` makes it the batch call."""

    heals = True

    def __init__(self, base_url: str, appid: str, secret: str) -> None:
        self.client = recipe("wechatpy_client").connect(base_url, appid, secret)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        from wechatpy.exceptions import WeChatClientException

        try:
            yield
        except WeChatClientException as error:
            raise SdkError(error.errcode, error.errmsg) from error

    def create(self, name: str) -> Any:
        with self._errors():
            return self.client.group.create(name)["group"]

    def list(self) -> Any:
        with self._errors():
            return self.client.group.get()

    def of(self, openid: str) -> Any:
        with self._errors():
            return self.client.group.get(openid)

    def rename(self, group_id: int | str, name: str) -> object:
        with self._errors():
            return self.client.group.update(group_id, name)

    def move(self, openid: str, to: int | str) -> object:
        with self._errors():
            return self.client.group.move_user(openid, to)

    def move_many(self, openids: Sequence[str], to: int | str) -> object:
        with self._errors():
            return self.client.group.move_user(list(openids), to)

    def delete(self, group_id: int | str) -> object:
        with self._errors():
            return self.client.group.delete(group_id)

    def followers(self, after: str = "") -> Any:
        with self._errors():
            return self.client.user.get_followers(after)

    def profile(self, openid: str) -> Any:
        with self._errors():
            return self.client.user.get(openid)

    def spoil_token(self) -> None:
        self.client.session.set(self.client.access_token_key, "made-up")


class Werobot:
    """WeRoBot: all seven calls are methods; an error is text, `45018: too many group now, …`."""

    heals = False

    def __init__(self, base_url: str, appid: str, secret: str) -> None:
        self.client = recipe("werobot_client").connect(base_url, appid, secret)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        from werobot.client import ClientException

        try:
            yield
        except ClientException as error:
            code, _, message = str(error).partition(": ")
            raise SdkError(int(code), message) from error

    def create(self, name: str) -> Any:
        with self._errors():
            return self.client.create_group(name)["group"]

    def list(self) -> Any:
        with self._errors():
            return self.client.get_groups()["groups"]

    def of(self, openid: str) -> Any:
        with self._errors():
            return self.client.get_group_by_id(openid)["groupid"]

    def rename(self, group_id: int | str, name: str) -> object:
        with self._errors():
            return self.client.update_group(group_id, name)

    def move(self, openid: str, to: int | str) -> object:
        with self._errors():
            return self.client.move_user(openid, to)

    def move_many(self, openids: Sequence[str], to: int | str) -> object:
        with self._errors():
            return self.client.move_users(list(openids), to)

    def delete(self, group_id: int | str) -> object:
        with self._errors():
            return self.client.delete_group(group_id)

    def followers(self, after: str = "") -> Any:
        with self._errors():
            return self.client.get_followers(after)

    def profile(self, openid: str) -> Any:
        with self._errors():
            return self.client.get_user_info(openid)

    def spoil_token(self) -> None:
        _ = self.client.token
        self.client._token = "made-up"


class Weixin:
    """weixin-python: all seven calls are methods; names go out as `\\uXXXX`; an error is text, `45018 too …`."""

    heals = False

    def __init__(self, base_url: str, appid: str, secret: str, token_file: Path) -> None:
        self.token_file = token_file
        self.client = recipe("weixin_client").connect(base_url, appid, secret, str(token_file))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        from weixin.mp import WeixinMPError

        try:
            yield
        except WeixinMPError as error:
            found = re.fullmatch(r"(-?\d+) (.*)", str(error))
            assert found, error
            raise SdkError(int(found[1]), found[2]) from error

    def create(self, name: str) -> Any:
        with self._errors():
            return dict(self.client.groups_create(name)["group"])

    def list(self) -> Any:
        with self._errors():
            return self.client.groups_get()["groups"]

    def of(self, openid: str) -> Any:
        with self._errors():
            return self.client.groups_getid(openid)["groupid"]

    def rename(self, group_id: int | str, name: str) -> object:
        with self._errors():
            return self.client.groups_update(group_id, name)

    def move(self, openid: str, to: int | str) -> object:
        with self._errors():
            return self.client.groups_members_update(to, openid)

    def move_many(self, openids: Sequence[str], to: int | str) -> object:
        with self._errors():
            return self.client.groups_members_batchupdate(to, *openids)

    def delete(self, group_id: int | str) -> object:
        with self._errors():
            return self.client.groups_delete(group_id)

    def followers(self, after: str = "") -> Any:
        with self._errors():
            return self.client.user_get(after)

    def profile(self, openid: str) -> Any:
        with self._errors():
            return self.client.user_info(openid)

    def spoil_token(self) -> None:
        _ = self.client.access_token
        end_of_life = self.token_file.stat().st_mtime  # so weixin-python reads it
        self.token_file.write_text("made-up")
        os.utime(self.token_file, (end_of_life, end_of_life))


class NodeSdk:
    """co-wechat-api and wechat-api: a Node process that performs one call a line. Both have the same method names.

    wechat-api has no batch move; its recipe adds one by the SDK's own `API.patch`, which posts what it is given, so
    there the body is made here. It also has no cure for a refused token: it repeats the call with the token that it
    still holds for good.
    """

    def __init__(
        self, recipe: str, base_url: str, appid: str, secret: str, environment: dict[str, str]
    ) -> None:
        self.patched = recipe == "wechat_api"
        self.heals = not self.patched
        self.process = subprocess.Popen(
            ["node", str(NODE_FOLDER / "drive.js"), str(EXAMPLES / f"{recipe}.js")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment
            | {
                "NODE_PATH": str(NODE_FOLDER / "node_modules"),
                "FENZU_BASE_URL": base_url,
                "FENZU_APPID": appid,
                "FENZU_SECRET": secret,
            },
        )

    def _call(self, call: str, *args: object) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"call": call, "args": args}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the Node process ended"
        answer = json.loads(line)
        if "error" in answer:
            raise SdkError(answer["error"]["code"], answer["error"]["message"])
        return answer["value"]

    def close(self) -> None:
        """End the Node process: it ends by itself once nothing more can come."""
        self.process.communicate(timeout=30)

    def create(self, name: str) -> Any:
        return self._call("createGroup", name)["group"]

    def list(self) -> Any:
        return self._call("getGroups")["groups"]

    def of(self, openid: str) -> Any:
        return self._call("getWhichGroup", openid)["groupid"]

    def rename(self, group_id: int | str, name: str) -> object:
        return self._call("updateGroup", group_id, name)

    def move(self, openid: str, to: int | str) -> object:
        return self._call("moveUserToGroup", openid, to)

    def move_many(self, openids: Sequence[str], to: int | str) -> object:
        if self.patched:
            return self._call("moveUsersToGroup", {"openid_list": openids, "to_groupid": to})
        return self._call("moveUsersToGroup", openids, to)

    def delete(self, group_id: int | str) -> object:
        return self._call("removeGroup", group_id)

    def followers(self, after: str = "") -> Any:
        return self._call("getFollowers", after)

    def profile(self, openid: str) -> Any:
        return self._call("getUser", openid)

    def spoil_token(self) -> None:
        self._call("spoilToken")


Connect = Callable[[str, str], Sdk]
"""Makes an SDK from an appid and a secret, for the sandbox of the test."""
