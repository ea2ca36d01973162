package dev.sluice.engine;

/**
 * What is known of the engine, for people.
 *
 * @param kind such as {@code vllm}; empty while unknown
 * @param version as the engine tells it; empty while unknown
 */
public record EngineFacts(String kind, String version) {

    public static final EngineFacts UNKNOWN = new EngineFacts("", "");
}
