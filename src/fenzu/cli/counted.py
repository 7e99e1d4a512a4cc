"""How a number of things is written in English: thousands apart, and one of them in the singular."""


def counted(n: int, one: str, many: str = "") -> str:
    """Return `1 call` or `1,000 calls`; `many` is for what takes no plain s."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
