package dev.sluice.admission;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One conversation that grows: what is known of it, and what it holds of the pool. Confined to the gate loop; only
 * {@link AdmissionController} and {@link Occupancy} change its state.
 */
final class Agent {

    /** Who comes back after so much of the time that it was told has kept to it: clocks and sleeps are not exact. */
    private static final double TOLERATED_SHARE = 0.9;

    String id;
    String source;
    final String tenant;
    final boolean anonymous;

    /** The agent that waits for this one, if it is known. */
    @Nullable
    Agent parent;

    /** Agents remembered whose parent this is: as long as there are any, this one is not forgotten. */
    int children;

    /** Those of them that have had a step since its own last one, or that a tool keeps: it may be waiting for them. */
    Set<Agent> awaited = Collections.emptySet();

    /** Whether its parent has gone on since its own last step, and no tool is known to keep it. */
    boolean parentWentOn;

    /** When one of them was last in the engine, where it may have used this one's prefix; {@link Long#MIN_VALUE}: never. */
    long childUsedNanos = Long.MIN_VALUE;

    /** When a child of it was last seen to have a step; {@link Long#MIN_VALUE}: never. */
    long childBusyNanos = Long.MIN_VALUE;

    /** Whether that was since its own last step. */
    boolean awaitsChild;

    /** Whether its first prompt found in the cache as much as all that its parent has said: it begins with that. */
    boolean beginsWithParent;

    /** Children that hold room and begin with it so: as long as there are any, its prefix stands in the pool with theirs. */
    int holdingChildren;

    /** Whether it is one of these of its parent. */
    boolean holdsParent;

    /** How many agents stand above it: its parent, that one's parent and so on. */
    int depth;

    AgentState state = AgentState.PARKED;
    long stateSinceNanos;

    /** The step that waits or runs; null between steps. */
    @Nullable
    Step step;

    /** Whether its first step went by the {@link ChatLane}. */
    boolean cameAsQuestion;

    /** Whether an answer stands in its history. */
    boolean started;

    /** Tokens that it is counted with while running or resident; 0 otherwise. */
    double heldTokens;

    /** While it idles: what it is worth to keep that, as of the last look; see {@link Worth}. */
    double worth;

    /** Context after its last answer, in tokens; 0 before the first. */
    long contextTokens;

    long lastPromptTokens;
    long lastBodyBytes;

    /** Whether an answer did not tell its size, so that these are estimates. */
    boolean isEstimated;

    /** Of its context, the tokens that it had in common with others at its first step: counted once for all. */
    long sharedTokens;

    /** Its place in the {@link Silences}; {@link Silences#NONE} while it has none. */
    int silenceBin = Silences.NONE;

    /** Its place in the {@link UseOrder}; negative while it has none. */
    int usePlace = -1;

    /** Whether the engine had all of its context when it last came back. */
    boolean foundWhole;

    /** Tokens by which its context grows per step; negative before that was seen. */
    double growthTokens = -1;

    /** The data-parallel rank that it is kept on; {@link RankPlacement#NONE} if none was chosen. */
    int rank = RankPlacement.NONE;

    long steps;
    /** Whether the pause after its last answer is over and was learned from. */
    boolean returned;

    Finish lastFinish = Finish.UNKNOWN;

    /** Whether any of its answers called a tool. */
    boolean callsTools;

    long lastEndNanos;

    /** Averages over its life: seconds of a step in the engine, seconds between steps; negative before one was seen. */
    double engineSeconds = -1;

    double pauseSeconds = -1;

    /** When it first stood at the door; a newcomer that was refused, or left, and returns keeps its place. {@link Long#MIN_VALUE}: never. */
    long doorSinceNanos = Long.MIN_VALUE;

    /** How often it was refused at the door, having come no sooner than it was told. */
    int doorRefusals;

    /** When it may come again, as it was told at the door; {@link Long#MIN_VALUE}: it was not. */
    long toldNanos = Long.MIN_VALUE;

    final Retries retries = new Retries();

    String reason = "";

    /** Whether somebody told that it has ended: nothing is kept for it after the step under way. */
    boolean ended;

    PrefixHealth prefix = PrefixHealth.SOUND;

    /** Whether its prefix was given up since its last step went. */
    boolean paused;

    final History history = new History();

    Agent(Arrival arrival, @Nullable Agent parent, long nowNanos) {
        this.id = arrival.agentId();
        this.source = arrival.source();
        this.tenant = arrival.tenant();
        this.anonymous = arrival.anonymous();
        this.started = arrival.started();
        this.parent = parent;
        this.depth = parent == null ? 0 : parent.depth + 1;
        this.stateSinceNanos = nowNanos;
        this.lastEndNanos = nowNanos;
    }

    /** Whether an agent that has started may wait for this one. */
    boolean isChildOfStarted() {
        return parent != null && parent.started;
    }

    void enter(AgentState next, String why, long nowNanos) {
        state = next;
        reason = why;
        stateSinceNanos = nowNanos;
    }

    /** It was refused at the door, and told when to come again. */
    void onDoorRefusal(long retryAfterNanos, long nowNanos) {
        doorRefusals++;
        toldNanos = nowNanos + (long) (TOLERATED_SHARE * retryAfterNanos);
    }

    /** Its next step has come. */
    void onArrival(Arrival arrival) {
        started |= arrival.started();
        PrefixBreak broken = arrival.continuity().broken();
        if (broken != null) {
            prefix = prefix.with(broken);
        }
    }

    /** Idle: between steps, silent. */
    boolean isSilent() {
        return step == null;
    }

    /** Whether it has come back after an answer. */
    boolean hasGoneOn() {
        return steps > 1 || (steps == 1 && !isSilent());
    }

    /** It may wait for that child now. Most agents never have one, and go without a set. */
    void awaits(Agent child) {
        if (awaited.isEmpty()) {
            awaited = new LinkedHashSet<>();
        }
        awaited.add(child);
    }

    /** Silent, and not to go on before its children are done. */
    boolean isWaitingParent() {
        return isSilent() && children > 0;
    }

    /** Since when nothing has happened to it. */
    long unchangedSinceNanos() {
        return Math.max(lastEndNanos, stateSinceNanos);
    }

    double silentSeconds(long nowNanos) {
        return (nowNanos - lastEndNanos) / 1e9;
    }
}
