package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.AgentsConfig;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class AgentTableTest {

    private static final long SEED = 1;

    private final AgentTable agents = new AgentTable(() -> new AgentsConfig(100, Duration.ofMinutes(15)));

    @Test
    void theLongestUntouchedIsForgottenFirst() {
        Agent first = touched("a");
        Agent second = touched("b");
        assertThat(agents.oldestForgettable()).isSameAs(first);
        agents.touch(first);
        assertThat(agents.oldestForgettable()).isSameAs(second);
        assertThat(agents.size()).isEqualTo(2);
    }

    @Test
    void whoseStepIsUnderWayOrWhoseChildLivesIsNotForgotten() {
        Agent parent = touched("parent");
        Agent busy = touched("busy");
        busy.step = Arrivals.step(busy, 1);
        Agent child = new Agent(Arrivals.newcomer("child", 0), parent, 0);
        child.step = Arrivals.step(child, 1);
        agents.touch(child);
        agents.touch(child);
        assertThat(parent.children).isEqualTo(1);
        assertThat(agents.oldestForgettable()).isNull();
        agents.remove(child);
        agents.remove(child);
        assertThat(parent.children).isZero();
        assertThat(agents.oldestForgettable()).isSameAs(parent);
    }

    @Test
    void anEndlessChainOfParentsKeepsNoMoreThanTheTableHolds() {
        for (int number = 0; number < 2_000; number++) {
            String parent = number == 0 ? null : "a" + (number - 1);
            Agent oldest = agents.isFull() ? agents.oldestForgettable() : null;
            if (oldest != null) {
                agents.remove(oldest);
            }
            Arrival arrival = new Arrival("a" + number, "test", "default", parent, false, false, 100, -1);
            agents.touch(agents.newAgent(arrival, 0));
            assertThat(agents.size()).isLessThanOrEqualTo(100);
        }
    }

    @Test
    void whoGivesUpItsNameToOneOfItsOwnChildrenIsNotHungBelowIt() {
        Agent session = touched("session");
        agents.touch(agents.newAgent(childOf("session", "sub", Continuity.UNKNOWN), 0));
        Agent main = agents.newAgent(childOf("sub", "session", Continuity.displacing("f-1")), 0);
        agents.touch(main);
        assertThat(main.parent).isSameAs(agents.get("sub"));
        assertThat(agents.get("f-1")).isSameAs(session);
        assertThat(session.parent).isNull();
        assertThat(agents.oldestForgettable()).isSameAs(main);
    }

    @Test
    void whoeverNamesWhomAsParentNobodyStandsAboveHimselfOrTooDeep() {
        SplittableRandom chance = new SplittableRandom(SEED);
        for (int number = 0; number < 5_000; number++) {
            Agent oldest = agents.isFull() ? agents.oldestForgettable() : null;
            if (oldest != null) {
                agents.remove(oldest);
            }
            String name = "a" + chance.nextInt(20);
            Continuity how = chance.nextBoolean() ? Continuity.displacing("f-" + number) : Continuity.UNKNOWN;
            if (agents.get(name) == null || how.displaced() != null) {
                agents.touch(agents.newAgent(childOf("a" + chance.nextInt(20), name, how), 0));
            }
            assertThat(agents.size()).isLessThanOrEqualTo(100);
            assertThat(agents.all()).as("seed %d, arrival %d", SEED, number).allSatisfy(agent -> {
                int above = 0;
                for (Agent next = agent.parent; next != null && above < 10; next = next.parent) {
                    above++;
                }
                assertThat(agent.depth).isEqualTo(above).isLessThanOrEqualTo(8);
            });
        }
    }

    private static Arrival childOf(String parent, String name, Continuity how) {
        return new Arrival(name, "test", "default", parent, false, false, 100, -1).with(how);
    }

    @Test
    void sixtyFourAreLookedAtAndTheNextLookBeginsBehindThem() {
        for (int agent = 0; agent < 64; agent++) {
            Agent busy = touched("busy" + agent);
            busy.step = Arrivals.step(busy, 1);
        }
        Agent idle = touched("idle");
        assertThat(agents.oldestForgettable()).isNull();
        assertThat(agents.oldestForgettable()).isSameAs(idle);
    }

    @Test
    void whoNeverCameBackIsForgottenBeforeWhoDid() {
        Agent atWork = touched("at work");
        for (int agent = 0; agent < 24; agent++) {
            agents.touch(Arrivals.agent(Arrivals.newcomer("once" + agent, 0), 0));
        }
        assertThat(agents.oldestForgettable()).isSameAs(atWork);
        Agent last = Arrivals.agent(Arrivals.newcomer("once24", 0), 0);
        agents.touch(last);
        assertThat(agents.oldestForgettable()).isSameAs(agents.get("once0"));
        last.started = true;
        agents.touch(last);
        assertThat(agents.oldestForgettable()).isSameAs(atWork);
    }

    @Test
    void itIsFullAtItsBound() {
        for (int agent = 0; agent < 99; agent++) {
            touched("a" + agent);
        }
        assertThat(agents.isFull()).isFalse();
        touched("last");
        assertThat(agents.isFull()).isTrue();
    }

    @Test
    void whoIsSilentForLongerThanTheBoundIsLongSilent() {
        Agent ended = touched("ended");
        ended.lastEndNanos = 10 * SECOND;
        Agent parked = touched("parked");
        parked.stateSinceNanos = 20 * SECOND;
        assertThat(agents.longSilent(910 * SECOND)).isEmpty();
        assertThat(agents.longSilent(910 * SECOND + 1)).containsExactly(ended);
        assertThat(agents.longSilent(920 * SECOND + 1)).containsExactly(ended, parked);
        ended.step = Arrivals.step(ended, 1);
        assertThat(agents.longSilent(920 * SECOND + 1)).containsExactly(parked);
    }

    @Test
    void aParentIsLongSilentOnceItsLastChildIsForgotten() {
        Agent parent = touched("parent");
        Agent child = new Agent(Arrivals.newcomer("child", 0), parent, 0);
        child.stateSinceNanos = 10 * SECOND;
        agents.touch(child);
        assertThat(agents.longSilent(905 * SECOND)).isEmpty();
        assertThat(agents.longSilent(911 * SECOND)).containsExactly(child);
        agents.remove(child);
        assertThat(agents.longSilent(911 * SECOND)).containsExactly(parent);
    }

    private Agent touched(String id) {
        Agent agent = Arrivals.agent(id);
        agents.touch(agent);
        return agent;
    }
}
