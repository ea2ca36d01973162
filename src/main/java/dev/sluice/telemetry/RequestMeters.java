package dev.sluice.telemetry;

import dev.sluice.api.Route;
import dev.sluice.proxy.ExchangeRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests of all kinds by what they were answered, those among them that the gate was never asked about. A series for each
 * from the start, so that counting one makes none. Thread-safe.
 */
final class RequestMeters {

    private static final String[] CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

    private final Map<Route, List<Counter>> governed = new EnumMap<>(Route.class);
    private final List<Counter> passedThrough;

    RequestMeters(MeterRegistry registry) {
        for (Route route : Route.values()) {
            governed.put(route, counters(route, registry));
        }
        passedThrough = counters(null, registry);
    }

    private static List<Counter> counters(@Nullable Route route, MeterRegistry registry) {
        return Arrays.stream(CLASSES)
                .map(each -> Counter.builder("sluice.requests")
                        .description("Requests by what they were answered")
                        .tag("route", word(route))
                        .tag("status_class", each)
                        .register(registry))
                .toList();
    }

    void onExchange(ExchangeRecord exchange) {
        Route route = exchange.route();
        int statusClass = exchange.status() / 100;
        List<Counter> byClass = route == null ? passedThrough : governed.getOrDefault(route, passedThrough);
        byClass.get(statusClass < CLASSES.length ? statusClass : 0).increment();
    }

    /** As it stands in labels and in the access log. */
    static String word(@Nullable Route route) {
        return route == null ? "pass_through" : route.name().toLowerCase(Locale.ROOT);
    }
}
