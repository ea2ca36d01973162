package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class UrgencyTest {

    @Test
    void newcomersComeBehindThoseWhoHaveStarted() {
        Agent newcomer = Arrivals.agent(Arrivals.newcomer("new", 0), 0);
        assertThat(Urgency.of(Arrivals.step(newcomer, 100))).isEqualTo(Urgency.LAST);
        assertThat(Urgency.of(step())).isEqualTo(Urgency.NEXT);
    }

    @Test
    void whosePrefixIsThereComesFirstAndSoDoQuestionsAndTheLate() {
        Step held = step();
        held.wasHeld = true;
        assertThat(Urgency.of(held)).isEqualTo(Urgency.FIRST);
        Step question = Arrivals.step(Arrivals.agent(Arrivals.newcomer("q", 0), 0), 100);
        question.inChatLane = true;
        assertThat(Urgency.of(question)).isEqualTo(Urgency.FIRST);
        Step late = step();
        late.promoted = true;
        assertThat(Urgency.of(late)).isEqualTo(Urgency.FIRST);
    }

    private static Step step() {
        return Arrivals.step(Arrivals.agent("a"), 100);
    }
}
