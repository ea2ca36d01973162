package dev.sluice.admission;

/** Told when agents lose their place in the cache and go on without it. Must return at once and must not call back. */
public interface PauseListener {

    /** Hears nothing. */
    PauseListener NONE = new PauseListener() {
        @Override
        public void onPaused(String agentId, String reason, long heldTokens, long nowNanos) {}

        @Override
        public void onResumed(String agentId, long nowNanos) {}
    };

    /** An agent's prefix was given up; it had been counted with so many tokens. */
    void onPaused(String agentId, String reason, long heldTokens, long nowNanos);

    /** A step goes of an agent whose prefix had been given up. */
    void onResumed(String agentId, long nowNanos);
}
