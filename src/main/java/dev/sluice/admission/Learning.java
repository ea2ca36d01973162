package dev.sluice.admission;

import dev.sluice.control.RecomputeCost;
import dev.sluice.control.RoomPrice;
import org.jspecify.annotations.Nullable;

/** What is learned from agents that come and go and from the answers they get. Confined to the gate loop. */
final class Learning {

    private static final double LEARNING_RATE = 0.2;

    /** Re-tokenized answers and the block at the end keep the cache a little short of the context: no loss yet. */
    private static final double SLACK_RATIO = 0.02;

    private static final long SLACK_TOKENS = 64;

    final Pauses pauses = new Pauses();
    final Lifetimes lifetimes = new Lifetimes();
    final SharedPrefixes shared = new SharedPrefixes();
    final Footprints footprints = new Footprints(lifetimes, shared);
    final RecomputeCost cost = new RecomputeCost();
    final LossMeter loss = new LossMeter();

    /** The agent's next step has come. */
    void onReturn(Agent agent, long nowNanos) {
        if (agent.steps == 0 || agent.returned) {
            return;
        }
        agent.returned = true;
        double pause = agent.silentSeconds(nowNanos);
        pauses.of(agent).onReturn(pause);
        lifetimes.onReturn(agent.steps);
        agent.pauseSeconds = mean(agent.pauseSeconds, pause);
    }

    /** The agent was silent for so long that it is forgotten. */
    void onForgotten(Agent agent, long nowNanos) {
        if (agent.steps > 0) {
            pauses.of(agent).onGone(agent.silentSeconds(nowNanos));
            lifetimes.onEnd(agent.steps);
        }
    }

    /** What a step's answer told of its size. Of a whole one that told nothing, what was expected: some engines never tell. */
    Usage sizeOf(Step step, Ending ending, Usage told) {
        if (told.tellsContext() || ending != Ending.COMPLETED) {
            return told;
        }
        step.agent.isEstimated = true;
        long answer = Math.round(footprints.answerTokens(step.arrival));
        return new Usage(Math.round(step.promptTokens), Usage.UNKNOWN, answer, told.finish());
    }

    /**
     * An answer is whole and told its size. The agent takes over what it says.
     *
     * @param price told of the engine's work; null under a law without a price
     * @return what the cache gave back, where that was expected and is known
     */
    @Nullable
    CacheReturn onAnswer(Step step, Usage usage, @Nullable RoomPrice price, long nowNanos) {
        Agent agent = step.agent;
        if (usage.cachedTokens() >= 0) {
            onEngineWork(step, usage, price, nowNanos);
        }
        CacheReturn back = cacheReturn(step, usage);
        if (back != null && back.broken() != null) {
            agent.prefix = agent.prefix.withCost(back.lostTokens());
        } else if (back != null) {
            loss.onReturn(back, nowNanos);
        }
        agent.history.onAnswer(step, usage, back);
        footprints.onAnswer(agent, step, usage);
        agent.contextTokens = usage.contextTokens();
        agent.lastPromptTokens = usage.promptTokens();
        agent.lastBodyBytes = step.arrival.bodyBytes();
        agent.engineSeconds = mean(agent.engineSeconds, (nowNanos - step.forwardedNanos) / 1e9);
        agent.lastFinish = usage.finish();
        agent.callsTools |= usage.finish() == Finish.TOOL_CALL;
        agent.steps++;
        agent.started = true;
        agent.returned = false;
        return back;
    }

    private void onEngineWork(Step step, Usage usage, @Nullable RoomPrice price, long nowNanos) {
        long uncached = Math.max(0, usage.promptTokens() - usage.cachedTokens());
        if (step.undisturbed && !step.arrival.streamed()) {
            double seconds = (nowNanos - step.forwardedNanos) / 1e9;
            cost.onUndisturbedAnswer(usage.promptTokens(), uncached, usage.completionTokens(), seconds);
        } else if (step.undisturbed && step.firstTokenNanos >= 0) {
            double seconds = (step.firstTokenNanos - step.forwardedNanos) / 1e9;
            cost.onUndisturbedPrefill(usage.promptTokens(), uncached, seconds);
        }
        if (price != null) {
            price.onPrefillWork(cost.seconds(usage.promptTokens(), uncached), nowNanos);
        }
    }

    private static @Nullable CacheReturn cacheReturn(Step step, Usage usage) {
        if (!step.wasHeld || usage.cachedTokens() < 0) {
            return null;
        }
        PrefixBreak broken = step.arrival.continuity().broken();
        if (broken != null) {
            long whole = Math.min(step.agent.contextTokens, usage.promptTokens());
            return new CacheReturn(whole, Math.max(0, whole - usage.cachedTokens()), broken);
        }
        long expected = (long) Math.min(step.knownTokens, usage.promptTokens());
        boolean whole = isWhole(expected, usage.cachedTokens());
        return new CacheReturn(expected, whole ? 0 : expected - usage.cachedTokens());
    }

    /** Whether so many tokens found are all that were expected, but for the slack at the end. */
    static boolean isWhole(long expectedTokens, long foundTokens) {
        long slack = Math.max(SLACK_TOKENS, (long) (SLACK_RATIO * expectedTokens));
        return expectedTokens - foundTokens <= slack;
    }

    private static double mean(double before, double sample) {
        return before < 0 ? sample : before + LEARNING_RATE * (sample - before);
    }
}
