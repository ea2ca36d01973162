package dev.sluice.admission;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What becomes of a step that waited, however briefly. */
public sealed interface Verdict {

    /** The step that this is about, by the id that the caller gave it. */
    long stepId();

    /** Exhaustive by construction. */
    void match(Consumer<Forward> onForward, Consumer<Refuse> onRefuse);

    /**
     * The step goes to the engine.
     *
     * @param newcomer whether its agent had not started yet, so that it waited at the door
     * @param waitedNanos how long it was held
     * @param wouldHold in shadow mode: enforcement would have held it
     * @param context the ceiling that it comes near to; null if there is none
     * @param rank the data-parallel rank that it is to go to; negative if the engine is to choose
     * @param urgency how urgent it is in the engine's own queue
     */
    record Forward(
            long stepId,
            boolean newcomer,
            long waitedNanos,
            boolean wouldHold,
            @Nullable ContextUse context,
            int rank,
            Urgency urgency)
            implements Verdict {

        @Override
        public void match(Consumer<Forward> onForward, Consumer<Refuse> onRefuse) {
            onForward.accept(this);
        }
    }

    /** The step is refused; the engine never sees it. */
    record Refuse(long stepId, Refusal refusal) implements Verdict {
        @Override
        public void match(Consumer<Forward> onForward, Consumer<Refuse> onRefuse) {
            onRefuse.accept(this);
        }
    }
}
