package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sub-agents whose parent goes on. */
final class LeftBehindTest extends DoorFixture {

    private Agent parent;
    private Agent child;

    @BeforeEach
    void setUp() {
        parent = silent("parent", 0, Finish.TOOL_CALL);
        child = stepOf("child", Finish.END_OF_TURN);
    }

    @Test
    void aSilentOneNeedsHardlyAnythingOnceItsParentHasGoneOn() {
        end(child);
        door.refresh(0);
        assertThat(door.hasRoomFor(newcomer(0.5 * POOL))).isFalse();
        goOn(parent);
        door.refresh(0);
        assertThat(PauseKind.of(child)).isEqualTo(PauseKind.PARENT_WENT_ON);
        assertThat(door.hasRoomFor(newcomer(0.5 * POOL))).isTrue();
    }

    @Test
    void oneAtWorkOrWithAToolIsNotLeftBehind() {
        Agent withTool = stepOf("with a tool", Finish.TOOL_CALL);
        end(withTool);
        goOn(parent);
        assertThat(PauseKind.of(withTool)).isEqualTo(PauseKind.TOOL);
        assertThat(PauseKind.of(child)).isEqualTo(PauseKind.TALK);
        assertThat(parent.awaited).containsExactly(child, withTool);
    }

    @Test
    void oneThatWaitsForItsOwnIsNotLeftBehind() {
        Agent grandchild = new Agent(Arrivals.started("grandchild", 0), child, 0);
        end(child);
        goOn(grandchild);
        agents.silences().look(SECOND);
        goOn(parent);
        assertThat(PauseKind.of(child)).isEqualTo(PauseKind.CHILDREN);
        assertThat(parent.awaited).containsExactly(child);
    }

    @Test
    void whoComesBackIsAtWorkAgainAndLearnedFrom() {
        end(child);
        goOn(parent);
        PauseModel model = learned.pauses.of(child);
        double before = model.goneChance(0);
        for (int turn = 0; turn < 20; turn++) {
            child.returned = false;
            learned.onReturn(child, SECOND);
        }
        model.refresh();
        assertThat(model.goneChance(0)).isLessThan(before / 2);
        child.step = Arrivals.step(child, 1);
        agents.onStep(child);
        assertThat(learned.pauses.of(child)).isNotSameAs(model);
        assertThat(parent.awaited).containsExactly(child);
    }

    @Test
    void whoIsForgottenIsNotWaitedFor() {
        end(child);
        agents.remove(child);
        assertThat(parent.awaited).isEmpty();
    }

    /** A child that was answered so before, with a step under way. */
    private Agent stepOf(String id, Finish finish) {
        Agent agent = new Agent(Arrivals.started(id, 0), parent, 0);
        agent.steps = 1;
        agent.contextTokens = (long) (0.8 * POOL);
        agent.lastFinish = finish;
        goOn(agent);
        return agent;
    }

    private void goOn(Agent agent) {
        agent.step = Arrivals.step(agent, 1);
        agents.onStep(agent);
    }

    private void end(Agent agent) {
        agent.step = null;
        agents.onSilent(agent);
    }
}
