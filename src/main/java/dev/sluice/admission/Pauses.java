package dev.sluice.admission;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** One {@link PauseModel} for each {@link PauseKind}. Confined to the gate loop. */
final class Pauses {

    /** Before anything was seen, a tool is expected back within seconds, a person after the end of a turn within minutes. */
    private static final double TOOL_SECONDS = 3;

    private static final double PERSON_SECONDS = 60;

    // And nearly every tool brings its agent back, while the end of a turn may be that of the agent.
    private static final double TOOL_NEVER_RATIO = 0.01;
    private static final double PERSON_NEVER_RATIO = 0.5;
    private static final double LEFT_BEHIND_NEVER_RATIO = 0.9;

    private final Map<PauseKind, PauseModel> byKind = new EnumMap<>(PauseKind.class);

    Pauses() {
        // Where many never return, the length of pauses tells one from the end. After tool calls nearly all return, and
        // a prior drawn to the first pauses, which are the short ones, would only hide the long ones.
        byKind.put(PauseKind.TOOL, new PauseModel(TOOL_SECONDS, TOOL_NEVER_RATIO, false));
        byKind.put(PauseKind.AFTER_WORK, new PauseModel(PERSON_SECONDS, PERSON_NEVER_RATIO, true));
        byKind.put(PauseKind.TALK, new PauseModel(PERSON_SECONDS, PERSON_NEVER_RATIO, true));
        byKind.put(PauseKind.UNKNOWN, new PauseModel(TOOL_SECONDS, PERSON_NEVER_RATIO, true));
        byKind.put(PauseKind.CHILDREN, new PauseModel(PERSON_SECONDS, TOOL_NEVER_RATIO, false));
        byKind.put(PauseKind.PARENT_WENT_ON, new PauseModel(TOOL_SECONDS, LEFT_BEHIND_NEVER_RATIO, true));
    }

    /** The model for the pause that this agent is in. */
    PauseModel of(Agent agent) {
        return of(PauseKind.of(agent));
    }

    PauseModel of(PauseKind kind) {
        return Objects.requireNonNull(byKind.get(kind));
    }

    /** Chance, 0..1, that a silent agent will not return: by the time since it or a child of it had a step. */
    double goneChance(Agent agent, long nowNanos) {
        return of(agent).goneChance(quietSeconds(agent, nowNanos));
    }

    /** For how long neither the silent agent nor a child of it has had a step. */
    static double quietSeconds(Agent silent, long nowNanos) {
        return (nowNanos - Math.max(silent.lastEndNanos, silent.childBusyNanos)) / 1e9;
    }

    /** Takes in the silences under way, which count as evidence too, and lets all models follow. */
    void refresh(Silences silences, long nowNanos) {
        silences.look(nowNanos);
        byKind.forEach((kind, model) -> {
            for (int bin = 0; bin < PauseModel.BINS; bin++) {
                model.onSilent(bin, silences.agents(kind, bin));
            }
        });
        byKind.values().forEach(PauseModel::refresh);
    }
}
