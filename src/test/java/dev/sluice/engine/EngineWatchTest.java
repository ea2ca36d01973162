package dev.sluice.engine;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.notFound;
import static com.github.tomakehurst.wiremock.client.WireMock.okForContentType;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import dev.sluice.config.EngineConfig;
import dev.sluice.config.SignalsConfig;
import dev.sluice.config.UpstreamAddress;
import dev.sluice.control.EngineSample;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the watch makes of engines that misbehave above the connection. */
final class EngineWatchTest {

    private static final String PAGE = Pages.text("vllm-0.26-two-ranks.prom");
    private static final SignalsConfig CONFIG = new SignalsConfig(
            "upstream", "auto", Duration.ofMillis(1), Duration.ofSeconds(20), 64L << 10, Duration.ofSeconds(10));

    private static final WireMockServer ENGINE =
            new WireMockServer(wireMockConfig().dynamicPort().dynamicHttpsPort());

    private final Signals signals = new Signals();
    private final List<EngineWatch> watches = new ArrayList<>();

    @BeforeAll
    static void startEngine() {
        ENGINE.start();
    }

    @AfterAll
    static void stopEngine() {
        ENGINE.stop();
    }

    @BeforeEach
    void wellBehaved() {
        ENGINE.resetAll();
        ENGINE.stubFor(get("/version").willReturn(okJson("{\"version\": \"0.32.0\"}")));
        metrics(okForContentType("text/plain; version=0.0.4", PAGE));
    }

    @AfterEach
    void close() {
        watches.forEach(EngineWatch::close);
    }

    @Test
    void deliversWhatThePageSaysWithTheMomentOfItsArrival() throws Exception {
        watch("http://127.0.0.1:" + ENGINE.port(), CONFIG, () -> 77, Access.USUAL);

        EngineSample sample = signals.nextSample();

        assertThat(sample.takenAtNanos()).isEqualTo(77);
        assertThat(sample.runningRequests()).isEqualTo(12);
        assertThat(sample.poolTokens()).isEqualTo(65_536);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 301, 404, 500, 503})
    void anyOtherStatusIsASilence(int status) throws Exception {
        metrics(aResponse().withStatus(status).withBody(status == 204 ? "" : PAGE));

        watch();

        assertThat(signals.nextSilence()).isEqualTo("bad_status");
    }

    @Test
    void aWebPageIsUnreadable() throws Exception {
        metrics(okForContentType("text/html", "<!doctype html>\n<html>\n<body>Welcome to nginx!</body>\n</html>\n"));

        watch();

        assertThat(signals.nextSilence()).isEqualTo("unreadable");
    }

    @Test
    void anEncodedPageIsUnreadable() throws Exception {
        metrics(okForContentType("text/plain", PAGE).withHeader("Content-Encoding", "br"));

        watch();

        assertThat(signals.nextSilence()).isEqualTo("unreadable");
    }

    @Test
    void aPackedPageThatDoesNotSaySoIsUnreadable() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(PAGE.getBytes(UTF_8));
        }
        metrics(aResponse().withBody(packed.toByteArray()));

        watch();

        assertThat(signals.nextSilence()).isEqualTo("unreadable");
    }

    @Test
    void oneEndlessLineIsUnreadable() throws Exception {
        metrics(okForContentType("text/plain", "vllm:num_requests_running " + "1".repeat(60 << 10)));

        watch();

        assertThat(signals.nextSilence()).isEqualTo("unreadable");
    }

    @Test
    void anEngineOfWhichNothingIsKnownSaysSo() throws Exception {
        metrics(notFound());

        EngineWatch watch = watch();

        assertThat(signals.nextSilence()).isEqualTo("bad_status");
        assertThat(watch.facts().kind()).isEqualTo("other");
        assertThat(watch.facts().note()).contains("pool.tokens").contains("feed-forward control only");
    }

    @Test
    void anUnknownEngineHasNoDialect() throws Exception {
        metrics(okForContentType("text/plain", Pages.text("other-engine.prom")));

        watch();

        assertThat(signals.nextSilence()).isEqualTo("no_dialect");
    }

    @Test
    void aPageOverTheLimitIsTooLarge() throws Exception {
        metrics(okForContentType("text/plain", PAGE + "# ".repeat(64 << 10) + "\n"));

        watch();

        assertThat(signals.nextSilence()).isEqualTo("too_large");
    }

    @Test
    void aSlowPageTimesOut() throws Exception {
        metrics(okForContentType("text/plain", PAGE).withChunkedDribbleDelay(20, 60_000));

        watch(
                "http://127.0.0.1:" + ENGINE.port(),
                new SignalsConfig(
                        "upstream",
                        "auto",
                        Duration.ofMillis(1),
                        Duration.ofSeconds(2),
                        64L << 10,
                        Duration.ofSeconds(10)),
                System::nanoTime,
                Access.USUAL);

        assertThat(signals.nextSilence()).isEqualTo("timed_out");
    }

    @ParameterizedTest
    @EnumSource
    void aFaultIsASilenceAndTheNextReadingASample(Fault fault) throws Exception {
        metrics(aResponse().withFault(fault));

        watch();

        assertThat(signals.nextSilence()).isIn("broken_off", "unreadable");
        wellBehaved();
        assertThat(signals.firstSample().ranks()).isEqualTo(2);
    }

    @Test
    void anEngineWithoutAVersionIsReadAllTheSame() throws Exception {
        ENGINE.stubFor(get("/version").willReturn(notFound()));

        EngineWatch watch = watch();
        signals.nextSample();
        signals.nextSample();

        assertThat(watch.facts()).satisfies(EngineWatchTest::isVllmOfNoVersion);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "0.32.0", "{\"version\": {}}", "{\"version\": \"a\\nb\"}"})
    void aVersionThatIsNoneIsEmpty(String body) throws Exception {
        ENGINE.stubFor(get("/version").willReturn(okJson(body)));

        EngineWatch watch = watch();
        signals.nextSample();
        signals.nextSample();

        assertThat(watch.facts()).satisfies(EngineWatchTest::isVllmOfNoVersion);
    }

    @Test
    void readsOverTls() throws Exception {
        SslContext trusting = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .build();

        watch(
                "https://localhost:" + ENGINE.httpsPort(),
                CONFIG,
                System::nanoTime,
                new EngineAccess(() -> trusting, fields -> {}));

        assertThat(signals.nextSample().ranks()).isEqualTo(2);
        assertThat(signals.nextSample().ranks()).isEqualTo(2);
    }

    @Test
    void aCertificateThatNobodyVouchesForIsNoConnection() throws Exception {
        watch("https://localhost:" + ENGINE.httpsPort(), CONFIG, System::nanoTime, Access.USUAL);

        assertThat(signals.nextSilence()).isEqualTo("connect_failed");
    }

    private static void isVllmOfNoVersion(EngineFacts facts) {
        assertThat(facts.kind()).isEqualTo("vllm");
        assertThat(facts.version()).isEmpty();
    }

    private static void metrics(ResponseDefinitionBuilder answer) {
        ENGINE.stubFor(get("/metrics").willReturn(answer));
    }

    private EngineWatch watch() {
        return watch("http://127.0.0.1:" + ENGINE.port(), CONFIG, System::nanoTime, Access.USUAL);
    }

    private EngineWatch watch(String url, SignalsConfig config, LongSupplier clock, EngineAccess access) {
        EngineWatch watch =
                new EngineWatch(UpstreamAddress.parse(url), EngineConfig.DEFAULT, config, clock, signals, access);
        watches.add(watch);
        watch.start();
        return watch;
    }
}
