package dev.sluice.telemetry;

import dev.sluice.admission.PrefixBreak;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/** What changed prompts cost, by what had changed. Thread-safe. */
final class PrefixMeters {

    private final Map<PrefixBreak.Cause, Counter> breaks = new EnumMap<>(PrefixBreak.Cause.class);
    private final Map<PrefixBreak.Cause, Counter> tokens = new EnumMap<>(PrefixBreak.Cause.class);

    PrefixMeters(MeterRegistry registry) {
        for (PrefixBreak.Cause cause : PrefixBreak.Cause.values()) {
            breaks.put(
                    cause,
                    Counter.builder("sluice.prefix.breaks")
                            .description("Prompts that did not begin with all of their agent's last one")
                            .tag("cause", cause.label())
                            .register(registry));
            tokens.put(
                    cause,
                    Counter.builder("sluice.prefix.break.tokens")
                            .description("Prompt tokens computed again for that alone")
                            .tag("cause", cause.label())
                            .register(registry));
        }
    }

    void onBreak(PrefixBreak.Cause cause) {
        count(breaks, cause, 1);
    }

    void onCost(PrefixBreak.Cause cause, long amount) {
        count(tokens, cause, amount);
    }

    private static void count(Map<PrefixBreak.Cause, Counter> counters, PrefixBreak.Cause cause, long amount) {
        Counter counter = counters.get(cause);
        if (counter != null) {
            counter.increment(amount);
        }
    }
}
