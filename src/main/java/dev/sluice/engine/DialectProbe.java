package dev.sluice.engine;

import dev.sluice.config.EngineConfig;
import dev.sluice.config.EngineConfig.Kind;
import dev.sluice.config.SignalsConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which dialect the engine speaks and where its page is: from the configuration, else from what the engine says
 * of itself, else from what stands on the page. Once found it stays, until the engine is lost. Confined to the watch's loop.
 */
final class DialectProbe {

    private final Kind configured;
    private final SignalsConfig signals;

    private String owner = "";
    private boolean seenIterations;
    private @Nullable Dialect settled;
    private String settledPath = "";

    DialectProbe(EngineConfig engine, SignalsConfig signals) {
        this.configured = engine.kind();
        this.signals = signals;
    }

    /** The engine was asked and named the owner of its models, or nobody. */
    void onOwner(String named) {
        if (!owner.equals(named)) {
            settled = null;
            seenIterations = false;
        }
        owner = named;
    }

    /** A page was recognised. */
    void settle(Dialect dialect, String path) {
        settled = dialect;
        settledPath = path;
    }

    boolean isSettled() {
        return settled != null;
    }

    /** The engine was lost; what comes back may be another one. */
    void onLost() {
        settled = null;
    }

    /**
     * Whether a page takes away what it tells and nobody allowed that: only TensorRT-LLM answers with a list. If so, its other
     * page is the one to read from now on.
     */
    boolean mustNotRead(byte[] page) {
        if (signals.isPathFixed() || seenIterations || !NumberLines.isList(page)) {
            return false;
        }
        seenIterations = true;
        return true;
    }

    /** Dialects that the page may be in, the likeliest first. */
    List<Dialect> candidates() {
        Optional<Dialect> known = known();
        if (settled != null || configured != Kind.AUTO || seenIterations) {
            return known.map(List::of).orElse(List.of());
        }
        List<Dialect> candidates = new ArrayList<>();
        known.ifPresent(candidates::add);
        Dialects.ALL.stream().filter(dialect -> !candidates.contains(dialect)).forEach(candidates::add);
        return candidates;
    }

    /** Whether this engine has no page, as the configuration says. */
    boolean hasNoPage() {
        return configured == Kind.OTHER;
    }

    /** Where the page may be, in the order in which to ask. */
    List<String> paths() {
        if (hasNoPage()) {
            return List.of();
        }
        if (signals.isPathFixed()) {
            return List.of(signals.path());
        }
        if (settled != null) {
            return List.of(settledPath);
        }
        return known().map(dialect -> List.of(dialect.path()))
                .orElseGet(() ->
                        Dialects.ALL.stream().map(Dialect::path).distinct().toList());
    }

    /** The dialect that the engine is known to speak, before or after its page was read. */
    Optional<Dialect> known() {
        if (settled != null) {
            return Optional.of(settled);
        }
        return Dialects.ALL.stream().filter(this::isKnown).findFirst();
    }

    private boolean isKnown(Dialect dialect) {
        if (configured != Kind.AUTO) {
            return dialect.kind() == configured;
        }
        return seenIterations
                ? dialect.kind() == Kind.TENSORRT_LLM
                : !owner.isEmpty() && dialect.owner().equals(owner);
    }
}
