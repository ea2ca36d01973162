package dev.sluice.gate;

import dev.sluice.admission.ContextUse;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Urgency;
import dev.sluice.admission.Usage;
import dev.sluice.agent.AnswerTrace;
import org.jspecify.annotations.Nullable;

/** Leave for one step to be in the engine. Thread-safe; owned by whoever was given it until {@link #end}. */
public interface Permit {

    /** How long the step was held, in nanoseconds. */
    long waitedNanos();

    /** The ceiling that the step comes near to; null if there is none. */
    default @Nullable ContextUse context() {
        return null;
    }

    /** The data-parallel rank that the step is to go to; negative if the engine is to choose. */
    default int rank() {
        return -1;
    }

    /** How urgent the step is in the engine's own queue. */
    default Urgency urgency() {
        return Urgency.FIRST;
    }

    /** The engine's first token (or, for an answer that is not streamed, its first byte) has come. At most once. */
    void onFirstToken();

    /** What the answer has left by which its agent's next step is known. Before the end, if at all. */
    default void onAnswer(AnswerTrace trace) {}

    /**
     * The step is over. Exactly once; a further call changes nothing, is counted, and is reported as a bug of ours.
     *
     * @param usage what the answer told, {@link Usage#NONE} if nothing
     */
    void end(Ending ending, Usage usage);
}
