"""Characters that do not show and may act: in a terminal, in a page."""

import re

UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters (ANSI escapes begin with one), marks that turn the direction of writing, halves of characters."""
