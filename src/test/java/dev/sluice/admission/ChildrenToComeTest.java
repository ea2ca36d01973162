package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class ChildrenToComeTest extends DoorFixture {

    private final ChildrenToCome children = new ChildrenToCome();

    @Test
    void whereNobodyHasChildrenNoneAreExpected() {
        look(0, 3, 0);
        look(100, 3, 0);
        assertThat(children.ofAll()).isZero();
        assertThat(children.ofOne()).isZero();
    }

    @Test
    void asManyAreExpectedAsThereWereOnTheMean() {
        look(0, 2, 20_000);
        look(100, 2, 20_000);
        look(100, 3, 0);
        assertThat(children.ofOne()).isCloseTo(10_000, within(1e-6));
        assertThat(children.ofAll()).isCloseTo(30_000, within(1e-6));
    }

    @Test
    void lessThoseThatAreHere() {
        look(0, 2, 20_000);
        look(100, 2, 20_000);
        look(100, 3, 12_000);
        assertThat(children.ofAll()).isCloseTo(18_000, within(1e-6));
        look(100, 3, 50_000);
        assertThat(children.ofAll()).isZero();
    }

    @Test
    void whoLeavesThemNoRoomWaitsAndTheyDoNot() {
        Agent parent = underWay("parent", 40_000);
        Agent child = underWay("child", 20_000);
        child.parent = parent;
        parent.children = 1;
        door.refresh(0);
        door.refresh(100 * SECOND);
        agents.remove(child);
        door.refresh(100 * SECOND);
        // 40,000 of the parent, 20,000 for a child of its own to come, and 20,000 for one of the newcomer.
        assertThat(door.hasRoomFor(newcomer(19_999))).isTrue();
        assertThat(door.hasRoomFor(newcomer(20_001))).isFalse();
        Agent next = Arrivals.agent("next");
        next.parent = parent;
        assertThat(door.hasRoomFor(Arrivals.step(next, 45_000))).isTrue();
    }

    /** So many agents of nobody's, and what the children of all need. */
    private void look(double seconds, int roots, double childrenTokens) {
        children.clear();
        for (int root = 0; root < roots; root++) {
            children.add(Arrivals.agent("root" + root), 1, 10_000);
        }
        if (childrenTokens > 0) {
            Agent child = Arrivals.agent("child");
            child.parent = Arrivals.agent("root0");
            children.add(child, 1, childrenTokens);
        }
        children.settle((long) (seconds * SECOND));
    }
}
