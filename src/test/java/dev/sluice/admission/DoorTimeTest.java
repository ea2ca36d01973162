package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

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
    void nobodyKnownMeansNoTimeForAnybody() {
        door.refresh(0);
        assertThat(door.hasTimeFor(newcomer(1))).isFalse();
    }

    @Test
    void aNewcomerIsBorneAsLongAsARoundTakesHalfOfTheBoundOfAStartedStep() {
        // 50,000 tokens take 50,000 / 15,000 · 1.5 = 5 s, and three minutes are the bound.
        for (int agent = 0; agent < 16; agent++) {
            underWay("a" + agent, 50_000);
        }
        door.refresh(0);
        door.onEntered(newcomer(50_000));
        assertThat(door.canBear(newcomer(49_990))).isTrue();
        assertThat(door.canBear(newcomer(50_010))).isFalse();
        door.refresh(0);
        assertThat(door.canBear(newcomer(50_010))).isTrue();
    }

    @Test
    void ofARoundTheSilentTakeTheirPartByTheChanceThatTheyComeBack() {
        for (int agent = 0; agent < 18; agent++) {
            silent("a" + agent, 50_000, Finish.TOOL_CALL).lastEndNanos = -60 * SECOND;
        }
        PauseModel model = nineAreGone(agents.all().iterator().next());
        door.refresh(0);
        double gone = 0.9 * model.goneChance(60);
        // A thousand tokens take 1.01 / 15 s.
        double fits = 90 * gone / (1.01 / 15);
        for (int entered = 0; entered < (int) fits; entered++) {
            assertThat(door.canBear(newcomer(1_000))).isTrue();
            door.onEntered(newcomer(1_000));
        }
        assertThat(door.canBear(newcomer(1_000))).isFalse();
    }
}
