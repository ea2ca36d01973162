package dev.sluice.simulate;

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
    private record End(Speaker speaker, int tokens) {}

    private final List<End> ends = new ArrayList<>();

    private ScriptChain() {}

    /**
     * By what the step's conversation is known.
     *
     * @param parent the agent that started this one, and {@code parentSteps} how many steps of it had been answered then
     */
    static Fingerprint of(AgentScript script, int step, @Nullable AgentScript parent, int parentSteps) {
        ScriptChain chain = new ScriptChain();
        AgentScript.StepScript now = script.steps().get(step);
        if (parent != null && parentSteps > 0) {
            int inherited = parent.steps().get(parentSteps - 1).contextTokens();
            if (inherited <= script.sharedTokens()) {
                chain.addSteps(parent, parentSteps);
            }
        }
        chain.addSteps(script, step);
        chain.add(Speaker.CLIENT, now.promptTokens());
        long tools = script.kind() == AgentScript.Kind.AGENT ? 1 : 0;
        return new Fingerprint(script.tenant().hashCode(), Fingerprint.Who.NOBODY, chain.build(now, tools), false);
    }

    private void addSteps(AgentScript script, int steps) {
        for (AgentScript.StepScript step : script.steps().subList(0, steps)) {
            add(Speaker.CLIENT, step.promptTokens());
            add(Speaker.MODEL, step.contextTokens());
        }
    }

    /** What lay behind this end is no longer part of the history. */
    private void add(Speaker speaker, int tokens) {
        while (!ends.isEmpty() && ends.get(ends.size() - 1).tokens >= tokens) {
            ends.remove(ends.size() - 1);
        }
        ends.add(new End(speaker, tokens));
    }

    private Chain build(AgentScript.StepScript now, long tools) {
        long[] blocks = now.content().hashes(now.promptTokens() / Preset.BLOCK_TOKENS);
        Chain.Builder chain = new Chain.Builder().tools(tools);
        for (End end : ends) {
            int block = end.tokens / Preset.BLOCK_TOKENS;
            long before = block == 0 || blocks.length == 0 ? 0 : blocks[Math.min(block, blocks.length) - 1];
            chain.add(end.speaker, Chain.join(before, end.tokens), 0);
        }
        return chain.build();
    }
}
