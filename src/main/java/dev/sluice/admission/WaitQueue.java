package dev.sluice.admission;

import dev.sluice.config.QueueConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The steps held back, in the order in which they may go: agents that still hold their prefix, the largest first; then
 * parked agents; newcomers last, these two by tenant and wait, children of agents that have started before other
 * newcomers. Bounded by whoever adds. Confined to the gate loop.
 */
final class WaitQueue {

    // What a waiting agent holds does not change while it waits, so it can be sorted by.
    private static final Comparator<Step> BY_HOLDING =
            Comparator.<Step>comparingDouble(step -> -step.agent.heldTokens).thenComparing(Lane.BY_WAIT);

    private static final Comparator<Step> BY_DEADLINE =
            Comparator.<Step>comparingLong(step -> step.deadlineNanos).thenComparingLong(step -> step.id);

    private final TreeSet<Step> holding = new TreeSet<>(BY_HOLDING);
    private final Lane parked;
    private final Lane door;
    private final TreeSet<Step> children = new TreeSet<>(Lane.BY_WAIT);
    private final TreeSet<Step> started = new TreeSet<>(Lane.BY_WAIT);
    private final TreeSet<Step> early = new TreeSet<>(Lane.BY_WAIT);
    private final TreeSet<Step> byDeadline = new TreeSet<>(BY_DEADLINE);
    private final Set<Step> questions = new LinkedHashSet<>();
    private final Set<Step> lastTries = new LinkedHashSet<>();
    private int doorSize;
    private long doorBytes;
    private long startedBytes;

    WaitQueue(TenantShares shares) {
        this.parked = new Lane(shares);
        this.door = new Lane(shares);
    }

    void add(Step step) {
        if (step.isNewcomer()) {
            door.add(step);
            doorSize++;
            doorBytes += step.arrival.bodyBytes();
            if (step.agent.isChildOfStarted() && !step.isEarly()) {
                children.add(step);
            }
            if (step.isEarly()) {
                early.add(step);
            }
            if (step.isLastTry) {
                lastTries.add(step);
            }
        } else {
            started.add(step);
            startedBytes += step.arrival.bodyBytes();
            if (step.agent.heldTokens > 0) {
                holding.add(step);
            } else {
                parked.add(step);
            }
        }
        if (step.isQuestion) {
            questions.add(step);
        }
        byDeadline.add(step);
    }

    /**
     * Takes a step out. Must come before anything changes what its agent holds or whether it has started.
     *
     * @return whether it was there; a step that was not leaves everything as it is
     */
    boolean remove(Step step) {
        if (!byDeadline.remove(step)) {
            return false;
        }
        if (step.isNewcomer()) {
            door.remove(step);
            doorSize--;
            doorBytes -= step.arrival.bodyBytes();
            children.remove(step);
            early.remove(step);
            lastTries.remove(step);
        } else {
            started.remove(step);
            startedBytes -= step.arrival.bodyBytes();
            holding.remove(step);
            parked.remove(step);
        }
        questions.remove(step);
        return true;
    }

    /** Agents that hold their prefix, the largest first. */
    Iterable<Step> holding() {
        return holding;
    }

    /** Those that hold their prefix and come after that one, the last first; none if it does not hold its own. A live view. */
    Iterable<Step> holdingBehind(Step step) {
        return holding.contains(step) ? holding.tailSet(step, false).descendingSet() : List.of();
    }

    /** The parked agent whose turn is next. */
    @Nullable
    Step firstParked() {
        return parked.first();
    }

    /** Of the newcomers whose parent has started and may wait for them, the one that has waited longest. */
    @Nullable
    Step firstChildAtDoor() {
        return children.isEmpty() ? null : children.first();
    }

    /** The newcomer whose turn is next. */
    @Nullable
    Step firstAtDoor() {
        return door.first();
    }

    /** Of the newcomers that will not ask again, the one that has waited longest since it last came. */
    @Nullable
    Step oldestLastTry() {
        return firstOf(lastTries);
    }

    /** Of the questions that fit the chat lane, the one that has waited longest. */
    @Nullable
    Step oldestQuestion() {
        return firstOf(questions);
    }

    private static @Nullable Step firstOf(Set<Step> steps) {
        return steps.isEmpty() ? null : steps.iterator().next();
    }

    /** The newcomer that has waited least. */
    @Nullable
    Step lastAtDoor() {
        return door.last();
    }

    /** Of all agents that have started, the step that has waited longest. */
    @Nullable
    Step oldestStarted() {
        return started.isEmpty() ? null : started.first();
    }

    /** The steps whose longest wait is over. */
    List<Step> overdue(long nowNanos) {
        List<Step> over = new ArrayList<>();
        for (Step step : byDeadline) {
            if (step.deadlineNanos > nowNanos) {
                break;
            }
            over.add(step);
        }
        return over;
    }

    /** Newcomers that came back sooner than they were told, and have now waited for it, get their place. */
    void restorePlaces(Predicate<Agent> isOnLastTry, long nowNanos) {
        while (!early.isEmpty() && early.first().queuedSinceNanos <= nowNanos) {
            Step step = early.first();
            remove(step);
            step.regainPlace(isOnLastTry.test(step.agent));
            add(step);
        }
    }

    /** Other bounds are in force. */
    void rebound(ToLongFunction<Step> deadlineNanos) {
        byDeadline.clear();
        for (Step step : inOrder()) {
            step.deadlineNanos = deadlineNanos.applyAsLong(step);
            byDeadline.add(step);
        }
    }

    int startedSize() {
        return started.size();
    }

    boolean isEmpty() {
        return started.isEmpty() && doorSize == 0;
    }

    int size() {
        return started.size() + doorSize;
    }

    long bytes() {
        return startedBytes + doorBytes;
    }

    boolean isOverfull(QueueConfig bounds) {
        return size() > bounds.maxSteps() || bytes() > bounds.maxBytes();
    }

    /**
     * Who is refused next as long as there is no place for a step that has just been added: a newcomer that came back too soon,
     * or for one that has started the newcomer that has waited least, unless even all newcomers together would not make room for
     * its body; else the step itself.
     */
    Step givesWayTo(Step added, QueueConfig bounds) {
        Step last = lastAtDoor();
        boolean helps = last != null && (last.isEarly() || !added.isNewcomer()) && startedBytes <= bounds.maxBytes();
        return last != null && helps ? last : added;
    }

    /** Who is refused next where the bounds have become narrower: newcomers first, of each kind the one that has waited least. */
    Step leastEntitled() {
        Step last = lastAtDoor();
        return last != null ? last : started.last();
    }

    /** All steps in the order of the lanes. */
    List<Step> inOrder() {
        List<Step> steps = new ArrayList<>(size());
        steps.addAll(holding);
        steps.addAll(parked.byWait());
        steps.addAll(children);
        List<Step> others = door.byWait();
        others.removeAll(children);
        steps.addAll(others);
        return steps;
    }
}
