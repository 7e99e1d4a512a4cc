"""Rows with problems, as the rows of a table for spreadsheets, in the reader's language."""

from collections.abc import Iterator

from fenzu.regroup._wishes.problems import Problems
from fenzu.wire.words import Language, Words

TITLES = {
    "en": ("row", "kind", "openid", "group", "left out", "problem", "what to do"),
    "zh": ("行", "类型", "openid", "分组", "是否略过", "问题", "处理办法"),
}
_YES_NO = {"en": ("yes", "no"), "zh": ("是", "否")}


def rows_of(problems: Problems, language: Language, most: int | None = None) -> Iterator[tuple[object, ...]]:
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
