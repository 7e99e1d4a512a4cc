"""Where the pages of an account are, and a number in an address. Knows no page."""

from urllib.parse import quote


def address_of(name: str) -> str:
    """Return where the pages of an account begin."""
    return f"/a/{quote(name, safe='')}"


def list_address(name: str, list_id: str) -> str:
    """Return the address of a list's page."""
    return f"{address_of(name)}/regroup/lists/{list_id}"


def run_address(name: str, stem: str) -> str:
    """Return the address of a plan's page."""
    return f"{address_of(name)}/runs/{stem}"


def wait_address(name: str, job_id: str) -> str:
    """Return the address of the page that waits for a plan."""
    return f"{address_of(name)}/moves/plans/{job_id}"


def regroup_address(name: str) -> str:
    """Return the address of the page of lists and plans."""
    return f"{address_of(name)}/regroup"


def whole_number(text: str) -> int | None:
    """Return the number that somebody wrote into an address; None where it is none that a database could hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
