"""docs/reference/endpoints.md: every call, from `fenzu.wire.ENDPOINTS` and `fenzu.wire.limits`."""

from fenzu.errors import class_of
from fenzu.wire import ENDPOINTS, ERRCODES, Endpoint, Param
from fenzu.wire.limits import BATCH_OPENIDS, BLACKLIST_OPENIDS, DAILY, PAGE_OPENIDS, PROFILES
from tools.generate.markdown import both, code, page, table

INTRODUCTION = """
Every call of the platform that fenzu knows, under fenzu's own name for it. *Repeatable* means: sending the
same request again after a lost answer leaves the platform as one sending would. *Marks* say how well the
call is known; the [fidelity page](fidelity.md) explains them and says what the sandbox answers today. Codes
are explained on the [errors page](errors.md).

Each call but the token ones takes `?access_token=TOKEN`. A body is JSON in raw UTF-8.
"""

SIZES = {
    "groups.move_many": f"up to {BATCH_OPENIDS} openids",
    "tags.add": f"up to {BATCH_OPENIDS} openids",
    "tags.remove": f"up to {BATCH_OPENIDS} openids",
    "blacklist.add": f"up to {BLACKLIST_OPENIDS} openids",
    "blacklist.remove": f"up to {BLACKLIST_OPENIDS} openids",
    "followers.get_many": f"up to {PROFILES} followers",
    "followers.list": f"up to {PAGE_OPENIDS:,} openids a page",
}


def endpoints_page() -> str:
    """Return the page: one table of all calls, then a section for each."""
    return page(
        "Calls",
        "`src/fenzu/wire/endpoints.py` and `limits.py`",
        INTRODUCTION,
        _overview(),
        *(_section(endpoint) for endpoint in ENDPOINTS.values()),
    )


def _overview() -> str:
    rows = (
        [f"[{e.name}](#{_anchor(e.name)})", e.method, code(e.path), _yes(e.repeatable)]
        for e in ENDPOINTS.values()
    )
    return table(["call", "method", "path", "repeatable"], rows)


def _section(endpoint: Endpoint) -> str:
    facts = [
        ["since", str(endpoint.since)],
        ["parameters", "; ".join(_parameter(p) for p in endpoint.params) or "none"],
        ["request", code(endpoint.request) or "no body"],
        ["answer", code(endpoint.answer)],
        ["size", SIZES.get(endpoint.name, "")],
        ["calls a day", _quota(endpoint.name)],
        ["repeatable", _yes(endpoint.repeatable)],
        ["marks", " ".join(endpoint.marks)],
        ["source", f"<{endpoint.source}>" if endpoint.source.startswith("http") else endpoint.source],
    ]
    return "\n\n".join(
        [
            f"## {endpoint.name}",
            f"`{endpoint.method} {endpoint.path}`",
            table(["", ""], ([name, fact] for name, fact in facts if fact)),
            table(["code", "raised as", "meaning"], (_code(number) for number in endpoint.codes)),
        ]
    )


def _parameter(param: Param) -> str:
    kind = param.kind if param.required else f"{param.kind}, may be left out"
    place = " in the query" if param.place == "query" else ""
    return f"`{param.name}` ({kind}{place})"


def _quota(name: str) -> str:
    quota = DAILY.get(name)
    if quota is None:
        return ""
    return f"{quota.ordinary:,} ({quota.mark}); test account {quota.test:,} ({quota.test_mark})"


def _code(number: int) -> list[str]:
    return [str(number), code(class_of(number).__name__), both(ERRCODES[number].meaning)]


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def _anchor(name: str) -> str:
    """Return what a heading's link is called: lower case, without dots."""
    return name.replace(".", "")
