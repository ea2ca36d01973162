package dev.sluice.simulate;

import dev.sluice.admission.Finish;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Scripts of recorded agents: sizes, pauses and finishes as they were. What the log does not hold is inferred:
 *
 * <ul>
 *   <li>Of an agent's first prompt, so much is shared with others as was found in the cache, and no less than the median of
 *       those that were nobody's children. A child shares with its parent.
 *   <li>A prompt that is shorter than the one before, or whose history was told to be rewritten, has in common with it what was
 *       found in the cache.
 *   <li>An agent whose whole life lies within one pause of its parent is what the parent waits for.
 * </ul>
 */
final class RecordedScripts {

    private static final int SYSTEM = 0;

    private final Recorded recorded;
    private final long longestTokens;
    private final long zeroNanos;
    private final Content system = Content.own(SYSTEM, null, 0);
    private final int commonTokens;
    private final Map<String, Recorded.Agent> byId = new HashMap<>();
    private final Map<String, List<Recorded.Agent>> childrenOf = new HashMap<>();
    private final Map<String, List<Content>> contents = new HashMap<>();
    private long owners;

    private RecordedScripts(Recorded recorded, long longestTokens) {
        this.recorded = recorded;
        this.longestTokens = longestTokens;
        this.zeroNanos = recorded.agents().isEmpty()
                ? 0
                : recorded.agents().get(0).first().askedNanos();
        recorded.agents().forEach(agent -> byId.put(agent.id(), agent));
        this.commonTokens = commonTokens();
    }

    /**
     * The scripts.
     *
     * @param longestTokens steps with a longer context are left out: the engine could not take them
     */
    static List<AgentScript> of(Recorded recorded, long longestTokens) {
        return new RecordedScripts(recorded, longestTokens).scripts();
    }

    private int commonTokens() {
        List<Double> found = new ArrayList<>();
        for (Recorded.Agent agent : recorded.agents()) {
            if (agent.parentId() == null
                    && !agent.started()
                    && agent.first().usage().cachedTokens() >= 0) {
                found.add((double) agent.first().cachedTokens());
            }
        }
        return (int) Samples.of(found).quantile(0.5);
    }

    private List<AgentScript> scripts() {
        List<Recorded.Agent> roots = new ArrayList<>();
        for (Recorded.Agent agent : recorded.agents()) { // parents come first: they asked before
            contents.put(agent.id(), contents(agent));
            Recorded.Agent waiting = waitingParent(agent);
            if (waiting == null) {
                roots.add(agent);
            } else {
                childrenOf
                        .computeIfAbsent(waiting.id(), id -> new ArrayList<>())
                        .add(agent);
            }
        }
        return roots.stream()
                .map(agent -> script(agent, agent.first().askedNanos() - zeroNanos))
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }

    /** The parent in whose pause the agent's life lies; null if there is none. */
    private Recorded.@Nullable Agent waitingParent(Recorded.Agent agent) {
        Recorded.Agent parent = agent.parentId() == null ? null : byId.get(agent.parentId());
        return parent == null || stepBefore(parent, agent) < 0 ? null : parent;
    }

    /** The parent's step after which the child came, if the child was over before the next; -1 otherwise. */
    private static int stepBefore(Recorded.Agent parent, Recorded.Agent child) {
        for (int i = 0; i + 1 < parent.steps().size(); i++) {
            boolean after = parent.steps().get(i).endedNanos() <= child.first().askedNanos();
            boolean over =
                    child.last().endedNanos() <= parent.steps().get(i + 1).askedNanos();
            if (after && over) {
                return i;
            }
        }
        return -1;
    }

    private @Nullable AgentScript script(Recorded.Agent agent, long startNanos) {
        List<AgentScript.StepScript> steps = new ArrayList<>();
        List<Content> said = contents.getOrDefault(agent.id(), List.of());
        for (int i = 0; i < agent.steps().size(); i++) {
            RecordedStep now = agent.steps().get(i);
            List<Recorded.Agent> started = childrenAfter(agent, i);
            List<AgentScript> children = started.stream()
                    .map(child -> script(child, child.first().askedNanos() - now.endedNanos()))
                    .filter(Objects::nonNull)
                    .map(Objects::requireNonNull)
                    .toList();
            int prompt = (int) Math.max(1, now.usage().promptTokens());
            int output = (int) Math.max(1, now.usage().completionTokens());
            if ((long) prompt + output <= longestTokens) {
                Finish finish = now.usage().finish();
                long pause = pauseNanos(agent, i, started);
                steps.add(new AgentScript.StepScript(prompt, output, pause, said.get(i), children, finish));
            }
        }
        boolean isQuestion = agent.first().arrival().question() && agent.steps().size() == 1;
        return steps.isEmpty()
                ? null
                : new AgentScript(
                        agent.id(),
                        agent.tenant(),
                        isQuestion ? AgentScript.Kind.CHAT : AgentScript.Kind.AGENT,
                        startNanos,
                        sharedTokens(agent),
                        steps,
                        agent.started());
    }

    private List<Recorded.Agent> childrenAfter(Recorded.Agent agent, int step) {
        return childrenOf.getOrDefault(agent.id(), List.of()).stream()
                .filter(child -> stepBefore(agent, child) == step)
                .toList();
    }

    /** From the answer's end to the next request; what the children took of it is theirs. */
    private static long pauseNanos(Recorded.Agent agent, int step, List<Recorded.Agent> children) {
        if (step + 1 == agent.steps().size()) {
            return 0;
        }
        long fromNanos = agent.steps().get(step).endedNanos();
        for (Recorded.Agent child : children) {
            fromNanos = Math.max(fromNanos, child.last().endedNanos());
        }
        return agent.steps().get(step + 1).askedNanos() - fromNanos;
    }

    private int sharedTokens(Recorded.Agent agent) {
        RecordedStep first = agent.first();
        boolean isChild = agent.parentId() != null && contents.containsKey(agent.parentId());
        long known = isChild ? first.cachedTokens() : Math.max(first.cachedTokens(), commonTokens);
        return (int)
                Math.min(agent.started() ? commonTokens : known, first.usage().promptTokens());
    }

    /** What the agent says, step by step. */
    private List<Content> contents(Recorded.Agent agent) {
        List<Content> contents = new ArrayList<>();
        Content now = Content.own(++owners, beginning(agent), sharedTokens(agent));
        long promptBefore = -1;
        for (RecordedStep step : agent.steps()) {
            long prompt = step.usage().promptTokens();
            if (promptBefore >= 0 && (step.how().equals("rewritten") || prompt < promptBefore)) {
                now = Content.own(++owners, now, (int) step.cachedTokens());
            }
            contents.add(now);
            promptBefore = prompt;
        }
        return contents;
    }

    /** The content that the agent's begins as. */
    private Content beginning(Recorded.Agent agent) {
        Recorded.Agent parent = agent.parentId() == null ? null : byId.get(agent.parentId());
        List<Content> said = agent.parentId() == null ? null : contents.get(agent.parentId());
        if (parent == null || said == null) {
            return system;
        }
        int last = 0;
        for (int i = 0; i < parent.steps().size(); i++) {
            if (parent.steps().get(i).endedNanos() <= agent.first().askedNanos()) {
                last = i;
            }
        }
        return said.get(last);
    }
}
