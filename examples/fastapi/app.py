"""A FastAPI app that sorts its followers, with one client for its life, given to its routes. Run: `uvicorn app:app`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Body, Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from fenzu import AsyncClient
from fenzu.errors import FenzuError, NotFound


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, AsyncClient]]:
    """Open the client where the app starts, in the worker, and close it where it ends."""
    async with AsyncClient(
        os.environ["FENZU_APPID"],
        os.environ["FENZU_SECRET"],
        base_url=os.environ.get("FENZU_BASE_URL", "https://api.weixin.qq.com"),
    ) as account:
        yield {"account": account}


def the_account(request: Request) -> AsyncClient:
    return request.state.account


Account = Annotated[AsyncClient, Depends(the_account)]
app = FastAPI(lifespan=lifespan)


@app.get("/groups")
async def groups(account: Account) -> list[dict[str, int | str]]:
    return [{"id": group.id, "name": group.name} for group in await account.groups.list()]


@app.put("/followers/{openid}/group", status_code=204)
async def move(openid: str, group: Annotated[int, Body(embed=True, alias="id")], account: Account) -> None:
    await account.groups.move(openid, to=group)


@app.exception_handler(FenzuError)
async def failed(request: Request, error: FenzuError) -> JSONResponse:
    return JSONResponse({"error": error.say("en")}, 404 if isinstance(error, NotFound) else 502)
