package dev.sluice.admission;

/**
 * Where a step stands that waits, or stood when it was refused. Immutable.
 *
 * @param position from 1, as of a second ago at most
 * @param of how many wait
 * @param estimateNanos expected wait from now on, by the pace at which held steps have been going; -1 if not known
 * @param reason what stands first in its way
 */
public record Place(int position, int of, long estimateNanos, Obstacle.Kind reason) {}
