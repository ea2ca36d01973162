package dev.sluice.engine;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Asks the engine who it is: its models, its version, and what its dialect has to tell beside its metrics. Each question has a
 * short bound, and an engine that hangs is asked no further ones: its metrics matter more. Confined to the watch's loop.
 */
final class Interview {

    private final EngineConnection api;
    private final DialectProbe probe;
    private final Duration bound;

    /** How an interview ended. Called on the loop, exactly once, unless the connection is closed before. */
    interface Listener {

        void onAnswers(Introduction engine);

        /** The engine left a question open; what it had told before stands. */
        void onHanging(Introduction engine);

        /** There is no connection. */
        void onUnreachable();
    }

    /** What becomes of one answer. */
    private interface Taking {
        Introduction take(byte[] page);
    }

    /** @param bound on each answer */
    Interview(EngineConnection api, DialectProbe probe, Duration bound) {
        this.api = api;
        this.probe = probe;
        this.bound = bound;
    }

    void start(Listener listener) {
        ask("/v1/models", Introduction.NONE::withModels, Introduction.NONE, listener, models -> {
            probe.onOwner(models.owner());
            ask("/version", models::withVersion, models, listener, versioned -> {
                String about = probe.known().map(Dialect::aboutPath).orElse("");
                if (about.isEmpty()) {
                    listener.onAnswers(versioned);
                } else {
                    ask(about, versioned::withAbout, versioned, listener, listener::onAnswers);
                }
            });
        });
    }

    /** @param known what stands if there is no answer */
    private void ask(String path, Taking taking, Introduction known, Listener listener, Consumer<Introduction> next) {
        api.get(path, bound, new EngineConnection.Reader() {
            @Override
            public void onPage(byte[] page) {
                next.accept(taking.take(page));
            }

            @Override
            public void onFailure(SilenceCause cause) {
                if (cause == SilenceCause.CONNECT_FAILED) {
                    listener.onUnreachable();
                } else if (cause == SilenceCause.TIMED_OUT) {
                    listener.onHanging(known);
                } else {
                    next.accept(known);
                }
            }
        });
    }
}
