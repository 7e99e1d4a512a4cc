"""What `fenzu console` cannot begin with: libraries that are missing, options against each other, no account."""

from fenzu.cli import refusals
from fenzu.errors import UsageError
from fenzu.wire.extras import install
from fenzu.wire.words import Words


def check_installed() -> None:
    """Raise `UsageError` where the libraries of the extra are missing."""
    try:
        import jinja2
        import polars as pl
        import sse_starlette
        import starlette
    except ImportError:
        raise UsageError(
            Words("the console's libraries are not installed", "没有安装控制台所需的库"), install("console")
        ) from None
    del jinja2, pl, sse_starlette, starlette


def refuse_another_account(*named: str | None) -> None:
    """Raise `UsageError` where --demo stands beside an option that is about another account."""
    if any(named):
        raise UsageError(
            Words(
                "--demo brings an account, its sandbox and its mirror",
                "--demo 自带账号、沙箱和镜像",
            ),
            Words(
                "leave out --account, --mirror, --control-url and --control-key-file, or --demo",
                "去掉 --account、--mirror、--control-url 和 --control-key-file，或去掉 --demo",
            ),
        )


def or_try_the_demo(error: refusals.NoAccount) -> refusals.NoAccount:
    """Return the error with one more way to go on: there is an account to try the console with."""
    return refusals.NoAccount(
        error.words,
        Words(
            f"{error.advice.en}; to try it without one: fenzu console --demo",
            f"{error.advice.zh}；没有账号也可以先试用：fenzu console --demo",
        ),
    )
