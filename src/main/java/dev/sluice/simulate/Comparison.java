package dev.sluice.simulate;

import dev.sluice.emulator.Preset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final boolean recording;
    private final Map<Preset, List<LowerBound>> bounds = new HashMap<>();
    private long requests;

    /**
     * How one law did.
     *
     * @param law its name
     * @param outcomes one a seed
     * @param bounds what no law can beat on its engine, one a seed
     * @param course of the first seed's run; empty if nobody asked for it
     * @param wallSeconds that all runs took on this machine
     */
    public record Row(
            String law, List<Outcome> outcomes, List<LowerBound> bounds, List<Moment> course, double wallSeconds) {

        /** Mean over the seeds. */
        public double mean(ToDoubleFunction<Outcome> figure) {
            return outcomes.stream().mapToDouble(figure).average().orElse(Double.NaN);
        }

        public double makespanSeconds() {
            return mean(Outcome::makespanSeconds);
        }

        /** Mean over the seeds. */
        public LowerBound bound() {
            return LowerBound.mean(bounds);
        }
    }

    /** @param recording whether the rows tell the course of their first run */
    public Comparison(Workload workload, Conditions conditions, List<Long> seeds, boolean recording) {
        this.workload = workload;
        this.conditions = conditions;
        this.seeds = List.copyOf(seeds);
        this.recording = recording;
    }

    /** What no law can beat on the workload's engine; mean over the seeds. */
    public LowerBound bound() {
        return LowerBound.mean(bounds(conditions.leftOf(workload.engine())));
    }

    /** Requests answered so far, in all runs. */
    public long requests() {
        return requests;
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
            return new Row(best.law() + " (best)", best.outcomes(), best.bounds(), best.course(), best.wallSeconds());
        }
        return row(law, Contender.named(law), workload.engine(), conditions);
    }

    private Row row(String name, Contender contender, Preset engine, Conditions under) {
        long startNanos = System.nanoTime();
        List<Outcome> outcomes = new ArrayList<>();
        List<Moment> course = List.of();
        for (long seed : seeds) {
            Simulation simulation = contender.simulation(engine, under);
            Recorder recorder = new Recorder();
            boolean recorded = recording && outcomes.isEmpty();
            Outcome outcome = simulation.run(workload.scripts().apply(seed), recorded ? recorder : run -> {});
            course = recorded ? recorder.moments() : course;
            requests += outcome.steps();
            outcomes.add(outcome);
        }
        double wallSeconds = (System.nanoTime() - startNanos) / 1e9;
        return new Row(name, outcomes, bounds(under.leftOf(engine)), course, wallSeconds);
    }

    private List<LowerBound> bounds(Preset engine) {
        return bounds.computeIfAbsent(
                engine,
                key -> seeds.stream()
                        .map(seed -> LowerBound.of(key, workload.scripts().apply(seed)))
                        .toList());
    }
}
