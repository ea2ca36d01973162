package dev.sluice.admission;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which of the waiting steps goes next:
 *
 * <ol>
 *   <li>questions, as many as the {@link ChatLane} takes;
 *   <li>a newcomer whose client will not ask again, and then a started agent, that has waited past its bound: it goes whatever
 *       the cost, so nobody who has started starves and no client is lost that everybody inside can bear;
 *   <li>agents whose prefix is still held, the largest first, for they cost the engine least;
 *   <li>parked agents, by tenant ({@link TenantShares}) and wait;
 *   <li>newcomers, only while nobody who has started waits and the door is open or the engine idles: first the children of agents that have started,
 *       by wait, since those cannot go on without them; then others by tenant and wait, but of no tenant whose child is the first of these and
 *       finds no room.
 * </ol>
 *
 * Whatever the law says, the first of the started goes if the engine runs nothing, so the gate cannot lock itself up.
 * Confined to the gate loop.
 */
final class ForwardOrder {

    /** How many of the agents that hold their prefix are tried before the turn passes to the parked ones. */
    private static final int MOST_HOLDING_TRIED = 8;

    /** A started agent past its bound waits for the prompts in the engine at most for a tenth of it. */
    private static final int PATIENCE_DIVISOR = 10;

    private final WaitQueue queue;
    private final Occupancy occupancy;
    private final Room room;
    private final PrefillBound prefill;
    private final Footprints footprints;
    private final ChatLane chatLane;
    private final Supplier<Duration> promoteAfter;

    ForwardOrder(
            WaitQueue queue,
            Occupancy occupancy,
            Room room,
            PrefillBound prefill,
            Footprints footprints,
            ChatLane chatLane,
            Supplier<Duration> promoteAfter) {
        this.queue = queue;
        this.occupancy = occupancy;
        this.room = room;
        this.prefill = prefill;
        this.footprints = footprints;
        this.chatLane = chatLane;
        this.promoteAfter = promoteAfter;
    }

    /** The step that goes now, and has room; null if nobody may. */
    @Nullable
    Step next(long nowNanos) {
        Step question = queue.oldestQuestion();
        if (question != null && chatLane.hasRoomFor(question, room.neededByFormerQuestions())) {
            chatLane.enter(question);
            return question;
        }
        Step newcomer = queue.oldestLastTry();
        if (newcomer != null && isLate(newcomer, nowNanos) && room.canBear(newcomer)) {
            return promoted(newcomer, nowNanos);
        }
        Step oldest = queue.oldestStarted();
        return oldest == null ? nextAtDoor(nowNanos) : nextStarted(oldest, nowNanos);
    }

    /** Whether it has waited so long that it goes first whatever the cost, as soon as the prompts in the engine allow it. */
    private boolean isLate(Step step, long nowNanos) {
        return nowNanos - step.waitsSinceNanos >= promoteAfter.get().toNanos()
                && prefill.allows(step.expectedUncachedTokens());
    }

    private boolean isTooLate(Step step, long nowNanos) {
        long boundNanos = promoteAfter.get().toNanos();
        return nowNanos - step.waitsSinceNanos >= boundNanos + boundNanos / PATIENCE_DIVISOR;
    }

    private Step promoted(Step step, long nowNanos) {
        step.promoted = true;
        room.clear(step, nowNanos);
        return step;
    }

    private @Nullable Step nextAtDoor(long nowNanos) {
        Step child = queue.firstChildAtDoor();
        if (child != null && mayEnter(child, nowNanos)) {
            return child;
        }
        Step newcomer = queue.firstAtDoor();
        if (newcomer == null || isBarred(newcomer, child)) {
            return null;
        }
        return mayEnter(newcomer, nowNanos) ? newcomer : null;
    }

    /** A child that finds no room is not passed, or others would bring in children of their own; but it stands in the turn of its tenant. */
    private static boolean isBarred(Step newcomer, @Nullable Step child) {
        return child != null && child.agent.tenant.equals(newcomer.agent.tenant);
    }

    private boolean mayEnter(Step newcomer, long nowNanos) {
        newcomer.expect(footprints.estimate(newcomer.agent, newcomer.arrival));
        if (!prefill.allows(newcomer.expectedUncachedTokens())) {
            return false;
        }
        if (occupancy.liveAgents() == 0 || (room.isDoorOpen(newcomer) && room.makeRoom(newcomer, nowNanos))) {
            return true;
        }
        boolean isIdle = room.isIdleFor(newcomer, nowNanos);
        if (isIdle) {
            room.clear(newcomer, nowNanos);
        }
        return isIdle;
    }

    private @Nullable Step nextStarted(Step oldest, long nowNanos) {
        if (isLate(oldest, nowNanos) || isTooLate(oldest, nowNanos)) {
            return promoted(oldest, nowNanos);
        }
        int tried = 0;
        for (Step step : queue.holding()) {
            if (mayGo(step, nowNanos)) {
                return step;
            }
            if (++tried == MOST_HOLDING_TRIED) {
                break;
            }
        }
        Step parked = queue.firstParked();
        if (parked != null && mayGo(parked, nowNanos)) {
            return parked;
        }
        if (occupancy.runningAgents() > 0) {
            return null;
        }
        Step first = tried > 0 ? queue.holding().iterator().next() : oldest;
        room.clear(first, nowNanos);
        return first;
    }

    private boolean mayGo(Step step, long nowNanos) {
        return prefill.allows(step.expectedUncachedTokens()) && room.makeRoom(step, nowNanos);
    }
}
