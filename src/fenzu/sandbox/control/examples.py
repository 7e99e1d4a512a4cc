"""Examples for the description of the control port: a body for each route that takes one, by the route's name."""

OPENID = "oDF3iYx0ro3_7jD4HFRDfrjdCM58"

IN_PATH = {"appid": "wx5eed5eed5eed5eed", "name": "before"}

_FAULTS = {
    "seed": 1,
    "rules": [
        {"call": "groups.*", "errcode": -1, "chance": 0.05},
        {"call": "groups.move_many", "effect": "lost_answer", "nth": 3},
    ],
}

BODIES: dict[str, object] = {
    "create_account": {
        "followers": 5,
        "groups": [{"name": "VIP", "followers": [OPENID]}],
        "tags": [{"name": "广东", "followers": [OPENID]}],
    },
    "change_account": {"state": "unauthorized"},
    "add_followers": {"openids": [OPENID], "group": 0},
    "remove_followers": {"openids": [OPENID]},
    "turn_clock": {"advance": 7200},
    "set_faults": _FAULTS,
    "set_faults_of_all": _FAULTS,
    "set_quota_mode": {"mode": "ordinary"},
    "set_quota": {"enforced": True, "limits": {"groups.move_many": 3}},
}
