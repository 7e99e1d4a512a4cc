"""The calls about followers: the list in follow order, one profile, many profiles, the remark on one."""

from collections.abc import Sequence

from msgspec.json import encode

from fenzu.sandbox.calls.call import Answer, Call
from fenzu.sandbox.calls.reading import read_text
from fenzu.sandbox.handlers.fields import read_openid
from fenzu.sandbox.handlers.pages import page, read_start
from fenzu.sandbox.refusal import refusal
from fenzu.sandbox.rules.requests import Remark
from fenzu.sandbox.rules.rows import Note
from fenzu.wire.limits import PROFILES, REMARK_BYTES


def list_(call: Call) -> Answer:
    """Answer user/get: a page, up to 10,000 openids."""
    reader, account = call.resources.reader, call.card.number
    with reader.moment():
        after = read_start(call, call.fields.get("next_openid"), 40003)
        total = reader.total(account)
        return page(*reader.page(account, after), total)


def get(call: Call) -> Answer:
    """Answer user/info. Somebody who does not follow is no error; `lang` changes nothing that is still answered."""
    openid = read_openid(call.fields.get("openid"))
    return encode(_profiles(call, [openid])[0])


def get_many(call: Call) -> Answer:
    """Answer user/info/batchget, in the order in which they were asked for."""
    users = call.fields.get("user_list")
    if not isinstance(users, list) or not 1 <= len(users) <= PROFILES:
        raise refusal(40032)
    if not all(isinstance(user, dict) for user in users):
        raise refusal(40035)
    openids = [read_openid(user.get("openid")) for user in users]
    return encode({"user_info_list": _profiles(call, openids)})


def remark(call: Call) -> Answer:
    """Answer user/info/updateremark; an empty remark takes it away."""
    text = read_text(call.fields.get("remark"))
    if text is None or len(text.encode()) >= REMARK_BYTES:
        raise refusal(40092)
    openid = read_openid(call.fields.get("openid"))
    return call.resources.submit(Remark(call.card.number, openid, text))


def _profiles(call: Call, openids: Sequence[str]) -> list[dict[str, object]]:
    known = call.resources.reader.profiles(call.card.number, list(openids))
    return [_profile(openid, known.get(openid)) for openid in openids]


def _profile(openid: str, known: tuple[int, int, Note] | None) -> dict[str, object]:
    """Return a profile as the platform has told it since 2021-12-27: nothing about the person."""
    if known is None:
        return {"subscribe": 0, "openid": openid}
    since, group, note = known
    return {
        "subscribe": 1,
        "openid": openid,
        "subscribe_time": since,
        "unionid": "",
        "remark": note.remark,
        "groupid": group,
        "tagid_list": note.tags,
        "subscribe_scene": "ADD_SCENE_SEARCH",
        "qr_scene": 0,
        "qr_scene_str": "",
    }
