package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.emulator.Preset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A crowd of short lives with most of their prompts in common, on an engine where these cost next to nothing: there a gate that knows nothing
 * yet is farthest behind one that lets everybody in. And another of its kind after it.
 */
final class SecondCrowdTest {

    private static final AgentShape SHORT_LIVES = new AgentShape(2, 1_392, 370, 105, 156, 0.1, 1.2);
    private static final Preset ENGINE = Preset.MOE.withPoolTokens(7_936);
    private static final int AGENTS = 47;
    private static final int SEEDS = 5;

    /** Long after the first has ended. */
    private static final Duration SECOND_AT = Duration.ofMinutes(5);

    @Test
    void whatWasLearnedOfACrowdServesTheNextOfItsKind() {
        double first = 0;
        double second = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            first += Math.log(ends("working-set", seed, Duration.ZERO) / ends("off", seed, Duration.ZERO)) / SEEDS;
            second += Math.log(ends("working-set", seed, SECOND_AT) / ends("off", seed, SECOND_AT)) / SEEDS;
        }

        System.out.printf("Over no control: first %.2f, second %.2f%n", Math.exp(first), Math.exp(second));
        assertThat(Math.exp(first)).isLessThan(1.6);
        assertThat(Math.exp(second)).isLessThan(1.4).isLessThan(Math.exp(first));
    }

    /** In seconds after the last crowd's beginning. */
    private static double ends(String law, int seed, Duration lastAt) {
        SplittableRandom chance = new SplittableRandom(seed);
        List<AgentScript> scripts = new ArrayList<>();
        for (int agent = 0; agent < AGENTS; agent++) {
            scripts.add(SHORT_LIVES.script("first-" + agent, "default", 0, chance.split()));
        }
        for (int agent = 0; agent < AGENTS && !lastAt.isZero(); agent++) {
            scripts.add(SHORT_LIVES.script("second-" + agent, "default", lastAt.toNanos(), chance.split()));
        }
        Outcome outcome =
                Contender.named(law).simulation(ENGINE, Conditions.GOOD).run(scripts);
        return outcome.makespanSeconds() - lastAt.toSeconds();
    }
}
