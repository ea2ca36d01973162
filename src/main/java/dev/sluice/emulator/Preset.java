package dev.sluice.emulator;

import java.util.List;
import java.util.Locale;

/**
 * A model on its hardware, as a cost model of one engine iteration:
 * {@code base + max(weights, computePerToken × tokens) + attention × Σ(new tokens × context) + kvBandwidth × Σ context of
 * decoding sequences}. All times in nanoseconds of engine time.
 *
 * @param name as the command line writes it
 * @param model what {@code /v1/models} calls it
 * @param poolTokens KV capacity
 * @param maxModelTokens longest prompt and answer together
 * @param maxSequences most sequences in the batch
 * @param tokensPerStep most tokens computed in one iteration (chunked prefill)
 * @param promptTokensPerStep most of one prompt while there are others: vLLM's {@code --long-prefill-token-threshold}
 * @param baseNanos fixed cost of an iteration
 * @param weightsNanos reading the weights once
 * @param computeNanosPerToken compute of one token's dense layers
 * @param attentionNanosPerTokenContext compute of attention, per new prefill token and token of context before it
 * @param kvNanosPerToken reading one token's KV while decoding
 */
public record Preset(
        String name,
        String model,
        long poolTokens,
        int maxModelTokens,
        int maxSequences,
        int tokensPerStep,
        int promptTokensPerStep,
        double baseNanos,
        double weightsNanos,
        double computeNanosPerToken,
        double attentionNanosPerTokenContext,
        double kvNanosPerToken) {

    /** Tokens in one KV block, as vLLM's default. */
    public static final int BLOCK_TOKENS = 16;

    /** Keeps the emulator's own memory, some forty bytes a block, within reason. */
    private static final long MAX_POOL_TOKENS = 1L << 26;

    /** Qwen3-32B in bf16 on two H100 SXM; derived in docs/emulator.md, as {@link #MOE}. */
    public static final Preset DENSE_32B = new Preset(
            "dense-32b-2xh100",
            "emulated-dense-32b",
            262_144,
            131_072,
            256,
            8_192,
            8_192,
            2.0e6,
            11.5e6,
            52_000,
            1.75,
            46);
    /** Qwen3-235B-A22B with FP8 weights on eight H100 SXM. */
    public static final Preset MOE = new Preset(
            "moe-8xh100", "emulated-moe", 786_432, 131_072, 256, 8_192, 8_192, 4.0e6, 10.3e6, 13_800, 0.64, 17);
    /** No real model: small enough for a demo to overflow its pool within seconds. */
    public static final Preset TINY =
            new Preset("tiny", "emulated-tiny", 16_384, 16_384, 64, 2_048, 2_048, 5.0e6, 15.0e6, 300_000, 1, 4);
    /** A real vLLM on one core, with 13 million weights, as {@code benchmarks/real/speed.py} measured it. */
    public static final Preset ONE_CORE =
            new Preset("13m-one-core", "emulated-13m", 16_384, 8_192, 128, 2_048, 2_048, 5.0e6, 0, 322_000, 19, 400);

    public static final List<Preset> ALL = List.of(DENSE_32B, MOE, TINY, ONE_CORE);

    public Preset {
        requireBetween("poolTokens", poolTokens, BLOCK_TOKENS, MAX_POOL_TOKENS);
        requireBetween("maxModelTokens", maxModelTokens, 2, Integer.MAX_VALUE);
        requireBetween("maxSequences", maxSequences, 1, Integer.MAX_VALUE);
        requireBetween("tokensPerStep", tokensPerStep, 1, Integer.MAX_VALUE);
        requireBetween("promptTokensPerStep", promptTokensPerStep, 1, tokensPerStep);
    }

    private static void requireBetween(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }

    /** The preset of that name; an unknown one is an {@link IllegalArgumentException} that lists those there are. */
    public static Preset named(String name) {
        for (Preset preset : ALL) {
            if (preset.name.equals(name.toLowerCase(Locale.ROOT))) {
                return preset;
            }
        }
        throw new IllegalArgumentException("preset: " + name + " (expected one of: "
                + String.join(", ", ALL.stream().map(Preset::name).toList()) + ")");
    }

    /**
     * The same engine at another speed.
     *
     * @param prefill of computing tokens; 2 is twice as fast
     * @param decode of all else that an iteration takes
     */
    public Preset faster(double prefill, double decode) {
        if (!(prefill > 0 && decode > 0) || Double.isInfinite(prefill) || Double.isInfinite(decode)) {
            throw new IllegalArgumentException("speed: " + prefill + ", " + decode + " (expected: above 0)");
        }
        return new Preset(
                name,
                model,
                poolTokens,
                maxModelTokens,
                maxSequences,
                tokensPerStep,
                promptTokensPerStep,
                baseNanos / decode,
                weightsNanos / decode,
                computeNanosPerToken / prefill,
                attentionNanosPerTokenContext / prefill,
                kvNanosPerToken / decode);
    }

    /** The same with contexts as long as the pool. */
    public Preset withoutContextLimit() {
        return with(poolTokens, (int) poolTokens, promptTokensPerStep);
    }

    /** The same with another pool; {@link IllegalArgumentException} outside 16..67108864. */
    public Preset withPoolTokens(long tokens) {
        return with(tokens, maxModelTokens, promptTokensPerStep);
    }

    /** The same with another bound on one prompt; {@link IllegalArgumentException} outside 1..{@link #tokensPerStep}. */
    public Preset withPromptTokensPerStep(int tokens) {
        return with(poolTokens, maxModelTokens, tokens);
    }

    private Preset with(long pool, int longest, int ofOnePrompt) {
        return new Preset(
                name,
                model,
                pool,
                longest,
                maxSequences,
                tokensPerStep,
                ofOnePrompt,
                baseNanos,
                weightsNanos,
                computeNanosPerToken,
                attentionNanosPerTokenContext,
                kvNanosPerToken);
    }
}
