"""What click says of a wrong command line, in both languages. Knows click's sentences, and prints nothing."""

import re

import click

from fenzu.cli.language import Line

_CHINESE = (
    (r"(.+) is not a valid integer( range)?\.", r"\1 不是整数"),
    (r"(.+) is not a valid float( range)?\.", r"\1 不是数字"),
    (r"(.+) is not in the range (.+)\.", r"\1 不在范围 \2 内"),
    (r"(.+) is not one of (.+)\.", r"\1 不是以下之一：\2"),
    (r"(?:File|Path|Directory) (.+) does not exist\.", r"\1 不存在"),
    (r"File (.+) is a directory\.", r"\1 是目录，不是文件"),
    (r"Directory (.+) is a file\.", r"\1 是文件，不是目录"),
    (r"Got unexpected extra arguments? \((.+)\)", r"多余的参数：\1"),
    (r"Option '?(.+?)'? requires an argument\.", r"选项 \1 需要一个值"),
    (r"Option '?(.+?)'? does not take a value\.", r"选项 \1 不接受值"),
    (r"Missing command\.", "缺少命令"),
)
"""Click's sentences as its releases 8.2 to 8.5 have them; one that is worded anew stays English."""


def in_chinese(sentence: str) -> str:
    """Return click's sentence in Chinese, or as it is where it is none of the known ones."""
    for pattern, chinese in _CHINESE:
        if found := re.fullmatch(pattern, sentence, re.DOTALL):
            return found.expand(chinese)
    return sentence


def usage_line(error: click.UsageError) -> Line:
    """Say click's complaint in both languages; one that has no Chinese here keeps its English behind a Chinese head."""
    english = error.format_message()
    name = getattr(error, "option_name", "") or getattr(error, "command_name", "")
    hint = (
        error.param.get_error_hint(error.ctx) if isinstance(error, click.BadParameter) and error.param else ""
    )
    if isinstance(error, click.MissingParameter):
        return Line(english, f"缺少 {hint}")
    if isinstance(error, click.NoSuchOption):
        return Line(english, f"没有选项 {name}{_nearest(error)}")
    if type(error).__name__ == "NoSuchCommand":  # click has it since 8.4
        return Line(english, f"没有命令 {name}{_nearest(error)}")
    if isinstance(error, click.BadParameter):
        return Line(english, f"{hint} 的值不对：{in_chinese(error.message)}")
    return Line(english, f"用法不对：{in_chinese(english)}")


def _nearest(error: click.UsageError) -> str:
    possibilities = getattr(error, "possibilities", None)
    return f"，是不是 {'、'.join(possibilities)}？" if possibilities else ""
