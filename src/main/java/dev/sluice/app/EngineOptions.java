package dev.sluice.app;

import dev.sluice.emulator.Preset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which commands name the emulated engine. */
final class EngineOptions {

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "Model and hardware: dense-32b-2xh100, moe-8xh100, tiny or 13m-one-core.")
    private @Nullable String preset;

    @Option(names = "--pool-tokens", paramLabel = "N", description = "KV capacity; the preset's if not given.")
    private @Nullable Long poolTokens;

    @Option(
            names = "--long-prefill-token-threshold",
            paramLabel = "N",
            description =
                    "Most tokens of one prompt in an iteration while there are others; all that have room if not given.")
    private @Nullable Integer promptTokens;

    /** What a log is replayed with unless another is named. */
    static final Preset REPLAYED = Preset.DENSE_32B;

    /** 0 if none was given. */
    long poolTokens() {
        return poolTokens == null ? 0 : poolTokens;
    }

    /** What was asked for; a wrong name or size is an {@link IllegalArgumentException} that says what was expected. */
    Preset engine(Preset otherwise) {
        Preset named = preset == null ? otherwise : Preset.named(preset);
        Preset bounded = promptTokens == null ? named : named.withPromptTokensPerStep(promptTokens);
        return poolTokens == null ? bounded : bounded.withPoolTokens(poolTokens);
    }
}
