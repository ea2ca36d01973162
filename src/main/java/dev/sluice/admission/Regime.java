package dev.sluice.admission;

import dev.sluice.control.Law;
import dev.sluice.control.RoomPrice;
import dev.sluice.control.WorkingSetLaw;
import org.jspecify.annotations.Nullable;

/**
 * The parts of admission that are of one kind under {@code working-set} and of another under every other law.
 *
 * @param price null under a law without a price of room
 */
record Regime(@Nullable RoomPrice price, Occupancy occupancy, Room room, PrefillBound prefill) {

    static Regime of(Law law, WaitQueue queue, TenantShares shares, Learning learned, AgentTable agents) {
        if (law instanceof WorkingSetLaw workingSet) {
            Occupancy occupancy = new Occupancy(queue, shares, new HoldValue(learned));
            return new Regime(
                    workingSet.price(),
                    occupancy,
                    new WorkingSetRoom(workingSet, occupancy, learned, agents),
                    new PrefillBound(() -> workingSet.config().prefillTime().toNanos() / 1e9, learned.cost));
        }
        Occupancy occupancy = new Occupancy(queue, shares, Worth.EQUAL);
        return new Regime(
                null,
                occupancy,
                new LeaseRoom(law, occupancy),
                new PrefillBound(() -> Double.POSITIVE_INFINITY, learned.cost));
    }
}
