"""Openids from the command line or from standard input. What is an openid and what none is not judged here."""

from collections.abc import Sequence

from fenzu.cli.command import argument, option
from fenzu.cli.person import read_lines
from fenzu.errors import UsageError
from fenzu.wire.words import Words

OPENIDS = argument(
    "openids",
    nargs=-1,
    required=True,
    metavar="OPENID…",
    words=Words(
        "openids; - reads them from standard input, one a line", "openid；- 表示从标准输入读取，每行一个"
    ),
)
AFTER = option("--after", metavar="OPENID", words=Words("begin behind this follower", "从这个粉丝之后开始"))


def read_openids(given: Sequence[str]) -> list[str]:
    """Return the openids without repeats, in order; `-` alone stands for those on standard input.

    Of a line with tabs the first field counts, so that what `fenzu groups move` printed can be given back to it.
    """
    if "-" not in given:
        return list(dict.fromkeys(given))
    if len(given) > 1:
        raise UsageError(
            Words("- and openids together", "- 不能与 openid 同时给出"),
            Words("give openids, or - alone", "只给 openid，或只给 -"),
        )
    try:
        lines = [line.lstrip("\ufeff").split("\t", 1)[0].strip() for line in read_lines()]
    except UnicodeDecodeError:
        raise UsageError(Words("standard input is no text", "标准输入不是文本")) from None
    found = list(dict.fromkeys(line for line in lines if line))
    if not found:
        raise UsageError(
            Words("standard input holds no openid", "标准输入里没有 openid"),
            Words("give one openid a line", "每行一个 openid"),
        )
    return found
