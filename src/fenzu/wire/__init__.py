"""Facts about the platform's API: calls, codes, limits, rulebooks. Data only, no behaviour; client and sandbox share it."""

from fenzu.wire.endpoints import BY_PATH, ENDPOINTS, Endpoint, Param
from fenzu.wire.errcodes import ERRCODES, ErrCode, Family, Retry, Suffix
from fenzu.wire.evidence import Mark
from fenzu.wire.rulebooks import RULEBOOKS, Rulebook, RulebookName
from fenzu.wire.words import Language, Words

__all__ = [
    "BY_PATH",
    "ENDPOINTS",
    "ERRCODES",
    "RULEBOOKS",
    "Endpoint",
    "ErrCode",
    "Family",
    "Language",
    "Mark",
    "Param",
    "Retry",
    "Rulebook",
    "RulebookName",
    "Suffix",
    "Words",
]
