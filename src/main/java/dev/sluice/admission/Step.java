package dev.sluice.admission;

/** One governed request of an agent, from arrival to its ending. Confined to the gate loop. */
final class Step {

    final long id;
    final Agent agent;
    final Arrival arrival;
    final long arrivedNanos;

    /** Its arrival, or its first arrival at the door if it was refused then: what its order among the waiting goes by. */
    private final long placeSinceNanos;

    /** A newcomer that comes back sooner than it was told stands as if it came then, until it is then; otherwise its place. */
    long queuedSinceNanos;

    /** Its arrival, or when it might have come if it came sooner than it was told. */
    long waitsSinceNanos;

    /** When its wait is refused. */
    long deadlineNanos = Long.MAX_VALUE;

    /** Where it stood among the waiting when they were last counted, from 1; 0 if it was not counted yet. */
    int position;

    /** Expected size of the prompt; this and the next two as of the last {@link #expect}. */
    double promptTokens;

    /** Of these, expected in the cache if the agent's prefix is still held. */
    double knownTokens;

    /** Tokens that it needs in the pool: prompt, less what is shared, and the expected answer. */
    double footprintTokens;

    private boolean forwarded;

    /** Whether it went because it had waited too long, whatever that cost those with room. */
    boolean promoted;

    /** Whether it is a short question that may go by the {@link ChatLane}. */
    boolean isQuestion;

    /** Whether it is a newcomer's and its client is not counted on to ask again once refused. */
    boolean isLastTry;

    /** Whether the agent's prefix was held for it when it went: what the engine then lacks is loss. */
    boolean wasHeld;

    /** Expected uncached prompt tokens; fixed when it goes. */
    double uncachedTokens;

    /** Whether its prompt stands before others in the engine, as far as is known. */
    boolean inPrefill;

    /** Whether no other prompt was before its first token when it went. */
    boolean undisturbed;

    /** Whether it went by the chat lane. */
    boolean inChatLane;

    /**
     * Tokens that the engine has used since the agent's last answer, as of when it went, at least and at most; negative if not
     * measured.
     */
    double leastDistanceTokens = -1;

    double mostDistanceTokens = -1;

    long forwardedNanos;
    long firstTokenNanos = -1;

    Step(long id, Agent agent, Arrival arrival, Footprints.Estimate estimate, long nowNanos) {
        this.id = id;
        this.agent = agent;
        this.arrival = arrival;
        this.arrivedNanos = nowNanos;
        this.waitsSinceNanos = nowNanos;
        boolean newcomer = !agent.started;
        this.placeSinceNanos = newcomer && agent.doorSinceNanos != Long.MIN_VALUE ? agent.doorSinceNanos : nowNanos;
        this.queuedSinceNanos = newcomer && nowNanos < agent.toldNanos ? agent.toldNanos : placeSinceNanos;
        expect(estimate);
    }

    /** What it will need as far as is known now: while a newcomer waits, others tell what newcomers share and how long answers are. */
    void expect(Footprints.Estimate estimate) {
        promptTokens = estimate.promptTokens();
        knownTokens = estimate.knownTokens();
        footprintTokens = estimate.footprintTokens();
    }

    boolean isWaiting() {
        return !forwarded;
    }

    long placeSinceNanos() {
        return placeSinceNanos;
    }

    /** Whether its client did not wait as long as it was told. */
    boolean isEarly() {
        return queuedSinceNanos != placeSinceNanos;
    }

    /** It has waited until the time that it was told, and counts as having come now. Not while it is in the queue. */
    void regainPlace(boolean isOnLastTry) {
        waitsSinceNanos = queuedSinceNanos;
        queuedSinceNanos = placeSinceNanos;
        isLastTry = isOnLastTry;
    }

    boolean isNewcomer() {
        return !agent.started;
    }

    /** Prompt tokens that the engine would have to compute if the step went now. */
    double expectedUncachedTokens() {
        return Math.max(1, promptTokens - (agent.heldTokens > 0 ? knownTokens : agent.sharedTokens));
    }

    /** It goes. To be called while what its agent holds is still that of the waiting agent. */
    void forward(long nowNanos) {
        uncachedTokens = expectedUncachedTokens();
        wasHeld = agent.heldTokens > 0;
        forwarded = true;
        forwardedNanos = nowNanos;
    }

    long waitedNanos(long nowNanos) {
        return (forwarded ? forwardedNanos : nowNanos) - arrivedNanos;
    }
}
