package dev.sluice.simulate;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.VegasLimit;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.SluiceConfig;
import dev.sluice.control.EngineSample;
import dev.sluice.control.EngineSignal;
import dev.sluice.emulator.Preset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * A way to govern that can be compared: a law of ours, run by the production gate, or somebody else's, written for the
 * comparison. Immutable.
 */
public final class Contender {

    private static final String CHANGED = "working-set:";

    /** Never asked: the engine is the emulated one. */
    private static final String UPSTREAM = "http://127.0.0.1:8000";

    private static final double HIGH_GAUGE = 0.85;
    private static final int MOST_REQUESTS = 1_024;

    /** Clients that ask for ever are counted on to do so. */
    private static final int MOST_TRIES = 1_000;

    /** More often than the sidecar asks: some contenders live by these signals. */
    private static final Duration SIGNALS_INTERVAL = Duration.ofMillis(250);

    private final String name;
    private final Builder builder;

    private interface Builder {
        Simulation build(Preset engine, Conditions conditions);
    }

    private Contender(String name, Builder builder) {
        this.name = name;
        this.builder = builder;
    }

    /** Names that {@link #named} knows; {@code N} stands for a number. */
    public static List<String> names() {
        return List.of(
                "off",
                "gauge",
                "static-N",
                "static-tokens",
                "concur-Ns",
                "gradient2",
                "vegas",
                "token-gate",
                "token-gate-mended",
                "working-set",
                "working-set:SETTING=VALUE");
    }

    /** An unknown name is an {@link IllegalArgumentException} that lists those there are. */
    public static Contender named(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        if (wanted.matches("static-[0-9]{1,6}")) {
            return ours(wanted, Map.<String, Object>of("law.name", "static", "law.static.agents", number(wanted)));
        }
        if (wanted.matches("concur-[0-9]{1,4}s")) {
            return ours(
                    wanted, Map.<String, Object>of("law.name", "concur", "law.concur.interval", number(wanted) + "s"));
        }
        if (wanted.startsWith(CHANGED)) {
            return changed(name);
        }
        return switch (wanted) {
            case "off" -> ours(wanted, Map.<String, Object>of("mode", "off"));
            case "working-set" -> ours(wanted, Map.<String, Object>of());
            case "static-tokens" ->
                new Contender(
                        wanted,
                        (engine, conditions) -> production(
                                Map.<String, Object>of(
                                        "law.name", "static", "law.static.agents", 0, "law.static.tokens", (long)
                                                (0.95 * conditions.toldPoolRatio() * engine.poolTokens())),
                                engine,
                                conditions));
            case "gauge" -> theirs(wanted, time -> new RequestLimitGate(time, new GaugeLimit()));
            case "gradient2" ->
                theirs(
                        wanted,
                        time -> new RequestLimitGate(
                                time,
                                new Adaptive(Gradient2Limit.newBuilder()
                                        .maxConcurrency(MOST_REQUESTS)
                                        .build())));
            case "vegas" ->
                theirs(
                        wanted,
                        time -> new RequestLimitGate(
                                time,
                                new Adaptive(VegasLimit.newBuilder()
                                        .maxConcurrency(MOST_REQUESTS)
                                        .build())));
            case "token-gate" -> theirs(wanted, time -> new TokenGate(time, false));
            case "token-gate-mended" -> theirs(wanted, time -> new TokenGate(time, true));
            default ->
                throw new IllegalArgumentException(
                        "law: " + name + " (expected one of: " + String.join(", ", names()) + ")");
        };
    }

    /** Working set with one setting of {@code law.workingSet} that is not the shipped one. */
    private static Contender changed(String name) {
        String[] setting = name.substring(CHANGED.length()).split("=", 2);
        if (setting.length < 2) {
            throw new IllegalArgumentException("law: " + name + " (expected: working-set:SETTING=VALUE)");
        }
        Map<String, Object> settings =
                ConfigReader.settingsOf(Map.of("SLUICE__law__workingSet__" + setting[0], setting[1]));
        config(settings);
        return ours(name, settings);
    }

    private static int number(String name) {
        return Integer.parseInt(name.replaceAll("[^0-9]", ""));
    }

    /** Our production gate with these settings. */
    static Contender ours(String name, Map<String, ?> settings) {
        return new Contender(name, (engine, conditions) -> production(settings, engine, conditions));
    }

    private static Simulation production(Map<String, ?> settings, Preset engine, Conditions conditions) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("signals.interval", SIGNALS_INTERVAL.toMillis() + "ms");
        if (conditions.signals() == Conditions.Signals.NONE) {
            all.put("pool.tokens", (long) (conditions.toldPoolRatio() * engine.poolTokens()));
        }
        if (conditions.clients() == Conditions.Clients.ENDLESS) {
            all.put("queue.doorTries", MOST_TRIES);
        }
        all.putAll(settings);
        return new Simulation(config(all), engine, conditions);
    }

    private static SluiceConfig config(Map<String, Object> settings) {
        Map<String, Object> whole = new LinkedHashMap<>(settings);
        whole.put("upstream.url", UPSTREAM);
        ConfigReader.Result read = ConfigReader.read("", whole);
        if (!read.problems().isEmpty()) {
            throw new IllegalArgumentException(read.problems().get(0).toString());
        }
        return read.config();
    }

    private static Contender theirs(String name, Function<VirtualTime, ComparedGate> gate) {
        return new Contender(
                name,
                (engine, conditions) ->
                        new Simulation(time -> governor(gate.apply(time)), SIGNALS_INTERVAL, engine, conditions));
    }

    private static Simulation.Governor governor(ComparedGate gate) {
        return new Simulation.Governor(gate, gate::picture);
    }

    public String name() {
        return name;
    }

    /** A run that is about to begin. */
    public Simulation simulation(Preset engine, Conditions conditions) {
        return builder.build(engine, conditions);
    }

    /** Everything in one sweep: {@code static-N} for all of these N. */
    static List<Contender> staticSweep() {
        List<Contender> sweep = new ArrayList<>();
        for (int agents : new int[] {4, 6, 8, 12, 16, 24, 32, 48, 64}) {
            sweep.add(named("static-" + agents));
        }
        return sweep;
    }

    /** The familiar rule of thumb: nothing new while the engine's own gauge stands above 85 %. */
    private static final class GaugeLimit implements RequestLimitGate.Limit {

        private boolean high;

        @Override
        public int requests() {
            return high ? 1 : MOST_REQUESTS;
        }

        @Override
        public void onSignal(EngineSignal signal) {
            if (signal instanceof EngineSample sample) {
                high = sample.kvUsageRatio() > HIGH_GAUGE;
            }
        }
    }

    /** A limit of Netflix' concurrency-limits with its defaults. */
    private static final class Adaptive implements RequestLimitGate.Limit {

        private final Limit limit;

        Adaptive(Limit limit) {
            this.limit = limit;
        }

        @Override
        public int requests() {
            return Math.max(1, limit.getLimit());
        }

        @Override
        public void onEnd(long startedNanos, long tookNanos, int inFlight, boolean whole) {
            limit.onSample(startedNanos, Math.max(1, tookNanos), inFlight, !whole);
        }
    }
}
