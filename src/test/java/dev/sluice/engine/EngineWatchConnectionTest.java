package dev.sluice.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.EngineConfig;
import dev.sluice.config.SignalsConfig;
import dev.sluice.config.UpstreamAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the watch treats its one connection, against an engine of which each byte is known. */
final class EngineWatchConnectionTest {

    private static final String PAGE = "vllm:num_requests_running{engine=\"0\"} 1.0\n";
    private static final SignalsConfig QUICK = new SignalsConfig(
            "upstream", "auto", Duration.ofMillis(1), Duration.ofSeconds(20), 8L << 20, Duration.ofSeconds(10));
    private static final SignalsConfig IMPATIENT = new SignalsConfig(
            "upstream", "auto", Duration.ofMillis(1), Duration.ofSeconds(2), 8L << 20, Duration.ofSeconds(10));

    @TempDir
    private Path folder;

    private final Signals signals = new Signals();
    private final Queue<AutoCloseable> opened = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void readsAgainAndAgainOverOneConnectionNeverTwoAtOnce() throws Exception {
        FakeEngine engine = tcp(EngineWatchConnectionTest::wellBehaved);

        watch(engine.url(), QUICK);

        for (int i = 0; i < 10; i++) {
            assertThat(signals.nextSample().runningRequests()).isEqualTo(1);
        }
        assertThat(engine.connections()).isEqualTo(1);
        assertThat(engine.mostUnderWay()).isEqualTo(1);
    }

    @Test
    void startsNoReadingBeforeTheLastHasEnded() throws Exception {
        Semaphore answers = new Semaphore(0);
        Queue<String> events = new ConcurrentLinkedQueue<>();
        FakeEngine engine = tcp((request, out) -> {
            if (!request.path().equals("/metrics")) {
                return wellBehaved(request, out);
            }
            events.add("asked");
            assertThat(answers.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            events.add("answered");
            return wellBehaved(request, out);
        });

        watch(engine.url(), QUICK);
        for (int i = 0; i < 5; i++) {
            answers.release();
            signals.nextSample();
        }

        assertThat(List.copyOf(events).subList(0, 10))
                .containsExactly(
                        "asked",
                        "answered",
                        "asked",
                        "answered",
                        "asked",
                        "answered",
                        "asked",
                        "answered",
                        "asked",
                        "answered");
        assertThat(engine.connections()).isEqualTo(1);
    }

    @Test
    void asksAsAGuestShould() throws Exception {
        Queue<List<String>> heads = new ConcurrentLinkedQueue<>();
        FakeEngine engine = tcp((request, out) -> {
            heads.add(request.head());
            return wellBehaved(request, out);
        });

        watch(engine.url() + "/prefix/", QUICK);
        signals.nextSample();

        assertThat(heads)
                .anySatisfy(head -> assertThat(head)
                        .contains(
                                "GET /prefix/metrics HTTP/1.1",
                                "host: " + engine.url().substring(7))
                        .contains("accept-encoding: identity"));
    }

    @Test
    void asksWhoItIsOncePerConnection() throws Exception {
        Queue<String> paths = new ConcurrentLinkedQueue<>();
        FakeEngine engine = tcp((request, out) -> {
            paths.add(request.connection() + request.path());
            wellBehaved(request, out);
            return request.number() < 5;
        });

        EngineWatch watch = watch(engine.url(), QUICK);
        for (int i = 0; i < 9; i++) {
            signals.nextSample();
        }

        assertThat(watch.facts().kind()).isEqualTo("vllm");
        assertThat(watch.facts().version()).isEqualTo("0.32.0");
        assertThat(List.copyOf(paths).subList(0, 5))
                .containsExactly("1/v1/models", "1/version", "1/metrics", "1/metrics", "1/metrics");
        // The watch may notice that the connection is gone before it asks for the page again, or by asking.
        assertThat(List.copyOf(paths).subList(5, 10))
                .containsExactlyInAnyOrder("2/v1/models", "2/version", "2/metrics", "2/metrics", "2/metrics");
    }

    @Test
    void replacesAKeptConnectionThatDiedWithoutAWord() throws Exception {
        FakeEngine engine = tcp((request, out) -> {
            if (request.number() > 3) {
                return false; // reads the request and hangs up
            }
            return wellBehaved(request, out);
        });

        watch(engine.url(), QUICK);

        for (int i = 0; i < 6; i++) {
            signals.nextSample();
        }
        assertThat(engine.connections()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void aNewConnectionThatBreaksOffIsAFailure() throws Exception {
        FakeEngine engine = tcp((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nvllm:num_requests_running 1\n".getBytes(US_ASCII));
            return false;
        });

        watch(engine.url(), QUICK);

        assertThat(signals.nextSilence()).isEqualTo("broken_off");
        // One for each question, and none again.
        assertThat(engine.connections()).isEqualTo(3);
    }

    @Test
    void anEngineThatHangsTimesOutAndIsReadAgain() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        FakeEngine engine = tcp((request, out) -> {
            if (request.connection() == 1 && request.path().equals("/metrics")) {
                never.await();
            }
            return wellBehaved(request, out);
        });

        watch(engine.url(), IMPATIENT);

        assertThat(signals.nextSilence()).isEqualTo("timed_out");
        assertThat(signals.nextSample().runningRequests()).isEqualTo(1);
    }

    @Test
    void anEngineThatHangsWithItsVersionIsStillRead() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        FakeEngine engine = tcp((request, out) -> {
            if (request.path().equals("/version")) {
                never.await();
            }
            return wellBehaved(request, out);
        });

        EngineWatch watch = watch(engine.url(), IMPATIENT);
        for (int i = 0; i < 5; i++) {
            signals.nextSample();
        }

        assertThat(watch.facts().kind()).isEqualTo("vllm");
        assertThat(watch.facts().version()).isEmpty();
        assertThat(engine.connections()).isEqualTo(2);
    }

    @Test
    void anEngineThatLeftAQuestionOpenIsAskedAgain() throws Exception {
        AtomicBoolean hangs = new AtomicBoolean(true);
        AtomicLong aheadNanos = new AtomicLong();
        CountDownLatch never = new CountDownLatch(1);
        FakeEngine engine = tcp((request, out) -> {
            if (request.path().equals("/version") && hangs.get()) {
                never.await();
            }
            return wellBehaved(request, out);
        });
        EngineWatch watch = watch(engine.url(), IMPATIENT, () -> System.nanoTime() + aheadNanos.get());
        signals.nextSample();
        assertThat(watch.facts().version()).isEmpty();

        hangs.set(false);
        aheadNanos.set(Duration.ofSeconds(20).toNanos());
        for (int i = 0; i < 5_000 && watch.facts().version().isEmpty(); i++) {
            signals.nextSample();
        }

        assertThat(watch.facts().version()).isNotEmpty();
    }

    @Test
    void aPageWithoutEndIsTooLarge() throws Exception {
        SignalsConfig small = new SignalsConfig(
                "upstream", "auto", Duration.ofMillis(1), Duration.ofSeconds(20), 64 << 10, Duration.ofSeconds(10));
        byte[] chunk = ("400\r\n" + "a".repeat(0x400) + "\r\n").getBytes(US_ASCII);
        FakeEngine engine = tcp((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(US_ASCII));
            while (true) {
                out.write(chunk);
            }
        });

        watch(engine.url(), small);

        assertThat(signals.nextSilence()).isEqualTo("too_large");
    }

    @Test
    void whatIsNoHttpIsUnreadable() throws Exception {
        FakeEngine engine = tcp((request, out) -> {
            out.write("SSH-2.0-OpenSSH_9.9\r\n\r\n".getBytes(US_ASCII));
            return false;
        });

        watch(engine.url(), QUICK);

        assertThat(signals.nextSilence()).isEqualTo("unreadable");
    }

    @Test
    void aRefusedConnectionIsASilenceAndTheEngineIsFoundOnceItIsThere() throws Exception {
        Path path = folder.resolve("late");
        watch("unix:" + path, QUICK);
        assertThat(signals.nextSilence()).isEqualTo("connect_failed");

        opened.add(FakeEngine.onUnixSocket(path, EngineWatchConnectionTest::wellBehaved));

        assertThat(signals.firstSample().runningRequests()).isEqualTo(1);
    }

    @Test
    void aPageElsewhereThatCannotBeReachedIsNoEngineThatCannot() throws Exception {
        Path page = folder.resolve("page");
        FakeEngine engine = tcp(EngineWatchConnectionTest::wellBehaved);
        EngineWatch watch = watch(engine.url(), apart("unix:" + page));
        assertThat(signals.nextSilence()).isEqualTo("page_unreachable");
        assertThat(watch.facts().kind()).isEqualTo("other");

        opened.add(FakeEngine.onUnixSocket(page, EngineWatchConnectionTest::wellBehaved));

        assertThat(signals.firstSample().runningRequests()).isEqualTo(1);
        assertThat(watch.facts().kind()).isEqualTo("vllm");
    }

    @Test
    void anEngineThatCannotBeReachedIsToldThoughItsPageElsewhereCan() throws Exception {
        FakeEngine page = tcp(EngineWatchConnectionTest::wellBehaved);
        watch("unix:" + folder.resolve("nobody"), apart(page.url()));

        assertThat(signals.nextSilence()).isEqualTo("connect_failed");
    }

    private static SignalsConfig apart(String url) {
        return new SignalsConfig(
                url, "auto", Duration.ofMillis(1), Duration.ofSeconds(20), 8L << 20, Duration.ofSeconds(10));
    }

    @Test
    void readsOverAUnixSocket() throws Exception {
        Path path = folder.resolve("engine");
        FakeEngine engine = FakeEngine.onUnixSocket(path, EngineWatchConnectionTest::wellBehaved);
        opened.add(engine);

        watch("unix:" + path, QUICK);

        for (int i = 0; i < 10; i++) {
            signals.nextSample();
        }
        assertThat(engine.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class})
    void aReceiverThatThrowsDoesNotStopTheWatch(Class<? extends Throwable> mistake) throws Exception {
        FakeEngine engine = tcp(EngineWatchConnectionTest::wellBehaved);
        EngineWatch watch = new EngineWatch(
                UpstreamAddress.parse(engine.url()),
                EngineConfig.DEFAULT,
                QUICK,
                System::nanoTime,
                signal -> {
                    signals.accept(signal);
                    fail(mistake);
                },
                Access.USUAL);
        opened.add(watch);
        watch.start();

        signals.nextSample();
        signals.nextSample();
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class})
    void aPageAtWhichItsReaderFailsDoesNotStopTheWatch(Class<? extends Throwable> mistake) throws Exception {
        FakeEngine engine = tcp(EngineWatchConnectionTest::wellBehaved);
        AtomicBoolean fails = new AtomicBoolean(true);

        // The time is first asked for while a page is read.
        watch(engine.url(), QUICK, () -> {
            if (fails.getAndSet(false)) {
                fail(mistake);
            }
            return System.nanoTime();
        });

        assertThat(signals.nextSample().runningRequests()).isEqualTo(1);
        assertThat(signals.nextSample().runningRequests()).isEqualTo(1);
    }

    private static void fail(Class<? extends Throwable> mistake) {
        if (mistake == StackOverflowError.class) {
            throw new StackOverflowError("a mistake of ours");
        }
        throw new IllegalStateException("a mistake of ours");
    }

    private static boolean wellBehaved(FakeEngine.Request request, OutputStream out) throws IOException {
        boolean version = request.path().endsWith("/version");
        FakeEngine.write(out, "200 OK", version ? "{\"version\":\"0.32.0\"}" : PAGE);
        return true;
    }

    private FakeEngine tcp(FakeEngine.Script script) throws IOException {
        FakeEngine engine = FakeEngine.onTcp(script);
        opened.add(engine);
        return engine;
    }

    private EngineWatch watch(String url, SignalsConfig config) {
        return watch(url, config, System::nanoTime);
    }

    private EngineWatch watch(String url, SignalsConfig config, LongSupplier nanoClock) {
        EngineWatch watch = new EngineWatch(
                UpstreamAddress.parse(url), EngineConfig.DEFAULT, config, nanoClock, signals, Access.USUAL);
        opened.add(watch);
        watch.start();
        return watch;
    }
}
