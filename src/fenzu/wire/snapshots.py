"""How a snapshot of a sandbox may be called: the sandbox and the client of its control port both look at that."""

from fenzu.wire.words import Words

NAME_PATTERN = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}"
"""What may be a path, or hidden, is no name."""
NAME_RULE = Words(
    "a snapshot's name is 1 to 64 letters, digits, _, - and ., and begins with no .",
    "快照名为 1 到 64 个字母、数字、_、- 或 .，且不以 . 开头",
)
