package dev.sluice.admission;

/** What it is worth to keep an idle agent's prefix, in a unit that a law chooses. */
interface Worth {

    /** Of laws that do not weigh idle agents against each other. */
    Worth EQUAL = (idle, nowNanos) -> 0;

    double of(Agent idle, long nowNanos);
}
