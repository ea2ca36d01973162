package dev.sluice.telemetry;

import dev.sluice.admission.Ending;
import dev.sluice.config.TracingConfig;
import dev.sluice.proxy.ExchangeObserver;
import dev.sluice.proxy.ExchangeRecord;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Spans of governed requests, made when they are over: the request, and within it {@code hold}, {@code forward} (from its going to
 * the engine to the first byte) and {@code stream} (from there to the end). They are children of the span that the client's
 * {@code traceparent} names. Sent over OTLP/HTTP by a thread of the SDK; what waits for it is bounded, and beyond it dropped.
 * Thread-safe.
 */
final class Traces implements ExchangeObserver, AutoCloseable {

    private static final int MOST_PENDING = 4_096;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long LONGEST_CLOSE_SECONDS = 2;

    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> AGENT = AttributeKey.stringKey("sluice.agent");
    private static final AttributeKey<String> TENANT = AttributeKey.stringKey("sluice.tenant");
    private static final AttributeKey<String> ENDING = AttributeKey.stringKey("sluice.ending");
    private static final AttributeKey<Long> PROMPT = AttributeKey.longKey("gen_ai.usage.input_tokens");
    private static final AttributeKey<Long> COMPLETION = AttributeKey.longKey("gen_ai.usage.output_tokens");
    private static final AttributeKey<Long> CACHED = AttributeKey.longKey("sluice.cached_tokens");

    private static final TextMapGetter<ExchangeRecord> TRACE_PARENT = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(ExchangeRecord carrier) {
            return List.of("traceparent");
        }

        @Override
        public @Nullable String get(@Nullable ExchangeRecord carrier, String key) {
            if (carrier == null || carrier.traceParent().isEmpty() || !key.equals("traceparent")) {
                return null;
            }
            return carrier.traceParent();
        }
    };

    private final InstantSource clock;
    private final AtomicLong made = new AtomicLong();
    private final AtomicLong exported = new AtomicLong();
    private volatile Supplier<Map<String, String>> shown = Map::of;
    private final SdkTracerProvider provider;
    private final Tracer tracer;

    /**
     * Sends to the configured endpoint.
     *
     * @param version of this program
     */
    Traces(TracingConfig config, String version, InstantSource clock) {
        this.clock = clock;
        SpanExporter sender = OtlpHttpSpanExporter.builder()
                .setEndpoint(config.endpoint())
                .setTimeout(PATIENCE)
                .setHeaders(() -> shown.get())
                .build();
        provider = SdkTracerProvider.builder()
                .setResource(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        "sluice",
                        AttributeKey.stringKey("service.version"),
                        version)))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(config.ratio())))
                .addSpanProcessor(BatchSpanProcessor.builder(new Counting(sender, exported))
                        .setMaxQueueSize(MOST_PENDING)
                        .build())
                .build();
        tracer = provider.get("dev.sluice");
    }

    /** From now on the collector is shown these fields, as they are when spans go. */
    void show(Supplier<Map<String, String>> fields) {
        shown = fields;
    }

    /** Spans made since the start. */
    long made() {
        return made.get();
    }

    /** Of these, taken by the collector. */
    long exported() {
        return exported.get();
    }

    @Override
    public void onExchange(ExchangeRecord exchange) {
        if (exchange.askedNanos() < 0) {
            return; // never governed
        }
        long endNanos = nowEpochNanos();
        long startNanos = endNanos - exchange.totalNanos();
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), exchange, TRACE_PARENT);
        Span whole = tracer.spanBuilder(exchange.method() + " " + exchange.path())
                .setParent(parent)
                .setSpanKind(SpanKind.SERVER)
                .setStartTimestamp(startNanos, TimeUnit.NANOSECONDS)
                .startSpan();
        if (!whole.getSpanContext().isSampled()) {
            return;
        }
        describe(whole, exchange);
        long heldNanos = startNanos + exchange.askedNanos();
        long forwardedNanos = heldNanos + exchange.waitedNanos();
        part("hold", whole, heldNanos, forwardedNanos);
        if (wentToEngine(exchange.ending())) {
            boolean hasAnswer = exchange.firstByteNanos() >= 0;
            long firstByteNanos = hasAnswer ? startNanos + exchange.firstByteNanos() : endNanos;
            part("forward", whole, forwardedNanos, firstByteNanos);
            if (hasAnswer) {
                part("stream", whole, firstByteNanos, endNanos);
            }
        }
        whole.end(endNanos, TimeUnit.NANOSECONDS);
        made.incrementAndGet();
    }

    private long nowEpochNanos() {
        return TimeUnit.MILLISECONDS.toNanos(clock.millis());
    }

    private static void describe(Span span, ExchangeRecord exchange) {
        span.setAttribute(METHOD, exchange.method());
        span.setAttribute(PATH, exchange.path());
        span.setAttribute(AGENT, exchange.agentId());
        span.setAttribute(TENANT, exchange.tenant());
        known(span, STATUS, exchange.status() == 0 ? -1 : exchange.status());
        known(span, PROMPT, exchange.usage().promptTokens());
        known(span, CACHED, exchange.usage().cachedTokens());
        known(span, COMPLETION, exchange.usage().completionTokens());
        Ending ending = exchange.ending();
        if (ending != null) {
            span.setAttribute(ENDING, ending.label());
            if (ending != Ending.COMPLETED) {
                span.setStatus(StatusCode.ERROR, ending.label());
            }
        }
    }

    private static void known(Span span, AttributeKey<Long> key, long value) {
        if (value >= 0) {
            span.setAttribute(key, value);
        }
    }

    private void part(String name, Span whole, long fromNanos, long toNanos) {
        tracer.spanBuilder(name)
                .setParent(Context.root().with(whole))
                .setStartTimestamp(fromNanos, TimeUnit.NANOSECONDS)
                .startSpan()
                .end(Math.max(fromNanos, toNanos), TimeUnit.NANOSECONDS);
        made.incrementAndGet();
    }

    private static boolean wentToEngine(@Nullable Ending ending) {
        return ending != null
                && switch (ending) {
                    case COMPLETED, ENGINE_REFUSED, CLIENT_GONE, ENGINE_DOWN, ENGINE_DIED, ENGINE_SLOW -> true;
                    case CLIENT_GONE_HELD,
                            QUEUE_FULL,
                            WAIT_EXPIRED,
                            RETRY_STORM,
                            CONTEXT_LIMIT,
                            BUDGET_SPENT,
                            DRAINING -> false;
                };
    }

    /** Sends what waits, within a bound. */
    @Override
    public void close() {
        provider.shutdown().join(LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    /** Counts what the collector took. */
    private record Counting(SpanExporter sender, AtomicLong exported) implements SpanExporter {

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            CompletableResultCode sent = sender.export(spans);
            sent.whenComplete(() -> {
                if (sent.isSuccess()) {
                    exported.addAndGet(spans.size());
                }
            });
            return sent;
        }

        @Override
        public CompletableResultCode flush() {
            return sender.flush();
        }

        @Override
        public CompletableResultCode shutdown() {
            return sender.shutdown();
        }
    }
}
