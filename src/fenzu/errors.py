"""The exception tree, and the registry that turns the platform's codes into classes.

Every error says in English and in Chinese what happened and what to do next; `language` picks which of them `str()`
shows. No error holds a secret, a token or a whole openid in its text.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from fenzu.wire.errcodes import ERRCODES, Family, Retry
from fenzu.wire.words import Language, Words

# Begins at the first white space of a run and bounds the hint, so that a long hostile text is searched in linear time.
_SUFFIX = re.compile(r"(?<!\s)\s+(?:hint: \[[^\]]{0,64}\]\s*)?rid: (?P<rid>[0-9A-Za-z-]+)\s*$")


class FenzuError(Exception):
    """The root of all errors that fenzu raises on purpose.

    `words` tell what happened, `advice` what to do next; `retry` tells whether sending the same again makes sense.
    """

    retry: Retry = Retry.NO

    def __init__(self, words: Words, advice: Words | None = None, *, language: Language = "en") -> None:
        super().__init__(words.en)
        self.words = words
        self.advice: Words = advice or Words("", "")
        self.language: Language = language

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.words, self.advice), self.__dict__

    def say(self, language: Language) -> str:
        """Return the whole message in `language`: what happened, then what to do next."""
        what, advice = self.words.say(language), self.advice.say(language)
        if not advice:
            return what
        return f"{what}。下一步：{advice}" if language == "zh" else f"{what}. Next: {advice}"

    def __str__(self) -> str:
        return self.say(self.language)


class UsageError(FenzuError, ValueError):
    """The arguments break a documented limit or make no sense; found before anything was sent."""


class TransportError(FenzuError):
    """No usable answer: timeout, refused or broken connection, a status that is no success, not JSON.

    The call may have been carried out all the same (*maybe done*), whatever the failure looked like.
    """

    retry = Retry.YES


class PlanError(FenzuError):
    """A plan is unsafe or stale, or its journal belongs to another plan."""


class UnsafePlan(PlanError):
    """A guard refuses a plan: too many would move, or somebody into the blacklist or out of it. It can be forced."""


class StalePlan(PlanError):
    """The world that a plan was made for does not stand any more; the message tells what moved."""


class AccountInUse(PlanError):
    """Another run changes the account just now; nothing speaks against the plan."""


class StoreError(FenzuError):
    """A file or database of fenzu's own cannot be read or written, or is of another version."""


class MirrorInUse(StoreError):
    """Another sync fills the mirror just now."""


class ApiError(FenzuError):
    """The platform answered with a code.

    `code` and `message` are the platform's own (the message without its rid), `endpoint` is fenzu's name of the call,
    `rid` the platform's number of the request where it gave one. Catch a family or a code's class; a code that has no
    class falls to its family, an unknown one to `ApiError`, and keeps its number.
    """

    code: int
    family: ClassVar[Family | None] = None
    codes: ClassVar[tuple[int, ...]] = ()

    def __init_subclass__(cls, codes: tuple[int, ...] = (), **more: object) -> None:
        super().__init_subclass__(**more)
        cls.codes = codes
        for code in codes:
            _BY_CODE[code] = cls

    def __init__(
        self,
        code: int,
        message: str,
        endpoint: str = "",
        rid: str | None = None,
        *,
        language: Language = "en",
    ) -> None:
        row = ERRCODES.get(code)
        tail = f" ({endpoint})" if endpoint else ""
        tail += f" [rid {rid}]" if rid else ""
        meaning = row.meaning.zh if row else "fenzu 不认识的错误码"
        super().__init__(
            Words(f"{code} {message}{tail}", f"{code} {message}：{meaning}{tail}"),
            row.advice if row else UNKNOWN_ADVICE,
            language=language,
        )
        self.code = code
        self.message = message
        self.endpoint = endpoint
        self.rid = rid
        self.retry: Retry = row.retry if row else Retry.NO

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.code, self.message, self.endpoint, self.rid), self.__dict__


UNKNOWN_ADVICE = Words("look the code up in the platform's pages", "到平台文档中查这个错误码")

_BY_CODE: dict[int, type[ApiError]] = {}


class CredentialError(ApiError):
    """Appid, secret or token are wrong, missing or past their life."""

    family: ClassVar[Family | None] = Family.CREDENTIAL


class PermissionDenied(ApiError):
    """The account, the address or the secret may not do this."""

    family: ClassVar[Family | None] = Family.PERMISSION


class PlatformBusy(ApiError):
    """The platform is busy; trying again later may help."""

    family: ClassVar[Family | None] = Family.BUSY


class QuotaExceeded(ApiError):
    """A limit of calls per minute, day or month is reached."""

    family: ClassVar[Family | None] = Family.QUOTA


class NotFound(ApiError):
    """The openid, group, tag or request does not exist."""

    family: ClassVar[Family | None] = Family.NOT_FOUND


class Refused(ApiError):
    """The platform refuses the request as it stands; the same request will be refused again."""

    family: ClassVar[Family | None] = Family.REFUSED


class SystemBusy(PlatformBusy, codes=(-1,)):
    """-1: the platform is busy. In rulebook 2021 an unknown or reserved group answers so too."""


class FollowerBusy(PlatformBusy, codes=(45169,)):
    """Another call is tagging the same follower just now; repeated like any busy answer."""


class InvalidCredential(CredentialError, codes=(40001, 40014)):
    """The token is not valid or not the latest; at the token call, the secret is wrong."""


class TokenExpired(CredentialError, codes=(42001,)):
    """The token's two hours are over."""


class InvalidAppid(CredentialError, codes=(40013,)):
    """No account has this appid."""


class InvalidSecret(CredentialError, codes=(40125,)):
    """The secret is not the appid's."""


class NotWhitelisted(PermissionDenied, codes=(40164,)):
    """The caller's address is not on the account's whitelist; the message names the address."""


class CallNotAllowed(PermissionDenied, codes=(48001,)):
    """This kind of account may not use the call."""


class DailyQuotaExceeded(QuotaExceeded, codes=(45009,)):
    """The day's calls are used up; they renew at midnight in Beijing: `renews_at`, where the client raises it."""

    renews_at: datetime | None = None


class MinuteQuotaExceeded(QuotaExceeded, codes=(45011,)):
    """Too many calls this minute."""


class ClearsUsedUp(QuotaExceeded, codes=(48006,)):
    """The ten quota clears of this month are used up."""


class InvalidOpenid(NotFound, codes=(40003, 49003)):
    """Malformed, no follower, or of another account."""


class NotAFollower(NotFound, codes=(43004, 50005)):
    """The person does not follow the account."""


class UnknownGroup(NotFound, codes=(40050, 40152)):
    """No group has this id."""


class UnknownTag(NotFound, codes=(45159,)):
    """No tag has this id."""


class UnknownRid(NotFound, codes=(76001,)):
    """No request has this rid."""


class InvalidBatchSize(Refused, codes=(40032,)):
    """The list of openids is empty or too long."""


class InvalidGroupName(Refused, codes=(40051, 45017)):
    """The name is empty, too long, or holds what is not allowed."""


class ReservedGroup(Refused, codes=(45016,)):
    """Groups 0, 1 and 2 belong to the platform."""


class TooManyGroups(Refused, codes=(45018,)):
    """The account holds as many groups as it may."""


class InvalidTagName(Refused, codes=(45157, 45158)):
    """The name is not allowed or another tag has it (45157), or it is longer than 30 bytes (45158)."""


class ReservedTag(Refused, codes=(45058,)):
    """Tags 0, 1 and 2 belong to the platform."""


class TooManyTags(Refused, codes=(45056,)):
    """The account holds as many tags as it may: 100."""


class TagTooBig(Refused, codes=(45057,)):
    """More than 100,000 followers carry the tag: untag them first, then delete it."""


class FollowerHasTooManyTags(Refused, codes=(45059,)):
    """A follower carries as many tags as allowed: 20."""


class PartlyDone(Refused, codes=(45171,)):
    """Some openids of a batch failed, the others are done; `openids` are those that failed, where it is told."""

    openids: tuple[str, ...] = ()


class InvalidRemark(Refused, codes=(40092,)):
    """The remark is not allowed; it has to stay under 30 bytes."""


class UnknownPath(Refused, codes=(76021,)):
    """No call has the path whose quota was asked for."""


FAMILIES: Mapping[Family, type[ApiError]] = MappingProxyType(
    {
        Family.CREDENTIAL: CredentialError,
        Family.PERMISSION: PermissionDenied,
        Family.BUSY: PlatformBusy,
        Family.QUOTA: QuotaExceeded,
        Family.NOT_FOUND: NotFound,
        Family.REFUSED: Refused,
    }
)


def class_of(code: int) -> type[ApiError]:
    """Return the class that `code` is raised as: its own, its family's, or `ApiError`."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    row = ERRCODES.get(code)
    return FAMILIES.get(row.family, ApiError) if row else ApiError


def api_error(code: int, message: str, endpoint: str = "", *, language: Language = "en") -> ApiError:
    """Build the error for an answer `{"errcode":code,"errmsg":message}`; the rid is taken out of the message."""
    found = _SUFFIX.search(message)
    rid = found["rid"] if found else None
    text = message[: found.start()] if found else message
    return class_of(code)(code, text, endpoint, rid, language=language)


def mask(secret: str) -> str:
    """Return enough of an openid or the like to recognise it, never the whole: `oDF3…CM58`."""
    return f"{secret[:4]}…{secret[-4:]}" if len(secret) > 12 else "…"
