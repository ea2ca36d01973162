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
    UNKNOWN;

    /** Of the pause that the agent is in, or was in last. */
    static PauseKind of(Agent agent) {
        return switch (agent.lastFinish) {
            case TOOL_CALL -> TOOL;
            case END_OF_TURN -> agent.callsTools ? AFTER_WORK : TALK;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
