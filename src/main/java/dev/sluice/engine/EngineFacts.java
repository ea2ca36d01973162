package dev.sluice.engine;

import dev.sluice.config.EngineConfig.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the engine, for people.
 *
 * @param kind such as {@code vllm}; empty while unknown
 * @param version as the engine tells it; empty while unknown
 * @param maxModelTokens longest context of its models; 0 while unknown
 * @param note what an operator can do so that more is known; empty if nothing is missing
 * @param capabilities what its page tells and what its habits are, by name; empty while unknown
 * @param figures all that the last usable page said, by name
 * @param pools one per data-parallel rank
 */
public record EngineFacts(
        String kind,
        String version,
        long maxModelTokens,
        String note,
        Map<String, Boolean> capabilities,
        Map<String, Double> figures,
        List<EnginePool> pools) {

    public static final EngineFacts UNKNOWN = new EngineFacts("", "", 0, "", Map.of(), Map.of(), List.of());

    public EngineFacts {
        capabilities = Map.copyOf(capabilities);
        figures = Map.copyOf(figures);
        pools = List.copyOf(pools);
    }

    /** Whether it has a capability, or a habit; false while that is unknown. */
    public boolean has(String capability) {
        return capabilities.getOrDefault(capability, false);
    }

    /** An engine that answers, but of whose kind nothing is known. */
    static EngineFacts other(Introduction engine, String note) {
        return new EngineFacts(
                Kind.OTHER.label(), engine.version(), engine.maxModelTokens(), note, Map.of(), Map.of(), List.of());
    }

    static EngineFacts of(Dialect dialect, Introduction engine, String note, @Nullable PageFigures page) {
        Map<String, Boolean> capabilities = new LinkedHashMap<>();
        for (Capability capability : Capability.values()) {
            capabilities.put(capability.label(), page != null && capability.isToldBy(page));
        }
        for (Trait trait : Trait.values()) {
            capabilities.put(trait.label(), dialect.traits().contains(trait));
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        List<EnginePool> pools = List.of();
        if (page != null) {
            for (Figure figure : Figure.values()) {
                if (page.tells(figure)) {
                    figures.put(figure.label(), page.of(figure));
                }
            }
            pools = page.pools().stream().map(id -> EnginePool.of(page, id)).toList();
        }
        return new EngineFacts(
                dialect.kind().label(), engine.version(), engine.maxModelTokens(), note, capabilities, figures, pools);
    }
}
