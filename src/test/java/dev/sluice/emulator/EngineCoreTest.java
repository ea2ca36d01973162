package dev.sluice.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The scheduler's rules: batch, budget, queue, preemption, abort, cost. */
final class EngineCoreTest {

    private static List<CoreStep.Token> drain(EngineCore core) {
        List<CoreStep.Token> tokens = new ArrayList<>();
        while (core.hasWork()) {
            tokens.addAll(core.step().tokens());
        }
        return tokens;
    }

    private static List<Long> ids(CoreStep step) {
        return step.tokens().stream().map(CoreStep.Token::id).toList();
    }

    @Test
    void firstTokenComesWithTheIterationThatCompletesThePrefill() {
        EngineCore core = new EngineCore(Content.engine(64, 8, 512));
        core.submit(Content.of(1, 1, 100, 3));

        assertThat(core.step().tokens()).containsExactly(new CoreStep.Token(1, 1, 0, false));
        assertThat(core.step().tokens()).containsExactly(new CoreStep.Token(1, 2, 0, false));
        assertThat(core.step().tokens()).containsExactly(new CoreStep.Token(1, 3, 0, true));
        assertThat(core.hasWork()).isFalse();
    }

    @Test
    void longPromptIsComputedInChunksOfTheTokenBudget() {
        EngineCore core = new EngineCore(Content.engine(64, 8, 32));
        core.submit(Content.of(1, 1, 80, 1));

        assertThat(core.step().tokens()).isEmpty();
        assertThat(core.stats().computedPromptTokens()).isEqualTo(32);
        assertThat(core.step().tokens()).isEmpty();
        assertThat(core.stats().promptTokens()).isZero();
        assertThat(ids(core.step())).containsExactly(1L);
        assertThat(core.stats().computedPromptTokens()).isEqualTo(80);
        assertThat(core.stats().promptTokens()).isEqualTo(80);
    }

    @Test
    void aPromptHasNoMoreThanItsShareOfTheBudgetWhileThereAreOthers() {
        EngineCore core = new EngineCore(Content.engine(64, 8, 64).withPromptTokensPerStep(16));
        core.submit(Content.of(1, 1, 160, 1));
        core.step();
        assertThat(core.stats().computedPromptTokens()).isEqualTo(64);

        core.submit(Content.of(2, 2, 20, 1));
        assertThat(core.step().tokens()).isEmpty();
        assertThat(core.stats().computedPromptTokens()).isEqualTo(64 + 16 + 16);
        assertThat(ids(core.step())).containsExactly(2L);
        core.step();
        assertThat(core.stats().computedPromptTokens()).isEqualTo(180);
    }

    @Test
    void runningSequencesGoFirstAndTheQueueGetsWhatTheyLeaveOfTheBudget() {
        EngineCore core = new EngineCore(Content.engine(64, 8, 32));
        core.submit(Content.of(1, 1, 16, 10));
        core.step();
        core.submit(Content.of(2, 2, 40, 1));

        assertThat(ids(core.step())).containsExactly(1L);
        assertThat(core.stats().computedPromptTokens()).isEqualTo(16 + 31);
        assertThat(ids(core.step())).containsExactly(1L, 2L);
    }

    @Test
    void aFullBudgetLeavesLaterRunningSequencesWaitingInTheBatch() {
        EngineCore core = new EngineCore(Content.engine(64, 8, 32));
        core.submit(Content.of(1, 1, 64, 1));
        core.submit(Content.of(2, 2, 16, 1));

        core.step();

        assertThat(core.stats().running()).isEqualTo(1);
        assertThat(core.stats().waiting()).isEqualTo(1);
        assertThat(ids(core.step())).containsExactly(1L);
        assertThat(ids(core.step())).containsExactly(2L);
    }

    @Test
    void batchHoldsNoMoreThanItsMostSequences() {
        EngineCore core = new EngineCore(Content.engine(64, 2, 512));
        for (int id = 1; id <= 3; id++) {
            core.submit(Content.of(id, id, 16, 2));
        }

        assertThat(ids(core.step())).containsExactly(1L, 2L);
        assertThat(core.stats().waiting()).isEqualTo(1);
        core.step();
        assertThat(ids(core.step())).containsExactly(3L);
    }

    @Test
    void sequenceIsAdmittedOnlyWhenItsWholeInputFits() {
        EngineCore core = new EngineCore(Content.engine(10, 8, 64));
        core.submit(Content.of(1, 1, 60, 3));
        core.submit(Content.of(2, 2, 112, 1));

        core.step(); // 6 blocks are free and the first chunk would need no more than 4, the whole input 7
        core.step();
        assertThat(core.stats().running()).isEqualTo(1);
        assertThat(core.stats().waiting()).isEqualTo(1);

        assertThat(core.step().tokens()).containsExactly(new CoreStep.Token(1, 3, 0, true));
        core.step();
        assertThat(core.stats().running()).isEqualTo(1);
        assertThat(core.stats().waiting()).isZero();
    }

    @Test
    void aSmallSequenceDoesNotOvertakeTheQueuesHead() {
        EngineCore core = new EngineCore(Content.engine(10, 8, 512));
        core.submit(Content.of(1, 1, 60, 2));
        core.submit(Content.of(2, 2, 112, 1));
        core.submit(Content.of(3, 3, 8, 1));

        assertThat(ids(core.step())).containsExactly(1L);
        assertThat(ids(core.step())).containsExactly(1L);
        assertThat(ids(core.step())).containsExactly(2L, 3L);
    }

    @Test
    void whenNoBlockIsFreeTheLastRunningSequenceGoesToTheHeadOfTheQueue() {
        EngineCore core = new EngineCore(Content.engine(4, 8, 512));
        core.submit(Content.of(1, 1, 32, 17));
        core.submit(Content.of(2, 2, 31, 10));
        assertThat(ids(core.step())).containsExactly(1L, 2L);
        core.submit(Content.of(3, 3, 8, 1));

        assertThat(ids(core.step())).containsExactly(1L); // its 33rd token needs a block

        CoreStats stats = core.stats();
        assertThat(stats.preemptions()).isEqualTo(1);
        assertThat(stats.running()).isEqualTo(1);
        assertThat(stats.waiting()).isEqualTo(2);
        assertThat(stats.kvUsageRatio()).isEqualTo(0.75);
        List<CoreStep.Token> rest = drain(core);
        assertThat(rest.stream().map(CoreStep.Token::id).distinct()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void noSequenceIsAdmittedInAnIterationThatPreempted() {
        EngineCore core = new EngineCore(Content.engine(4, 8, 512));
        core.submit(Content.of(1, 1, 32, 17));
        core.submit(Content.of(2, 2, 31, 10));
        core.step();
        core.submit(Content.of(3, 3, 8, 1)); // one block, and preemption leaves one free

        core.step();

        assertThat(core.stats().running()).isEqualTo(1);
        assertThat(core.stats().waiting()).isEqualTo(2);
    }

    @Test
    void preemptedSequenceKeepsItsTokensAndRecomputesThemUncounted() {
        EngineCore core = new EngineCore(Content.engine(4, 8, 512));
        core.submit(Content.of(1, 1, 32, 17));
        core.submit(Content.of(2, 2, 30, 10));
        List<CoreStep.Token> tokens = drain(core);

        assertThat(tokens.stream().filter(t -> t.id() == 2).map(CoreStep.Token::generated))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(tokens).filteredOn(t -> t.id() == 2).allMatch(t -> t.cachedTokens() == 0);
        CoreStats stats = core.stats();
        assertThat(stats.preemptions()).isEqualTo(1);
        assertThat(stats.prefixQueryTokens()).isEqualTo(62);
        assertThat(stats.prefixHitTokens()).isZero();
        assertThat(stats.promptTokens()).isEqualTo(62);
        // preempted with one token generated; its first block, freed after its tail, is the one that is still there
        assertThat(stats.computedPromptTokens()).isEqualTo(62 + (31 - 16));
        assertThat(stats.generationTokens()).isEqualTo(27);
        assertThat(stats.finished()).isEqualTo(2);
    }

    @Test
    void severalPreemptedSequencesComeBackInTheirOldOrder() {
        EngineCore core = new EngineCore(Content.engine(4, 8, 64));
        core.submit(Content.of(2, 2, 15, 48)); // grows to all four blocks and puts both others out
        core.submit(Content.of(3, 3, 15, 40));
        core.submit(Content.of(4, 4, 15, 40));
        List<Long> finished = new ArrayList<>();
        while (core.hasWork()) {
            core.step().tokens().stream().filter(CoreStep.Token::finished).forEach(t -> finished.add(t.id()));
        }

        assertThat(core.stats().preemptions()).isGreaterThanOrEqualTo(2);
        assertThat(finished).containsExactly(2L, 3L, 4L);
    }

    @Test
    void abortFreesARunningSequencesBlocksAtOnce() {
        EngineCore core = new EngineCore(Content.engine(8, 8, 512));
        core.submit(Content.of(1, 1, 64, 50));
        core.step();
        assertThat(core.stats().kvUsageRatio()).isEqualTo(0.5);

        core.abort(1);

        assertThat(core.stats().kvUsageRatio()).isZero();
        assertThat(core.stats().running()).isZero();
        assertThat(core.stats().aborted()).isEqualTo(1);
        assertThat(core.stats().finished()).isZero();
        assertThat(core.hasWork()).isFalse();
    }

    @Test
    void abortTakesAWaitingSequenceOutOfTheQueue() {
        EngineCore core = new EngineCore(Content.engine(8, 1, 512));
        core.submit(Content.of(1, 1, 16, 2));
        core.submit(Content.of(2, 2, 16, 2));
        core.step();

        core.abort(2);

        assertThat(core.stats().waiting()).isZero();
        assertThat(core.stats().aborted()).isEqualTo(1);
        assertThat(drain(core)).extracting(CoreStep.Token::id).containsExactly(1L);
    }

    @Test
    void abortOfUnknownIdsIsIgnored() {
        EngineCore core = new EngineCore(Content.engine(8, 1, 512));
        core.submit(Content.of(1, 1, 16, 1));
        drain(core);

        core.abort(1);
        core.abort(7);

        assertThat(core.stats().aborted()).isZero();
    }

    @Test
    void sequenceThatCanNeverFitIsRefused() {
        EngineCore small = new EngineCore(Content.engine(8, 8, 512));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> small.submit(Content.of(1, 1, 100, 29)))
                .withMessage("promptTokens + outputTokens: 129 (expected: 2..128)");
        EngineCore large = new EngineCore(Content.engine(1_000, 8, 512));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> large.submit(Content.of(1, 1, 4_000, 97)))
                .withMessageContaining("(expected: 2..4096)");
        assertThat(small.hasWork()).isFalse();
    }

    @Test
    void sequenceThatFillsTheWholePoolRunsToItsEnd() {
        EngineCore core = new EngineCore(Content.engine(8, 8, 512));
        core.submit(Content.of(1, 1, 100, 28));

        assertThat(drain(core)).hasSize(28);
        assertThat(core.stats().preemptions()).isZero();
    }

    @Test
    void misuseIsRefused() {
        EngineCore core = new EngineCore(Content.engine(8, 8, 512));
        assertThatIllegalStateException().isThrownBy(core::step);
        core.submit(Content.of(1, 1, 16, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> core.submit(Content.of(1, 2, 16, 1)))
                .withMessage("id: 1 (expected: none that is alive)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sequence(2, 0, 1, new long[0]))
                .withMessage("promptTokens: 0 (expected: at least 1)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sequence(2, 31, 1, new long[1]))
                .withMessage("blockHashes.length: 1 (expected: 2)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Preset.TINY.withPoolTokens(15))
                .withMessage("poolTokens: 15 (expected: 16..67108864)");
    }

    @Test
    void iterationCostsBaseWeightsOrComputeAttentionAndKv() {
        EngineCore core = new EngineCore(Content.engine(64, 8, 100));
        core.submit(Content.of(1, 1, 101, 3));

        // 100 prefill tokens: compute 1000 exceeds weights 500; they attend to 0 + 1 + … + 99 before them
        assertThat(core.step().durationNanos()).isEqualTo(1_000 + 1_000 + 4_950);
        // one prefill token behind 100
        assertThat(core.step().durationNanos()).isEqualTo(1_000 + 500 + 100);
        // one decoded token reads 101
        assertThat(core.step().durationNanos()).isEqualTo(1_000 + 500 + 2 * 101);
        assertThat(core.stats().busyNanos()).isEqualTo(6_950 + 1_600 + 1_702);
    }

    @Test
    void presetsAreAsFastAsTheirDerivationSays() {
        Preset dense = Preset.named("dense-32b-2xh100");
        EngineCore core = new EngineCore(dense);
        core.submit(Content.of(1, 1, 8_192, 2));

        double prefillSeconds = core.step().durationNanos() / 1e9;
        double decodeSeconds = core.step().durationNanos() / 1e9;

        assertThat(8_192 / prefillSeconds).isBetween(14_000.0, 19_000.0);
        assertThat(decodeSeconds).isCloseTo(0.0139, within(0.0002));
    }
}
