package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.config.Mode;
import dev.sluice.simulate.AgentShape;
import dev.sluice.simulate.HttpRun;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A Sluice in shadow mode reports what enforcement would have done, by its page and in a terminal. */
final class ReportTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AgentShape SHAPE = new AgentShape(6, 512, 2_500, 600, 20, 0.3, 0.6);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @Test
    void shadowForwardsAndReports() throws Exception {
        Map<String, Object> settings =
                Map.of("mode", "shadow", "report.interval", "1s", "report.preset", "tiny", "report.gpuHourPrice", 3600);
        try (RunningSluice sluice = new RunningSluice(10, settings)) {
            assertThat(report(sluice.admin())).startsWith("No report yet: ");
            new HttpRun()
                    .run(SHAPE.atOnce(8, 3), sluice.base(), "emulated-tiny", Duration.ofMinutes(2), (a, b, c) -> {});
            sluice.awaitRest();

            JsonNode page = awaitReport(sluice.admin());

            assertThat(page.path("mode").asText()).isEqualTo("shadow");
            assertThat(page.at("/figures/recorded/waitMaxSeconds").asDouble()).isLessThan(0.5);
            assertThat(page.at("/figures/enforced/heldSteps").asInt()).isPositive();
            assertThat(page.at("/figures/free/heldSteps").asInt()).isZero();
            assertThat(page.at("/saved/prefillTokens").asLong()).isPositive();
            assertThat(page.at("/saved/money").asDouble())
                    .isCloseTo(page.at("/saved/engineSeconds").asDouble(), within(1e-9));
            assertThat(report(sluice.admin())).contains("mode shadow", "Enforcement saves", "enforced");
        }
    }

    @Test
    void aSignalStepsThroughTheModesAndWhoWaitsGoes() {
        try (RunningSluice sluice = new RunningSluice(1, Map.of())) {
            assertThat(sluice.sidecar().switchToNext().join()).isEqualTo(Mode.SHADOW);
            assertThat(sluice.state().path("mode").asText()).isEqualTo("shadow");
            assertThat(sluice.sidecar().switchToNext().join()).isEqualTo(Mode.OFF);
            assertThat(sluice.sidecar().switchToNext().join()).isEqualTo(Mode.ENFORCE);
            assertThat(sluice.state().path("mode").asText()).isEqualTo("enforce");
        }
    }

    private static JsonNode awaitReport(String admin) throws Exception {
        long startNanos = System.nanoTime();
        while (true) {
            JsonNode page = JSON.readTree(URI.create(admin + "/report").toURL());
            boolean isWhole =
                    page.path("steps").asInt() > 0 && page.path("agents").asInt() == 8;
            if (isWhole && page.at("/figures/enforced/heldSteps").asInt() > 0) {
                return page;
            }
            assertThat(System.nanoTime() - startNanos).as(page.toString()).isLessThan(DEADLINE.toNanos());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static String report(String admin) {
        StringWriter out = new StringWriter();
        assertThat(Main.commandLine().setOut(new PrintWriter(out)).execute("report", admin))
                .isZero();
        return out.toString();
    }
}
