package dev.sluice.admission;

import java.util.Locale;

/**
 * Something that keeps a waiting step from going now. Immutable.
 *
 * @param amount how much of it, in the unit of its kind; 0 for a kind without one
 */
public record Obstacle(Kind kind, double amount) {

    /** The reason code, {@link #label()} where it is written. */
    public enum Kind {
        /** Others come before it; how many. */
        NOT_ITS_TURN,
        /** A newcomer, while agents that have started wait; how many of these. */
        STARTED_FIRST,
        /** A newcomer, while the demand of the started agents to come leaves no room. */
        DOOR_SHUT,
        /** The budget lacks room for its footprint; tokens. */
        NO_ROOM,
        /** The window of agents is full; agents too many. */
        NO_PLACE,
        /** Prompts that wait for their first token fill their bound; tokens of its own that are to be computed. */
        PREFILL_BOUND;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
