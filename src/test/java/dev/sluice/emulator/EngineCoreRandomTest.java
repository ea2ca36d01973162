package dev.sluice.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random agents on random small engines: arrivals, aborts and flushes, checked against {@link PlainEngine} in each step. */
final class EngineCoreRandomTest {

    private static final int SEQUENCES = 60;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 6, 7})
    void everyStepAgreesWithThePlainEngineAndEverySequenceGetsItsTokens(long seed) {
        Random random = new Random(seed);
        int poolBlocks = 20 + random.nextInt(60);
        int tokensPerStep = 8 + random.nextInt(200);
        Preset preset = Content.engine(poolBlocks, 1 + random.nextInt(12), tokensPerStep)
                .withPromptTokensPerStep(random.nextBoolean() ? tokensPerStep : 1 + random.nextInt(tokensPerStep));
        EngineCore core = new EngineCore(preset);
        PlainEngine plain = new PlainEngine(preset);
        Map<Long, Integer> outputs = new HashMap<>();
        Map<Long, Integer> generated = new HashMap<>();
        long nextId = 0;
        while (nextId < SEQUENCES || core.hasWork()) {
            if (nextId < SEQUENCES && random.nextInt(6) == 0) {
                Sequence sequence = randomSequence(nextId++, random, poolBlocks);
                core.submit(sequence);
                plain.submit(sequence);
                outputs.put(sequence.id(), sequence.outputTokens());
                generated.put(sequence.id(), 0);
            }
            if (nextId > 0 && random.nextInt(150) == 0) {
                long id = random.nextInt((int) nextId);
                core.abort(id);
                plain.abort(id);
                outputs.remove(id);
            }
            if (random.nextInt(400) == 0) {
                core.flushCache();
                plain.flush();
            }
            if (core.hasWork()) {
                CoreStep step = core.step();
                assertThat(step).isEqualTo(plain.step());
                assertThat(core.stats()).isEqualTo(plain.stats());
                for (CoreStep.Token token : step.tokens()) {
                    assertThat(generated.merge(token.id(), 1, Integer::sum)).isEqualTo(token.generated());
                }
            }
        }
        outputs.forEach((id, tokens) -> assertThat(generated.get(id)).isEqualTo(tokens));
        assertThat(core.stats().prefixHitTokens()).isPositive();
        assertThat(core.stats().kvUsageRatio()).isZero();
        assertThat(core.stats().finished() + core.stats().aborted()).isEqualTo(SEQUENCES);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void equalInputsGiveEqualTraces(long seed) {
        assertThat(trace(seed)).isEqualTo(trace(seed)).isNotEqualTo(trace(seed + 100));
    }

    private static List<CoreStep> trace(long seed) {
        Random random = new Random(seed);
        EngineCore core = new EngineCore(Content.engine(40, 8, 100));
        for (long id = 0; id < 60; id++) {
            core.submit(randomSequence(id, random, 40));
        }
        List<CoreStep> steps = new ArrayList<>();
        while (core.hasWork()) {
            steps.add(core.step());
        }
        assertThat(core.stats().preemptions()).isPositive();
        return steps;
    }

    /** One of a few agents, with a context of up to half the pool, on one of three common roots. */
    private static Sequence randomSequence(long id, Random random, int poolBlocks) {
        int promptTokens = 1 + random.nextInt(poolBlocks * 8);
        int outputTokens = 1 + random.nextInt(poolBlocks * 3);
        int agent = random.nextInt(8);
        return Content.forked(id, 1_000 + agent % 3, agent % 5, agent, promptTokens, outputTokens);
    }
}
