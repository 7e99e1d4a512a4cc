"""The file that tells the rows with problems: as a spreadsheet or as JSON (`--report`)."""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from fenzu.cli.whole_file import check_output, whole_file
from fenzu.cli.xlsx import MOST_ROWS, write_xlsx
from fenzu.errors import UsageError
from fenzu.spreadsheet import write_csv_file
from fenzu.wire.words import Language, Words

if TYPE_CHECKING:
    from fenzu.regroup._wishes import Problems

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
    """Write all rows with problems into a file, which appears whole or not at all; one that is there gives way."""
    check_report(where)
    with whole_file(where) as out:
        _write(out, Path(where).suffix.lower(), problems, language)


def _write(out: BinaryIO, suffix: str, problems: "Problems", language: Language) -> None:
    from fenzu.regroup._wishes.rows import TITLES, rows_of

    if suffix == ".json":
        out.write(msgspec.json.format(msgspec.json.encode(_as_json(problems, language)), indent=1))
    elif suffix == ".xlsx":
        write_xlsx(out, TITLES[language], rows_of(problems, language, MOST_ROWS - 1))
    else:
        write_csv_file(out, TITLES[language], rows_of(problems, language))


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
