package dev.sluice.telemetry;

import dev.sluice.decision.DecisionFile;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What became of decisions after they were made. Thread-safe. */
final class DecisionMeters {

    private volatile @Nullable DecisionFile file;
    private volatile LongSupplier unreported = () -> 0;

    DecisionMeters(MeterRegistry registry) {
        FunctionCounter.builder("sluice.decisions", this, meters -> meters.of(DecisionFile::written))
                .description("Decisions handed over to the decision log")
                .tag("outcome", "written")
                .register(registry);
        FunctionCounter.builder("sluice.decisions", this, meters -> meters.of(DecisionFile::dropped))
                .description("Decisions handed over to the decision log")
                .tag("outcome", "dropped")
                .register(registry);
        FunctionCounter.builder("sluice.decisions.unreported", this, meters -> meters.unreported.getAsLong())
                .description("Decisions that are missing in the reports")
                .register(registry);
    }

    void count(DecisionFile log) {
        file = log;
    }

    void countUnreported(LongSupplier dropped) {
        unreported = dropped;
    }

    private long of(ToLongFunction<DecisionFile> count) {
        DecisionFile log = file;
        return log == null ? 0 : count.applyAsLong(log);
    }
}
