"""weixin-python 0.5.7 against a sandbox: it has an address to set, `api_uri`.

It keeps its token in a file, by default `~/.access_token`, whoever it belongs to: give the sandbox one of its own.
"""

import os

from weixin import WeixinMP


def connect(base_url: str, appid: str, secret: str, token_file: str = ".sandbox_access_token") -> WeixinMP:
    """Return a weixin-python client that talks to the sandbox at `base_url`."""
    client = WeixinMP(appid, secret, ac_path=token_file)
    client.api_uri = base_url
    return client


if __name__ == "__main__":
    account = connect(os.environ["FENZU_BASE_URL"], os.environ["FENZU_APPID"], os.environ["FENZU_SECRET"])
    for group in account.groups_get()["groups"]:
        print(group["id"], group["name"], group["count"])
