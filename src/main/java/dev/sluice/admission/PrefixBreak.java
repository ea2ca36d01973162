package dev.sluice.admission;

import java.util.Locale;

/**
 * A prompt that does not begin with all of its agent's last one, so that the engine finds less of it cached than it could.
 *
 * @param cause the first part of the prompt that differs
 * @param message the first message that differs, from 0, leading system prompts not counted; -1 where it is none. In long
 *     histories it may be told a few messages too early, by less than a sixteenth of all
 * @param keptRatio about the share of the last prompt with which this one begins, 0..1
 */
public record PrefixBreak(Cause cause, int message, double keptRatio) {

    /** What differs first, in the order in which engines render a prompt. */
    public enum Cause {
        MODEL,
        /** The same tools in another order. */
        TOOLS_ORDER,
        TOOLS,
        /** The system prompt, but for its digits the same: a clock or a counter. */
        SYSTEM_NUMBERS,
        SYSTEM,
        /** A message that both have, or that is missing now. */
        HISTORY,
        /** No message is as before: compacted, cleared, or cut at the front. */
        BEGUN_ANEW;

        /** The word in metrics, pages and documentation. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public PrefixBreak {
        if (!(keptRatio >= 0 && keptRatio <= 1)) {
            throw new IllegalArgumentException("keptRatio: " + keptRatio + " (expected: 0..1)");
        }
    }
}
