"""A plan's digest: SHA-256 over what it does and what it was made from, the same on every machine."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from fenzu.regroup._values import Batch, Create, Delete, Header, KnownGroup, Rename


def digest_of(
    header: Header,
    groups: Sequence[KnownGroup],
    creates: Sequence[Create],
    renames: Sequence[Rename],
    deletes: Sequence[Delete],
    batches: Iterable[Batch],
) -> str:
    """Return the digest in hex; batches are read one by one.

    When it was made, out of which of several mirrors, what the file of the wish is called, and in which order its lines
    stand, count for nothing.
    """
    bare = msgspec.structs.replace(header, digest="", made_at=0.0, wish="", wish_digest="", mirror="")
    found = sha256(msgspec.json.encode((bare, groups, creates, renames, deletes), order="sorted"))
    for batch in batches:
        sources = " ".join(map(str, batch.sources))
        found.update(f"\n{batch.number} {batch.target}\n{' '.join(batch.openids)}\n{sources}".encode())
    return found.hexdigest()
