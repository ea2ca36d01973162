package dev.sluice.simulate;

import dev.sluice.emulator.Preset;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run has to cope with beside its load.
 *
 * @param clients how long they wait and how often they come back
 * @param toldPoolRatio what the engine says its pool is, over what it is
 * @param cachedTokensTold whether answers say how much of their prompt was cached
 * @param signals what comes of the metrics page
 * @param foreignRatio 0..1: share of the pool that other traffic, which Sluice does not see, has taken for good
 * @param restartAt when the engine restarts, from the start of the run; null if it does not
 * @param identified whether steps say whose they are
 * @param turns after which answers a turn looks ended
 * @param streamed whether answers come token by token
 */
public record Conditions(
        Clients clients,
        double toldPoolRatio,
        boolean cachedTokensTold,
        Signals signals,
        double foreignRatio,
        @Nullable Duration restartAt,
        boolean identified,
        Turns turns,
        boolean streamed) {

    /** How clients wait. */
    public enum Clients {
        /** For ever; refused, they come back until they are let in. */
        ENDLESS,
        /** Half give up after 300 s of silence, the rest after 600; refused, they come back twice. Who gives up fails. */
        REAL
    }

    /** What comes of the metrics page. */
    public enum Signals {
        FRESH,
        /** Ten seconds late. */
        LATE,
        /** Never; the pool then comes from the configuration. */
        NONE,
        /** Never, and nobody has configured the pool. */
        NOTHING_KNOWN;

        /** Whether there is a page at all. */
        boolean isPage() {
            return this == FRESH || this == LATE;
        }
    }

    /** What the way in which answers end tells. */
    public enum Turns {
        /** All but the last call a tool. */
        LAST_ENDS,
        /** All end a turn: tools are called in plain text, and requests name none. */
        ALL_END,
        /** All call a tool, and then some agents never come back. */
        NONE_ENDS,
        /** The client says of its agent's last step that it is the last. */
        TOLD
    }

    public static final Conditions GOOD =
            new Conditions(Clients.ENDLESS, 1, true, Signals.FRESH, 0, null, true, Turns.LAST_ENDS, true);

    private static final Duration RESTART = Duration.ofMinutes(10);

    /** What can go wrong, by the names of the command line. */
    private static final Map<String, Conditions> FAULTS = faults();

    private static Map<String, Conditions> faults() {
        Clients endless = Clients.ENDLESS;
        Turns ends = Turns.LAST_ENDS;
        Map<String, Conditions> faults = new LinkedHashMap<>();
        faults.put("none", GOOD);
        faults.put("impatient", new Conditions(Clients.REAL, 1, true, Signals.FRESH, 0, null, true, ends, true));
        faults.put("pool-half", new Conditions(endless, 0.5, true, Signals.FRESH, 0, null, true, ends, true));
        faults.put("pool-double", new Conditions(endless, 2, true, Signals.FRESH, 0, null, true, ends, true));
        faults.put("no-cached-tokens", new Conditions(endless, 1, false, Signals.FRESH, 0, null, true, ends, true));
        faults.put("late-metrics", new Conditions(endless, 1, true, Signals.LATE, 0, null, true, ends, true));
        faults.put("no-metrics", new Conditions(endless, 1, true, Signals.NONE, 0, null, true, ends, true));
        faults.put("no-pool", new Conditions(endless, 1, true, Signals.NOTHING_KNOWN, 0, null, true, ends, true));
        faults.put("foreign-traffic", new Conditions(endless, 1, true, Signals.FRESH, 0.2, null, true, ends, true));
        faults.put("restart", new Conditions(endless, 1, true, Signals.FRESH, 0, RESTART, true, ends, true));
        faults.put("no-identity", new Conditions(endless, 1, true, Signals.FRESH, 0, null, false, ends, true));
        faults.put("text-tools", new Conditions(endless, 1, true, Signals.FRESH, 0, null, true, Turns.ALL_END, true));
        faults.put("plain-text", new Conditions(endless, 1, true, Signals.FRESH, 0, null, false, Turns.ALL_END, true));
        faults.put("no-end", new Conditions(endless, 1, true, Signals.FRESH, 0, null, true, Turns.NONE_ENDS, true));
        faults.put("told-end", new Conditions(endless, 1, true, Signals.FRESH, 0, null, true, Turns.TOLD, true));
        faults.put("whole-answers", new Conditions(endless, 1, true, Signals.FRESH, 0, null, true, ends, false));
        return faults;
    }

    /** {@code none}, or what is wrong in one way; an unknown name is an {@link IllegalArgumentException} that lists all. */
    public static Conditions named(String fault) {
        Conditions conditions = FAULTS.get(fault.toLowerCase(Locale.ROOT));
        if (conditions == null) {
            throw new IllegalArgumentException(
                    "fault: " + fault + " (expected one of: " + String.join(", ", FAULTS.keySet()) + ")");
        }
        return conditions;
    }

    /** All that {@link #named} knows. */
    public static List<String> names() {
        return List.copyOf(FAULTS.keySet());
    }

    /** The engine as other traffic leaves it. */
    Preset leftOf(Preset engine) {
        return engine.withPoolTokens((long) (engine.poolTokens() * (1 - foreignRatio)));
    }
}
