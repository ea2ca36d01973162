package dev.sluice.admission;

import java.util.Locale;

/** What an agent is doing, as far as the cache is concerned. */
public enum AgentState {
    /** A step of it is in the engine. */
    RUNNING,
    /** Between steps; its prefix is counted and kept. */
    RESIDENT,
    /** Its next step is held back by us. */
    WAITING,
    /** Between steps; its prefix is given up. */
    PARKED;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
