package dev.sluice.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Ending;
import dev.sluice.admission.Finish;
import dev.sluice.admission.Snapshot;
import dev.sluice.admission.Usage;
import dev.sluice.agent.Attribution;
import dev.sluice.api.Route;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.Mode;
import dev.sluice.config.SluiceConfig;
import dev.sluice.control.BudgetChange;
import dev.sluice.proxy.ExchangeRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TelemetryTest {

    private static final Pattern FAMILY = Pattern.compile("^# TYPE (\\S+) (\\S+)$", Pattern.MULTILINE);

    private final Telemetry telemetry = new Telemetry(SluiceConfig.DEFAULT, "1.2.3");

    @Test
    void everyFamilyIsThereFromTheStartAndNoOther() {
        assertThat(families())
                .containsExactlyInAnyOrder(
                        "sluice_access_log_dropped_total counter",
                        "sluice_agents gauge",
                        "sluice_agents_limit gauge",
                        "sluice_budget gauge",
                        "sluice_budget_changes_total counter",
                        "sluice_build_info gauge",
                        "sluice_client_connections gauge",
                        "sluice_client_connections_limit gauge",
                        "sluice_client_connections_refused_total counter",
                        "sluice_client_timeouts_total counter",
                        "sluice_collecting_bytes gauge",
                        "sluice_collecting_bytes_limit gauge",
                        "sluice_config_reloads_total counter",
                        "sluice_conversations gauge",
                        "sluice_conversations_forgotten_total counter",
                        "sluice_conversations_limit gauge",
                        "sluice_decisions_total counter",
                        "sluice_decisions_unreported_total counter",
                        "sluice_double_ends_total counter",
                        "sluice_engine_cache_clearings_total counter",
                        "sluice_engine_evicted_tokens_total counter",
                        "sluice_engine_hit_ratio gauge",
                        "sluice_engine_kv_usage_ratio gauge",
                        "sluice_engine_stored_tokens_total counter",
                        "sluice_engine_tier_evicted_tokens_total counter",
                        "sluice_expected_cached_tokens_total counter",
                        "sluice_heap_ratio gauge",
                        "sluice_in_flight gauge",
                        "sluice_kv_events_missed_total counter",
                        "sluice_kv_events_unreadable_total counter",
                        "sluice_lost_tokens_total counter",
                        "sluice_mode gauge",
                        "sluice_permits gauge",
                        "sluice_pool_tokens gauge",
                        "sluice_prefix_break_tokens_total counter",
                        "sluice_prefix_breaks_total counter",
                        "sluice_pressure gauge",
                        "sluice_queue_bytes gauge",
                        "sluice_queue_bytes_limit gauge",
                        "sluice_queue_limit gauge",
                        "sluice_queue_oldest_seconds gauge",
                        "sluice_queue_size gauge",
                        "sluice_requests_running gauge",
                        "sluice_requests_total counter",
                        "sluice_requests_waiting gauge",
                        "sluice_shed_total counter",
                        "sluice_signal_age_seconds gauge",
                        "sluice_spans_total counter",
                        "sluice_retries_total counter",
                        "sluice_steps_attributed_total counter",
                        "sluice_steps_total counter",
                        "sluice_tenant_steps_total counter",
                        "sluice_tenant_tokens_total counter",
                        "sluice_tenant_wait_seconds_total counter",
                        "sluice_time_to_first_byte_seconds histogram",
                        "sluice_time_to_first_byte_seconds_max gauge",
                        "sluice_upstream_errors_total counter",
                        "sluice_wait_seconds histogram",
                        "sluice_wait_seconds_max gauge",
                        "sluice_window_agents gauge",
                        "sluice_would_hold_total counter");
    }

    @Test
    void theModeInForceCanChange() {
        telemetry.onMode(Mode.OFF);

        assertThat(sample("sluice_mode{mode=\"enforce\",}")).isEqualTo("0.0");
        assertThat(sample("sluice_mode{mode=\"off\",}")).isEqualTo("1.0");
    }

    @Test
    void readingsOfTheConfigurationAreCountedFromZero() {
        assertThat(sample("sluice_config_reloads_total{outcome=\"refused\",}")).isEqualTo("0.0");
        telemetry.onReload(false);
        assertThat(sample("sluice_config_reloads_total{outcome=\"refused\",}")).isEqualTo("1.0");
        assertThat(sample("sluice_config_reloads_total{outcome=\"taken\",}")).isEqualTo("0.0");
    }

    @Test
    void everyFamilyIsDocumentedWithItsType() throws IOException {
        String page = Files.readString(Path.of("docs/metrics.md"));

        assertThat(families())
                .allSatisfy(family -> assertThat(page).contains("| `" + family.replace(" ", "` | ") + " |"));
    }

    @Test
    void tenantsBeyondTheBoundShareOneSeries() {
        for (int tenant = 0; tenant < 300; tenant++) {
            telemetry.onExchange(new ExchangeRecord(
                    "POST",
                    "/",
                    Route.COMPLETIONS,
                    200,
                    Ending.COMPLETED,
                    "a",
                    1,
                    2,
                    500_000_000,
                    3,
                    4,
                    new Usage(100, 60, 7, Finish.UNKNOWN),
                    "t" + tenant,
                    0,
                    ""));
        }

        assertThat(sample("sluice_tenant_tokens_total{kind=\"cached\",tenant=\"t0\",}"))
                .isEqualTo("60.0");
        assertThat(sample("sluice_tenant_wait_seconds_total{tenant=\"t199\",}")).isEqualTo("0.5");
        assertThat(sample("sluice_tenant_steps_total{outcome=\"completed\",tenant=\"other\",}"))
                .isEqualTo("100.0");
        assertThat(telemetry.scrape()).doesNotContain("t200");
    }

    @Test
    void aMillionOfEverythingThatClientsChooseMakesNoMoreSeries() {
        int made = 1_000_000;
        for (int i = 0; i < made; i++) {
            String word = "w" + i;
            telemetry.onExchange(new ExchangeRecord(
                    word,
                    "/" + word,
                    Route.COMPLETIONS,
                    200,
                    Ending.COMPLETED,
                    word,
                    1,
                    2,
                    0,
                    3,
                    4,
                    Usage.NONE,
                    word,
                    0,
                    ""));
        }
        telemetry.onUpstreamError("a");
        for (int i = 0; i < 1_000; i++) {
            telemetry.onUpstreamError("word" + i);
            telemetry.onClientTimeout("word" + i);
            telemetry.onShed("word" + i);
        }

        assertThat(sample("sluice_tenant_steps_total{outcome=\"completed\",tenant=\"other\",}"))
                .isEqualTo(made - 200 + ".0");
        assertThat(telemetry.scrape().lines().count()).isLessThan(2_500);
    }

    @Test
    void everyDocumentedFamilyIsThere() throws IOException {
        assertThat(Pattern.compile("^\\| `(sluice_\\w+)` \\| (\\w+) \\|", Pattern.MULTILINE)
                        .matcher(Files.readString(Path.of("docs/metrics.md")))
                        .results()
                        .map(row -> row.group(1) + " " + row.group(2)))
                .containsExactlyInAnyOrderElementsOf(families());
    }

    @Test
    void everyValueOfALabelIsThereFromTheStart() {
        for (Ending ending : Ending.values()) {
            assertThat(sample("sluice_steps_total{ending=\"" + ending.label() + "\",}"))
                    .isEqualTo("0.0");
        }
        assertThat(sample("sluice_agents{state=\"parked\",}")).isEqualTo("0.0");
        for (Attribution.How how : Attribution.How.values()) {
            assertThat(sample("sluice_steps_attributed_total{how=\"" + how.label() + "\",}"))
                    .isEqualTo("0.0");
        }
        assertThat(sample("sluice_mode{mode=\"enforce\",}")).isEqualTo("1.0");
        assertThat(sample("sluice_mode{mode=\"shadow\",}")).isEqualTo("0.0");
        assertThat(sample("sluice_build_info{version=\"1.2.3\",}")).isEqualTo("1.0");
        assertThat(sample("sluice_queue_bytes_limit")).isEqualTo("5.36870912E8");
        for (String wait : List.of("started", "door")) {
            String bucket = "sluice_wait_seconds_bucket{wait=\"" + wait + "\",le=\"";
            assertThat(sample(bucket + "0.01\",}")).isEqualTo("0.0");
            assertThat(sample(bucket + "300.0\",}")).isEqualTo("0.0");
        }
    }

    @Test
    void gaugesTellOfTheLatestSnapshot() {
        telemetry.onSnapshot(snapshot(0.5, -1, -1));
        telemetry.onSnapshot(snapshot(0.71, 12, 200_000_000));

        assertThat(sample("sluice_pressure")).isEqualTo("0.71");
        assertThat(sample("sluice_budget")).isEqualTo("NaN");
        assertThat(sample("sluice_window_agents")).isEqualTo("12.0");
        assertThat(sample("sluice_pool_tokens")).isEqualTo("262144.0");
        assertThat(sample("sluice_permits")).isEqualTo("9.0");
        assertThat(sample("sluice_agents{state=\"running\",}")).isEqualTo("1.0");
        assertThat(sample("sluice_agents{state=\"parked\",}")).isEqualTo("4.0");
        assertThat(sample("sluice_queue_size")).isEqualTo("5.0");
        assertThat(sample("sluice_queue_bytes")).isEqualTo("600.0");
        assertThat(sample("sluice_queue_oldest_seconds")).isEqualTo("3.0");
        assertThat(sample("sluice_signal_age_seconds")).isEqualTo("0.2");
        assertThat(sample("sluice_engine_kv_usage_ratio")).isEqualTo("0.4");
        assertThat(sample("sluice_engine_hit_ratio")).isEqualTo("0.9");
    }

    @Test
    void whatIsNotKnownIsNotZero() {
        telemetry.onSnapshot(snapshot(0, -1, -1));

        assertThat(sample("sluice_window_agents")).isEqualTo("NaN");
        assertThat(sample("sluice_signal_age_seconds")).isEqualTo("NaN");
    }

    @Test
    void ofAnEngineWithoutAPageNoneIsMissed() {
        SluiceConfig config = ConfigReader.read("{engine: {kind: other}, pool: {tokens: 1000}}")
                .config();
        Telemetry without = new Telemetry(config, "test");
        without.onSnapshot(snapshot(0, -1, -1));

        assertThat(without.scrape()).contains("sluice_pool_tokens").doesNotContain("sluice_signal_age_seconds");
        assertThat(telemetry.scrape()).contains("sluice_signal_age_seconds");
    }

    @Test
    void theGateIsCounted() {
        telemetry.onForwarded(false, 0);
        telemetry.onForwarded(false, TimeUnit.SECONDS.toNanos(20));
        telemetry.onForwarded(true, TimeUnit.SECONDS.toNanos(70));
        telemetry.onEnding(Ending.COMPLETED);
        telemetry.onCacheReturn(1000, 50);
        telemetry.onWouldHold();
        telemetry.onDoubleEnd(Ending.COMPLETED);
        telemetry.onBudgetChange(new BudgetChange("loss", 100, 90, "tokens"));

        assertThat(sample("sluice_wait_seconds_bucket{wait=\"started\",le=\"10.0\",}"))
                .isEqualTo("1.0");
        assertThat(sample("sluice_wait_seconds_bucket{wait=\"started\",le=\"30.0\",}"))
                .isEqualTo("2.0");
        assertThat(sample("sluice_wait_seconds_sum{wait=\"started\",}")).isEqualTo("20.0");
        assertThat(sample("sluice_wait_seconds_sum{wait=\"door\",}")).isEqualTo("70.0");
        assertThat(sample("sluice_steps_total{ending=\"completed\",}")).isEqualTo("1.0");
        assertThat(sample("sluice_expected_cached_tokens_total")).isEqualTo("1000.0");
        assertThat(sample("sluice_lost_tokens_total")).isEqualTo("50.0");
        assertThat(sample("sluice_would_hold_total")).isEqualTo("1.0");
        assertThat(sample("sluice_double_ends_total")).isEqualTo("1.0");
        assertThat(sample("sluice_budget_changes_total{cause=\"loss\",}")).isEqualTo("1.0");
    }

    @Test
    void theProxyIsCounted() {
        telemetry.onGovernedStart();
        telemetry.onGovernedStart();
        telemetry.onGovernedEnd();
        telemetry.onUpstreamError("reset");
        telemetry.onExchange(exchange(Route.MESSAGES, 200, 40_000_000, 0));
        telemetry.onExchange(exchange(Route.MESSAGES, 0, -1, 0));
        telemetry.onExchange(exchange(Route.MESSAGES, 401, 40_000_000, -1));
        telemetry.onExchange(exchange(null, 204, 40_000_000, -1));
        telemetry.onConnectionRefused();

        assertThat(telemetry.inFlight()).isEqualTo(1);
        assertThat(sample("sluice_in_flight")).isEqualTo("1.0");
        assertThat(sample("sluice_upstream_errors_total{kind=\"reset\",}")).isEqualTo("1.0");
        assertThat(sample("sluice_time_to_first_byte_seconds_count")).isEqualTo("1.0");
        assertThat(sample("sluice_client_connections_refused_total")).isEqualTo("1.0");
        assertThat(requests("messages", "2xx")).isEqualTo("1.0");
        assertThat(requests("messages", "4xx")).isEqualTo("1.0");
        assertThat(requests("messages", "none")).isEqualTo("1.0");
        assertThat(requests("pass_through", "2xx")).isEqualTo("1.0");
        assertThat(requests("responses", "5xx")).as("there from the start").isEqualTo("0.0");
    }

    private String requests(String route, String statusClass) {
        return sample("sluice_requests_total{route=\"%s\",status_class=\"%s\",}".formatted(route, statusClass));
    }

    @Test
    void connectionsAreThoseOfTheMoment() {
        telemetry.watchConnections(() -> 7, () -> 10);
        assertThat(sample("sluice_client_connections")).isEqualTo("7.0");
        assertThat(sample("sluice_client_connections_limit")).isEqualTo("10.0");
    }

    @Test
    void wordsOfALabelAreBounded() {
        for (int i = 0; i < 100; i++) {
            telemetry.onUpstreamError("kind" + i);
        }

        assertThat(telemetry.scrape().lines().filter(line -> line.startsWith("sluice_upstream_errors_total{")))
                .hasSize(32);
        assertThat(sample("sluice_upstream_errors_total{kind=\"other\",}")).isEqualTo("69.0");
    }

    private Set<String> families() {
        Set<String> families = new TreeSet<>();
        Matcher matcher = FAMILY.matcher(telemetry.scrape());
        while (matcher.find()) {
            families.add(matcher.group(1) + " " + matcher.group(2));
        }
        return families;
    }

    private String sample(String series) {
        return telemetry
                .scrape()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .map(line -> line.substring(series.length() + 1))
                .findFirst()
                .orElse("no " + series);
    }

    private static Snapshot snapshot(double pressure, int windowAgents, long signalAgeNanos) {
        return new Snapshot(
                1,
                "concur",
                262_144,
                "cache_config_info",
                pressure,
                Double.NaN,
                windowAgents,
                9,
                new Snapshot.Census(1, 2, 3, 4),
                new Snapshot.Queue(5, 600, 3_000_000_000L, 4096),
                new Snapshot.Signals(true, signalAgeNanos, 0),
                0.4,
                0.9,
                new Snapshot.Loss(Double.NaN, 0, 0),
                new Snapshot.Crowd(List.of(), List.of()),
                List.of());
    }

    private static ExchangeRecord exchange(@Nullable Route route, int status, long firstByteNanos, long askedNanos) {
        return new ExchangeRecord(
                "POST", "/", route, status, null, "", 1, 2, 0, firstByteNanos, 5, Usage.NONE, "", askedNanos, "");
    }
}
