"""A Celery task that moves followers, and goes on tomorrow when the day's calls are used up.

Run: `celery -A tasks worker`.
"""

import os
from functools import cache

from celery import Celery, Task

from fenzu import Client
from fenzu.errors import DailyQuotaExceeded, PlatformBusy, TransportError

app = Celery("tasks", broker=os.environ.get("CELERY_BROKER_URL", "redis://127.0.0.1"))
# Redis gives a task to another worker when the first is silent for so long; ours may wait for a day.
app.conf.broker_transport_options = {"visibility_timeout": 2 * 86400}


@cache
def account() -> Client:
    """One client a process, made at the first task: Celery has forked by then."""
    return Client(
        os.environ["FENZU_APPID"],
        os.environ["FENZU_SECRET"],
        base_url=os.environ.get("FENZU_BASE_URL", "https://api.weixin.qq.com"),
    )


@app.task(
    bind=True,
    acks_late=True,  # moving twice does no harm
    autoretry_for=(PlatformBusy, TransportError),
    retry_backoff=True,
    max_retries=30,
)
def move(self: Task, openids: list[str], group: int, failed: tuple[str, ...] = ()) -> list[str]:
    """Move any number of followers; return those who could not be moved."""
    result = account().groups.move_many(openids, to=group)
    stopped = result.stopped_by
    lost = [
        openid for openid, error in result.failed.items() if error is stopped
    ]  # the batch that was refused
    failed = (*failed, *(openid for openid in result.failed if openid not in lost))
    if isinstance(stopped, DailyQuotaExceeded):
        rest = [*lost, *result.not_tried]
        raise self.retry(args=[rest, group, failed], kwargs={}, eta=stopped.renews_at, exc=stopped)
    if stopped is not None:
        raise stopped
    return list(failed)
