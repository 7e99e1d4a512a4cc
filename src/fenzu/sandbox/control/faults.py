"""The control port's routes about faults: of one account, and of all."""

from fenzu.sandbox.control.controlled import Controlled
from fenzu.sandbox.control.route import Asked, Done, Route, body_as
from fenzu.sandbox.faults.asked import FaultRules, HeldRules


async def get_faults(platform: Controlled, asked: Asked) -> HeldRules:
    """Tell an account's faults, and how often each has struck."""
    return platform.faults.get(asked.appid)


async def set_faults(platform: Controlled, asked: Asked) -> HeldRules:
    """Let faults hold for an account, in place of those before."""
    return platform.faults.set(body_as(FaultRules, asked), asked.appid)


async def clear_faults(platform: Controlled, asked: Asked) -> Done:
    """End the faults of an account."""
    platform.faults.clear(asked.appid)
    return Done()


async def get_faults_of_all(platform: Controlled, _asked: Asked) -> HeldRules:
    """Tell the faults that hold for all accounts, and how often each has struck."""
    return platform.faults.get()


async def set_faults_of_all(platform: Controlled, asked: Asked) -> HeldRules:
    """Let faults hold for all accounts, in place of those before; an account's own come first."""
    return platform.faults.set(body_as(FaultRules, asked))


async def clear_faults_of_all(platform: Controlled, _asked: Asked) -> Done:
    """End the faults that hold for all accounts; an account's own stay."""
    platform.faults.clear()
    return Done()


ONE, ALL = "/accounts/{appid}/faults", "/faults"
ROUTES = (
    Route("GET", ONE, get_faults, HeldRules),
    Route("PUT", ONE, set_faults, HeldRules, FaultRules),
    Route("DELETE", ONE, clear_faults, Done),
    Route("GET", ALL, get_faults_of_all, HeldRules),
    Route("PUT", ALL, set_faults_of_all, HeldRules, FaultRules),
    Route("DELETE", ALL, clear_faults_of_all, Done),
)
