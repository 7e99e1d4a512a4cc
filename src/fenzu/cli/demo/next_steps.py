"""What to try after the demo: the console, and a sandbox of one's own; the commands work as they stand."""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from fenzu.wire.extras import install
from fenzu.wire.words import Words

_INSTALL = install("console")
_FIRST = Words(f"  (first, {_INSTALL.en})\n", f"  （先{_INSTALL.zh}）\n")
_NEXT = Words(
    """
The same account in the browser: see its groups, search, select, move, undo. One command, and a link to open:

{activate}  fenzu console --demo
{first}
For your own programs, in two terminals:

  fenzu sandbox --demo

  export FENZU_BASE_URL=http://127.0.0.1:8060 FENZU_APPID={appid} FENZU_SECRET={secret}
  fenzu groups list""",
    """
在浏览器中打开同样的账号：查看分组、搜索、选择、移动、撤销。只要一条命令，再打开它给出的链接：

{activate}  fenzu console --demo
{first}
供自己的程序使用，打开两个终端：

  fenzu sandbox --demo

  export FENZU_BASE_URL=http://127.0.0.1:8060 FENZU_APPID={appid} FENZU_SECRET={secret}
  fenzu groups list""",
)


def next_steps(appid: str, secret: str) -> Words:
    """Return what to try next, with the demo account's own credentials."""
    activate = _activation(Path(sys.executable), Path.cwd())
    is_there = all(find_spec(library) for library in ("jinja2", "polars", "sse_starlette", "starlette"))

    def fill(text: str, first: str) -> str:
        return text.format(activate=activate, first="" if is_there else first, appid=appid, secret=secret)

    return Words(fill(_NEXT.en, _FIRST.en), fill(_NEXT.zh, _FIRST.zh))


def _activation(python: Path, here: Path) -> str:
    """Return the line that puts `fenzu` on the path, where it is not there yet: `make demo` runs it in .venv."""
    activate = python.with_name("activate")
    if shutil.which("fenzu") or not activate.exists():
        return ""
    return f"  . {activate.relative_to(here) if activate.is_relative_to(here) else activate}\n"
