"""The file that tells what is odd about a wish, row by row: as a spreadsheet or as JSON (`--report`)."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from fenzu.cli.spreadsheet import write_csv_file
from fenzu.cli.whole_file import check_output, whole_file
from fenzu.cli.xlsx import MOST_ROWS, write_xlsx
from fenzu.errors import UsageError
from fenzu.wire.words import Language, Words

if TYPE_CHECKING:
    from fenzu.regroup._wishes import Problems

TITLES = {
    "en": ("row", "kind", "openid", "group", "left out", "message", "advice"),
    "zh": ("行", "类型", "openid", "分组", "是否略过", "说明", "建议"),
}
_YES_NO = {"en": ("yes", "no"), "zh": ("是", "否")}
_FORMATS = (".csv", ".xlsx", ".json")


def check_report(where: str, *needed: str | None) -> None:
    """Raise `UsageError` for a name that tells no format or is that of something needed, before anything is read."""
    check_output(where, *needed)
    if Path(where).suffix.lower() not in _FORMATS:
        raise UsageError(
            Words(f"a report cannot be written as {where}", f"报告不能写成 {where}"),
            Words("end its name with .csv, .xlsx or .json", "文件名请以 .csv、.xlsx 或 .json 结尾"),
        )


def write_report(where: str, problems: "Problems", language: Language) -> None:
    """Write all that is odd into a file, which appears whole or not at all; one that is there gives way."""
    check_report(where)
    with whole_file(where) as out:
        _write(out, Path(where).suffix.lower(), problems, language)


def _write(out: BinaryIO, suffix: str, problems: "Problems", language: Language) -> None:
    if suffix == ".json":
        out.write(msgspec.json.format(msgspec.json.encode(_as_json(problems, language)), indent=1))
    elif suffix == ".xlsx":
        write_xlsx(out, TITLES[language], _rows(problems, language, MOST_ROWS - 1))
    else:
        write_csv_file(out, TITLES[language], _rows(problems, language))


def _rows(problems: "Problems", language: Language, most: int | None = None) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a table, `most` of them at most: those left out are told in a line for each kind."""
    yes, no = _YES_NO[language]
    unlisted = dict(problems.unlisted)
    room = None if most is None else most - len(problems.counts)
    for number, one in enumerate(problems):
        if room is not None and number >= room:
            unlisted[one.kind] = unlisted.get(one.kind, 0) + 1
            continue
        yield (
            one.row,
            one.kind,
            one.openid,
            one.group,
            yes if one.left_out else no,
            one.text.say(language),
            one.advice.say(language),
        )
    for kind, rows in unlisted.items():
        words = Words(f"{rows:,} more rows of this kind are not listed", f"还有 {rows:,} 行同类问题未列出")
        yield None, kind, None, None, None, words.say(language), None


def _as_json(problems: "Problems", language: Language) -> dict[str, object]:
    return {
        "counts": dict(problems.counts),
        "problems": [
            {
                "row": one.row,
                "kind": one.kind,
                "openid": one.openid,
                "group": one.group,
                "left_out": one.left_out,
                "message": one.text.say(language),
                "advice": one.advice.say(language),
            }
            for one in problems
        ],
    }
