"""Events as OpenTelemetry's spans and metrics (extra `otel`). It knows their API, and no SDK or exporter."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fenzu._version import __version__
from fenzu.client._events import Answered, AnyEvent, Retrying, TokenRenewed
from fenzu.errors import UsageError
from fenzu.wire.extras import install
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

NANO = 1_000_000_000


class OpenTelemetry:
    """A listener that makes a span of each try of a call, and metrics: `Client(…, on_event=OpenTelemetry())`.

    A span is named by the endpoint, `groups.move`, and is a child of the span in which the call was made. Metrics:
    `fenzu.client.duration` (seconds of each try), `fenzu.client.retries`, `fenzu.client.token_renewals`. Attributes:
    `fenzu.endpoint`, `fenzu.errcode`, `error.type`; spans also `fenzu.appid`, `fenzu.rid`, `fenzu.try`,
    `server.address`. Takes the global providers, or those given.
    """

    def __init__(
        self,
        *,
        tracer_provider: "TracerProvider | None" = None,
        meter_provider: "MeterProvider | None" = None,
    ) -> None:
        try:
            from opentelemetry import metrics, trace
        except ImportError:
            raise _lacking() from None
        self._trace = trace
        self._tracer = trace.get_tracer("fenzu", __version__, tracer_provider=tracer_provider)
        meter = metrics.get_meter("fenzu", __version__, meter_provider=meter_provider)
        self._duration = meter.create_histogram(
            "fenzu.client.duration", unit="s", description="Duration of each try of a call"
        )
        self._retries = meter.create_counter(
            "fenzu.client.retries", unit="{try}", description="Tries that were followed by another one"
        )
        self._renewals = meter.create_counter(
            "fenzu.client.token_renewals", unit="{call}", description="Tokens that the platform gave"
        )

    def __repr__(self) -> str:
        return "OpenTelemetry()"

    def __call__(self, event: AnyEvent) -> None:
        """Take an event."""
        if isinstance(event, Answered):
            self._duration.record(event.seconds, _attributes(event))
            self._make_span(event)
        elif isinstance(event, Retrying):
            self._retries.add(1, _attributes(event))
        elif isinstance(event, TokenRenewed):
            self._renewals.add(1, {"fenzu.endpoint": event.endpoint})

    def _make_span(self, event: Answered) -> None:
        attributes = {
            **_attributes(event),
            "fenzu.appid": event.appid,
            "fenzu.try": event.number,
            "server.address": urlsplit(event.base_url).hostname or "",
        }
        if event.rid is not None:
            attributes["fenzu.rid"] = event.rid
        began = int(event.started_at * NANO)
        span = self._tracer.start_span(
            event.endpoint, kind=self._trace.SpanKind.CLIENT, start_time=began, attributes=attributes
        )
        if event.error is not None:
            span.set_status(self._trace.Status(self._trace.StatusCode.ERROR, event.error))
        span.end(began + int(event.seconds * NANO))


def _attributes(event: Answered | Retrying) -> dict[str, str | int]:
    attributes: dict[str, str | int] = {"fenzu.endpoint": event.endpoint}
    if event.errcode is not None:
        attributes["fenzu.errcode"] = event.errcode
    if event.error is not None:
        attributes["error.type"] = event.error
    return attributes


def _lacking() -> UsageError:
    return UsageError(
        Words("OpenTelemetry is not installed", "没有安装 OpenTelemetry"),
        install("otel"),
    )
