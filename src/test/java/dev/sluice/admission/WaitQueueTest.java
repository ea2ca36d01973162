package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.TenantsConfig;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WaitQueueTest {

    private final TenantShares shares =
            new TenantShares(() -> new TenantsConfig("", false, Map.of("heavy", 2.0), Map.of(), Duration.ofHours(1)));
    private final WaitQueue queue = new WaitQueue(shares);
    private long nextId;

    @Test
    void anEmptyQueueHasNobodyInAnyLane() {
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.size()).isZero();
        assertThat(queue.firstParked()).isNull();
        assertThat(queue.firstAtDoor()).isNull();
        assertThat(queue.lastAtDoor()).isNull();
        assertThat(queue.oldestStarted()).isNull();
        assertThat(queue.oldestLastTry()).isNull();
        assertThat(queue.oldestQuestion()).isNull();
    }

    @Test
    void itIsNotEmptyWhileAnybodyWaits() {
        Step started = started("a", "default", 1);
        queue.add(started);
        assertThat(queue.isEmpty()).isFalse();
        Step newcomer = newcomer("b", "default", 2);
        queue.add(newcomer);
        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.startedSize()).isEqualTo(1);
        queue.remove(started);
        assertThat(queue.isEmpty()).isFalse();
        queue.remove(newcomer);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.bytes()).isZero();
    }

    @Test
    void theOrderIsHoldersByTheirSizeThenParkedThenNewcomersByWait() {
        Step late = started("late", "default", 5);
        Step early = started("early", "other", 1);
        Step small = holding("small", 10, 0);
        Step large = holding("large", 20, 9);
        Step newcomer = newcomer("new", "default", 0);
        for (Step step : new Step[] {late, newcomer, early, small, large}) {
            queue.add(step);
        }
        assertThat(queue.inOrder()).containsExactly(large, small, early, late, newcomer);
        assertThat(queue.holding()).containsExactly(large, small);
        assertThat(queue.holdingBehind(large)).containsExactly(small);
        assertThat(queue.holdingBehind(small)).isEmpty();
        assertThat(queue.holdingBehind(early)).isEmpty();
        assertThat(queue.oldestStarted()).isSameAs(small);
        assertThat(queue.lastAtDoor()).isSameAs(newcomer);
    }

    @Test
    void theTurnIsThatOfTheTenantWithTheLeastForItsWeight() {
        Step light = started("a", "light", 1);
        Step heavy = started("b", "heavy", 2);
        queue.add(light);
        queue.add(heavy);
        shares.change("light", 100);
        // The step itself counts in, for both.
        shares.change("heavy", 199 + heavy.footprintTokens);
        assertThat(queue.firstParked()).isSameAs(heavy);
        shares.change("heavy", 2);
        assertThat(queue.firstParked()).isSameAs(light);
    }

    @Test
    void amongTenantsWithEqualSharesTheNameDecidesNotTheOrderOfArrival() {
        queue.add(started("x", "zebra", 1));
        Step first = started("y", "ape", 2);
        queue.add(first);
        assertThat(queue.firstParked()).isSameAs(first);
    }

    @Test
    void lastTriesAndQuestionsGoByArrival() {
        Step first = newcomer("a", "default", 9);
        Step second = newcomer("b", "default", 1);
        for (Step step : new Step[] {first, second}) {
            step.isLastTry = true;
            step.isQuestion = true;
            queue.add(step);
        }
        assertThat(queue.oldestLastTry()).isSameAs(first);
        assertThat(queue.oldestQuestion()).isSameAs(first);
        queue.remove(first);
        assertThat(queue.oldestLastTry()).isSameAs(second);
        assertThat(queue.oldestQuestion()).isSameAs(second);
    }

    @Test
    void aWaitIsOverAtItsBound() {
        Step started = started("a", "default", 1);
        Step newcomer = newcomer("b", "default", 1);
        started.deadlineNanos = 21 * SECOND;
        newcomer.deadlineNanos = 11 * SECOND;
        queue.add(started);
        queue.add(newcomer);
        assertThat(queue.overdue(11 * SECOND - 1)).isEmpty();
        assertThat(queue.overdue(11 * SECOND)).containsExactly(newcomer);
        assertThat(queue.overdue(21 * SECOND)).containsExactly(newcomer, started);
        queue.remove(newcomer);
        assertThat(queue.overdue(21 * SECOND)).containsExactly(started);
        queue.rebound(step -> 30 * SECOND);
        assertThat(queue.overdue(21 * SECOND)).isEmpty();
        assertThat(queue.overdue(30 * SECOND)).containsExactly(started);
    }

    @Test
    void whoComesBackTooSoonStandsBehindAllThatComeUntilItMayAndThenWhereItStood() {
        Step other = newcomer("other", "default", 5);
        Agent agent = Arrivals.agent(newcomer("soon", "default", 0).arrival, 0);
        agent.doorSinceNanos = SECOND;
        agent.toldNanos = 10 * SECOND;
        Step soon = new Step(
                ++nextId, agent, Arrivals.newcomer("soon", 100), new Footprints.Estimate(10, 0, 10), 6 * SECOND);
        queue.add(soon);
        queue.add(other);
        assertThat(soon.isEarly()).isTrue();
        assertThat(queue.firstAtDoor()).isSameAs(other);
        assertThat(queue.lastAtDoor()).isSameAs(soon);
        queue.restorePlaces(any -> true, 10 * SECOND - 1);
        assertThat(queue.firstAtDoor()).isSameAs(other);
        queue.restorePlaces(any -> true, 10 * SECOND);
        assertThat(queue.firstAtDoor()).isSameAs(soon);
        assertThat(queue.oldestLastTry()).isSameAs(soon);
        assertThat(soon.waitsSinceNanos).isEqualTo(10 * SECOND);
        queue.remove(soon);
        queue.remove(other);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.overdue(Long.MAX_VALUE)).isEmpty();
    }

    private Step holding(String id, double heldTokens, long second) {
        Step step = started(id, "default", second);
        step.agent.heldTokens = heldTokens;
        return step;
    }

    private Step started(String id, String tenant, long second) {
        return step(new Arrival(id, "test", tenant, null, false, true, 100, -1), second);
    }

    private Step newcomer(String id, String tenant, long second) {
        return step(new Arrival(id, "test", tenant, null, false, false, 100, -1), second);
    }

    private Step step(Arrival arrival, long second) {
        Agent agent = Arrivals.agent(arrival, 0);
        return new Step(++nextId, agent, arrival, new Footprints.Estimate(10, 0, 10), second * SECOND);
    }
}
