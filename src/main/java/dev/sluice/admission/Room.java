package dev.sluice.admission;

import org.jspecify.annotations.Nullable;

/** Turns a law's limit into an answer for one step. Confined to the gate loop. */
interface Room {

    /**
     * Whether there is room for a waiting step, made if need be by parking idle agents that the law gives up for it. If
     * there is none, nobody was parked.
     */
    boolean makeRoom(Step step, long nowNanos);

    /** The step goes in any case: parks whoever idles until it fits, or nobody idle is left. */
    void clear(Step step, long nowNanos);

    /** Whether the demand of the agents that have started leaves room for this newcomer. */
    boolean isDoorOpen(Step newcomer);

    /** Whether everybody inside could still be served in time if this newcomer went in beyond the door's budget. */
    default boolean canBear(Step newcomer) {
        return false;
    }

    /** Whether the engine has idled for so long that this newcomer goes in, whatever the demand. */
    default boolean isIdleFor(Step newcomer, long nowNanos) {
        return false;
    }

    /** Tokens needed by those that the {@link ChatLane} let in and that have gone on; as of the last {@link #refresh}. */
    default double neededByFormerQuestions() {
        return 0;
    }

    /** Time has passed: what was summed up is to be summed up again. */
    default void refresh(long nowNanos) {}

    /** A newcomer has gone in. */
    default void onEntered(Step newcomer) {}

    /** A step has gone, and is counted. */
    default void onGone(Step step, long nowNanos) {}

    /** Whether an idle agent whose next step has come may keep its prefix counted while the step waits. */
    boolean keepsPlace(Agent agent);

    /** What the step lacks to go now if nobody gives way; null if nothing. */
    @Nullable
    Obstacle obstacle(Step step);

    /** What keeping an idle agent's prefix is worth over the price of its room; {@code NaN} if that is not weighed. */
    default double holdRatio(Agent idle, long nowNanos) {
        return Double.NaN;
    }
}
