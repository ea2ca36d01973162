package dev.sluice.admission;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * How far what is known of pauses may be believed while few were seen. What is expected of them counts as much as two pauses of each
 * agent inside; as far as no more were seen, an agent is taken to return soon and to need its room until then, or a crowd would come
 * in on the first answers. This errs on the safe side: the first pauses to end are the short ones.
 *
 * <p>But not for ever, for some never return. With R the time of two rounds, in each of which the engine serves everybody inside once
 * with nothing cached, an agent that has been silent for t returns soon with the chance
 *
 * <pre>p · R / (R + t) / (p · R / (R + t) + 1 − p)</pre>
 *
 * where {@code R / (R + t)} is the chance that a pause of unknown scale goes on beyond t (Lindy's law, with the engine's pace for its
 * unit: a silence is long if the engine could have served others meanwhile), and p the share of those that return soon, learned from
 * the pauses seen and from the silences under way by expectation and maximization (Dempster, Laird and Rubin 1977), one step
 * at each look. So conversations that nobody goes on with make room for others as fast as the engine can take them.
 *
 * <p>After the end of a turn that tools were called in nobody is expected soon, nor is a sub-agent whose parent has gone on: most agents
 * end there, and a crowd that has done its work would bar the door. Confined to the gate loop.
 */
final class SlowStart {

    private static final double PRIOR_PAUSES_EACH = 2;
    private static final double MOST_PRIOR_PAUSES = 50;

    /** So many rounds are a long time. */
    private static final double LONG_ROUNDS = 2;

    // Before anything was seen most are expected soon: so many agents seen to return soon, and so many not.
    private static final double PRIOR_SOON = 2;
    private static final double PRIOR_LATE = 0.5;

    private final Pauses pauses;
    private final Map<PauseKind, Returns> byKind = new EnumMap<>(PauseKind.class);
    private double priorPauses = 1;
    private double longSeconds;

    /** How many of a kind return soon. */
    private static final class Returns {

        private double soonShare = PRIOR_SOON / (PRIOR_SOON + PRIOR_LATE);

        // Of the silences under way, as counted so far.
        private double silent;
        private double silentThatReturnSoon;

        private void settle(double returned) {
            double soon = PRIOR_SOON + returned + silentThatReturnSoon;
            soonShare = soon / (PRIOR_SOON + PRIOR_LATE + returned + silent);
            silent = 0;
            silentThatReturnSoon = 0;
        }
    }

    SlowStart(Pauses pauses) {
        this.pauses = pauses;
        for (PauseKind kind : PauseKind.values()) {
            byKind.put(kind, new Returns());
        }
    }

    /** How far, 0..1, to go by what is known of the agent's pause. */
    double trust(Agent agent, long nowNanos) {
        return 1 - soonChance(agent, nowNanos) * (1 - seenShare(pauses.of(agent).seen()));
    }

    /** How far, 0..1, to go by the length of pauses: only those count that ended. */
    double trustInLength(PauseModel model) {
        return seenShare(model.returns());
    }

    private double seenShare(double pausesSeen) {
        return pausesSeen / (pausesSeen + priorPauses);
    }

    /** Counts a silence under way. */
    void count(Agent silent, long nowNanos) {
        Returns kind = returns(silent);
        kind.silent++;
        kind.silentThatReturnSoon += soonChance(silent, nowNanos);
    }

    /**
     * Everybody silent was counted: what is known of their like follows.
     *
     * @param insideAgents expected to be alive
     * @param roundSeconds what one step of each of them takes the engine with nothing cached
     */
    void settle(double insideAgents, double roundSeconds) {
        priorPauses = Math.max(1, Math.min(MOST_PRIOR_PAUSES, PRIOR_PAUSES_EACH * insideAgents));
        longSeconds = LONG_ROUNDS * roundSeconds;
        byKind.forEach((kind, returns) -> returns.settle(pauses.of(kind).returns()));
    }

    private double soonChance(Agent agent, long nowNanos) {
        if (PauseKind.of(agent).isLikelyEnd()) {
            return 0;
        }
        if (!agent.isSilent() || longSeconds == 0) {
            return 1;
        }
        double share = returns(agent).soonShare * longSeconds / (longSeconds + Pauses.quietSeconds(agent, nowNanos));
        return share / (share + 1 - returns(agent).soonShare);
    }

    private Returns returns(Agent agent) {
        return Objects.requireNonNull(byKind.get(PauseKind.of(agent)));
    }
}
