package dev.sluice.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * The parameters of a model, counted from its shape: embeddings, attention, gated or plain feed-forward layers, experts. Norms and
 * biases, some thousandths, are left out; so are a vision part and layers for speculation.
 */
final class WeightCount {

    private final ModelFields fields;
    private final double hidden;

    private WeightCount(ModelFields fields) {
        this.fields = fields;
        this.hidden = fields.hidden();
    }

    static double of(ModelFields fields, List<LayerKind> layers) {
        WeightCount count = new WeightCount(fields);
        double total = count.embeddings();
        for (int i = 0; i < layers.size(); i++) {
            total += switch (layers.get(i)) {
                case FULL, SLIDING -> count.attention();
                case LINEAR -> count.linear();
                case NONE -> 0;
            };
            total += count.isSparse(i) ? count.experts() : count.dense();
        }
        return total;
    }

    private double embeddings() {
        double table = fields.optional(0, "vocab_size") * hidden;
        // OPT and GPT-2 tie them without saying so.
        boolean isTied = fields.flag("tie_word_embeddings", isPlain());
        return isTied ? table : 2 * table;
    }

    private double attention() {
        double heads = fields.heads();
        if (fields.isLatent()) {
            double nope = fields.required("qk_nope_head_dim");
            double rope = fields.required("qk_rope_head_dim");
            double latent = fields.required("kv_lora_rank");
            double value = fields.required("v_head_dim");
            double queryLatent = fields.optional(0, "q_lora_rank");
            double query = queryLatent > 0
                    ? hidden * queryLatent + queryLatent * heads * (nope + rope)
                    : hidden * heads * (nope + rope);
            return query + hidden * (latent + rope) + latent * heads * (nope + value) + heads * value * hidden;
        }
        return hidden * fields.headDim() * (2 * heads + 2 * fields.kvHeads());
    }

    /** Projections of queries, keys, values and gate, and the way out. */
    private double linear() {
        if (fields.has("linear_num_value_heads")) {
            double keys = (double) fields.required("linear_num_key_heads") * fields.required("linear_key_head_dim");
            double values =
                    (double) fields.required("linear_num_value_heads") * fields.required("linear_value_head_dim");
            return hidden * (2 * keys + 3 * values);
        }
        if (fields.has(LayerKind.KIMI)) {
            ModelFields linear = fields.within(LayerKind.KIMI);
            return 4 * hidden * linear.required("num_heads") * linear.required("head_dim");
        }
        double inner = fields.has("mamba_expand")
                ? fields.required("mamba_expand") * hidden
                : fields.optional(1, "mamba_num_heads", "mamba_n_heads")
                        * (double) fields.optional(1, "mamba_head_dim", "mamba_d_head");
        return 3 * hidden * inner;
    }

    private double dense() {
        double inner = fields.optional(4 * fields.hidden(), "intermediate_size", "ffn_dim", "n_inner");
        return (isPlain() ? 2 : 3) * hidden * inner;
    }

    private double experts() {
        double inner = fields.optional(
                fields.optional(4 * fields.hidden(), "intermediate_size"), "moe_intermediate_size", "expert_ffn_size");
        double experts = fields.required("num_experts", "n_routed_experts", "num_local_experts");
        double shared = fields.has("shared_expert_intermediate_size")
                ? fields.required("shared_expert_intermediate_size")
                : fields.optional(0, "n_shared_experts") * inner;
        return 3 * hidden * (experts * inner + shared) + hidden * experts;
    }

    private boolean isSparse(int layer) {
        if (fields.optional(0, "num_experts", "n_routed_experts", "num_local_experts") < 2) {
            return false;
        }
        for (JsonNode dense : fields.inner("mlp_only_layers")) {
            if (dense.asInt(-1) == layer) {
                return false;
            }
        }
        long period = Math.max(1, fields.optional(1, "decoder_sparse_step", "expert_layer_period", "moe_layer_freq"));
        return layer >= fields.optional(0, "first_k_dense_replace") && (layer + 1) % period == 0;
    }

    /** Two matrices instead of three: before gates were usual. */
    private boolean isPlain() {
        return fields.has("ffn_dim") || fields.has("n_embd");
    }
}
