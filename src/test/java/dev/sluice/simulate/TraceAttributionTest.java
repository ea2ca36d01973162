package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.admission.Arrival;
import dev.sluice.agent.Attribution;
import dev.sluice.config.IdentityConfig;
import dev.sluice.emulator.Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recorded sessions without their ids, where they lie beside the checkout. They hold hashes of blocks, no text: messages end
 * where the recorded requests and answers do. All sessions take turns, a step each. A session may hold several conversations;
 * a step whose prompt holds all of the session's last one goes on with it.
 */
final class TraceAttributionTest {

    private static final Path TRACES = Path.of("..", "shared", "traces");
    private static final double ALL_BUT_THE_END = 0.97;

    private final Attribution attribution = new Attribution(IdentityConfig.Fingerprint.DEFAULT, 1);
    private final Map<String, String> sessionByAgent = new HashMap<>();
    private long steps;
    private int continuing;
    private int found;
    private int merged;

    /** A session or a sub-agent of one. */
    private static final class Talk {
        final AgentScript script;
        final @Nullable AgentScript parent;
        final int parentSteps;
        String lastAgent = "";

        Talk(AgentScript script, @Nullable AgentScript parent, int parentSteps) {
            this.script = script;
            this.parent = parent;
            this.parentSteps = parentSteps;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude_code_sessions.jsonl.gz", "lmcache_agent_sessions.jsonl.gz"})
    void recordedStepsFindTheirAgent(String file) throws IOException {
        assumeTrue(Files.isReadable(TRACES.resolve(file)), "no traces beside the checkout at " + TRACES);
        List<Talk> talks = new ArrayList<>();
        for (AgentScript session : TraceFile.read(TRACES.resolve(file), Preset.DENSE_32B, 60)) {
            add(talks, session, null, 0);
        }
        for (int step = 0; step < 400; step++) {
            for (Talk talk : talks) {
                if (step < talk.script.steps().size()) {
                    take(talk, step);
                }
            }
        }
        assertThat((double) found / continuing)
                .as("%s: of %d steps that go on with the last, found", file, continuing)
                .isGreaterThanOrEqualTo(0.98);
        assertThat((double) merged / steps)
                .as("%s: of %d steps, merged", file, steps)
                .isLessThanOrEqualTo(0.001);
    }

    private void take(Talk talk, int step) {
        Arrival claimed = new Arrival("s-" + ++steps, "none", "default", null, true, step > 0, 100, -1);
        String agent = attribution
                .onArrival(steps, claimed, ScriptChain.of(talk.script, step, true, talk.parent, talk.parentSteps))
                .arrival()
                .agentId();
        attribution.onAnswer(steps, ScriptChain.trace(talk.script, step));
        attribution.onEnd(steps, true);
        if (step > 0
                && goesOn(talk.script.steps().get(step - 1), talk.script.steps().get(step))) {
            continuing++;
            found += agent.equals(talk.lastAgent) ? 1 : 0;
        }
        talk.lastAgent = agent;
        String session = sessionByAgent.putIfAbsent(agent, talk.script.name());
        merged += session == null || session.equals(talk.script.name()) ? 0 : 1;
    }

    private static boolean goesOn(AgentScript.StepScript last, AgentScript.StepScript next) {
        long[] before = last.content().hashes(last.promptTokens() / Preset.BLOCK_TOKENS);
        long[] after = next.content().hashes(next.promptTokens() / Preset.BLOCK_TOKENS);
        int shared = 0;
        while (shared < Math.min(before.length, after.length) && before[shared] == after[shared]) {
            shared++;
        }
        return after.length > before.length && shared >= ALL_BUT_THE_END * before.length;
    }

    private static void add(List<Talk> talks, AgentScript script, @Nullable AgentScript parent, int parentSteps) {
        talks.add(new Talk(script, parent, parentSteps));
        for (int step = 0; step < script.steps().size(); step++) {
            for (AgentScript child : script.steps().get(step).children()) {
                add(talks, child, script, step + 1);
            }
        }
    }
}
