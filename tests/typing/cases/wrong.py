"""What a user may not write. Both checkers report each line that ends in a `wrong:` comment, and no other."""

from fenzu import AsyncClient, Client
from fenzu.model import Group


def groups(account: Client, group: Group) -> None:
    account.groups.create(7)  # wrong: a name is text
    account.groups.move("oDF3iYx0ro3_7jD4HFRDfrjdCM58", group)  # wrong: the target is named, `to=`
    account.groups.move("oDF3iYx0ro3_7jD4HFRDfrjdCM58", to="VIP")  # wrong: a group is a value or a number
    account.groups.move_many(["oDF3iYx0ro3_7jD4HFRDfrjdCM58"])  # wrong: to which group?
    account.groups.remove(group)  # wrong: it is called delete
    group.name = "贵宾"  # wrong: values are frozen
    length = len(account.groups.create("VIP"))  # wrong: a Group has no length
    count: int = group.count  # wrong: the platform may not have told the count
    print(length, count)


def options() -> None:
    Client("wx5eed5eed5eed5eed", "secret", "http://127.0.0.1:8060")  # wrong: options are named
    Client("wx5eed5eed5eed5eed", "secret", token_kind="old")  # wrong: stable or plain
    Client("wx5eed5eed5eed5eed", token=lambda: 5)  # wrong: a source gives text
    Client("wx5eed5eed5eed5eed", "secret", token_store={})  # wrong: no store
    Client("wx5eed5eed5eed5eed", "secret", language="fr")  # wrong: en or zh


async def asynchronously(account: AsyncClient) -> None:
    for group in await account.groups.list():
        print(group.title)  # wrong: it is called name
    for _ in account.followers.list():  # wrong: iterates asynchronously
        pass
    with account:  # wrong: `async with`
        pass
