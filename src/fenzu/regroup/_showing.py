"""A plan out of its book, to be shown: only if it is what was planned, by its digest."""

from fenzu.errors import PlanError
from fenzu.regroup._book import Book
from fenzu.regroup._digest import digest_of
from fenzu.regroup._render.view import View, view_of
from fenzu.wire.words import Words


def view_of_book(book: Book) -> View:
    """Return what is shown of a plan; raises `PlanError` where the plan is not the one that its digest was made of."""
    check_digest(book)
    return view_of(book.header, book.groups, book.creates, book.renames, book.deletes, book.batches())


def check_digest(book: Book) -> None:
    """Raise `PlanError` where a plan was changed after it was made; batches are read one by one."""
    parts = book.groups, book.creates, book.renames, book.deletes
    if digest_of(book.header, *parts, book.batches()) != book.header.digest:
        raise PlanError(
            Words(
                f"{book.where}: the plan was changed after it was made", f"{book.where}：计划在生成后被改动过"
            ),
            Words("make it anew: fenzu regroup plan", "请重新生成：fenzu regroup plan"),
        )
