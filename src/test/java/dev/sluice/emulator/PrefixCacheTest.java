package dev.sluice.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What stays in the cache, what is found there, and what the gauge says about it. */
final class PrefixCacheTest {

    private final EngineCore core = new EngineCore(Content.engine(8, 8, 512));

    /** Runs one sequence alone; returns what it found in the cache. */
    private int cachedTokensOf(Sequence sequence) {
        core.submit(sequence);
        int cachedTokens = -1;
        while (core.hasWork()) {
            cachedTokens = core.step().tokens().get(0).cachedTokens();
        }
        return cachedTokens;
    }

    @Test
    void nextStepOfAnAgentFindsItsHistoryPromptAndAnswer() {
        assertThat(cachedTokensOf(Content.of(1, 1, 20, 30))).isZero();
        // 49 tokens have been computed, the last one generated has not: three full blocks
        assertThat(cachedTokensOf(Content.of(2, 1, 60, 1))).isEqualTo(48);
        assertThat(core.stats().prefixQueryTokens()).isEqualTo(80);
        assertThat(core.stats().prefixHitTokens()).isEqualTo(48);
        assertThat(core.stats().computedPromptTokens()).isEqualTo(20 + 12);
    }

    @Test
    void lastTokenOfAPromptIsAlwaysComputed() {
        cachedTokensOf(Content.of(1, 1, 64, 1));

        assertThat(cachedTokensOf(Content.of(2, 1, 64, 1))).isEqualTo(48);
        assertThat(cachedTokensOf(Content.of(3, 1, 65, 1))).isEqualTo(64);
    }

    @Test
    void prefixIsFoundOnlyAsFarAsTheContentsAgree() {
        cachedTokensOf(Content.forked(1, 9, 2, 1, 64, 1));

        assertThat(cachedTokensOf(Content.forked(2, 9, 2, 2, 64, 1))).isEqualTo(32);
        assertThat(cachedTokensOf(Content.of(3, 3, 64, 1))).isZero();
    }

    @Test
    void blocksAreFoundAlreadyInTheIterationThatComputesThem() {
        core.submit(Content.forked(1, 9, 2, 1, 48, 1));
        core.submit(Content.forked(2, 9, 2, 2, 48, 1));

        assertThat(core.step().tokens())
                .extracting(CoreStep.Token::cachedTokens)
                .containsExactly(0, 32);
    }

    @Test
    void sharedBlocksCountOnceAndStayUntilTheLastSharerEnds() {
        core.submit(Content.forked(1, 9, 2, 1, 48, 2));
        core.submit(Content.forked(2, 9, 2, 2, 48, 3));

        core.step();
        assertThat(core.stats().kvUsageRatio()).isEqualTo(4 / 8.0); // two shared, one each
        core.step();
        assertThat(core.stats().kvUsageRatio()).isEqualTo(4 / 8.0); // the first has ended, the second has grown
        core.step();
        assertThat(core.stats().kvUsageRatio()).isZero();
    }

    @Test
    void gaugeReadsZeroOnAnIdleEngineWhoseCacheIsFull() {
        cachedTokensOf(Content.of(1, 1, 64, 1));
        cachedTokensOf(Content.of(2, 2, 64, 1));

        assertThat(core.stats().kvUsageRatio()).isZero();

        assertThat(cachedTokensOf(Content.of(3, 1, 64, 1))).isEqualTo(48);
        assertThat(cachedTokensOf(Content.of(4, 2, 64, 1))).isEqualTo(48);
    }

    @Test
    void waitingSequencesHoldNothing() {
        cachedTokensOf(Content.of(1, 1, 64, 1));
        core.submit(Content.of(2, 2, 96, 3));
        core.step();
        core.submit(Content.of(3, 1, 64, 1));
        core.step();

        assertThat(core.stats().waiting()).isEqualTo(1);
        assertThat(core.stats().kvUsageRatio()).isEqualTo(7 / 8.0);
    }

    @Test
    void cachedBlocksThatNobodyReferencesNeedRoomToo() {
        cachedTokensOf(Content.of(1, 1, 64, 1));
        core.submit(Content.of(2, 2, 80, 2));
        core.step();
        core.submit(Content.of(3, 1, 64, 1)); // of its four blocks, three are cached, and three are free in all

        core.step();
        assertThat(core.stats().running()).isZero(); // the second has ended
        assertThat(core.stats().waiting()).isEqualTo(1);
        assertThat(core.step().tokens()).containsExactly(new CoreStep.Token(3, 1, 32, true));
    }

    @Test
    void leastRecentlyUsedPrefixIsEvictedFirst() {
        cachedTokensOf(Content.of(1, 1, 32, 1));
        cachedTokensOf(Content.of(2, 2, 32, 1));
        cachedTokensOf(Content.of(3, 1, 33, 1)); // uses the older one again
        cachedTokensOf(Content.of(4, 3, 96, 1));

        assertThat(cachedTokensOf(Content.of(5, 1, 33, 1))).isEqualTo(32);
        assertThat(cachedTokensOf(Content.of(6, 2, 33, 1))).isZero();
    }

    @Test
    void prefixLosesItsTailBeforeItsHead() {
        cachedTokensOf(Content.of(1, 1, 64, 1));
        cachedTokensOf(Content.of(2, 2, 96, 1)); // four blocks were unused, two come from the other's tail

        assertThat(cachedTokensOf(Content.of(3, 1, 65, 1))).isEqualTo(32);
    }

    @Test
    void blocksWithoutContentAreReusedBeforeCachedOnes() {
        cachedTokensOf(Content.of(1, 1, 112, 1)); // seven full blocks
        for (int id = 2; id < 10; id++) {
            cachedTokensOf(Content.of(id, id, 10, 2)); // each needs one, never full
        }

        assertThat(cachedTokensOf(Content.of(10, 1, 113, 1))).isEqualTo(112);
    }

    @Test
    void flushForgetsWhatNobodyReferences() {
        cachedTokensOf(Content.of(1, 1, 32, 1));
        core.submit(Content.of(2, 2, 32, 3));
        core.step();

        core.flushCache();

        core.submit(Content.of(3, 2, 33, 1));
        assertThat(core.step().tokens()).contains(new CoreStep.Token(3, 1, 32, true));
        core.step();
        assertThat(cachedTokensOf(Content.of(4, 1, 33, 1))).isZero();
    }
}
