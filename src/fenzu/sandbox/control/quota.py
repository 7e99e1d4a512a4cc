"""The control port's routes about quotas."""

from fenzu.sandbox.control.controlled import Controlled
from fenzu.sandbox.control.route import Asked, Route, body_as
from fenzu.sandbox.rules.quota import AccountQuota, QuotaMode, QuotaWish


async def get_quota_mode(platform: Controlled, _asked: Asked) -> QuotaMode:
    """Tell whether quotas refuse anything in this sandbox."""
    return QuotaMode(platform.quotas.mode())


async def set_quota_mode(platform: Controlled, asked: Asked) -> QuotaMode:
    """Set whether quotas refuse anything, and the kind of accounts that have none of their own."""
    await platform.quotas.set_mode(body_as(QuotaMode, asked).mode)
    return QuotaMode(platform.quotas.mode())


async def get_quota(platform: Controlled, asked: Asked) -> AccountQuota:
    """Tell an account's kind, its limits and what it used of them today."""
    return platform.quotas.get(asked.appid)


async def set_quota(platform: Controlled, asked: Asked) -> AccountQuota:
    """Change an account's kind, whether its quota is enforced, what it used, its limits; the rest stays."""
    return await platform.quotas.set(asked.appid, body_as(QuotaWish, asked))


ROUTES = (
    Route("GET", "/quota", get_quota_mode, QuotaMode),
    Route("PUT", "/quota", set_quota_mode, QuotaMode, QuotaMode),
    Route("GET", "/accounts/{appid}/quota", get_quota, AccountQuota),
    Route("PUT", "/accounts/{appid}/quota", set_quota, AccountQuota, QuotaWish),
)
