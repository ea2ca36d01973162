package dev.sluice.simulate;

import dev.sluice.agent.AnswerTrace;
import dev.sluice.agent.Chain;
import dev.sluice.agent.Chain.Speaker;
import dev.sluice.agent.Fingerprint;
import dev.sluice.emulator.Preset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The chain of a step's prompt, as the messages of a real client would give it: what was asked, what was answered, and so on,
 * from the parent's conversation where the agent's begins with that.
 */
final class ScriptChain {

    /** Where a message ends, in tokens from the beginning of the prompt. */
    private record End(Speaker speaker, int tokens, long mark) {}

    private final List<End> ends = new ArrayList<>();

    private ScriptChain() {}

    /**
     * By what the step's conversation is known.
     *
     * @param hasTools whether the request names tools that the model may call
     * @param parent the agent that started this one, and {@code parentSteps} how many steps of it had been answered then
     */
    static Fingerprint of(
            AgentScript script, int step, boolean hasTools, @Nullable AgentScript parent, int parentSteps) {
        ScriptChain chain = new ScriptChain();
        AgentScript.StepScript now = script.steps().get(step);
        if (parent != null && parentSteps > 0) {
            int inherited = parent.steps().get(parentSteps - 1).contextTokens();
            if (inherited <= script.sharedTokens()) {
                chain.addSteps(parent, parentSteps);
            }
        }
        chain.addSteps(script, step);
        chain.add(Speaker.CLIENT, now.promptTokens(), 0);
        return new Fingerprint(
                script.tenant().hashCode(), Fingerprint.Who.NOBODY, chain.build(now, hasTools ? 1 : 0), false);
    }

    /** What the answer of a step leaves: the id of its tool call. */
    static AnswerTrace trace(AgentScript script, int step) {
        return new AnswerTrace(0, AnswerTrace.mark(Chain.join(script.name().hashCode(), step), 0, false));
    }

    /** An answer stands between its prompt and the next, though recorded sizes may leave less room than it took. */
    private void addSteps(AgentScript script, int steps) {
        for (int i = 0; i < steps; i++) {
            AgentScript.StepScript step = script.steps().get(i);
            int end = step.contextTokens();
            if (i + 1 < script.steps().size()) {
                int next = script.steps().get(i + 1).promptTokens();
                end = Math.max(step.promptTokens() + 1, Math.min(end, next - 1));
            }
            add(Speaker.CLIENT, step.promptTokens(), 0);
            add(Speaker.MODEL, end, trace(script, i).mark());
        }
    }

    /** What lay behind this end is no longer part of the history. */
    private void add(Speaker speaker, int tokens, long mark) {
        while (!ends.isEmpty() && ends.get(ends.size() - 1).tokens >= tokens) {
            ends.remove(ends.size() - 1);
        }
        ends.add(new End(speaker, tokens, mark));
    }

    private Chain build(AgentScript.StepScript now, long tools) {
        long[] blocks = now.content().hashes(now.promptTokens() / Preset.BLOCK_TOKENS);
        Chain.Builder chain = new Chain.Builder().tools(tools);
        for (End end : ends) {
            int block = end.tokens / Preset.BLOCK_TOKENS;
            long before = block == 0 || blocks.length == 0 ? 0 : blocks[Math.min(block, blocks.length) - 1];
            chain.add(end.speaker, Chain.join(before, end.tokens), end.mark);
        }
        return chain.build();
    }
}
