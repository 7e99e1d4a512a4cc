"""Where an account's mirror is: `--mirror`, else $FENZU_MIRROR, else a file of its own under the user's data folder.

A command on a mirror carries the option with `@MIRROR` and opens it with `open_mirror`.
"""

import os
import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fenzu.cli.command import option
from fenzu.errors import StoreError
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.mirror import Mirror

VARIABLE = "FENZU_MIRROR"

MIRROR = option(
    "--mirror",
    metavar="PLACE",
    words=Words(
        "the mirror: a file or postgresql://… ($FENZU_MIRROR; else a file of the account's own)",
        "镜像的位置：文件或 postgresql://…（$FENZU_MIRROR，默认每个账号一个文件）",
    ),
)


def place_of(given: str | None, base_url: str, appid: str) -> str:
    """Return the path or the address of the account's mirror."""
    return (
        given
        or os.environ.get(VARIABLE)
        or str(data_folder() / "mirrors" / f"{account_name(base_url, appid)}.db")
    )


def open_mirror(
    given: str | None, base_url: str, appid: str, *, read_only: bool = False, make: bool = True
) -> "Mirror":
    """Open the account's mirror where the option, the environment or the default says.

    Opened to be written, it is made where it is missing, and the default folder with it, unless `make` is False.
    """
    from fenzu.database import is_postgres
    from fenzu.mirror import Mirror

    place = place_of(given, base_url, appid)
    make = make and not read_only
    if make and not (given or os.environ.get(VARIABLE)):
        Path(place).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not make and not is_postgres(place) and not Path(place).exists():
        raise StoreError(
            Words(f"there is no mirror at {place}", f"{place} 没有镜像"),
            Words("make one: fenzu mirror sync", "请先建立镜像：fenzu mirror sync"),
        )
    return Mirror.open(place, base_url, appid, read_only=read_only)


def data_folder() -> Path:
    """Return the folder for what fenzu keeps for this user."""
    xdg = os.environ.get("XDG_DATA_HOME")
    return (Path(xdg) if xdg else Path.home() / ".local" / "share") / "fenzu"


def account_name(base_url: str, appid: str) -> str:
    """Name a file or folder of an account's for people to recognise, and never the same for two accounts."""
    told = re.sub(r"[^A-Za-z0-9.]+", "-", f"{urlsplit(base_url).netloc} {appid}")
    return f"{told}-{sha256(f'{base_url} {appid}'.encode()).hexdigest()[:8]}"
