"""The token calls."""

from fenzu.client._account import Account
from fenzu.client._call import operation, perform
from fenzu.client._codec import TokenAnswer, encode_query
from fenzu.client._flow import Flow

GRANT = "client_credential"


def fetch(account: Account, force: bool) -> Flow[TokenAnswer]:
    """Ask the platform for a token: `stable_token`, or `token` where that kind was chosen. Safe to repeat."""
    assert account.secret is not None
    if account.token_kind == "plain":
        query = encode_query({"grant_type": GRANT, "appid": account.appid, "secret": account.secret.reveal()})
        return (yield from perform(account, operation("token.get", TokenAnswer, query=query)))
    body = {
        "grant_type": GRANT,
        "appid": account.appid,
        "secret": account.secret.reveal(),
        "force_refresh": force,
    }
    return (yield from perform(account, operation("token.stable", TokenAnswer, body)))


def get(account: Account, force_refresh: bool) -> Flow[str]:
    """Return the token that calls are made with."""
    token = yield from (account.tokens.force() if force_refresh else account.tokens.current())
    return token.value
