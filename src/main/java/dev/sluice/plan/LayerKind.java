package dev.sluice.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What a layer keeps of a context. */
enum LayerKind {
    /** Keys and values of every token. */
    FULL,
    /** Keys and values of the last tokens, as many as the window has. */
    SLIDING,
    /** A state of fixed size, however long the context. */
    LINEAR,
    /** Nothing: no attention. */
    NONE;

    /** Where Kimi Linear has its layers. */
    static final String KIMI = "linear_attn_config";

    /** The kind of each layer, in order. */
    static List<LayerKind> of(ModelFields fields) {
        int layers = Math.toIntExact(fields.layers());
        JsonNode types = fields.inner(fields.has("layer_types") ? "layer_types" : "layers_block_type");
        String pattern = fields.text("hybrid_override_pattern");
        List<LayerKind> kinds = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            if (types.size() == layers) {
                kinds.add(named(types.path(i).asText()));
            } else if (pattern.length() == layers) {
                kinds.add(lettered(pattern.charAt(i)));
            } else {
                kinds.add(counted(fields, i));
            }
        }
        return kinds;
    }

    private static LayerKind named(String type) {
        return switch (type) {
            case "full_attention", "attention", "hybrid" -> FULL;
            case "sliding_attention", "chunked_attention" -> SLIDING;
            case "linear_attention", "mamba", "mamba2", "recurrent" -> LINEAR;
            case "mlp", "moe" -> NONE;
            default ->
                throw new IllegalArgumentException(
                        "layer_types: " + type + " (expected: full_attention, sliding_attention or linear_attention)");
        };
    }

    /** As Nemotron-H writes it. */
    private static LayerKind lettered(char letter) {
        return switch (letter) {
            case '*' -> FULL;
            case 'M' -> LINEAR;
            default -> NONE;
        };
    }

    /** From counts: every so many-th layer is of the dearer kind. */
    private static LayerKind counted(ModelFields fields, int layer) {
        if (fields.has(KIMI)) {
            for (JsonNode full : fields.inner(KIMI).path("full_attn_layers")) {
                if (full.asInt() == layer + 1) {
                    return FULL;
                }
            }
            return LINEAR;
        }
        if (fields.has("attn_layer_period")) { // Jamba
            long offset = fields.optional(0, "attn_layer_offset");
            return layer % fields.required("attn_layer_period") == offset ? FULL : LINEAR;
        }
        if (fields.has("full_attention_interval")) { // Qwen3-Next
            return (layer + 1) % fields.required("full_attention_interval") == 0 ? FULL : LINEAR;
        }
        if (!fields.has("sliding_window") || !fields.flag("use_sliding_window", true)) {
            return FULL;
        }
        boolean alternates = fields.text("model_type").equals("gemma2");
        long every = fields.optional(alternates ? 2 : 0, "sliding_window_pattern", "_sliding_window_pattern"); // Gemma
        if (every > 0) {
            return (layer + 1) % every == 0 ? FULL : SLIDING;
        }
        return layer < fields.optional(0, "max_window_layers") ? FULL : SLIDING;
    }
}
