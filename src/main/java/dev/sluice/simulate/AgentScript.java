package dev.sluice.simulate;

import dev.sluice.admission.Finish;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one agent will do, whatever serves it: the same script runs in virtual time and over HTTP.
 *
 * @param name unique within a run
 * @param tenant whose agent it is
 * @param kind what the clients of its kind send
 * @param startNanos when its first step comes, from the start of the run; of a sub-agent, from the end of the step that
 *     starts it
 * @param sharedTokens length of the beginning of its first prompt that it has in common with others
 * @param steps at least one
 * @param started whether it had been answered before its first step here
 */
public record AgentScript(
        String name,
        String tenant,
        Kind kind,
        long startNanos,
        int sharedTokens,
        List<StepScript> steps,
        boolean started) {

    /** What a script stands for. */
    public enum Kind {
        /** A loop of steps under one identity. */
        AGENT,
        /** One short request without any identity. */
        CHAT
    }

    public AgentScript {
        steps = List.copyOf(steps);
    }

    /** An agent from its beginning. */
    public AgentScript(
            String name, String tenant, Kind kind, long startNanos, int sharedTokens, List<StepScript> steps) {
        this(name, tenant, kind, startNanos, sharedTokens, steps, false);
    }

    /**
     * One step.
     *
     * @param promptTokens length of its prompt
     * @param outputTokens length of the answer
     * @param pauseNanos from the end of the answer to the next step, if no sub-agent runs longer
     * @param content of prompt and answer
     * @param children sub-agents that the answer starts; the next step comes when all have ended
     * @param finish why the answer stops; null if that is as the run's conditions say
     */
    public record StepScript(
            int promptTokens,
            int outputTokens,
            long pauseNanos,
            Content content,
            List<AgentScript> children,
            @Nullable Finish finish) {

        /** A step whose answer stops as the run's conditions say. */
        public StepScript(
                int promptTokens, int outputTokens, long pauseNanos, Content content, List<AgentScript> children) {
            this(promptTokens, outputTokens, pauseNanos, content, children, null);
        }

        /** Context after it. */
        public int contextTokens() {
            return promptTokens + outputTokens;
        }
    }

    /** Context after the last step. */
    public int finalTokens() {
        return steps.get(steps.size() - 1).contextTokens();
    }

    /** Tokens of that step's prompt that no earlier step of the agent has sent or been answered, nor anybody shares. */
    int addedTokens(int step) {
        int before = step == 0 ? sharedTokens : steps.get(step - 1).contextTokens();
        return Math.max(0, steps.get(step).promptTokens - before);
    }
}
