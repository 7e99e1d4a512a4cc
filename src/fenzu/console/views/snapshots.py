"""Keeping the state of a sandbox and putting it back, and emptying an account."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.account.desk import Desk
from fenzu.console.sandbox.control_port import ask_control
from fenzu.console.views.sandbox import sandbox_page
from fenzu.console.web.answers import done, read
from fenzu.console.web.page import desks_of, writable_desk_of
from fenzu.control import Control, ControlError, Snapshot
from fenzu.errors import StoreError, TransportError
from fenzu.wire.words import Words

PUT_BACK = Words(
    "The sandbox was put back. What fenzu knows of the followers is older or newer than what is there: read them anew.",
    "沙箱已恢复到快照。本机镜像与沙箱里的粉丝不再一致，请重新读取粉丝。",
)
EMPTIED = Words(
    "The account was emptied. fenzu's mirror still knows its followers: read them anew.",
    "账号已清空。本机镜像里仍是以前的粉丝，请重新读取粉丝。",
)


class SnapshotName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which snapshot."""

    name: str


async def snapshots(request: Request) -> Response:
    """The snapshots, and what a reset would take away."""

    def gather(control: Control, appid: str) -> Mapping[str, object]:
        return {"snapshots": _list(control), "held": control.accounts.get(appid)}

    return await sandbox_page(request, "snapshots.html", gather)


def _list(control: Control) -> list[Snapshot] | None:
    """Return the snapshots, the newest first; None where this sandbox takes none."""
    try:
        found = control.snapshots.list()
    except ControlError as error:
        if error.code != "not_supported":
            raise
        return None
    return sorted(found, key=lambda snapshot: snapshot.made, reverse=True)


async def take(request: Request) -> Response:
    """Keep everything as it is; a snapshot of that name is replaced."""

    def told(name: str) -> Words:
        return Words(f"The sandbox as it is now is kept as {name}.", f"沙箱当前状态已保存为 {name}。")

    return await _change(request, lambda control, name: control.snapshots.create(name), told)


async def restore(request: Request) -> Response:
    """Put everything back as it was; what fenzu has read of any account of this sandbox is not true any more."""
    desk = writable_desk_of(request)
    name = (await read(request, SnapshotName)).name
    touched = _of_the_same_sandbox(request, desk)
    await _turn_over(desk, lambda control: control.snapshots.restore(name), touched, PUT_BACK)
    return done(request, PUT_BACK)


async def delete(request: Request) -> Response:
    """Remove a snapshot."""

    def told(name: str) -> Words:
        return Words(f"The snapshot {name} is removed.", f"快照 {name} 已删除。")

    return await _change(request, lambda control, name: control.snapshots.delete(name), told)


async def _change(
    request: Request, change: Callable[[Control, str], object], told: Callable[[str], Words]
) -> Response:
    """Do something with the snapshot that is named, and leave the account as it is."""
    desk = writable_desk_of(request)
    name = (await read(request, SnapshotName)).name
    await ask_control(desk, lambda control: change(control, name), patience=None)
    return done(request, told(name))


async def reset(request: Request) -> Response:
    """Empty the account."""
    desk = writable_desk_of(request)
    await _turn_over(desk, lambda control: control.reset(desk.account.appid), [desk], EMPTIED)
    return done(request, EMPTIED)


def _of_the_same_sandbox(request: Request, desk: Desk) -> list[Desk]:
    """Return the account's desk, and those of other accounts with the same control port."""
    desks, url = desks_of(request), desk.account.control_url
    found = [desks.get(account.name) for account in desks.accounts() if account.control_url == url]
    return [other for other in found if other is not None]


async def _turn_over(
    desk: Desk, work: Callable[[Control], None], touched: Iterable[Desk], words: Words
) -> None:
    """Carry out what makes the mirrors of the accounts that it touches untrue, also where its answer is lost."""
    try:
        await ask_control(desk, work, patience=None)
    except TransportError:
        await _doubt(touched, words)
        raise
    await _doubt(touched, words)


async def _doubt(desks: Iterable[Desk], words: Words) -> None:
    """Cast doubt on all of them, also behind one whose mirror cannot be written: its pages tell so themselves."""
    for desk in desks:
        desk.groups.forget()
        with suppress(StoreError):
            await desk.doubt.cast(words)


ROUTES: tuple[BaseRoute, ...] = (
    Route("/sandbox/snapshots", snapshots),
    Route("/sandbox/snapshots", take, methods=["POST"]),
    Route("/sandbox/snapshots/restore", restore, methods=["POST"]),
    Route("/sandbox/snapshots/delete", delete, methods=["POST"]),
    Route("/sandbox/reset", reset, methods=["POST"]),
)
