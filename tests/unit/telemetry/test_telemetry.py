"""Events as log lines, and as OpenTelemetry's spans and metrics."""

import logging
import sys
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from fenzu.errors import UsageError
from fenzu.telemetry import Answered, AnyEvent, Retrying, Sending, TokenRenewed, log_events
from fenzu.telemetry.otel import OpenTelemetry

WHO: dict[str, Any] = {
    "appid": "wx5eed5eed5eed5eed",
    "base_url": "http://127.0.0.1:8060",
    "endpoint": "groups.move",
}
GOOD = Answered(**WHO, number=1, started_at=1_800_000_000.0, seconds=0.25)
BAD = Answered(
    **WHO, number=2, started_at=1_800_000_001.0, seconds=0.5, errcode=40003, error="InvalidOpenid", rid="61-2"
)
LOST = Retrying(**WHO, number=1, seconds=0.25, errcode=None, error="TransportError")
TOKEN = TokenRenewed(**{**WHO, "endpoint": "token.stable"}, expires_in=7200)
EVENTS: list[AnyEvent] = [Sending(**WHO, number=1), GOOD, BAD, LOST, TOKEN]


def test_events_as_log_lines(caplog: pytest.LogCaptureFixture) -> None:
    """Answers are DEBUG, tokens INFO, retries WARNING; each record carries its event."""
    with caplog.at_level(logging.DEBUG, "fenzu"):
        for event in EVENTS:
            log_events(event)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("DEBUG", "groups.move: ok after 0.250 s (try 1)"),
        ("DEBUG", "groups.move: 40003 InvalidOpenid after 0.500 s (try 2)"),
        ("WARNING", "groups.move: TransportError, next try in 0.2 s (try 1)"),
        ("INFO", "token.stable: a token for 7200 s"),
    ]
    assert [vars(record)["fenzu_event"] for record in caplog.records] == EVENTS[1:]


def spans(events: list[AnyEvent]) -> tuple[ReadableSpan, ...]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    listener = OpenTelemetry(tracer_provider=provider)
    with provider.get_tracer("the program").start_as_current_span("its own"):
        for event in events:
            listener(event)
    return exporter.get_finished_spans()


def test_each_try_is_a_span() -> None:
    """A try is a span with its time, endpoint and outcome, below the program's own span."""
    good, bad, own = spans(EVENTS)
    assert (good.name, good.kind, good.status.status_code) == (
        "groups.move",
        SpanKind.CLIENT,
        StatusCode.UNSET,
    )
    assert (good.start_time, good.end_time) == (1_800_000_000_000_000_000, 1_800_000_000_250_000_000)
    assert good.parent == own.context
    assert dict(good.attributes or {}) == {
        "fenzu.appid": "wx5eed5eed5eed5eed",
        "fenzu.endpoint": "groups.move",
        "fenzu.errcode": 0,
        "fenzu.try": 1,
        "server.address": "127.0.0.1",
    }
    assert bad.status.status_code is StatusCode.ERROR
    assert (bad.attributes or {})["error.type"] == "InvalidOpenid"
    assert (bad.attributes or {})["fenzu.rid"] == "61-2"


def test_metrics() -> None:
    """Durations by endpoint and outcome, and how many retries and token renewals there were."""
    reader = InMemoryMetricReader()
    listener = OpenTelemetry(meter_provider=MeterProvider([reader], shutdown_on_exit=False))
    for event in EVENTS:
        listener(event)
    data = reader.get_metrics_data()
    assert data is not None
    metrics = {
        each.name: list(each.data.data_points) for each in data.resource_metrics[0].scope_metrics[0].metrics
    }
    assert sorted(metrics) == ["fenzu.client.duration", "fenzu.client.retries", "fenzu.client.token_renewals"]
    good, bad = metrics["fenzu.client.duration"]
    assert isinstance(good, HistogramDataPoint)
    assert isinstance(bad, HistogramDataPoint)
    assert (good.sum, bad.sum) == (0.25, 0.5)
    assert dict(good.attributes or {}) == {"fenzu.endpoint": "groups.move", "fenzu.errcode": 0}
    [retries] = metrics["fenzu.client.retries"]
    assert isinstance(retries, NumberDataPoint)
    assert (retries.value, dict(retries.attributes or {})) == (
        1,
        {"fenzu.endpoint": "groups.move", "error.type": "TransportError"},
    )


def test_without_opentelemetry_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library is missing, the listener says so when it is made."""
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(UsageError, match=r"pip install '\.\[otel\]'"):
        OpenTelemetry()


def test_it_shows_nothing_of_what_it_holds() -> None:
    """The listener's repr is its name."""
    assert repr(OpenTelemetry()) == "OpenTelemetry()"
