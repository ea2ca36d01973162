package dev.sluice.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Shapes of public models, as far as their memory depends on them. Written by hand from what is published. */
final class Shapes {

    static final String QWEN3_32B = """
            {"architectures": ["Qwen3ForCausalLM"], "hidden_size": 5120, "intermediate_size": 25600,
             "num_hidden_layers": 64, "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 128,
             "vocab_size": 151936, "max_position_embeddings": 40960, "sliding_window": null,
             "use_sliding_window": false, "tie_word_embeddings": false, "torch_dtype": "bfloat16"}""";

    static final String DEEPSEEK_V3 = """
            {"architectures": ["DeepseekV3ForCausalLM"], "hidden_size": 7168, "intermediate_size": 18432,
             "moe_intermediate_size": 2048, "num_hidden_layers": 61, "num_attention_heads": 128,
             "num_key_value_heads": 128, "n_routed_experts": 256, "n_shared_experts": 1, "first_k_dense_replace": 3,
             "moe_layer_freq": 1, "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_nope_head_dim": 128,
             "qk_rope_head_dim": 64, "v_head_dim": 128, "vocab_size": 129280, "max_position_embeddings": 163840,
             "tie_word_embeddings": false, "quantization_config": {"quant_method": "fp8"}, "torch_dtype": "bfloat16"}""";

    static final String OPT_175B = """
            {"hidden_size": 12288, "ffn_dim": 49152, "num_hidden_layers": 96, "num_attention_heads": 96,
             "vocab_size": 50272, "max_position_embeddings": 2048, "torch_dtype": "float16"}""";

    static final String QWEN3_235B = """
            {"architectures": ["Qwen3MoeForCausalLM"], "hidden_size": 4096, "intermediate_size": 12288,
             "moe_intermediate_size": 1536, "num_hidden_layers": 94, "num_attention_heads": 64,
             "num_key_value_heads": 4, "head_dim": 128, "num_experts": 128, "decoder_sparse_step": 1,
             "mlp_only_layers": [], "vocab_size": 151936, "max_position_embeddings": 40960,
             "tie_word_embeddings": false, "torch_dtype": "bfloat16"}""";

    static final String QWEN3_NEXT_80B = """
            {"architectures": ["Qwen3NextForCausalLM"], "hidden_size": 2048, "intermediate_size": 5120,
             "moe_intermediate_size": 512, "shared_expert_intermediate_size": 512, "num_experts": 512,
             "decoder_sparse_step": 1, "num_hidden_layers": 48, "num_attention_heads": 16, "num_key_value_heads": 2,
             "head_dim": 256, "full_attention_interval": 4, "linear_num_key_heads": 16, "linear_num_value_heads": 32,
             "linear_key_head_dim": 128, "linear_value_head_dim": 128, "linear_conv_kernel_dim": 4,
             "vocab_size": 151936, "max_position_embeddings": 262144, "tie_word_embeddings": false,
             "torch_dtype": "bfloat16"}""";

    static final String GEMMA3_27B = """
            {"architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3",
             "text_config": {"hidden_size": 5376, "intermediate_size": 21504, "num_hidden_layers": 62,
             "num_attention_heads": 32, "num_key_value_heads": 16, "head_dim": 128, "sliding_window": 1024,
             "sliding_window_pattern": 6, "vocab_size": 262208, "max_position_embeddings": 131072,
             "tie_word_embeddings": true}, "torch_dtype": "bfloat16"}""";

    private Shapes() {}

    static Model model(String config) {
        return Model.of(json(config));
    }

    static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
