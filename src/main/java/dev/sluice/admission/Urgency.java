package dev.sluice.admission;

/** How urgent a step is once it has gone, for engines that schedule by priority: the order in which Sluice itself lets steps go. */
public enum Urgency {
    /** Its agent's prefix is there, or it is a short question, or it has waited too long already. */
    FIRST(0),
    /** Its agent has started, but its prefix was given up. */
    NEXT(1),
    /** A newcomer's. */
    LAST(2);

    private final int place;

    Urgency(int place) {
        this.place = place;
    }

    /** 0 for the most urgent, then 1, 2. */
    public int place() {
        return place;
    }

    /** To be called when the step has gone. */
    static Urgency of(Step step) {
        if (step.wasHeld || step.inChatLane || step.promoted) {
            return FIRST;
        }
        return step.isNewcomer() ? LAST : NEXT;
    }
}
