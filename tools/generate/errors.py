"""docs/reference/errors.md: every code and every exception, from `fenzu.wire.ERRCODES` and `fenzu.errors`."""

from fenzu import errors
from fenzu.wire import ERRCODES, ErrCode, Family
from tools.generate.markdown import both, code, page, table

INTRODUCTION = """
What the platform answers when a call fails, what fenzu raises for it, and what to do next. `fenzu errors
CODE` shows the same on a terminal. Codes under *raised as* are classes of `fenzu.errors`; catch one of
them, its family, `ApiError` for any code, or `FenzuError` for everything that fenzu raises on purpose. A
code that stands nowhere here is an `ApiError` and keeps its number.
"""

RETRY = """
*Try again* is the error's `retry`: `no` (the same request will be refused again), `once` (with a new token;
the client does it by itself), `yes` (with growing pauses; the client does it where a call may be repeated),
`next minute`, `tomorrow` (the hour it renews is told), `later`. ✓ under *seen* means that somebody posted a
real answer with it.
"""

TITLES = {
    Family.BUSY: "Busy",
    Family.CREDENTIAL: "Credentials",
    Family.PERMISSION: "Permissions",
    Family.QUOTA: "Quotas",
    Family.NOT_FOUND: "Not found",
    Family.REFUSED: "Refused",
}


def errors_page() -> str:
    """Return the page: the tree of classes, then one table of codes for each family."""
    families = (_family(family, title) for family, title in TITLES.items())
    return page(
        "Errors",
        "`src/fenzu/wire/errcodes.py` and `src/fenzu/errors.py`",
        INTRODUCTION,
        _tree(),
        RETRY,
        *families,
    )


def _tree() -> str:
    lines: list[str] = []
    _grow(errors.FenzuError, 0, lines)
    return "## Classes\n\n" + "\n".join(lines)


def _grow(cls: type[errors.FenzuError], depth: int, lines: list[str]) -> None:
    text = (cls.__doc__ or "").strip().splitlines()[0]
    lines.append(f"{'  ' * depth}- `{cls.__name__}`{_codes(cls)}: {text}")
    for below in cls.__subclasses__():
        if below.__module__ == errors.__name__:
            _grow(below, depth + 1, lines)


def _codes(cls: type[errors.FenzuError]) -> str:
    own = cls.codes if issubclass(cls, errors.ApiError) else ()
    return f" ({', '.join(map(str, own))})" if own else ""


def _family(family: Family, title: str) -> str:
    rows = [_row(row) for row in ERRCODES.values() if row.family is family]
    heading = f"## {title}\n\n`{errors.FAMILIES[family].__name__}`\n\n"
    return heading + table(["code", "text", "raised as", "meaning", "what to do", "try again", "seen"], rows)


def _row(row: ErrCode) -> list[str]:
    return [
        str(row.code),
        code(row.message),
        code(errors.class_of(row.code).__name__),
        both(row.meaning),
        both(row.advice),
        str(row.retry),
        "✓" if row.seen else "",
    ]
