package dev.sluice.engine;

/** A habit of a kind of engine that no page tells and that decides what its figures are good for. */
enum Trait {
    /** A cached prefix that nobody uses counts as used: a full cache is a healthy one. */
    CACHED_COUNTS_AS_USED("cachedCountsAsUsed"),
    /** Figures move only when a request ends: that they stand still says nothing. */
    TOLD_AT_END_ONLY("toldAtEndOnly"),
    /** A request is admitted only with room for all the tokens that it may generate. */
    RESERVES_OUTPUT("reservesOutput"),
    /** A body with a field that the engine does not know is refused. */
    REFUSES_UNKNOWN_FIELDS("refusesUnknownFields"),
    /** A request whose prompt and largest answer together are longer than the context is refused. */
    COUNTS_ANSWER("countsAnswer"),
    /** If told to schedule by priority, it takes lower ones first. */
    LOWER_PRIORITY_FIRST("lowerPriorityFirst"),
    /** If told to schedule by priority, it takes higher ones first. */
    HIGHER_PRIORITY_FIRST("higherPriorityFirst"),
    /** A request goes to the data-parallel rank that its field {@code X-data-parallel-rank} names. */
    TAKES_RANK("takesRank");

    private final String label;

    Trait(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
