package dev.sluice.plan;

/** What a layer of linear attention or a state space keeps of a sequence: its recurrent state and the last inputs of its convolution. */
final class StateSize {

    private StateSize() {}

    /** Numbers in one layer's state; 0 if the fields do not tell. */
    static long elements(ModelFields fields) {
        if (fields.has("linear_num_value_heads")) { // gated delta nets: Qwen3-Next
            long keys = fields.required("linear_num_key_heads") * fields.required("linear_key_head_dim");
            long values = fields.required("linear_num_value_heads") * fields.required("linear_value_head_dim");
            long state = values * fields.required("linear_key_head_dim");
            return state + (fields.optional(4, "linear_conv_kernel_dim") - 1) * (2 * keys + values);
        }
        if (fields.has(LayerKind.KIMI)) { // Kimi delta attention
            ModelFields linear = fields.within(LayerKind.KIMI);
            long inner = linear.required("num_heads") * linear.required("head_dim");
            return inner * linear.required("head_dim") + (linear.optional(4, "short_conv_kernel_size") - 1) * 3 * inner;
        }
        if (fields.has("mamba_num_heads") || fields.has("mamba_n_heads")) { // Mamba 2
            long inner = fields.required("mamba_num_heads", "mamba_n_heads")
                    * fields.required("mamba_head_dim", "mamba_d_head");
            long state = fields.required("ssm_state_size", "mamba_d_state");
            long groups = fields.optional(1, "n_groups", "mamba_n_groups");
            return inner * state
                    + (fields.optional(4, "conv_kernel", "mamba_d_conv") - 1) * (inner + 2 * groups * state);
        }
        if (fields.has("mamba_d_state")) { // Mamba 1
            long inner = fields.optional(2, "mamba_expand") * fields.hidden();
            return inner * fields.required("mamba_d_state") + (fields.optional(4, "mamba_d_conv") - 1) * inner;
        }
        return 0;
    }
}
