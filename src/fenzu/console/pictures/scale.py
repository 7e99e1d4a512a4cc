"""The axes of a picture: round numbers up to a largest one, and which of many points are named."""


def rounds(largest: int, steps: int = 4) -> list[int]:
    """Return round numbers from 0 on, about `steps` apart from each other, the last one not below `largest`."""
    largest = max(largest, 1)
    size = 1
    while size * 10 * steps <= largest:
        size *= 10
    step = next(size * factor for factor in (1, 2, 5, 10, 20) if size * factor * steps >= largest)
    return list(range(0, -(-largest // step) * step + 1, step))


def spread(count: int, most: int) -> list[int]:
    """Return up to `most` of the indexes below `count`, evenly spread, the last one among them."""
    if count <= most:
        return list(range(count))
    return sorted({round(at * (count - 1) / (most - 1)) for at in range(most)})
