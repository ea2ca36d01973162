package dev.sluice.simulate;

import dev.sluice.emulator.Preset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** One workload under several laws, each from the same seeds. */
public final class Comparison {

    /** Stands for the engine with a cache that never runs out: what no law can beat by much. */
    public static final String ENDLESS_CACHE = "endless-cache";

    /** Stands for the static cap that finished first, of all that were tried. */
    public static final String BEST_STATIC = "static-best";

    private static final long ENDLESS_TOKENS = 1L << 24;

    private final Workload workload;
    private final Conditions conditions;
    private final List<Long> seeds;

    /**
     * How one law did.
     *
     * @param law its name
     * @param outcomes one a seed
     * @param wallSeconds that all runs took on this machine
     */
    public record Row(String law, List<Outcome> outcomes, double wallSeconds) {

        /** Mean over the seeds. */
        public double mean(ToDoubleFunction<Outcome> figure) {
            return outcomes.stream().mapToDouble(figure).average().orElse(Double.NaN);
        }

        public double makespanSeconds() {
            return mean(Outcome::makespanSeconds);
        }
    }

    public Comparison(Workload workload, Conditions conditions, List<Long> seeds) {
        this.workload = workload;
        this.conditions = conditions;
        this.seeds = List.copyOf(seeds);
    }

    /**
     * Runs them all.
     *
     * @param laws names as of {@link Contender#named}, {@link #ENDLESS_CACHE} or {@link #BEST_STATIC}
     * @param done told of each row as it is ready
     */
    public List<Row> run(List<String> laws, Consumer<Row> done) {
        List<Row> rows = new ArrayList<>();
        for (String law : laws) {
            Row row = row(law);
            rows.add(row);
            done.accept(row);
        }
        return rows;
    }

    /** An unknown law is an {@link IllegalArgumentException} that lists those there are. */
    public static void requireKnown(String law) {
        if (!law.equals(ENDLESS_CACHE) && !law.equals(BEST_STATIC)) {
            Contender.named(law);
        }
    }

    private Row row(String law) {
        if (law.equals(ENDLESS_CACHE)) {
            Preset endless = workload.engine().withPoolTokens(ENDLESS_TOKENS);
            return row(law, Contender.named("off"), endless, Conditions.GOOD);
        }
        if (law.equals(BEST_STATIC)) {
            Row best = Contender.staticSweep().stream()
                    .map(cap -> row(cap.name(), cap, workload.engine(), conditions))
                    .min(Comparator.comparingDouble(Row::makespanSeconds))
                    .orElseThrow();
            return new Row(best.law() + " (best)", best.outcomes(), best.wallSeconds());
        }
        return row(law, Contender.named(law), workload.engine(), conditions);
    }

    private Row row(String name, Contender contender, Preset engine, Conditions under) {
        long startNanos = System.nanoTime();
        List<Outcome> outcomes = new ArrayList<>();
        for (long seed : seeds) {
            outcomes.add(
                    contender.simulation(engine, under).run(workload.scripts().apply(seed)));
        }
        return new Row(name, outcomes, (System.nanoTime() - startNanos) / 1e9);
    }
}
