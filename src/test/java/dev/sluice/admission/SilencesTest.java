package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Who is counted as silent, and for how long. */
final class SilencesTest {

    private final Silences silences = new Silences();

    @Test
    void aSilenceGrowsFromBinToBin() {
        Agent agent = silent("a", 3);
        assertThat(silences.agents(PauseKind.TOOL, 0)).isEqualTo(1);
        for (double seconds : new double[] {0.05, 1, 1.1, 20, 1e6}) {
            silences.look((long) (seconds * SECOND));
            int bin = PauseModel.bin(seconds);
            assertThat(silences.agents(PauseKind.TOOL, bin)).isEqualTo(1);
        }
        agent.step = Arrivals.step(agent, 1);
        silences.place(agent);
        assertThat(total()).isZero();
    }

    @Test
    void theLongestSilentMovesOnFirst() {
        silent("a", 1);
        Agent before = silent("b", 1);
        silences.remove(before);
        before.lastEndNanos = -SECOND;
        silences.place(before);
        silences.look(SECOND);
        assertThat(silences.agents(PauseKind.TOOL, PauseModel.bin(1))).isEqualTo(1);
        assertThat(silences.agents(PauseKind.TOOL, PauseModel.bin(2))).isEqualTo(1);
    }

    @Test
    void eachKindOfEndHasItsOwn() {
        Agent agent = silent("a", 1);
        silences.remove(agent);
        agent.lastFinish = Finish.END_OF_TURN;
        silences.place(agent);
        assertThat(silences.agents(PauseKind.TOOL, 0)).isZero();
        assertThat(silences.agents(PauseKind.TALK, 0)).isEqualTo(1);
    }

    @Test
    void whoHasNotBeenAnsweredOrIsForgottenIsNotCounted() {
        silent("unanswered", 0);
        silences.remove(silent("forgotten", 2));
        silences.remove(silent("forgotten", 2));
        silences.look(SECOND);
        assertThat(total()).isZero();
    }

    @Test
    void whoHasCalledNoToolWaitsForItsChildrenFromTheMomentThatOneIsSeenAtWork() {
        Agent parent = silent("parent", 2, Finish.END_OF_TURN);
        Agent child = new Agent(Arrivals.newcomer("child", 0), parent, 0);
        child.step = Arrivals.step(child, 1);
        silences.place(child);
        assertThat(silences.agents(PauseKind.TALK, 0)).isEqualTo(1);
        silences.look(SECOND);
        assertThat(parent.childBusyNanos).isEqualTo(SECOND);
        assertThat(silences.agents(PauseKind.CHILDREN, PauseModel.bin(1))).isEqualTo(1);
        assertThat(total()).isEqualTo(1);

        child.step = null;
        silences.place(child);
        silences.look(9 * SECOND);
        assertThat(parent.childBusyNanos).isEqualTo(SECOND);
        assertThat(silences.agents(PauseKind.CHILDREN, PauseModel.bin(9))).isEqualTo(1);

        parent.lastEndNanos = 10 * SECOND;
        silences.place(parent);
        assertThat(silences.agents(PauseKind.TALK, 0)).isEqualTo(1);
        assertThat(total()).isEqualTo(1);
    }

    @Test
    void whoHasCalledAToolIsWithThat() {
        Agent parent = silent("parent", 2);
        Agent child = new Agent(Arrivals.newcomer("child", 0), parent, 0);
        child.step = Arrivals.step(child, 1);
        silences.place(child);
        silences.look(SECOND);
        assertThat(parent.childBusyNanos).isEqualTo(SECOND);
        assertThat(silences.agents(PauseKind.TOOL, PauseModel.bin(1))).isEqualTo(1);
        assertThat(total()).isEqualTo(1);
    }

    private Agent silent(String id, long steps) {
        return silent(id, steps, Finish.TOOL_CALL);
    }

    private Agent silent(String id, long steps, Finish finish) {
        Agent agent = Arrivals.agent(id);
        agent.steps = steps;
        agent.lastFinish = finish;
        silences.place(agent);
        return agent;
    }

    private int total() {
        int total = 0;
        for (PauseKind kind : PauseKind.values()) {
            for (int bin = 0; bin < PauseModel.BINS; bin++) {
                total += silences.agents(kind, bin);
            }
        }
        return total;
    }
}
