"""The file that tells a shell where the sandbox is: it is there exactly as long as the sandbox answers.

Lines of `NAME=value`, for `. FILE`, for `--env-file` of other programs, and for `$GITHUB_ENV`. Readable by its owner
alone, because it holds the sandbox's secret.
"""

import os
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fenzu.errors import FenzuError, UsageError
from fenzu.wire.environment import OURS
from fenzu.wire.words import Words


@contextmanager
def place(path: str | None) -> Iterator[None]:
    """Keep the place free for `write`, and leave nothing there in the end; without a path there is nothing to do."""
    if path is None:
        yield
        return
    clear(Path(path))
    try:
        yield
    finally:
        clear(Path(path))


def clear(path: Path) -> None:
    """Remove what an earlier sandbox, or this one, has left there; refuses a file that holds anything else."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        if not OURS.issuperset(line.partition("=")[0] for line in lines):
            raise _not_ours(path)
        path.unlink()
    except FileNotFoundError:
        return
    except UnicodeDecodeError:
        raise _not_ours(path) from None
    except OSError as error:
        raise _trouble(path, error) from None


def write(path: Path, variables: Mapping[str, str]) -> None:
    """Write the whole file at once: whoever finds it can read all of it."""
    text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600
        beside = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise _trouble(path, error) from None


def _not_ours(path: Path) -> UsageError:
    return UsageError(
        Words(f"{path} holds something else; it was left as it is", f"{path} 里有别的内容，未被改动"),
        Words("give another --env-file", "换一个 --env-file"),
    )


def _trouble(path: Path, error: OSError) -> FenzuError:
    return FenzuError(
        Words(f"cannot write {path}: {error.strerror}", f"无法写入 {path}：{error.strerror}"),
        Words("give another --env-file", "换一个 --env-file"),
    )
