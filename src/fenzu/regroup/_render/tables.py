"""A plan as tables, in the order in which they are read; each rendering draws them its own way."""

from collections.abc import Iterator, Sequence

import msgspec

from fenzu.regroup._render import words
from fenzu.regroup._render.view import View
from fenzu.wire.words import Words

SHOWN = 60
"""So many rows of a table a person reads; a program gets all of them."""


class Heading(msgspec.Struct, frozen=True):
    """The head of a column."""

    title: Words
    is_number: bool = False


class Table(msgspec.Struct, frozen=True):
    """A table; `key` is what programs call its rows."""

    key: str
    title: Words
    columns: tuple[Heading, ...]
    rows: tuple[tuple[Words, ...], ...]

    def cut(self) -> "Table":
        """Return the table for a person: its first rows, and how many more there are."""
        more = len(self.rows) - SHOWN
        if more <= 0:
            return self
        title = Words(
            f"{self.title.en} (the first {SHOWN} of {len(self.rows):,})",
            f"{self.title.zh}（共 {len(self.rows):,} 行，显示前 {SHOWN} 行）",
        )
        return msgspec.structs.replace(self, title=title, rows=self.rows[:SHOWN])


def tables(view: View) -> tuple[Table, ...]:
    """Return all tables that have a row."""
    found = (
        Table("create", words.CREATED, (_NAME, _FOLLOWERS), tuple(_creates(view))),
        Table("rename", words.RENAMED, (_ID, _OLD, _NEW, _FOLLOWERS), tuple(_renames(view))),
        Table("delete", words.DELETED, (_ID, _NAME), tuple(_deletes(view))),
        Table("move", words.MOVES, (_FROM, _TO, _FOLLOWERS), tuple(_moves(view))),
        Table("group", words.TRAFFIC, (_NAME, _LEAVE, _JOIN), tuple(_groups(view))),
        Table("cost", words.COST, (_CALL, _CALLS, _TODAY, _A_DAY), tuple(_costs(view))),
        Table("problems", words.PROBLEMS, (_KIND, _ROWS), tuple(_problems(view))),
    )
    return tuple(table for table in found if table.rows)


def plain(text: object) -> Words:
    """Return a text that is the same in both languages."""
    return Words(str(text), str(text))


_NAME, _FOLLOWERS = Heading(words.GROUP), Heading(words.FOLLOWERS, is_number=True)
_ID, _OLD, _NEW = Heading(words.ID), Heading(words.OLD_NAME), Heading(words.NEW_NAME)
_FROM, _TO = Heading(words.FROM), Heading(words.TO)
_LEAVE, _JOIN = Heading(words.LEAVE, is_number=True), Heading(words.JOIN, is_number=True)
_CALL, _CALLS = Heading(words.CALL), Heading(words.CALLS, is_number=True)
_TODAY, _A_DAY = Heading(words.TODAY, is_number=True), Heading(words.A_DAY, is_number=True)
_KIND, _ROWS = Heading(words.KIND), Heading(words.ROWS, is_number=True)


def called(group_id: int, name: str) -> Words:
    """Return what a group is shown as: its name and its id, or that it is new."""
    if group_id < 0:
        return Words(f"{name} ({words.NEW.en})", f"{name}（{words.NEW.zh}）")
    return Words(f"{name} ({group_id})", f"{name}（{group_id}）") if name else plain(group_id)


def _creates(view: View) -> Iterator[tuple[Words, ...]]:
    for traffic in view.traffic():
        if traffic.group_id < 0:
            yield plain(traffic.name), _number(traffic.join)


def _renames(view: View) -> Iterator[tuple[Words, ...]]:
    for rename in view.renames:
        followers = plain("") if rename.followers is None else _number(rename.followers)
        yield plain(rename.group_id), plain(rename.old), plain(rename.new), followers


def _deletes(view: View) -> Iterator[tuple[Words, ...]]:
    for delete in view.deletes:
        yield plain(delete.group_id), plain(delete.name)


def _moves(view: View) -> Iterator[tuple[Words, ...]]:
    for flow in view.flows:
        source = called(flow.source, view.name_before(flow.source))
        yield source, called(flow.target, view.name_after(flow.target)), _number(flow.followers)


def _groups(view: View) -> Iterator[tuple[Words, ...]]:
    for traffic in view.traffic():
        yield called(traffic.group_id, traffic.name), _number(traffic.leave), _number(traffic.join)


def _costs(view: View) -> Iterator[tuple[Words, ...]]:
    for cost in view.cost.of if view.cost else ():
        yield plain(cost.call), _number(cost.calls), _number(cost.today), _number(cost.a_day)


def _problems(view: View) -> Iterator[tuple[Words, ...]]:
    for kind, rows in view.header.problems.items():
        yield words.kind_words(kind), _number(rows)


def _number(n: int) -> Words:
    return plain(words.number(n))


def facts(view: View) -> Sequence[tuple[Words, Words]]:
    """Return what the plan was made for and from, line by line."""
    header = view.header
    learnt = header.mirrored_at
    found = [
        (Words("account", "账号"), plain(f"{header.appid} {header.base_url}")),
        (Words("made", "生成于"), plain(words.at(header.made_at))),
        (Words("wish", "名单"), plain(header.wish)),
        (Words("its SHA-256", "名单的 SHA-256"), plain(header.wish_digest)),
        (Words("the plan's digest", "计划摘要"), plain(header.digest)),
        (Words("followers in the mirror", "镜像中的粉丝"), _number(header.followers)),
        (Words("oldest fact in it", "其中最早的信息"), plain("" if learnt is None else words.at(learnt))),
    ]
    return [(name, value) for name, value in found if value.en]
