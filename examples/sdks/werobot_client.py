"""WeRoBot 1.13.1 against a sandbox.

WeRoBot opens a new session for each call, so the adapter goes where `requests` takes it for new sessions: every
session of this process that asks for the platform's host reaches the sandbox.
"""

import os
from functools import partial

import requests.sessions
from requests_adapter import SandboxAdapter
from werobot import WeRoBot
from werobot.client import Client


def connect(base_url: str, appid: str, secret: str) -> Client:
    """Return the client of a robot, and send the platform's calls of this process to the sandbox at `base_url`."""
    requests.sessions.HTTPAdapter = partial(SandboxAdapter, base_url)  # type: ignore[assignment, misc]  # a class replaced
    return WeRoBot(app_id=appid, app_secret=secret).client


if __name__ == "__main__":
    account = connect(os.environ["FENZU_BASE_URL"], os.environ["FENZU_APPID"], os.environ["FENZU_SECRET"])
    for group in account.get_groups()["groups"]:
        print(group["id"], group["name"], group["count"])
