package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class UseOrderTest {

    private final UseOrder order = new UseOrder();

    @Test
    void whatWasUsedAfterAMomentIsSummedUp() {
        order.use(Arrivals.agent("a"), 100, 10);
        order.use(Arrivals.agent("b"), 20, 20);
        order.use(Arrivals.agent("c"), 3, 30);
        assertThat(order.tokensSince(9)).isEqualTo(123);
        assertThat(order.tokensSince(10)).isEqualTo(23);
        assertThat(order.tokensSince(19)).isEqualTo(23);
        assertThat(order.tokensSince(20)).isEqualTo(3);
        assertThat(order.tokensSince(30)).isZero();
    }

    @Test
    void usesOfOneMomentAreCountedTogether() {
        order.use(Arrivals.agent("a"), 100, 10);
        order.use(Arrivals.agent("b"), 20, 10);
        assertThat(order.tokensSince(9)).isEqualTo(120);
        assertThat(order.tokensSince(10)).isZero();
    }

    @Test
    void anAgentCountsWithItsLastUseOnly() {
        Agent agent = Arrivals.agent("a");
        order.use(agent, 100, 10);
        order.use(Arrivals.agent("b"), 20, 20);
        order.use(agent, 130, 30);
        assertThat(order.tokensSince(0)).isEqualTo(150);
        assertThat(order.tokensSince(20)).isEqualTo(130);
    }

    @Test
    void anAgentThatIsRemovedCountsNoMoreAndMayComeAgain() {
        Agent agent = Arrivals.agent("a");
        order.remove(agent);
        order.use(agent, 100, 10);
        order.use(Arrivals.agent("b"), 20, 20);
        order.remove(agent);
        order.remove(agent);
        assertThat(order.tokensSince(0)).isEqualTo(20);
        order.use(agent, 7, 30);
        assertThat(order.tokensSince(0)).isEqualTo(27);
    }

    /** Against sums over a list, through many times as many uses as the line has places. */
    @Test
    void theSumsAreRightHoweverManyAgentsComeAndGo() {
        SplittableRandom chance = new SplittableRandom(1);
        List<Agent> agents = new ArrayList<>();
        List<long[]> last = new ArrayList<>();
        for (int agent = 0; agent < 150; agent++) {
            agents.add(Arrivals.agent("a" + agent));
            last.add(new long[] {0, -1});
        }
        for (int now = 0; now < 3_000; now++) {
            int chosen = chance.nextInt(now < 1_000 ? 40 : 150);
            long tokens = chance.nextInt(10) == 0 ? 0 : 1 + chance.nextInt(1_000);
            if (tokens == 0) {
                order.remove(agents.get(chosen));
            } else {
                order.use(agents.get(chosen), tokens, now);
            }
            last.set(chosen, new long[] {tokens, now});
            long moment = now - chance.nextInt(200);
            long expected = last.stream()
                    .filter(use -> use[1] > moment)
                    .mapToLong(use -> use[0])
                    .sum();
            assertThat(order.tokensSince(moment)).isEqualTo(expected);
        }
    }
}
