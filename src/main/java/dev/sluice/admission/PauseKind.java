package dev.sluice.admission;

/** What an agent may be doing between two steps, as far as its answers tell. */
enum PauseKind {
    /** It runs a tool: nearly always it returns, mostly within seconds. */
    TOOL,
    /** It has come to the end of a turn that it called tools in: likely the end of its work. */
    AFTER_WORK,
    /** All of its answers end a turn: it asks a tool in words of its own, a person reads, or nobody will ever return. */
    TALK,
    /** How its answer ended is not known. */
    UNKNOWN,
    /** It has called no tool that is known as one, but sub-agents of it have been at work since: nearly always it returns. */
    CHILDREN,
    /** The agent that waited for it has gone on: it has ended, unless it works in the background and asks its tools in words. */
    PARENT_WENT_ON;

    /** Of the pause that the agent is in, or was in last. */
    static PauseKind of(Agent agent) {
        if (agent.lastFinish == Finish.TOOL_CALL) {
            return TOOL;
        }
        if (agent.awaitsChild) {
            return CHILDREN;
        }
        if (agent.parentWentOn) {
            return PARENT_WENT_ON;
        }
        if (agent.lastFinish == Finish.UNKNOWN) {
            return UNKNOWN;
        }
        return agent.callsTools ? AFTER_WORK : TALK;
    }

    /** Whether most agents end there. */
    boolean isLikelyEnd() {
        return this == AFTER_WORK || this == PARENT_WENT_ON;
    }
}
