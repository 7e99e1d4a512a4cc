from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import tasks
from celery.app.task import Context
from celery.exceptions import Retry
from celery.signals import task_retry

from fenzu import Client
from fenzu.client.transport import HttpTransport, Request, Response
from fenzu.testing import SandboxAccount


class UsedUp(HttpTransport):
    """Lets the first batch through and refuses the second: the day's calls are used up. Then a new day begins."""

    batches = 0

    def send(self, request: Request) -> Response:
        self.batches += "batchupdate" in request.url
        if self.batches == 2:
            self.batches += 1
            return Response(200, b'{"errcode":45009,"errmsg":"reach max api daily quota limit"}')
        return super().send(request)


@pytest.fixture
def retries() -> Iterator[list[datetime]]:
    when: list[datetime] = []

    def note(request: Context, reason: Retry, **more: object) -> None:
        when.append(reason.when)

    task_retry.connect(note)
    yield when
    task_retry.disconnect(note)


def test_the_task_waits_for_the_quota(
    wechat_sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch, retries: list[datetime]
) -> None:
    openids = wechat_sandbox.add_followers(120)
    appid, secret = wechat_sandbox.appid, wechat_sandbox.secret
    with Client(appid, secret, base_url=wechat_sandbox.base_url, transport=UsedUp()) as account:
        monkeypatch.setattr(tasks, "account", lambda: account)
        # Run at once instead of by a worker; a retry follows at once, too.
        assert tasks.move.apply(args=[["oStranger", *openids], 2]).get() == ["oStranger"]
        assert {account.groups.of(openid) for openid in openids} == {2}
    [when] = retries
    assert when.astimezone(timezone(timedelta(hours=8))).strftime("%H:%M") == "00:00"
    assert timedelta(0) < when - datetime.now(UTC) <= timedelta(days=1)
