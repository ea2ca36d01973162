package dev.sluice.config;

/**
 * What the engine is.
 *
 * @param kind whose metrics it writes and whose habits it has
 * @param pinRanks whether agents are kept on a data-parallel rank by {@code X-data-parallel-rank}
 */
public record EngineConfig(Kind kind, boolean pinRanks) {

    public static final EngineConfig DEFAULT = new EngineConfig(Kind.AUTO, false);

    /** The engines whose dialects we speak. */
    public enum Kind {
        /** Asked at start, and again when the engine comes back. */
        AUTO("auto"),
        VLLM("vllm"),
        SGLANG("sglang"),
        TENSORRT_LLM("tensorrt-llm"),
        /** Triton with its TensorRT-LLM backend; with its vLLM backend it is {@link #VLLM}. */
        TRITON("triton"),
        LLAMA_CPP("llama.cpp"),
        TGI("tgi"),
        LMDEPLOY("lmdeploy"),
        /** Anything else: no page is read. */
        OTHER("other");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** As in the configuration and in {@code /state}. */
        public String label() {
            return label;
        }
    }
}
