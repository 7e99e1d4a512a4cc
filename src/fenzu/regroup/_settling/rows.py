"""What has become of a run, follower by follower, as the rows of a table for spreadsheets."""

from collections.abc import Iterator

from fenzu.regroup._books.book import Book
from fenzu.regroup._settling.report import advice_on, outcomes
from fenzu.wire.words import Language

CSV_TITLES = ("openid", "from", "from_name", "to", "to_name", "state", "code", "message", "advice")


def csv_rows(book: Book, language: Language, *, only_failed: bool) -> Iterator[tuple[object, ...]]:
    """Yield what has become of each follower as the cells of a row."""
    made = book.group_ids()
    names = {group.id: group.name for group in book.groups}
    names |= {made[create.slot]: create.name for create in book.creates if create.slot in made}
    for one in outcomes(book):
        if only_failed and one.fate != "failed":
            continue
        target = "" if one.target is None else one.target
        advice = advice_on(one.code).say(language) if one.fate == "failed" else ""
        yield (
            one.openid,
            one.source,
            names.get(one.source, ""),
            target,
            names.get(one.target or 0, "") if one.target is not None else "",
            one.fate,
            one.code,
            one.message,
            advice,
        )
