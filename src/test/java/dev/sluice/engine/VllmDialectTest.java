package dev.sluice.engine;

import static dev.sluice.control.EngineSample.UNKNOWN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.control.EngineSample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VllmDialectTest {

    private static final String INFO = "cache_config_info";

    @Test
    void readsTheOldNames() {
        assertThat(Pages.sample(Pages.bytes("vllm-0.8.prom")))
                .isEqualTo(new EngineSample(1, 32_768, INFO, 0.25, 3, 1, 400, 300, 6_400, 950, 2, 1));
    }

    @Test
    void countsAFamilyOnceThoughBothItsNamesAreThere() {
        assertThat(Pages.sample(Pages.bytes("vllm-0.10-both-names.prom")))
                .isEqualTo(
                        new EngineSample(1, 32_768, INFO, 4.8828125e-4, 0, 0, 512, 128, UNKNOWN, UNKNOWN, UNKNOWN, 1));
    }

    @Test
    void addsUpTheRanksButTakesTheMeanOfTheirUsages() {
        assertThat(Pages.sample(Pages.bytes("vllm-0.26-two-ranks.prom")))
                .isEqualTo(
                        new EngineSample(1, 65_536, INFO, 0.625, 12, 6, 2_000_000, 1_250_000, 2_200_000, 42_000, 3, 2));
    }

    @Test
    void passesOverWhatCannotBeMeant() {
        byte[] page = Pages.bytes("vllm-0.32-trapped.prom");

        assertThat(Pages.sample(page))
                .isEqualTo(new EngineSample(
                        1, 26_624, INFO, 0.5, 2, 1, 64_929_219, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 2));
        assertThat(PageReading.of(page, 1).unreadableLines()).isEqualTo(7);
    }

    @Test
    void readsThePageUnderRay() {
        assertThat(Pages.sample(Pages.bytes("vllm-under-ray.prom")))
                .isEqualTo(new EngineSample(1, UNKNOWN, "", 0.125, 4, 2, 640, 320, 700, UNKNOWN, UNKNOWN, 1));
    }

    @Test
    void aMissingGaugeIsNoNumber() {
        EngineSample sample = Pages.sample("vllm:num_requests_running 1\n".getBytes(UTF_8));

        assertThat(sample.kvUsageRatio()).isNaN();
        assertThat(sample.waitingRequests()).isNaN();
        assertThat(sample.runningRequests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "+Inf", "-0.1", "85"})
    void aUsageThatIsNoRatioIsNoUsage(String value) {
        byte[] page = ("vllm:kv_cache_usage_perc " + value + "\n").getBytes(UTF_8);

        assertThat(Pages.sample(page).kvUsageRatio()).isNaN();
    }

    @ParameterizedTest
    @CsvSource({
        "1188352, 74272, 16, 1188352",
        "1000.0,  74272, 16, 1000",
        "None,    832,   32, 26624",
        "0,       832,   32, 26624",
        "'',      832,   32, 26624",
        "None,    None,  32, -1",
        "None,    832,   None, -1",
        "None,    0,     16, -1",
        "-5,      -2,    16, -1",
        "1e9,     x,     16, -1",
        "99999999999999999999, 99999999999999999999, 16, -1",
    })
    void readsThePool(String tokens, String blocks, String blockSize, long expected) {
        String page =
                "vllm:cache_config_info{block_size=\"%s\",kv_cache_size_tokens=\"%s\",num_gpu_blocks=\"%s\"} 1.0\n"
                        .formatted(blockSize, tokens, blocks);

        EngineSample sample = Pages.sample(page.getBytes(UTF_8));

        assertThat(sample.poolTokens()).isEqualTo(expected);
        assertThat(sample.poolSource()).isEqualTo(expected == UNKNOWN ? "" : INFO);
    }

    @Test
    void anUnknownEngineHasNoDialect() {
        assertThat(Pages.silence(Pages.bytes("other-engine.prom"))).isEqualTo("no_dialect");
        assertThat(Pages.silence("vllm:num_requests_waiting_by_reason 1\n".getBytes(UTF_8)))
                .isEqualTo("no_dialect");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n\n", "# HELP x\n", "...\n", "<html>\n<body>\nx\n</html>\n", "vllm:num_requests_running 1"
            })
    void aPageWithoutASeriesIsUnreadable(String page) {
        assertThat(Pages.silence(page.getBytes(UTF_8))).isEqualTo("unreadable");
    }
}
