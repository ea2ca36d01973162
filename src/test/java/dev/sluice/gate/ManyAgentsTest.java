package dev.sluice.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.AdmissionController;
import dev.sluice.admission.Arrival;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Finish;
import dev.sluice.admission.Snapshot.Census;
import dev.sluice.admission.Usage;
import dev.sluice.admission.Verdict;
import dev.sluice.agent.Attribution;
import dev.sluice.agent.Chain;
import dev.sluice.agent.Chain.Speaker;
import dev.sluice.agent.Fingerprint;
import dev.sluice.agent.Fingerprint.Who;
import dev.sluice.config.SluiceConfig;
import dev.sluice.control.EngineSilence;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A flood of agents that ask once, each with an id, a model, a prompt and a tenant of its own, in virtual time. */
final class ManyAgentsTest {

    private static final long MOST_BYTES = 50 << 20;
    private static final long BETWEEN_NANOS = Duration.ofMillis(1).toNanos();

    private static final int MOST_COLLECTIONS = 20;
    private static final long SETTLED_BYTES = 64 << 10;

    private final SluiceConfig config = SluiceConfig.DEFAULT;
    private final Attribution attribution = new Attribution(config.identity().fingerprint(), 1);
    private final AdmissionController controller = new AdmissionController(config);
    private final SplittableRandom chance = new SplittableRandom(1);
    private long steps;
    private long forwarded;

    ManyAgentsTest() {
        controller.onSignal(new EngineSilence(0, "no_dialect"), 0);
    }

    @Test
    void twiceAsManyAgentsAsAreRememberedGrowTheHeapWithinItsBound() {
        flood(2 * config.agents().max());
    }

    @Test
    void anIdleAgentTakesAKilobyteAtMost() {
        ask("at work", "default", Fingerprint.NONE);
        long before = usedBytes();
        for (int agent = 0; agent < config.agents().max() / 2; agent++) {
            ask("a-" + chance.nextLong(), "default", Fingerprint.NONE);
        }
        long bytes = (usedBytes() - before) / (config.agents().max() / 2);
        assertThat(controller.snapshot(0, now()).agents().resident()).isPositive();
        System.out.printf("%,d bytes an idle agent%n", bytes);
        assertThat(bytes).isLessThanOrEqualTo(1_024);
    }

    @Test
    @Tag("long")
    void aMillionAgentsGrowTheHeapWithinItsBound() {
        flood(1_000_000);
    }

    private void flood(int agents) {
        long before = usedBytes();
        for (int agent = 0; agent < agents; agent++) {
            ask("a-" + chance.nextLong(), "t" + agent, print(chance.nextLong()));
            if (agent % 1_000 == 0) {
                ask("at work", "default", Fingerprint.NONE);
                controller.onTick(now());
            }
        }
        assertThat(usedBytes() - before).isLessThan(MOST_BYTES);
        assertThat(forwarded).isEqualTo(steps);
        assertThat(attribution.size()).isEqualTo(config.identity().fingerprint().maxConversations());
        Census remembered = controller.snapshot(0, now()).agents();
        assertThat(remembered.resident() + remembered.parked())
                .isEqualTo(config.agents().max());
        assertThat(controller.explain("at work", now())).isNotNull();
    }

    /** A step from its arrival to its end. */
    private void ask(String id, String tenant, Fingerprint print) {
        long step = ++steps;
        Arrival claimed = new Arrival(id, "header:x-session-id", tenant, null, false, false, 1_000, -1);
        controller.onArrival(step, attribution.onArrival(step, claimed, print).arrival(), now());
        for (Verdict verdict = controller.poll(); verdict != null; verdict = controller.poll()) {
            verdict.match(go -> forwarded++, refuse -> fail(refuse));
        }
        controller.onEnd(step, Ending.COMPLETED, new Usage(250, 0, 10, Finish.END_OF_TURN), now());
        attribution.onEnd(step, true);
    }

    private static Fingerprint print(long unique) {
        Chain chain =
                new Chain.Builder().model(unique).add(Speaker.CLIENT, unique, 0).build();
        return new Fingerprint(unique, Who.SESSION, chain, false);
    }

    private static void fail(Verdict.Refuse refuse) {
        throw new AssertionError("refused: " + refuse.refusal().ending());
    }

    private long now() {
        return steps * BETWEEN_NANOS;
    }

    /** Other tests' threads may have left garbage that goes in several turns: collected until no more of it goes. */
    private static long usedBytes() {
        long used = collected();
        for (int turn = 0; turn < MOST_COLLECTIONS; turn++) {
            long before = used;
            used = collected();
            if (before - used < SETTLED_BYTES) {
                break;
            }
        }
        return used;
    }

    private static long collected() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
