package dev.sluice.telemetry;

import dev.sluice.admission.Ending;
import dev.sluice.proxy.ExchangeRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What each tenant asked for and got. The first two hundred tenants have series of their own, the others share {@code other}.
 * Thread-safe; concurrent newcomers may pass the bound by a few.
 */
final class TenantMeters {

    private static final int MAX_TENANTS = 200;
    private static final String OTHER = "other";

    private enum Outcome {
        COMPLETED,
        REFUSED,
        FAILED;

        static Outcome of(Ending ending) {
            return switch (ending) {
                case COMPLETED -> COMPLETED;
                case QUEUE_FULL, WAIT_EXPIRED, RETRY_STORM, CONTEXT_LIMIT, BUDGET_SPENT, DRAINING -> REFUSED;
                case ENGINE_REFUSED, CLIENT_GONE_HELD, CLIENT_GONE, ENGINE_DOWN, ENGINE_DIED, ENGINE_SLOW -> FAILED;
            };
        }
    }

    private final MeterRegistry registry;
    private final Map<String, Tenant> tenants = new ConcurrentHashMap<>();

    TenantMeters(MeterRegistry registry) {
        this.registry = registry;
        tenants.put(OTHER, new Tenant(OTHER));
    }

    void onExchange(ExchangeRecord exchange) {
        Ending ending = exchange.ending();
        if (ending == null) {
            return;
        }
        boolean hasPlace = tenants.containsKey(exchange.tenant()) || tenants.size() <= MAX_TENANTS;
        tenants.computeIfAbsent(hasPlace ? exchange.tenant() : OTHER, Tenant::new)
                .count(exchange, Outcome.of(ending));
    }

    private final class Tenant {
        private final Map<Outcome, Counter> steps = new EnumMap<>(Outcome.class);
        private final Counter waitSeconds;
        private final Counter prompt;
        private final Counter cached;
        private final Counter completion;

        Tenant(String name) {
            for (Outcome outcome : Outcome.values()) {
                steps.put(
                        outcome,
                        Counter.builder("sluice.tenant.steps")
                                .description("Steps of each tenant, and what became of them")
                                .tag("tenant", name)
                                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                                .register(registry));
            }
            waitSeconds = Counter.builder("sluice.tenant.wait.seconds")
                    .description("Time that steps of each tenant were held")
                    .tag("tenant", name)
                    .register(registry);
            prompt = tokens(name, "prompt");
            cached = tokens(name, "cached");
            completion = tokens(name, "completion");
        }

        private Counter tokens(String name, String kind) {
            return Counter.builder("sluice.tenant.tokens")
                    .description("Tokens of each tenant's answered steps")
                    .tag("tenant", name)
                    .tag("kind", kind)
                    .register(registry);
        }

        void count(ExchangeRecord exchange, Outcome outcome) {
            Counter counter = steps.get(outcome);
            if (counter != null) {
                counter.increment();
            }
            waitSeconds.increment(exchange.waitedNanos() / 1e9);
            prompt.increment(Math.max(0, exchange.usage().promptTokens()));
            cached.increment(Math.max(0, exchange.usage().cachedTokens()));
            completion.increment(Math.max(0, exchange.usage().completionTokens()));
        }
    }
}
