"""The one place that writes answers: compact JSON in raw UTF-8, errors with the suffix that the rulebook asks for."""

from msgspec.json import encode

from fenzu.errors import ApiError
from fenzu.sandbox.accounts import Clock, RandomBytes
from fenzu.sandbox.rules.rows import PartFailed
from fenzu.wire.errcodes import ERRCODES, Suffix
from fenzu.wire.rulebooks import Rulebook

OK = b'{"errcode":0,"errmsg":"ok"}'
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Answers:
    """Writes answers under one rulebook. Time and chance go into the rid of an error."""

    def __init__(self, book: Rulebook, clock: Clock, chance: RandomBytes) -> None:
        self._book = book
        self._clock = clock
        self._chance = chance

    def value(self, value: object) -> bytes:
        """Return the answer that carries `value`; None is plain ok."""
        if value is None:
            return OK
        return self._partly(value) if isinstance(value, PartFailed) else encode(value)

    def error(self, error: ApiError, **more: object) -> bytes:
        """Return the answer for a refusal; `more` are the fields that it has beside."""
        message = error.message
        if self._book.suffix:
            message += self._suffix(error.code)
        return encode({"errcode": error.code, "errmsg": message, **more})

    def busy(self) -> bytes:
        """Return the answer for what went wrong on our side."""
        return self.error(ApiError(-1, ERRCODES[-1].message))

    def _partly(self, failed: PartFailed) -> bytes:
        return self.error(ApiError(45171, ERRCODES[45171].message), fail_openid_list=failed.openids)

    def _suffix(self, code: int) -> str:
        row = ERRCODES.get(code)
        hint = ""
        if row is not None and row.suffix is Suffix.HINT_AND_RID:
            letters = "".join(_LETTERS[byte % len(_LETTERS)] for byte in self._chance(15))
            hint = f" hint: [{letters[:9]}-{letters[9:]}]"
        chance = self._chance(8).hex()
        return f"{hint} rid: {int(self._clock()) & 0xFFFFFFFF:08x}-{chance[:8]}-{chance[8:]}"
