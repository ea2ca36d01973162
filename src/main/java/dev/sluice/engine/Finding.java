package dev.sluice.engine;

import java.util.Locale;

/**
 * One line of an audit. Immutable.
 *
 * @param topic what was looked at
 * @param text what was found
 * @param flag what to set so that it is better, as the engine spells it; empty if nothing
 */
public record Finding(Verdict verdict, String topic, String text, String flag) {

    /** What it means for congestion control. */
    public enum Verdict {
        GOOD,
        /** It works, and would work better. */
        BETTER,
        /** It prevents, or leaves Sluice blind. */
        BAD,
        /** The engine does not tell. */
        UNKNOWN;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Finding good(String topic, String text) {
        return new Finding(Verdict.GOOD, topic, text, "");
    }

    static Finding better(String topic, String text, String flag) {
        return new Finding(Verdict.BETTER, topic, text, flag);
    }

    static Finding bad(String topic, String text, String flag) {
        return new Finding(Verdict.BAD, topic, text, flag);
    }

    static Finding unknown(String topic, String text, String flag) {
        return new Finding(Verdict.UNKNOWN, topic, text, flag);
    }
}
