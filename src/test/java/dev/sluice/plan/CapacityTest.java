package dev.sluice.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against figures that are published, and against figures worked out by hand. */
final class CapacityTest {

    private static final double GIB = 1 << 30;
    private static final KvFormat BF16 = KvFormat.of(Precision.BF16);

    @Test
    void qwen3Keeps256KibOfAToken() {
        assertThat(Footprint.of(Shapes.model(Shapes.QWEN3_32B), BF16, 1).bytesPerToken())
                .isEqualTo(256 * 1024);
    }

    @Test
    void aLatentKeeps70KbOfAToken() {
        Model model = Shapes.model(Shapes.DEEPSEEK_V3);
        assertThat(Footprint.of(model, BF16, 1).bytesPerToken()).isEqualTo(61 * 576 * 2);
        assertThat(Footprint.of(model, BF16, 1).bytesPerToken() / 1000).isCloseTo(70, within(0.5));
    }

    @Test
    void opt175bAt128TimesTwoThousandTokensTakes1237Gb() {
        Footprint footprint = Footprint.of(Shapes.model(Shapes.OPT_175B), KvFormat.of(Precision.FP16), 1);
        assertThat(footprint.bytes(128L * 2048) / 1e9).isCloseTo(1237, within(0.5));
    }

    @ParameterizedTest
    @CsvSource({
        "QWEN3_32B,32.8,0.01",
        "DEEPSEEK_V3,671,0.01",
        "OPT_175B,175,0.01",
        "QWEN3_235B,235,0.01",
        "QWEN3_NEXT_80B,80,0.02",
        "GEMMA3_27B,27,0.02"
    })
    void parametersAreThoseThatTheModelsAreNamedFor(String shape, double billions, double tolerance) throws Exception {
        Model model =
                Shapes.model(String.valueOf(Shapes.class.getDeclaredField(shape).get(null)));
        assertThat(model.parameters() / 1e9).isCloseTo(billions, within(billions * tolerance));
    }

    @Test
    void ranksPartHeadsUntilThereAreNone() {
        Model model = Shapes.model(Shapes.QWEN3_235B);
        double one = Footprint.of(model, BF16, 1).bytesPerToken();
        assertThat(Footprint.of(model, BF16, 4).bytesPerToken()).isEqualTo(one);
        assertThat(Footprint.of(model, BF16, 8).bytesPerToken()).isEqualTo(2 * one);
        Model latent = Shapes.model(Shapes.DEEPSEEK_V3);
        assertThat(Footprint.of(latent, BF16, 8).bytesPerToken())
                .isEqualTo(8 * Footprint.of(latent, BF16, 1).bytesPerToken());
    }

    @Test
    void slidingLayersKeepTheirWindowOnly() {
        Model model = Shapes.model(Shapes.GEMMA3_27B);
        assertThat(model.fullLayers()).isEqualTo(10);
        assertThat(model.slidingLayers()).isEqualTo(52);
        double layer = 2 * 16 * 128 * 2;
        Footprint footprint = Footprint.of(model, BF16, 1);
        assertThat(footprint.bytes(1024)).isEqualTo(62 * layer * 1024);
        assertThat(footprint.bytes(100_000)).isEqualTo(10 * layer * 100_000 + 52 * layer * 1024);
    }

    @Test
    void linearLayersKeepAStateHoweverLongTheContext() {
        Model model = Shapes.model(Shapes.QWEN3_NEXT_80B);
        assertThat(model.fullLayers()).isEqualTo(12);
        assertThat(model.linearLayers()).isEqualTo(36);
        Footprint footprint = Footprint.of(model, BF16, 1);
        double state = 36 * (32 * 128 * 128 + 3 * (2 * 2048 + 4096)) * 4.0;
        assertThat(footprint.bytes(0)).isEqualTo(state);
        assertThat(footprint.bytes(1000) - state).isEqualTo(1000 * 12 * 2 * 2 * 256 * 2.0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "\"layer_types\": [\"full_attention\", \"sliding_attention\", \"linear_attention\", \"mlp\"]; 1; 1; 1",
                "\"hybrid_override_pattern\": \"M-M*\"; 1; 0; 2",
                "\"attn_layer_period\": 4, \"attn_layer_offset\": 2; 1; 0; 3",
                "\"full_attention_interval\": 2; 2; 0; 2",
                "\"linear_attn_config\": {\"full_attn_layers\": [4], \"num_heads\": 2, \"head_dim\": 8}; 1; 0; 3",
                "\"model_type\": \"gemma2\"; 2; 2; 0",
                "\"max_window_layers\": 3; 3; 1; 0",
                "\"use_sliding_window\": false; 4; 0; 0"
            })
    void everyFamilyNamesItsKindsOfLayersInItsOwnWay(String fields, int full, int sliding, int linear) {
        Model model = Shapes.model("{\"num_hidden_layers\": 4, \"hidden_size\": 64, \"num_attention_heads\": 4,"
                + " \"sliding_window\": 16, " + fields + "}");
        assertThat(model.fullLayers()).isEqualTo(full);
        assertThat(model.slidingLayers()).isEqualTo(sliding);
        assertThat(model.linearLayers()).isEqualTo(linear);
    }

    @Test
    void whatFitsIsWorkedOutFromMemory() {
        // 2 x (80 x 0.9 - 2) - 60 = 80 GiB for the cache: 327,680 tokens of 256 KiB.
        Capacity capacity = deployment(2, 0, 60).capacity(20_480, 0.5);
        assertThat(capacity.poolBytes()).isEqualTo(80 * GIB);
        assertThat(capacity.poolTokens()).isEqualTo(327_680);
        assertThat(capacity.agents()).isEqualTo(16);
        assertThat(capacity.governedAgents()).isEqualTo(8);
        assertThat(capacity.contextCeilingTokens()).isEqualTo(40_960);
        assertThat(capacity.isModelCeiling()).isTrue();
        assertThat(deployment(2, 50, 60).capacity(20_480, 0.5).offloadAgents()).isEqualTo(10);
    }

    @Test
    void weightsThatDoNotFitLeaveNothing() {
        Capacity capacity = deployment(1, 0, 100).capacity(1000, 1);
        assertThat(capacity.agents()).isZero();
        assertThat(capacity.contextCeilingTokens()).isZero();
        assertThat(capacity.isModelCeiling()).isFalse();
    }

    @Test
    void fewerBitsAndDroppedTokensMakeRoom() {
        Model model = Shapes.model(Shapes.QWEN3_32B);
        KvFormat twoBits = new KvFormat(Precision.INT2.bytes(), 1, 4);
        KvFormat sparse = new KvFormat(Precision.BF16.bytes(), 4, 4);
        assertThat(Footprint.of(model, twoBits, 1).bytesPerToken()).isEqualTo(32 * 1024);
        assertThat(Footprint.of(model, sparse, 1).bytesPerToken()).isEqualTo(64 * 1024);
    }

    @Test
    void theCeilingOfAWindowedModelCountsTheWindowOnce() {
        Footprint footprint = new Footprint(10, 90, 1000, 500, 1);
        assertThat(footprint.longestContext(500 + 100 * 300)).isEqualTo(300);
        assertThat(footprint.longestContext(500 + 90 * 1000 + 10 * 5000)).isEqualTo(5000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"num_hidden_layers\": 4, \"hidden_size\": 64}",
                "{\"num_hidden_layers\": -1, \"hidden_size\": 64, \"num_attention_heads\": 4}",
                "{\"num_hidden_layers\": \"four\", \"hidden_size\": 64, \"num_attention_heads\": 4}",
                "{\"num_hidden_layers\": 1, \"hidden_size\": 64, \"num_attention_heads\": 4, \"layer_types\": [\"odd\"]}",
                "[]"
            })
    void aFileThatTellsTooLittleIsRefusedByName(String config) {
        assertThatThrownBy(() -> Shapes.model(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("\\w+: .* \\(expected: .*\\)");
    }

    @Test
    void namesOfPrecisionsAreThoseOfEngines() {
        assertThat(Precision.named("fp8_e4m3")).isEqualTo(Precision.FP8);
        assertThat(Precision.named("bfloat16")).isEqualTo(Precision.BF16);
        assertThatThrownBy(() -> Precision.named("fp7"))
                .hasMessage("precision: fp7 (expected one of: fp32, bf16, fp16, fp8, int8, fp4, int4, int2)");
    }

    private static Deployment deployment(int gpus, double offloadGib, double weightsGib) {
        return new Deployment(
                Shapes.model(Shapes.QWEN3_32B),
                BF16,
                new Machine(gpus, 80 * GIB, 0.9, 2 * GIB, offloadGib * GIB),
                weightsGib * GIB);
    }
}
