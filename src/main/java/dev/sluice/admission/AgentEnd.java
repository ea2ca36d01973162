package dev.sluice.admission;

import java.util.Locale;

/** What came of telling that an agent has ended. */
public enum AgentEnd {
    /** No such agent is remembered. */
    UNKNOWN,
    /** It was between steps: nothing is kept for it any longer. */
    NOW,
    /** A step of it waits or runs and is left to its end; nothing will be kept after that. */
    AFTER_STEP;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
