package dev.sluice.admission;

import java.util.EnumMap;
import java.util.Map;

/**
 * One {@link PauseModel} for each way in which an answer can end, and one for agents that have never called a tool: all of their
 * answers end a turn, whether they then ask a tool in words of their own, a person, or nobody. Confined to the gate loop.
 */
final class Pauses {

    /** Before anything was seen, a tool is expected back within seconds, a person after the end of a turn within minutes. */
    private static final double TOOL_SECONDS = 3;

    private static final double PERSON_SECONDS = 60;

    // And nearly every tool brings its agent back, while the end of a turn may be that of the agent.
    private static final double TOOL_NEVER_RATIO = 0.01;
    private static final double PERSON_NEVER_RATIO = 0.5;

    private final Map<Finish, PauseModel> byFinish = new EnumMap<>(Finish.class);
    private final PauseModel ofTalkers = new PauseModel(PERSON_SECONDS, PERSON_NEVER_RATIO, true);

    Pauses() {
        // Where many never return, the length of pauses tells one from the end. After tool calls nearly all return, and
        // a prior drawn to the first pauses, which are the short ones, would only hide the long ones.
        byFinish.put(Finish.TOOL_CALL, new PauseModel(TOOL_SECONDS, TOOL_NEVER_RATIO, false));
        byFinish.put(Finish.END_OF_TURN, new PauseModel(PERSON_SECONDS, PERSON_NEVER_RATIO, true));
        byFinish.put(Finish.UNKNOWN, new PauseModel(TOOL_SECONDS, PERSON_NEVER_RATIO, true));
    }

    /** The model for the pause that this agent is in. */
    PauseModel of(Agent agent) {
        if (agent.lastFinish == Finish.END_OF_TURN && !agent.callsTools) {
            return ofTalkers;
        }
        PauseModel model = byFinish.get(agent.lastFinish);
        if (model == null) {
            throw new IllegalStateException("no model of pauses after " + agent.lastFinish);
        }
        return model;
    }

    /** Whether the agent has come to the end of a turn that it called tools in: likely the end of its work. */
    static boolean isAfterWork(Agent agent) {
        return agent.lastFinish == Finish.END_OF_TURN && agent.callsTools;
    }

    /** Chance, 0..1, that a silent agent will not return: by the time since it or a child of it had a step. */
    double goneChance(Agent agent, long nowNanos) {
        long quietSinceNanos = Math.max(agent.lastEndNanos, agent.childBusyNanos);
        return of(agent).goneChance((nowNanos - quietSinceNanos) / 1e9);
    }

    /** Takes in the silences under way, which count as evidence too, and lets all models follow. */
    void refresh(AgentTable agents, Lifetimes lifetimes, long nowNanos) {
        for (Agent agent : agents.all()) {
            if (!agent.isSilent() && agent.parent != null) {
                agent.parent.childBusyNanos = nowNanos;
            }
        }
        for (Agent agent : agents.all()) {
            if (agent.isSilent() && agent.steps > 0) {
                of(agent).countSilent(agent.silentSeconds(nowNanos));
                lifetimes.countSilent(agent.steps, goneChance(agent, nowNanos));
            }
        }
        lifetimes.refresh();
        byFinish.values().forEach(PauseModel::refresh);
        ofTalkers.refresh();
    }
}
