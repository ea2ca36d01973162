package dev.sluice.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What a model's shape says about its memory. Immutable.
 *
 * @param name of its architecture; empty if it does not say
 * @param fullLayers layers that keep every token
 * @param slidingLayers layers that keep {@code windowTokens} at most
 * @param linearLayers layers that keep a state
 * @param windowTokens 0 without sliding layers
 * @param kvHeads heads over which ranks of tensor parallelism part the cache; 0 if each rank keeps all of it (a latent)
 * @param elementsPerToken numbers that one layer keeps of a token
 * @param stateElements numbers that one linear layer keeps of a sequence; 0 if not known
 * @param parameters of the whole model
 * @param weightBytes what one of them takes, by the file; 2 if it does not say
 * @param maxContextTokens what the model was made for; 0 if it does not say
 */
public record Model(
        String name,
        int fullLayers,
        int slidingLayers,
        int linearLayers,
        long windowTokens,
        long kvHeads,
        long elementsPerToken,
        long stateElements,
        double parameters,
        double weightBytes,
        long maxContextTokens) {

    private static final int MAX_LAYERS = 10_000;

    /**
     * Reads a {@code config.json} as Hugging Face has them.
     *
     * @throws IllegalArgumentException that names the field that is missing or cannot be meant
     */
    public static Model of(JsonNode config) {
        ModelFields fields = new ModelFields(config);
        if (fields.layers() > MAX_LAYERS) {
            throw new IllegalArgumentException(
                    "num_hidden_layers: " + fields.layers() + " (expected: 1.." + MAX_LAYERS + ")");
        }
        List<LayerKind> layers = LayerKind.of(fields);
        int sliding = count(layers, LayerKind.SLIDING);
        return new Model(
                config.path("architectures").path(0).asText(fields.text("model_type")),
                count(layers, LayerKind.FULL),
                sliding,
                count(layers, LayerKind.LINEAR),
                sliding == 0 ? 0 : fields.required("sliding_window", "attention_chunk_size"),
                fields.isLatent() ? 0 : fields.kvHeads(),
                fields.isLatent()
                        ? fields.required("kv_lora_rank") + fields.required("qk_rope_head_dim")
                        : 2 * fields.kvHeads() * fields.headDim(),
                StateSize.elements(fields),
                WeightCount.of(fields, layers),
                weightBytes(config, fields),
                fields.optional(0, "max_position_embeddings", "n_positions", "max_seq_len", "seq_length"));
    }

    private static int count(List<LayerKind> layers, LayerKind kind) {
        return (int) layers.stream().filter(kind::equals).count();
    }

    private static double weightBytes(JsonNode config, ModelFields fields) {
        JsonNode quantised = config.path("quantization_config");
        String method = quantised.path("quant_method").asText("");
        if (method.equals("fp8")) {
            return 1;
        }
        if (method.equals("mxfp4")) {
            return 4.25 / 8; // a scale of eight bits for each 32 numbers
        }
        if (quantised.path("bits").asInt(0) > 0) {
            return quantised.path("bits").asInt() / 8.0;
        }
        String type = fields.has("dtype") ? fields.text("dtype") : fields.text("torch_dtype");
        return type.isEmpty()
                ? Precision.named(config.path("torch_dtype").asText("bf16")).bytes()
                : Precision.named(type).bytes();
    }
}
