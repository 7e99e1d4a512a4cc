"""wechatpy 1.8.18 against a sandbox: its session gets an adapter, nothing else changes."""

import os

from requests_adapter import PLATFORM, SandboxAdapter
from wechatpy import WeChatClient


def connect(base_url: str, appid: str, secret: str) -> WeChatClient:
    """Return a wechatpy client that talks to the sandbox at `base_url`."""
    client = WeChatClient(appid, secret)
    client._http.mount(PLATFORM, SandboxAdapter(base_url))  # noqa: SLF001 - it has no other name
    return client


if __name__ == "__main__":
    account = connect(os.environ["FENZU_BASE_URL"], os.environ["FENZU_APPID"], os.environ["FENZU_SECRET"])
    for group in account.group.get():
        print(group["id"], group["name"], group["count"])
