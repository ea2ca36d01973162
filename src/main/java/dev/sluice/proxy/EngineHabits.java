package dev.sluice.proxy;

import dev.sluice.admission.Urgency;
import java.util.OptionalInt;

/**
 * What an engine is like, as far as it decides what requests are made of when they reach it. Immutable.
 *
 * @param refusesUnknownFields whether it refuses a body with a field that it does not know
 * @param priorities how it reads a priority, if it is to be sent one
 */
public record EngineHabits(boolean refusesUnknownFields, Priorities priorities) {

    /** One that takes any field and is sent no priorities. */
    public static final EngineHabits PLAIN = new EngineHabits(false, Priorities.NONE);

    /** One of which nothing is known yet: it gets nothing that could be wrong. */
    public static final EngineHabits UNKNOWN = new EngineHabits(true, Priorities.NONE);

    /** The same, sent no priorities. */
    public EngineHabits withoutPriorities() {
        return new EngineHabits(refusesUnknownFields, Priorities.NONE);
    }

    /** How an engine reads a priority. */
    public enum Priorities {
        /** It is not sent any. */
        NONE,
        /** As vLLM does. */
        LOWER_FIRST,
        /** As SGLang does. */
        HIGHER_FIRST
    }

    /** The priority to send with a step; empty for none. The most urgent has what engines take where there is none, or better. */
    OptionalInt priority(Urgency urgency) {
        return switch (priorities) {
            case NONE -> OptionalInt.empty();
            case LOWER_FIRST -> OptionalInt.of(urgency.place());
            case HIGHER_FIRST -> OptionalInt.of(Urgency.LAST.place() - urgency.place());
        };
    }
}
