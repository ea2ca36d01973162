package dev.sluice.gate;

import dev.sluice.admission.Ending;
import dev.sluice.admission.PrefixBreak;
import dev.sluice.agent.Attribution;
import dev.sluice.control.BudgetChange;
import dev.sluice.decision.Decision;

/** Told of what the gate does, on the gate's loop: must return at once and must not throw. */
public interface GateObserver {

    GateObserver NONE = new GateObserver() {};

    /** A step found its agent, by its conversation. */
    default void onAttributed(Attribution.How how) {}

    /** A step came that was asked before. */
    default void onRetry() {}

    /** So many conversations are remembered, and so many were forgotten for want of a place. */
    default void onConversations(int size, long evictions) {}

    /** A step of an agent that had started, or of a newcomer, went to the engine after being held for so long (0 if not at all). */
    default void onForwarded(boolean newcomer, long waitedNanos) {}

    /** A step ended, or was refused. */
    default void onEnding(Ending ending) {}

    /** The law changed its budget. */
    default void onBudgetChange(BudgetChange change) {}

    /** A resident agent returned: so many cached tokens were expected of the engine, so many of these it did not have. */
    default void onCacheReturn(long expectedTokens, long lostTokens) {}

    /** A prompt did not begin with all of its agent's last one. */
    default void onPrefixBreak(PrefixBreak.Cause cause) {}

    /** What that made the engine compute again, where it tells. */
    default void onPrefixCost(PrefixBreak.Cause cause, long tokens) {}

    /** In shadow mode: a step that enforcement would have held. */
    default void onWouldHold() {}

    /** Something was told or decided; for whoever records or replays. */
    default void onDecision(Decision decision) {}

    /** A permit was ended twice: a bug of ours. */
    default void onDoubleEnd(Ending ending) {}
}
