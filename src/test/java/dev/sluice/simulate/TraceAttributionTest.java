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
 * where the recorded requests and answers do. All sessions take turns, a step each.
 */
final class TraceAttributionTest {

    private static final Path TRACES = Path.of("..", "shared", "traces");

    /** A session or a sub-agent of one, with those that it starts. */
    private record Talk(AgentScript script, @Nullable AgentScript parent, int parentSteps) {}

    @ParameterizedTest
    @ValueSource(strings = {"claude_code_sessions.jsonl.gz", "lmcache_agent_sessions.jsonl.gz"})
    void recordedStepsFindTheirAgent(String file) throws IOException {
        assumeTrue(Files.isReadable(TRACES.resolve(file)), "no traces beside the checkout at " + TRACES);
        List<Talk> talks = new ArrayList<>();
        for (AgentScript session : TraceFile.read(TRACES.resolve(file), Preset.DENSE_32B, 60)) {
            add(talks, new Talk(session, null, 0));
        }
        Attribution attribution = new Attribution(IdentityConfig.Fingerprint.DEFAULT, 1);
        Map<String, Map<String, Integer>> truthByFound = new HashMap<>();
        Map<String, Map<String, Integer>> foundByTruth = new HashMap<>();
        long id = 0;
        for (int step = 0; step < 400; step++) {
            for (Talk talk : talks) {
                if (step < talk.script.steps().size()) {
                    String truth = talk.script.name();
                    Arrival claimed = new Arrival("s-" + id, "none", "default", null, true, step > 0, 100, -1);
                    String found = attribution
                            .onArrival(++id, claimed, ScriptChain.of(talk.script, step, talk.parent, talk.parentSteps))
                            .arrival()
                            .agentId();
                    attribution.onEnd(id, true);
                    truthByFound.computeIfAbsent(found, key -> new HashMap<>()).merge(truth, 1, Integer::sum);
                    foundByTruth.computeIfAbsent(truth, key -> new HashMap<>()).merge(found, 1, Integer::sum);
                }
            }
        }
        int right = 0;
        int merged = 0;
        for (Map.Entry<String, Map<String, Integer>> agent : truthByFound.entrySet()) {
            String owner = most(agent.getValue());
            for (Map.Entry<String, Integer> steps : agent.getValue().entrySet()) {
                boolean isOwn = steps.getKey().equals(owner);
                merged += isOwn ? 0 : steps.getValue();
                right += isOwn && most(foundByTruth.get(owner)).equals(agent.getKey()) ? steps.getValue() : 0;
            }
        }
        System.out.printf(
                "%s: %d talks, %d steps, right %.4f, merged %.4f%n",
                file, talks.size(), id, (double) right / id, (double) merged / id);
        assertThat((double) right / id).isGreaterThanOrEqualTo(0.98);
        assertThat((double) merged / id).isLessThanOrEqualTo(0.001);
    }

    private static void add(List<Talk> talks, Talk talk) {
        talks.add(talk);
        for (int step = 0; step < talk.script.steps().size(); step++) {
            for (AgentScript child : talk.script.steps().get(step).children()) {
                add(talks, new Talk(child, talk.script, step + 1));
            }
        }
    }

    private static String most(Map<String, Integer> counts) {
        return counts.entrySet().stream()
                .max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .orElseThrow()
                .getKey();
    }
}
