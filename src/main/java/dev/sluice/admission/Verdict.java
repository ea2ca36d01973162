package dev.sluice.admission;

import java.util.function.Consumer;

/** What becomes of a step that waited, however briefly. */
public sealed interface Verdict {

    /** The step that this is about, by the id that the caller gave it. */
    long stepId();

    /** Exhaustive by construction. */
    void match(Consumer<Forward> onForward, Consumer<Refuse> onRefuse);

    /**
     * The step goes to the engine.
     *
     * @param waitedNanos how long it was held
     * @param started whether its agent had begun its work
     * @param wouldHold in shadow mode: enforcement would have held it
     */
    record Forward(long stepId, long waitedNanos, boolean started, boolean wouldHold) implements Verdict {
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
