"""What a fault does to an answer on its way out: never sent, cut off, emptied, under a wrong type. Decides nothing."""

from uvicorn._types import ASGISendCallable

from fenzu.sandbox.faults.asked import Effect
from fenzu.sandbox.http.exchange import BrokenOff

Header = tuple[bytes, bytes]
TEXT_PLAIN = (b"content-type", b"text/plain")


async def send_spoilt(effect: Effect, answer: bytes, content_type: Header, send: ASGISendCallable) -> None:
    """Send what the effect leaves of an answer; raises `BrokenOff` where the connection ends with it."""
    match effect:
        case "lost_answer":
            raise BrokenOff
        case "reset":
            await _send_head(len(answer), content_type, send)
            raise BrokenOff(answer[: len(answer) // 2], reset=True)
        case "truncate":
            await send_whole(answer[: -max(1, len(answer) // 3)], content_type, send)
        case "empty":
            await send_whole(b"", content_type, send)
        case "text_plain":
            await send_whole(answer, TEXT_PLAIN, send)
        case _:  # what is done to the call and not to its answer
            await send_whole(answer, content_type, send)


async def send_whole(answer: bytes, content_type: Header, send: ASGISendCallable) -> None:
    """Send an answer."""
    await _send_head(len(answer), content_type, send)
    await send({"type": "http.response.body", "body": answer})


async def _send_head(length: int, content_type: Header, send: ASGISendCallable) -> None:
    headers = [content_type, (b"content-length", b"%d" % length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
