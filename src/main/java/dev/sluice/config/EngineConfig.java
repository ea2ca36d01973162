package dev.sluice.config;

import java.util.List;

/**
 * What the engine is.
 *
 * @param kind whose metrics it writes and whose habits it has
 * @param pinRanks whether agents are kept on a data-parallel rank by {@code X-data-parallel-rank}, where the engine has several
 * @param sendPriority whether requests carry a priority, for an engine that schedules by it
 * @param kvEvents where it publishes what its cache stores and lets go, one address for each rank; none for not listening
 * @param kvReplay where events that were missed can be asked for, in the order of {@code kvEvents}; may be fewer
 */
public record EngineConfig(
        Kind kind, boolean pinRanks, boolean sendPriority, List<String> kvEvents, List<String> kvReplay) {

    public static final EngineConfig DEFAULT = new EngineConfig(Kind.AUTO, true, false, List.of(), List.of());

    public EngineConfig {
        kvEvents = List.copyOf(kvEvents);
        kvReplay = List.copyOf(kvReplay);
    }

    /** An engine whose events nobody listens to, and that is sent no priorities. */
    public EngineConfig(Kind kind, boolean pinRanks) {
        this(kind, pinRanks, false, List.of(), List.of());
    }

    EngineConfig withFixedOf(EngineConfig start) {
        return new EngineConfig(start.kind, pinRanks, sendPriority, start.kvEvents, start.kvReplay);
    }

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
