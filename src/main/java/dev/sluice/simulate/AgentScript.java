package dev.sluice.simulate;

import java.util.List;

/**
 * What one agent will do, whatever serves it: the same script runs in virtual time and over HTTP.
 *
 * @param name unique within a run
 * @param startNanos when its first step comes, from the start of the run
 * @param sharedTokens length of the beginning of its prompt that all agents of the run have in common
 * @param steps at least one
 */
public record AgentScript(String name, long startNanos, int sharedTokens, List<StepScript> steps) {

    public AgentScript {
        steps = List.copyOf(steps);
    }

    /**
     * One step.
     *
     * @param addedTokens tokens that the prompt gains over the context after the step before; for the first step its whole
     *     prompt, shared part included
     * @param outputTokens length of the answer
     * @param pauseNanos from the end of the answer to the next step
     */
    public record StepScript(int addedTokens, int outputTokens, long pauseNanos) {}

    /** Context after the last step. */
    public int finalTokens() {
        return steps.stream()
                .mapToInt(step -> step.addedTokens + step.outputTokens)
                .sum();
    }
}
