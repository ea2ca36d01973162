package dev.sluice.config;

import java.time.Duration;
import java.util.Locale;

/** Which law is in force, and the settings of each. */
public record LawConfig(Name name, WorkingSet workingSet, Concur concur, Static fixed) {

    public static final LawConfig DEFAULT =
            new LawConfig(Name.WORKING_SET, WorkingSet.DEFAULT, Concur.DEFAULT, Static.DEFAULT);

    /** Another law, or another window to begin with, needs another start. */
    LawConfig withFixedOf(LawConfig start) {
        Concur window = new Concur(concur.interval, start.concur.initialAgents, concur.maxAgents);
        return new LawConfig(start.name, workingSet, window, fixed);
    }

    /** The laws by the names that the configuration and the command line use. */
    public enum Name {
        WORKING_SET,
        CONCUR,
        STATIC,
        OFF;

        /** {@code working-set}, {@code concur}, {@code static}, {@code off}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * The default law: admit by working set.
     *
     * @param startedBudget 0..1: share of the pool that agents which have started may fill; up to 0.05 more where prompts are cheap
     * @param doorBudget 0..1: share of {@code startedBudget} that the demand of the started may reach before newcomers
     *     wait
     * @param growthSteps most steps that the door looks ahead for the peak of the demand
     * @param promoteAfter a started agent that has waited so long goes first, whatever the cost
     * @param prefillTime bound on the engine's time for prompts that are in it without their first token, so that the queue
     *     stands here and not in the engine
     */
    public record WorkingSet(
            double startedBudget, double doorBudget, int growthSteps, Duration promoteAfter, Duration prefillTime) {

        public static final WorkingSet DEFAULT =
                new WorkingSet(0.95, 0.9, 24, Duration.ofMinutes(3), Duration.ofSeconds(1));
    }

    /**
     * The law of arXiv 2601.22705.
     *
     * @param interval time between two looks at the engine
     * @param initialAgents the window at start
     * @param maxAgents the window's upper end
     */
    public record Concur(Duration interval, int initialAgents, int maxAgents) {

        public static final Concur DEFAULT = new Concur(Duration.ofSeconds(5), 8, 4096);
    }

    /**
     * A fixed limit. Written {@code static} in the file.
     *
     * @param agents agents that may live at once; 0 for no limit on agents
     * @param tokens tokens that running and resident agents may hold; 0 for no limit on tokens
     */
    public record Static(int agents, long tokens) {

        public static final Static DEFAULT = new Static(8, 0);
    }
}
