"""What the pages of a sandbox share: their tabs, and that they stay when the control port does not answer."""

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from fenzu.console.account.sync import SYNC
from fenzu.console.sandbox.control_port import ask_control
from fenzu.console.web.answers import nothing_here
from fenzu.console.web.page import desk_of, render
from fenzu.control import Control
from fenzu.errors import FenzuError


async def sandbox_page(
    request: Request, template: str, gather: Callable[[Control, str], Mapping[str, object]], **facts: object
) -> Response:
    """Return a page of what `gather` asks of the control port, or of why it does not answer."""
    desk = desk_of(request)
    if desk.account.control_url is None:
        raise nothing_here()
    trouble: FenzuError | None = None
    found: Mapping[str, object] = {}
    try:
        found = await ask_control(desk, lambda control: gather(control, desk.account.appid))
    except FenzuError as error:
        trouble = error
    shown: dict[str, object] = {**facts, **found}
    return render(
        request,
        template,
        200,
        trouble=trouble,
        doubt=await desk.doubt.words(),
        job=desk.jobs.running(SYNC),
        may_write=not desk.account.is_read_only,
        **shown,
    )
