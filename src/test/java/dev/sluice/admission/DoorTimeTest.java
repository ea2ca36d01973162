package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.control.RecomputeCost;
import org.junit.jupiter.api.Test;

/** Whom the door lets in for the engine has time for it. */
final class DoorTimeTest extends DoorFixture {

    @Test
    void anEngineThatHasIdledForTwiceAsLongAsAPromptTakesPaysForIt() {
        double seconds = learned.cost.seconds(15_000, 15_000);
        assertThat(door.isPaidFor(newcomer(15_000), 2 * seconds + 0.001)).isTrue();
        assertThat(door.isPaidFor(newcomer(15_000), 2 * seconds - 0.001)).isFalse();
    }

    @Test
    void thereIsTimeForWhomTheEngineCouldServeWithNothingCached() {
        Agent agent = between("a", 50_000);
        agent.engineSeconds = 10;
        agent.pauseSeconds = 30;
        agent.growthTokens = 0;
        door.refresh(0);
        // No pause was seen: the cycle is the time in the engine. 50,000 tokens take 50,000 / 15,000 · 1.5 = 5 s of its
        // 10.
        assertThat(door.hasTimeFor(newcomer(30_000))).isTrue();
        assertThat(door.hasTimeFor(newcomer(45_000))).isFalse();
        for (int pause = 0; pause < 50; pause++) {
            learned.pauses.of(agent).onReturn(30);
        }
        door.refresh(0);
        // Nearly all of the pause counts now: 5 s of 10 + 30 · 50 / 52.
        assertThat(door.hasTimeFor(newcomer(160_000))).isTrue();
        assertThat(door.hasTimeFor(newcomer(175_000))).isFalse();
    }

    @Test
    void ofAContextToComeCountsTheChanceThatTheAgentLivesToHaveIt() {
        door = door(POOL, 24);
        Agent agent = underWay("a", 10_000);
        agent.engineSeconds = 100;
        agent.growthTokens = 10_000;
        learned.lifetimes.countSilent(1, 1e9);
        learned.lifetimes.refresh();
        door.refresh(0);
        // Half of them take a step more, to 20,000 tokens, which take 20,000 / 15,000 · 1.2 = 1.6 s.
        double seconds = learned.cost.secondsAtMost(RecomputeCost.work(319_000));
        assertThat(seconds).isBetween(89.0, 89.2);
        assertThat(door.hasTimeFor(newcomer(319_000))).isTrue();
        assertThat(door.hasTimeFor(newcomer(320_000))).isFalse();
    }

    @Test
    void whoHasDoneItsWorkTakesLittleOfTheEnginesTimeAndTellsNothingOfACycle() {
        underWay("a", 10).engineSeconds = 10;
        for (int number = 0; number < 4; number++) {
            Agent done = silent("done" + number, 100_000, Finish.END_OF_TURN);
            done.callsTools = true;
            done.engineSeconds = 10;
            done.lastEndNanos = -SECOND;
        }
        door.refresh(0);
        // 10,000 tokens take 10,000 / 15,000 · 1.1 = 0.73 s, and 100,000 take 13 s of ten.
        assertThat(door.hasTimeFor(newcomer(10_000))).isTrue();
        assertThat(door.hasTimeFor(newcomer(100_000))).isFalse();
    }

    @Test
    void aNewcomerMayHaveAsManyCyclesAsThoseInsideOnTheMeanHoweverLongOneOfThemPauses() {
        Agent quick = underWay("quick", 10);
        Agent slow = underWay("slow", 10);
        quick.engineSeconds = 1;
        slow.engineSeconds = 1_000;
        door.refresh(0);
        // 0.5 cycles in a second: 20,000 tokens take 1.6 s, and 30,000 take 2.6 s.
        assertThat(door.hasTimeFor(newcomer(20_000))).isTrue();
        assertThat(door.hasTimeFor(newcomer(30_000))).isFalse();
    }

    @Test
    void whoIsNobodysChildLeavesTimeForChildrenToCome() {
        Agent parent = underWay("parent", 10);
        parent.engineSeconds = 10;
        Agent child = underWay("child", 50_000);
        child.engineSeconds = 10;
        child.parent = parent;
        parent.children = 1;
        door.refresh(0);
        door.refresh(100 * SECOND);
        agents.remove(child);
        door.refresh(100 * SECOND);
        // 50,000 tokens take 5 s of ten: one such child is expected of the parent, and one of the newcomer.
        assertThat(door.hasTimeFor(newcomer(1))).isFalse();
        Agent next = Arrivals.agent("next");
        next.parent = parent;
        assertThat(door.hasTimeFor(Arrivals.step(next, 60_000))).isTrue();
    }

    @Test
    void nobodyKnownMeansNoTimeForAnybody() {
        door.refresh(0);
        assertThat(door.hasTimeFor(newcomer(1))).isFalse();
    }

    @Test
    void aNewcomerIsBorneAsLongAsARoundTakesSomewhatMoreThanHalfOfTheBoundOfAStartedStep() {
        // 50,000 tokens take 50,000 / 15,000 · 1.5 = 5 s, 76,491 tokens 9 s, and 99 s of three minutes are the bound.
        for (int agent = 0; agent < 17; agent++) {
            underWay("a" + agent, 50_000);
        }
        door.refresh(0);
        door.onEntered(newcomer(50_000));
        assertThat(door.canBear(newcomer(76_480))).isTrue();
        assertThat(door.canBear(newcomer(76_500))).isFalse();
        door.refresh(0);
        assertThat(door.canBear(newcomer(76_500))).isTrue();
    }

    @Test
    void ofARoundTheSilentTakeTheirPartByTheChanceThatTheyComeBack() {
        for (int agent = 0; agent < 18; agent++) {
            silent("a" + agent, 50_000, Finish.TOOL_CALL).lastEndNanos = -60 * SECOND;
        }
        PauseModel model = nineAreGone(agents.all().iterator().next());
        door.refresh(0);
        double gone = 0.9 * model.goneChance(60);
        // A thousand tokens take 1.01 / 15 s, and one step of all of them 90 s.
        double fits = (99 - 90 * (1 - gone)) / (1.01 / 15);
        for (int entered = 0; entered < (int) fits; entered++) {
            assertThat(door.canBear(newcomer(1_000))).isTrue();
            door.onEntered(newcomer(1_000));
        }
        assertThat(door.canBear(newcomer(1_000))).isFalse();
    }
}
