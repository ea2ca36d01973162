package dev.sluice.config;

/**
 * Spans of governed requests.
 *
 * @param endpoint where they go, OTLP over HTTP; empty for none
 * @param ratio 0..1: share that is traced of the requests that carry no {@code traceparent}
 */
public record TracingConfig(String endpoint, double ratio) {

    public static final TracingConfig DEFAULT = new TracingConfig("", 0.1);
}
