package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The demand that the door counts: of whom, and of what size. */
final class DoorDemandTest extends DoorFixture {

    @Test
    void newcomersEnterUpToTheBudgetAndNotATokenBeyond() {
        door.onEntered(newcomer(40_000));
        door.onEntered(newcomer(40_000));
        assertThat(door.hasRoomFor(newcomer(20_000))).isTrue();
        assertThat(door.hasRoomFor(newcomer(20_001))).isFalse();
    }

    @Test
    void aNewcomerCountsAsHalfOfTheBudgetAtMost() {
        door.onEntered(newcomer(50_000));
        assertThat(door.hasRoomFor(newcomer(300_000))).isTrue();
        door.onEntered(newcomer(1));
        assertThat(door.hasRoomFor(newcomer(300_000))).isFalse();
    }

    @Test
    void whoHasEnteredIsCountedByTheNextLookAtTheAgents() {
        door.onEntered(newcomer(90_000));
        door.refresh(0);
        assertThatDemandIs(0);
    }

    @Test
    void whatNewcomersHaveInCommonIsCountedOnce() {
        learned.footprints.onAnswer(
                Arrivals.agent(Arrivals.newcomer("first", 0), 0),
                Arrivals.step(
                        Arrivals.agent("first"),
                        Arrivals.newcomer("first", 0),
                        new Footprints.Estimate(60_000, 0, 60_000),
                        0),
                new Usage(60_000, 50_000, 0, Finish.UNKNOWN));
        door.refresh(0);
        assertThatDemandIs(10_000);
    }

    @Test
    void anAgentCountsWithWhatItHoldsOrWithItsOwnContextWhicheverIsLarger() {
        Agent agent = underWay("a", 20_000);
        agent.sharedTokens = 5_000;
        agent.heldTokens = 18_000;
        door.refresh(0);
        assertThatDemandIs(18_000);
        agent.heldTokens = 10_000;
        door.refresh(0);
        assertThatDemandIs(15_000);
    }

    @Test
    void aNewcomerCountsWhileItRuns() {
        Agent agent = underWay("a", 20_000);
        agent.started = false;
        door.refresh(0);
        assertThatDemandIs(0);
        agent.state = AgentState.RUNNING;
        door.refresh(0);
        assertThatDemandIs(20_000);
    }

    @Test
    void olderAgentsEndSoonerWhereLivesAreOfOneLength() {
        for (int agent = 0; agent < 1_000; agent++) {
            for (int step = 1; step < 30; step++) {
                learned.lifetimes.onReturn(step);
            }
            learned.lifetimes.onEnd(30);
        }
        learned.lifetimes.refresh();
        Agent young = underWay("a", 10_000);
        young.growthTokens = 1_000;
        door = door(POOL, 12);
        door.refresh(0);
        double most = learned.lifetimes.chance(1, 12) * 22_000;
        assertThat(door.hasRoomFor(newcomer((long) (POOL - most) - 10))).isTrue();
        young.steps = 29;
        door.refresh(0);
        assertThat(door.hasRoomFor(newcomer(POOL - 10_010))).isTrue();
    }

    @Test
    void aSilenceCountsAsTheEndOfALifeAsFarAsItIsBelieved() {
        Agent agent = silent("a", 10_000, Finish.END_OF_TURN);
        double gone = learned.pauses.goneChance(agent, SECOND);
        assertThat(gone).isGreaterThan(0.4);
        assertThat(returnChanceAfterALook()).isEqualTo(0.95);
        // After its work it is not expected soon.
        agent.callsTools = true;
        assertThat(returnChanceAfterALook()).isEqualTo(19 / (20 + gone), within(1e-9));
        // Forgotten as soon as it goes on.
        agent.step = Arrivals.step(agent, 0);
        assertThat(returnChanceAfterALook()).isEqualTo(0.95);
    }

    private double returnChanceAfterALook() {
        door.refresh(SECOND);
        learned.lifetimes.refresh();
        return learned.lifetimes.returnChance();
    }

    @Test
    void thePeakToComeIsWithinTheStepsThatTheDoorLooksAhead() {
        assertThatThreeAlikeNeed(30_000, 1_000, 0);
        // 0.95² · 12,000 each
        assertThatThreeAlikeNeed(32_490, 1_000, 2);
        // After 9 steps, of those looked at: 0.95^9 · 19,000 = 11,974.73 each
        assertThatThreeAlikeNeed(35_924.19, 1_000, 24);
    }

    @Test
    void agentsThatHardlyGrowNeedMostNow() {
        assertThatThreeAlikeNeed(30_000, 100, 24);
        assertThatThreeAlikeNeed(30_000, 0, 24);
    }

    /** One under way, one that has entered since the last look, and one that asks; all of 10,000 tokens. */
    private void assertThatThreeAlikeNeed(double tokens, double growthTokens, int growthSteps) {
        underWay("a", 10_000).growthTokens = growthTokens;
        assertThat(isOpenForTheThird((long) Math.floor(tokens - 0.01), growthTokens, growthSteps))
                .isFalse();
        assertThat(isOpenForTheThird((long) Math.ceil(tokens + 0.01), growthTokens, growthSteps))
                .isTrue();
    }

    private boolean isOpenForTheThird(long poolTokens, double growthTokens, int growthSteps) {
        door = door(poolTokens, growthSteps);
        door.refresh(0);
        door.onEntered(growing(growthTokens));
        return door.hasRoomFor(growing(growthTokens));
    }

    private static Step growing(double growthTokens) {
        Agent agent = Arrivals.agent("new");
        agent.growthTokens = growthTokens;
        return Arrivals.step(agent, 10_000);
    }
}
