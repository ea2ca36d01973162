package dev.sluice.config;

import java.util.Map;

/**
 * Spans of governed requests.
 *
 * @param endpoint where they go, OTLP over HTTP; empty for none
 * @param ratio 0..1: share that is traced of the requests that carry no {@code traceparent}
 * @param headers what the collector is shown, by the names of the fields: where each value comes from, {@code file:PATH} or
 *     {@code env:NAME}
 */
public record TracingConfig(String endpoint, double ratio, Map<String, String> headers) {

    public static final TracingConfig DEFAULT = new TracingConfig("", 0.1, Map.of());

    public TracingConfig {
        headers = Map.copyOf(headers);
    }
}
