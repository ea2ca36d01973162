package dev.sluice.admission;

import org.jspecify.annotations.Nullable;

/**
 * How a step's prompt stands to the last one of its agent, as far as the conversation was followed. Immutable.
 *
 * @param whole whether it is certain that it begins with all of that
 * @param broken where it does not; null if it does, or nothing is known
 * @param displaced the id that another conversation, so far taken for this agent, has from now on; null if there is none
 */
public record Continuity(
        boolean whole,
        @Nullable PrefixBreak broken,
        @Nullable String displaced) {

    public static final Continuity UNKNOWN = new Continuity(false, null, null);

    public static final Continuity WHOLE = new Continuity(true, null, null);

    public static Continuity of(PrefixBreak broken) {
        return new Continuity(false, broken, null);
    }

    /** A conversation that takes its agent's place from another. */
    public static Continuity displacing(String other) {
        return new Continuity(false, null, other);
    }
}
