"""The calls about followers: the list in follow order, one profile, many profiles. All of them only read."""

from collections.abc import Sequence

from msgspec.json import encode

from fenzu.sandbox.handlers.call import Answer, Call
from fenzu.sandbox.handlers.groups import read_openid
from fenzu.sandbox.reading import read_object
from fenzu.sandbox.refusal import refusal
from fenzu.wire.limits import OPENID_LENGTH, PROFILES


def list_(call: Call) -> Answer:
    """Answer user/get: a page, up to 10,000 openids."""
    reader, account = call.counter.reader, call.card.number
    start = call.fields.get("next_openid")
    after = 0
    if start:
        found = reader.number_of(account, read_openid(start))
        if found is None:
            raise refusal(40003)
        after = found
    total = reader.total(account)
    openids, count = reader.page(account, after)
    if not count:
        return b'{"total":%d,"count":0,"next_openid":""}' % total
    last = openids[-OPENID_LENGTH - 2 : -2]
    return (
        f'{{"total":{total},"count":{count},"data":{{"openid":{openids}}},"next_openid":"{last}"}}'.encode()
    )


def get(call: Call) -> Answer:
    """Answer user/info. Somebody who does not follow is no error; `lang` changes nothing that is still answered."""
    openid = read_openid(call.fields.get("openid"))
    return encode(_profiles(call, [openid])[0])


def get_many(call: Call) -> Answer:
    """Answer user/info/batchget, in the order in which they were asked for."""
    users = call.fields.get("user_list")
    if not isinstance(users, list) or not 1 <= len(users) <= PROFILES:
        raise refusal(40032)
    openids = [read_openid(read_object(user).get("openid")) for user in users]
    return encode({"user_info_list": _profiles(call, openids)})


def _profiles(call: Call, openids: Sequence[str]) -> list[dict[str, object]]:
    known = call.counter.reader.profiles(call.card.number, list(openids))
    return [_profile(openid, known.get(openid)) for openid in openids]


def _profile(openid: str, known: tuple[int, int] | None) -> dict[str, object]:
    """Return a profile as the platform has told it since 2021-12-27: nothing about the person."""
    if known is None:
        return {"subscribe": 0, "openid": openid}
    since, group = known
    return {
        "subscribe": 1,
        "openid": openid,
        "subscribe_time": since,
        "unionid": "",
        "remark": "",
        "groupid": group,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_SEARCH",
        "qr_scene": 0,
        "qr_scene_str": "",
    }
