"""A secret and a token with a name of their own appear nowhere that people read: canaries."""

import logging
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from tests.contract.colours import Colour
from tests.unit.client.scripted import BUSY, OK, Answer, Platform, Sent, coded, locals_in, lost

from fenzu.client.transport import Response
from fenzu.errors import FenzuError
from fenzu.telemetry import AnyEvent, log_events
from fenzu.tokens import MemoryStore

SECRET, TOKEN = "CANARY-SECRET-5eed5eed5eed5eed", "CANARY-TOKEN-5eed5eed5eed5eed"
GIVES = {"access_token": TOKEN, "expires_in": 7200}


def echo(sent: Sent) -> Answer:
    """Repeat all that was sent in the error's text, as a careless gateway might."""
    return coded(40050, f"{sent.query} {sent.body!r} {sent.path} {SECRET}")


def broken(_sent: Sent) -> Answer:
    """Fail as a careless transport does, whose own error holds the whole address."""
    try:
        raise OSError(f"https://host/?access_token={TOKEN}&secret={SECRET}")
    except OSError as error:
        raise lost() from error


OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "token": lambda account: account.token(force_refresh=True),
    "list": lambda account: account.groups.list(),
    "create": lambda account: account.groups.create("x"),
    "rename": lambda account: account.groups.rename(5, "x"),
    "move": lambda account: account.groups.move("o1", to=5),
    "delete": lambda account: account.groups.delete(5),
    "followers": lambda account: list(account.followers.list()),
    "profile": lambda account: account.followers.get("o1"),
    "call": lambda account: account.call("menu/get", params={"a": 1}),
    "half a character": lambda account: account.groups.create("\ud800"),
    "no number": lambda account: account.groups.delete("x"),
}
TROUBLE: dict[str, tuple[Any, Any]] = {
    "token refused": (OK, coded(40125, f"invalid appsecret {SECRET}")),
    "no token": (OK, {"access_token": TOKEN, "expires_in": "soon"}),
    "token cut off": (OK, f'{{"access_token":"{TOKEN}'),
    "token redirected": (OK, Response(302, TOKEN.encode())),
    "token lost": (OK, broken),
    "echoed": (echo, GIVES),
    "busy": (BUSY, GIVES),
    "lost": (broken, GIVES),
    "dead token": (coded(40001, TOKEN), GIVES),
    "no answer": (f"<html>{TOKEN}", GIVES),
    "another shape": (
        {"groups": TOKEN, "subscribe": TOKEN, "group": TOKEN, "total": TOKEN, "errcode": TOKEN},
        GIVES,
    ),
}


def shown(error: BaseException) -> str:
    """Return all that anybody can see of an error."""
    assert error.__cause__ is None
    assert error.__context__ is None
    parts = [str(error), repr(error), locals_in(error)]
    if isinstance(error, FenzuError):
        parts += [error.say("en"), error.say("zh"), repr(vars(error)), str(pickle.loads(pickle.dumps(error)))]
    return "\n".join(parts)


@pytest.mark.parametrize("kind", ["stable", "plain"])
@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_error_shows_a_secret(
    colour: Colour,
    naps: list[float],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    kind: str,
    trouble: str,
    operation: str,
) -> None:
    """Whatever fails: not in text, words, traceback with its locals, log or output; and the error can be pickled."""
    caplog.set_level(logging.DEBUG)
    script, token = TROUBLE[trouble]
    account = colour.client(Platform(script, tokens=[token]), secret=SECRET, token_kind=kind)
    try:
        OPERATIONS[operation](account)
    except FenzuError as error:
        seen = shown(error)
    else:
        seen = ""
    seen += caplog.text + "".join(capfd.readouterr()) + repr(account)
    assert "CANARY" not in seen


@pytest.mark.parametrize("trouble", TROUBLE)
def test_no_event_shows_a_secret(
    colour: Colour, naps: list[float], caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    """What a listener is told, and the log lines made of it, show neither secret nor token, whatever fails."""
    caplog.set_level(logging.DEBUG)
    events: list[AnyEvent] = []

    def listen(event: AnyEvent) -> None:
        events.append(event)
        log_events(event)

    script, token = TROUBLE[trouble]
    for operation in OPERATIONS.values():
        account = colour.client(Platform(script, tokens=[token]), secret=SECRET, on_event=listen)
        try:
            operation(account)
        except FenzuError as error:
            assert "CANARY" not in shown(error)
    assert events
    assert "CANARY" not in repr(events) + caplog.text


def test_no_result_shows_a_secret(colour: Colour) -> None:
    """What a move of many kept of its errors shows no more than what is raised."""
    for script, token in TROUBLE.values():
        if script is not BUSY and script is not broken and token is not broken:
            account = colour.client(Platform(script, tokens=[token]), secret=SECRET, deadline=0.001)
            result = account.groups.move_many(["o1", "no openid"], to=5)
            for error in (*result.failed.values(), result.stopped_by):
                assert "CANARY" not in repr(result)
                if error is not None:
                    assert "CANARY" not in shown(error)


@pytest.mark.parametrize(
    "options",
    [
        {"appid": ""},
        {"base_url": "nowhere"},
        {"secret": SECRET + "\n"},
        {"token": TOKEN + "\n"},
        {"token_kind": "classic"},
        {"timeout": 0},
        {"ca_file": "/no/such/file"},
        {"proxy": f"nowhere:{SECRET}"},
    ],
    ids=lambda options: next(iter(options)),
)
def test_no_refusal_shows_a_secret(colour: Colour, options: dict[str, Any]) -> None:
    """A client that is not made, because an option is wrong, shows neither secret nor token in what it raises."""
    given = {"secret": SECRET, "token": TOKEN, **options}
    if "ca_file" not in options and "proxy" not in options:
        with pytest.raises(FenzuError) as refused:
            colour.client(Platform(), **given)
        seen = str(refused.value) + locals_in(refused.value)
        assert "CANARY" not in seen
    else:
        with pytest.raises(FenzuError) as refused:
            colour.client(None, **given)
        assert "CANARY" not in str(refused.value)


def test_nothing_that_is_kept_shows_a_secret(colour: Colour) -> None:
    """The client, what it is made of, and the store print neither."""
    store = MemoryStore()
    account = colour.client(Platform(tokens=[GIVES]), secret=SECRET, token_store=store)
    assert account.token() == TOKEN
    inner = getattr(account, "_inner", account)
    own = inner._account
    for value in (inner, own, own.secret, own.tokens, inner._driver, store, store._tokens):
        assert "CANARY" not in repr(value)
