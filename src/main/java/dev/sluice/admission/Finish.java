package dev.sluice.admission;

/** Why a generation stopped, as far as it tells what the agent does next. */
public enum Finish {
    /** The model called a tool: the agent is likely to return when the tool is done. */
    TOOL_CALL,
    /** The end of a turn, by the model or by a length limit: a person, or nobody, is next. */
    END_OF_TURN,
    /** Not told. */
    UNKNOWN
}
