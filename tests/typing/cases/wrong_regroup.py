"""How mirror and engine may not be used: each line that ends in a `wrong:` comment is reported, and no other."""

from fenzu import Client, regroup
from fenzu.mirror import Mirror


def regrouping(account: Client, mirror: Mirror, run: regroup.OpenRun) -> None:
    regroup.plan(account, mirror, {"oDF3iYx0ro3_7jD4HFRDfrjdCM58": None})  # wrong: to which group?
    regroup.plan(account, "shop.db", "crm.csv")  # wrong: a mirror is opened
    regroup.plan(account, mirror, "crm.csv", on_conflict="ask")  # wrong: refuse, first or last
    planned = regroup.plan(account, mirror, "crm.csv")
    regroup.save(planned, "crm.plan")  # wrong: the plan stands in what planning returned
    regroup.apply("crm.plan", account)  # wrong: a run is opened
    regroup.apply(run, "wx5eed5eed5eed5eed")  # wrong: an account is a client
    print(regroup.finish(run, account).done)  # wrong: it is called moved
