"""Lists of who belongs into which group, as somebody gives them to the page: chosen, or dragged onto it."""

import csv
import io
from collections.abc import Iterable, Sequence

from playwright.sync_api import FilePayload, Locator, Page

NAME = "crm.csv"


def table(rows: Iterable[Sequence[str]], titles: Sequence[str] = ("openid", "group")) -> str:
    """Return rows as a CSV."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([titles, *rows])
    return written.getvalue()


def as_csv(openids: Iterable[str], group: str) -> str:
    """Return a list that wants all these in one group."""
    return table((openid, group) for openid in openids)


def payload(text: str, name: str = NAME, encoding: str = "utf-8") -> FilePayload:
    """A file as somebody chooses it."""
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode(encoding)}


def place(page: Page) -> Locator:
    """Where the page takes lists, once its scripts work: then it is painted."""
    found = page.locator(".drop")
    found.scroll_into_view_if_needed()
    return found


def choose(page: Page, text: str, name: str = NAME, encoding: str = "utf-8") -> None:
    """Choose a file in the page's field."""
    place(page).locator("input[type=file]").set_input_files(payload(text, name, encoding))


def drop(page: Page, text: str) -> None:
    """Drag a file onto the page, and let it go there."""
    onto = place(page)
    transfer = page.evaluate_handle(
        """([text, name]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], name, { type: "text/csv" }));
          return transfer;
        }""",
        [text, NAME],
    )
    for event in ("dragenter", "dragover", "drop"):
        onto.dispatch_event(event, {"dataTransfer": transfer})
