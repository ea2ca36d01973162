package dev.sluice.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** The fields of a model's {@code config.json}, whatever a family calls them. Immutable. */
final class ModelFields {

    private final JsonNode config;

    /** @param config a model that sees has its language part in {@code text_config} */
    ModelFields(JsonNode config) {
        this.config = config.path("text_config").has("num_hidden_layers") ? config.path("text_config") : config;
    }

    /**
     * A number above 0.
     *
     * @param names in order of preference
     * @throws IllegalArgumentException that names the field if none of them is there
     */
    long required(String... names) {
        long value = optional(0, names);
        if (value < 1) {
            throw new IllegalArgumentException(
                    names[0] + ": missing (expected: a whole number above 0, in a model's config.json)");
        }
        return value;
    }

    /** @throws IllegalArgumentException if a field is no whole number of at most 2²⁴ */
    long optional(long otherwise, String... names) {
        for (String name : names) {
            JsonNode value = config.path(name);
            if (!value.isMissingNode() && !value.isNull()) {
                if (!value.isIntegralNumber() || value.asLong() < 0 || value.asLong() > 1 << 24) {
                    throw new IllegalArgumentException(name + ": " + value + " (expected: a whole number, 0..2^24)");
                }
                return value.asLong();
            }
        }
        return otherwise;
    }

    boolean has(String name) {
        return config.hasNonNull(name);
    }

    boolean flag(String name, boolean otherwise) {
        return config.path(name).asBoolean(otherwise);
    }

    String text(String name) {
        return config.path(name).asText("");
    }

    /** An inner object or list; an empty object if it is missing. */
    JsonNode inner(String name) {
        return config.hasNonNull(name) ? config.path(name) : JsonNodeFactory.instance.objectNode();
    }

    /** The same of an inner object, as {@code linear_attn_config}. */
    ModelFields within(String name) {
        return new ModelFields(inner(name));
    }

    long layers() {
        return required("num_hidden_layers", "n_layer", "num_layers", "n_layers");
    }

    long hidden() {
        return required("hidden_size", "n_embd", "d_model");
    }

    long heads() {
        return required("num_attention_heads", "n_head", "n_heads");
    }

    /** As many as query heads where the model does not share them. */
    long kvHeads() {
        return optional(flag("multi_query", false) ? 1 : heads(), "num_key_value_heads", "num_kv_heads", "n_head_kv");
    }

    long headDim() {
        return optional(hidden() / heads(), "head_dim");
    }

    /** DeepSeek's latent attention, and those who took it over. */
    boolean isLatent() {
        return has("kv_lora_rank");
    }
}
