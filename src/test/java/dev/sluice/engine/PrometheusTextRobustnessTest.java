package dev.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.control.EngineSample;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes are: no exception, each line counted at most once, and a sample within its ranges. */
final class PrometheusTextRobustnessTest {

    private static final String GRAMMAR = "vllm:_{}[]=\",\\ \n\r\t#+-.eEInfNa0123456789";

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void survivesRandomBytes(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] page = new byte[random.nextInt(400)];
            random.nextBytes(page);
            check(page, seed);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void survivesRandomGrammar(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            byte[] page = new byte[random.nextInt(120)];
            for (int at = 0; at < page.length; at++) {
                page[at] = (byte) GRAMMAR.charAt(random.nextInt(GRAMMAR.length()));
            }
            check(page, seed);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void survivesMutatedPages(long seed) {
        Random random = new Random(seed);
        for (String name : Pages.ALL) {
            byte[] original = Pages.bytes(name);
            for (int i = 0; i < 300; i++) {
                byte[] page = Arrays.copyOf(original, random.nextInt(original.length + 1));
                for (int flips = random.nextInt(20); flips > 0 && page.length > 0; flips--) {
                    page[random.nextInt(page.length)] = (byte) GRAMMAR.charAt(random.nextInt(GRAMMAR.length()));
                }
                check(page, seed);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void survivesMutatedJson(long seed) {
        Random random = new Random(seed);
        byte[] original = """
                [{"iter": 2, "x": null, "list": [1, {"a": 2}], "kvCacheStats": {"maxNumBlocks": 100, "tokensPerBlock": 32}}]
                """.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 3_000; i++) {
            byte[] page = Arrays.copyOf(original, random.nextInt(original.length + 1));
            for (int flips = random.nextInt(10); flips > 0 && page.length > 0; flips--) {
                page[random.nextInt(page.length)] = (byte) random.nextInt(256);
            }
            check(page, seed);
        }
    }

    private static void check(byte[] page, long seed) {
        PrometheusText.Lines lines = PrometheusText.read(page, series -> {
            series.value();
            series.label("engine");
        });
        int lineFeeds = 0;
        for (byte b : page) {
            lineFeeds += b == '\n' ? 1 : 0;
        }
        assertThat(lines.series()).as("seed %d", seed).isBetween(0, lineFeeds);
        assertThat(lines.series() + lines.unreadable()).as("seed %d", seed).isLessThanOrEqualTo(lineFeeds + 1);

        PageReading reading = PageReading.of("", page, Dialects.ALL, 42);
        assertThat(reading.unreadableLines()).isIn(lines.unreadable(), 0);
        boolean inRange = reading.signal()
                .match(PrometheusTextRobustnessTest::isInRange, silence -> silence.takenAtNanos() == 42);
        assertThat(inRange).as("seed %d: %s", seed, reading).isTrue();
    }

    private static boolean isInRange(EngineSample sample) {
        return sample.poolTokens() >= -1
                && sample.poolTokens() != 0
                && !(sample.kvUsageRatio() < 0 || sample.kvUsageRatio() > 1)
                && !(sample.runningRequests() < 0)
                && !(sample.waitingRequests() < 0)
                && sample.prefixQueryTokens() >= -1
                && sample.prefixHitTokens() >= -1
                && sample.promptTokens() >= -1
                && sample.generationTokens() >= -1
                && sample.preemptions() >= -1
                && sample.ranks() >= 1;
    }
}
