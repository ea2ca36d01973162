package dev.sluice.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The cliff that all of this is about: agents in turn, each with a context of its own, over an LRU cache. */
final class ThrashTest {

    private static final int POOL_BLOCKS = 2_048;
    private static final int AGENTS = 16;
    private static final int ROUNDS = 20;

    /** Prefix hit rate behind the first round, when the agents' contexts make up that share of the pool at the end. */
    private static double hitRate(double workingSetRatio) {
        int contextTokens = (int) (POOL_BLOCKS * 16 * workingSetRatio / AGENTS);
        int stepTokens = 20;
        EngineCore core = new EngineCore(Content.engine(POOL_BLOCKS, 64, 2_048));
        CoreStats afterFirstRound = core.stats();
        for (int round = 0; round < ROUNDS; round++) {
            for (int agent = 0; agent < AGENTS; agent++) {
                int promptTokens = contextTokens - (ROUNDS - round) * stepTokens;
                core.submit(Content.of(round * AGENTS + agent, agent, promptTokens, stepTokens / 2));
                while (core.hasWork()) {
                    core.step();
                }
            }
            if (round == 0) {
                afterFirstRound = core.stats();
            }
        }
        CoreStats end = core.stats();
        return (double) (end.prefixHitTokens() - afterFirstRound.prefixHitTokens())
                / (end.prefixQueryTokens() - afterFirstRound.prefixQueryTokens());
    }

    @Test
    void halfAPoolOfAgentsHitsNearlyAlways() {
        assertThat(hitRate(0.5)).isGreaterThan(0.95);
    }

    @Test
    void aThirdMoreAgentsThanFitHitNearlyNever() {
        assertThat(hitRate(1.3)).isLessThan(0.05);
    }
}
