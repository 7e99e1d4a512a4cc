"""The file that tells what is odd about a wish, row by row: as a spreadsheet or as JSON (`--report`)."""

import io
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from fenzu.cli.spreadsheet import write_csv
from fenzu.cli.xlsx import write_xlsx
from fenzu.errors import StoreError, UsageError
from fenzu.wire.words import Language, Words

if TYPE_CHECKING:
    from fenzu.regroup._wishes import Problems

TITLES = {
    "en": ("row", "kind", "openid", "group", "left out", "message", "advice"),
    "zh": ("行", "类型", "openid", "分组", "是否略过", "说明", "建议"),
}
_YES_NO = {"en": ("yes", "no"), "zh": ("是", "否")}
_FORMATS = (".csv", ".xlsx", ".json")


def check_report(where: str, source: str | None = None) -> None:
    """Raise `UsageError` for a name that tells no format or is the wish's own, before anything is read."""
    if source is not None and Path(where).resolve() == Path(source).resolve():
        raise UsageError(
            Words(f"the report would overwrite {source}", f"报告会覆盖 {source}"),
            Words("give the report another name", "请给报告换一个文件名"),
        )
    if Path(where).suffix.lower() not in _FORMATS:
        raise UsageError(
            Words(f"a report cannot be written as {where}", f"报告不能写成 {where}"),
            Words("end its name with .csv, .xlsx or .json", "文件名请以 .csv、.xlsx 或 .json 结尾"),
        )


def write_report(where: str, problems: "Problems", language: Language) -> None:
    """Write all that is odd into a file, which appears whole or not at all; one that is there gives way."""
    check_report(where)
    path = Path(where)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            with beside.open("xb") as out:
                _write(out, path.suffix.lower(), problems, language)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as trouble:
        reason = trouble.strerror or str(trouble)
        raise StoreError(
            Words(f"{path} cannot be written: {reason}", f"无法写入 {path}：{reason}"),
            Words("give a folder that is there and yours", "请给出存在且可写的目录"),
        ) from None


def _write(out: BinaryIO, suffix: str, problems: "Problems", language: Language) -> None:
    if suffix == ".json":
        out.write(msgspec.json.format(msgspec.json.encode(_as_json(problems, language)), indent=1))
    elif suffix == ".xlsx":
        write_xlsx(out, TITLES[language], _rows(problems, language))
    else:
        text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", errors="replace")
        write_csv(text, TITLES[language], _rows(problems, language))
        text.flush()
        text.detach()


def _rows(problems: "Problems", language: Language) -> Iterator[tuple[object, ...]]:
    yes, no = _YES_NO[language]
    for one in problems:
        yield (
            one.row,
            one.kind,
            one.openid,
            one.group,
            yes if one.left_out else no,
            one.text.say(language),
            one.advice.say(language),
        )
    for kind, rows in problems.unlisted.items():
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
