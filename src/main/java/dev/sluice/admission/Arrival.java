package dev.sluice.admission;

import org.jspecify.annotations.Nullable;

/**
 * A step that asks to go to the engine.
 *
 * @param agentId the opaque id that Sluice gave the agent; never what the client sent
 * @param source which identity rule matched, for people: {@code header:x-session-id}, or {@code none}
 * @param tenant whose agent it is
 * @param parentId opaque id of the agent that waits for this one, where the client told
 * @param anonymous whether no identity rule matched: the agent lives for this one step only
 * @param started whether the request's history holds an answer: the agent has begun its work, known to us or not
 * @param bodyBytes size of the request body
 * @param maxOutputTokens the client's bound on the answer, or -1
 * @param question whether nothing says that more will follow: no id, no answer in the history, no tools
 * @param streamed whether its answer comes token by token, so that the first one is seen
 * @param circumstances what is known besides
 */
public record Arrival(
        String agentId,
        String source,
        String tenant,
        @Nullable String parentId,
        boolean anonymous,
        boolean started,
        long bodyBytes,
        long maxOutputTokens,
        boolean question,
        boolean streamed,
        Circumstances circumstances) {

    /**
     * What is known of a step besides its request and its agent.
     *
     * @param continuity how its prompt stands to its agent's last one
     * @param last whether the client says that its agent ends with it
     * @param patience how long its client waits, over what clients are taken to wait
     * @param again whether it was asked before: the client says so, or its prompt is its agent's last one
     */
    public record Circumstances(Continuity continuity, boolean last, double patience, boolean again) {

        static final Circumstances USUAL = new Circumstances(Continuity.UNKNOWN, false, 1, false);
    }

    /** A step of whose prompt nothing is known. */
    public Arrival(
            String agentId,
            String source,
            String tenant,
            @Nullable String parentId,
            boolean anonymous,
            boolean started,
            long bodyBytes,
            long maxOutputTokens,
            boolean question,
            boolean streamed) {
        this(
                agentId,
                source,
                tenant,
                parentId,
                anonymous,
                started,
                bodyBytes,
                maxOutputTokens,
                question,
                streamed,
                Circumstances.USUAL);
    }

    /** A streamed step whose agent is known by an id, or not at all. */
    public Arrival(
            String agentId,
            String source,
            String tenant,
            @Nullable String parentId,
            boolean anonymous,
            boolean started,
            long bodyBytes,
            long maxOutputTokens) {
        this(agentId, source, tenant, parentId, anonymous, started, bodyBytes, maxOutputTokens, anonymous, true);
    }

    /** See {@link Circumstances}. */
    public Continuity continuity() {
        return circumstances.continuity;
    }

    /** See {@link Circumstances}. */
    public boolean last() {
        return circumstances.last;
    }

    /** See {@link Circumstances}. */
    public double patience() {
        return circumstances.patience;
    }

    /** See {@link Circumstances}. */
    public boolean again() {
        return circumstances.again;
    }

    /** The same step as that of an agent which lives on. */
    public Arrival of(String id, String knownBy, @Nullable String parent, boolean isQuestion) {
        return new Arrival(
                id,
                knownBy,
                tenant,
                parent,
                false,
                started,
                bodyBytes,
                maxOutputTokens,
                isQuestion,
                streamed,
                circumstances);
    }

    /** The same step as that of an agent of its own, living for this one step, with this agent as its parent. */
    Arrival besideAs(String id) {
        return new Arrival(
                id,
                source,
                tenant,
                agentId,
                true,
                started,
                bodyBytes,
                maxOutputTokens,
                true,
                streamed,
                new Circumstances(Continuity.UNKNOWN, false, patience(), false));
    }

    /** The same step with what is known of its prompt. */
    public Arrival with(Continuity known) {
        return in(new Circumstances(known, last(), patience(), again()));
    }

    /** The same step as the last one of its agent. */
    public Arrival asLast() {
        return in(new Circumstances(continuity(), true, patience(), again()));
    }

    /** The same step, of a client that waits so long. */
    public Arrival with(double patienceOfClient) {
        return in(new Circumstances(continuity(), last(), patienceOfClient, again()));
    }

    /** The same step, asked before. */
    public Arrival asAgain() {
        return in(new Circumstances(continuity(), last(), patience(), true));
    }

    private Arrival in(Circumstances others) {
        return new Arrival(
                agentId,
                source,
                tenant,
                parentId,
                anonymous,
                started,
                bodyBytes,
                maxOutputTokens,
                question,
                streamed,
                others);
    }
}
