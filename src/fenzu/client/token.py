"""The token calls."""

from fenzu.client._account import Account
from fenzu.client._call import Operation, operation, perform
from fenzu.client._codec import TokenAnswer, encode_query
from fenzu.client._events import TokenRenewed
from fenzu.client._flow import Flow
from fenzu.client._retry import TRIES
from fenzu.tokens import TokenKind

GRANT = "client_credential"
_ENDPOINTS: dict[TokenKind, str] = {"stable": "token.stable", "plain": "token.get"}


def fetch(account: Account, force: bool, patient: bool) -> Flow[TokenAnswer]:
    """Ask the platform for a token, as often as any call or, without patience, once. Safe to repeat."""
    answer = yield from perform(account, _prepare(account, force), tries=TRIES if patient else 1)
    account.tell(
        TokenRenewed(
            appid=account.appid,
            base_url=account.base_url,
            endpoint=_ENDPOINTS[account.token_kind],
            expires_in=answer.expires_in,
        )
    )
    return answer


def _prepare(account: Account, force: bool) -> Operation[TokenAnswer]:
    """Prepare `stable_token`, or `token` where that kind was chosen.

    Apart from `fetch`, so that no frame that an error passes through holds the secret.
    """
    assert account.secret is not None
    who = {"grant_type": GRANT, "appid": account.appid, "secret": account.secret.reveal()}
    name = _ENDPOINTS[account.token_kind]
    if account.token_kind == "plain":
        return operation(name, TokenAnswer, query=encode_query(who))
    return operation(name, TokenAnswer, {**who, "force_refresh": force})


def get(account: Account, force_refresh: bool) -> Flow[str]:
    """Return the token that calls are made with."""
    token = yield from (account.tokens.force() if force_refresh else account.tokens.current())
    return token.value
