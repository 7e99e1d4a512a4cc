"""A plan out of its book, to be shown: only if it is what was planned, by its digest."""

from fenzu.regroup._books.book import Book
from fenzu.regroup._render.view import View, view_of
from fenzu.regroup._running.stale import check_digest


def view_of_book(book: Book) -> View:
    """Return what is shown of a plan; raises `PlanError` where the plan is not the one that its digest was made of."""
    check_digest(book)
    return view_of(book.header, book.groups, book.creates, book.renames, book.deletes, book.batches())
