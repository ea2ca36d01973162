package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.admission.Ending;
import dev.sluice.config.LimitsConfig;
import dev.sluice.config.TlsConfig;
import dev.sluice.config.UpstreamConfig;
import dev.sluice.net.Credentials;
import dev.sluice.net.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS on both sides: who is believed, what a cut looks like, and certificates that change while Sluice runs. */
@Timeout(60)
final class TlsTest {

    private static final String STEP = GovernedTest.post("/v1/chat/completions", "", "{}");
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

    @TempDir
    static Path folder;

    private static TestCertificate sluice;
    private static TestCertificate other;
    private static TestCertificate engineOwn;

    private final FakeEngine engine = FakeEngine.overTcp();
    private final FakeGate gate = new FakeGate();
    private final List<RunningProxy> proxies = new ArrayList<>();

    @BeforeAll
    static void makeCertificates() {
        List<TestCertificate> made = Stream.of("EC", "RSA", "Ed25519")
                .parallel()
                .map(algorithm -> TestCertificate.make(folder, algorithm))
                .toList();
        sluice = made.get(0);
        other = made.get(1);
        engineOwn = made.get(2);
        for (TestCertificate each : made) {
            each.certificateTo(file(each, ".pem"));
            each.keyTo(file(each, ".key"));
        }
    }

    @AfterEach
    void close() {
        proxies.forEach(RunningProxy::close);
        engine.close();
    }

    @Test
    void clientsSpeakTlsAndTheirConnectionIsKept() throws Exception {
        RunningProxy proxy = start(shown(sluice), RunningProxy.upstream(engine.url()));
        Wire client = client(proxy, sluice.trustingThis());
        for (int i = 0; i < 2; i++) {
            client.send(STEP);
            Wire upstream = i == 0 ? engine.accept() : null;
            if (upstream != null) {
                answerTwice(upstream);
            }
            assertThat(client.read().content()).isEqualTo("{}");
        }
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.COMPLETED);
    }

    @Test
    void whoSpeaksInTheClearIsNotAnswered() {
        RunningProxy proxy = start(shown(sluice), RunningProxy.upstream(engine.url()));
        Wire client = proxy.client().send(STEP);
        client.readUntilClosed();
    }

    @Test
    void clientsHaveToShowACertificateOfOurAuthorities() throws Exception {
        TlsConfig mutual = new TlsConfig(name(sluice, ".pem"), name(sluice, ".key"), name(other, ".pem"));
        RunningProxy proxy = start(mutual, RunningProxy.upstream(engine.url()));
        assertThatThrownBy(() -> client(proxy, sluice.trustingThis()).send(STEP).read())
                .isInstanceOfAny(IOException.class, UncheckedIOException.class);
        assertThatThrownBy(() ->
                        client(proxy, engineOwn.trusting(sluice)).send(STEP).read())
                .isInstanceOfAny(IOException.class, UncheckedIOException.class);
        Wire known = client(proxy, other.trusting(sluice)).send(STEP);
        answerTwice(engine.accept());
        assertThat(known.read().status()).isEqualTo(200);
    }

    @Test
    void anAnswerThatTheEngineBrokeOffHasNoGoodEnd() throws Exception {
        RunningProxy proxy = start(shown(sluice), RunningProxy.upstream(engine.url()));
        Wire client = client(proxy, sluice.trustingThis()).send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":");
        client.read(12);
        upstream.reset();
        assertThat(client.seesReset()).isTrue();
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_DIED);
    }

    @Test
    void anErrorArrivesThoughTheClientStillSends() throws Exception {
        RunningProxy proxy = start(shown(sluice), RunningProxy.upstream(engine.url()));
        Wire client = client(proxy, sluice.trustingThis())
                .send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + "x".repeat(1 << 16));
        assertThat(client.read().status()).isEqualTo(400);
        assertThat(client.readToEnd()).isEmpty();
    }

    @Test
    void theEngineIsBelievedIfAnAuthorityOfOursVouchesForIt() throws Exception {
        try (TlsEngine tls = new TlsEngine("127.0.0.1", engineOwn.trusting(other), false)) {
            RunningProxy proxy =
                    start(TlsConfig.DEFAULT, tls.trustedBy(new TlsConfig("", "", name(engineOwn, ".pem"))));
            Wire client = proxy.client().send(STEP);
            Wire upstream = Wire.over(tls.accept());
            assertThat(upstream.read().content()).isEqualTo("{}");
            upstream.send(OK);
            assertThat(client.read().status()).isEqualTo(200);
            client.send(STEP);
            assertThat(upstream.read().content()).isEqualTo("{}");
            upstream.send(OK);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void anEngineThatNobodyVouchesForIsNotSpokenTo() throws Exception {
        try (TlsEngine tls = new TlsEngine("127.0.0.1", engineOwn.trusting(other), false)) {
            RunningProxy proxy = start(TlsConfig.DEFAULT, tls.trustedBy(new TlsConfig("", "", name(other, ".pem"))));
            isRefused(proxy, tls);
        }
    }

    @Test
    void aCertificateForAnotherHostIsNotBelieved() throws Exception {
        try (TlsEngine tls = new TlsEngine("127.0.0.2", engineOwn.trusting(other), false)) {
            RunningProxy proxy =
                    start(TlsConfig.DEFAULT, tls.trustedBy(new TlsConfig("", "", name(engineOwn, ".pem"))));
            isRefused(proxy, tls);
        }
    }

    @Test
    void theEngineIsShownOurCertificateIfItAsks() throws Exception {
        try (TlsEngine tls = new TlsEngine("127.0.0.1", engineOwn.trusting(sluice), true)) {
            TlsConfig ours = new TlsConfig(name(sluice, ".pem"), name(sluice, ".key"), name(engineOwn, ".pem"));
            RunningProxy proxy = start(TlsConfig.DEFAULT, tls.trustedBy(ours));
            Wire client = proxy.client().send(STEP);
            Wire upstream = Wire.over(tls.accept());
            upstream.read();
            upstream.send(OK);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void anAnswerWithoutLengthEndsOnlyWithTlsItself() throws Exception {
        for (boolean isCut : new boolean[] {true, false}) {
            try (TlsEngine tls = new TlsEngine("127.0.0.1", engineOwn.trusting(other), false)) {
                RunningProxy proxy =
                        start(TlsConfig.DEFAULT, tls.trustedBy(new TlsConfig("", "", name(engineOwn, ".pem"))));
                Wire client = proxy.client().send(STEP);
                SSLSocket socket = tls.accept();
                Wire upstream = Wire.over(socket);
                upstream.read();
                upstream.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello");
                client.read(12);
                if (isCut) {
                    tls.cut();
                    assertThat(client.seesReset()).isTrue();
                    assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_DIED);
                } else {
                    upstream.close();
                    tls.cut();
                    assertThat(client.read().content()).isEqualTo("hello");
                    assertThat(gate.nextEnded().ending()).isEqualTo(Ending.COMPLETED);
                }
            }
        }
    }

    @Test
    void newCertificatesAreShownToNewConnectionsAndUnusableOnesToNobody() throws Exception {
        Path certificate = folder.resolve("changing.pem");
        Path key = folder.resolve("changing.key");
        sluice.certificateTo(certificate);
        sluice.keyTo(key);
        RunningProxy proxy =
                start(new TlsConfig(certificate.toString(), key.toString(), ""), RunningProxy.upstream(engine.url()));
        Wire before = client(proxy, sluice.trustingThis()).send(STEP);
        Wire upstream = engine.accept();
        upstream.read();

        other.certificateTo(certificate);
        assertThat(renewed(proxy.credentials)).singleElement().asString().contains("tls.keyFile: " + key);
        client(proxy, sluice.trustingThis()).send("GET");
        Files.writeString(key, "nothing of the kind");
        assertThat(renewed(proxy.credentials)).hasSize(1);
        other.keyTo(key);
        assertThat(renewed(proxy.credentials)).containsExactly("new: tls");
        assertThat(renewed(proxy.credentials)).isEmpty();

        client(proxy, other.trustingThis()).send("GET");
        upstream.send(OK);
        assertThat(before.read().status()).isEqualTo(200);
    }

    @Test
    void theEnginesKeyTakesTheClientsPlaceAndMayChange() throws Exception {
        Path key = Files.writeString(folder.resolve("engine.key"), "first-key\n");
        RunningProxy proxy =
                start(TlsConfig.DEFAULT, RunningProxy.upstream(engine.url(), "file:" + key, TlsConfig.DEFAULT));
        String asks = GovernedTest.post("/v1/messages", "Authorization: Bearer mine\r\nX-Api-Key: mine\r\n", "{}");
        Wire client = proxy.client().send(asks);
        Wire upstream = engine.accept();
        Wire.Message request = upstream.read();
        assertThat(request.field("authorization")).contains("Bearer first-key");
        assertThat(request.has("x-api-key")).isFalse();
        upstream.send(OK);
        client.read();

        Files.writeString(key, "second-key");
        assertThat(renewed(proxy.credentials)).containsExactly("new: upstream.apiKey");
        client.send("GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(upstream.read().field("authorization")).contains("Bearer second-key");
        upstream.send(OK);
        client.read();
        Files.delete(key);
        assertThat(renewed(proxy.credentials)).singleElement().asString().startsWith("upstream.apiKey: file:");
    }

    @Test
    void whatCannotBeUsedIsNamedAtStart() throws Exception {
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        assertThatThrownBy(() -> Credentials.of(RunningProxy.config(
                        "127.0.0.1:0",
                        new TlsConfig(empty.toString(), name(sluice, ".key"), ""),
                        UpstreamConfig.DEFAULT,
                        LimitsConfig.DEFAULT)))
                .hasMessage("tls.certificateFile: " + empty + " (expected: certificates in PEM)");
        assertThatThrownBy(() -> Credentials.of(RunningProxy.config(
                        "127.0.0.1:0",
                        TlsConfig.DEFAULT,
                        RunningProxy.upstream("http://127.0.0.1:1", "env:NO_SUCH_VARIABLE", TlsConfig.DEFAULT),
                        LimitsConfig.DEFAULT)))
                .hasMessageStartingWith("upstream.apiKey: env:NO_SUCH_VARIABLE (expected: ");
    }

    private RunningProxy start(TlsConfig tls, UpstreamConfig upstream) {
        RunningProxy proxy =
                new RunningProxy(RunningProxy.config("127.0.0.1:0", tls, upstream, LimitsConfig.DEFAULT), gate);
        proxies.add(proxy);
        return proxy;
    }

    private void isRefused(RunningProxy proxy, TlsEngine tls) throws Exception {
        Wire client = proxy.client().send(STEP);
        assertThatThrownBy(() -> tls.accept().getInputStream().read()).isInstanceOf(IOException.class);
        assertThat(client.read().field("sluice-reason")).contains("engine_down");
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_DOWN);
    }

    private static void answerTwice(Wire upstream) {
        Thread answering = new Thread(() -> {
            for (int i = 0; i < 2; i++) {
                upstream.read();
                upstream.send(OK);
            }
        });
        answering.setDaemon(true);
        answering.start();
    }

    private static List<String> renewed(Credentials credentials) {
        List<String> told = new ArrayList<>();
        credentials.renew(what -> told.add("new: " + what), failure -> told.add(failure.getMessage()));
        return told;
    }

    private static Wire client(RunningProxy proxy, SSLContext context) throws IOException {
        InetSocketAddress address = proxy.server().address();
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
        socket.startHandshake();
        return Wire.over(socket);
    }

    private static TlsConfig shown(TestCertificate certificate) {
        return new TlsConfig(name(certificate, ".pem"), name(certificate, ".key"), "");
    }

    private static String name(TestCertificate certificate, String ending) {
        return file(certificate, ending).toString();
    }

    private static Path file(TestCertificate certificate, String ending) {
        return folder.resolve(System.identityHashCode(certificate) + ending);
    }

    /** An engine that speaks TLS. */
    private static final class TlsEngine implements AutoCloseable {

        private final ServerSocket listener;
        private final SSLContext context;
        private final boolean asksForCertificate;
        private Socket plain;

        TlsEngine(String address, SSLContext context, boolean asksForCertificate) throws IOException {
            listener = new ServerSocket(0, 50, InetAddress.getByName(address));
            listener.setSoTimeout(20_000);
            this.context = context;
            this.asksForCertificate = asksForCertificate;
        }

        UpstreamConfig trustedBy(TlsConfig tls) {
            String url = "https://" + listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
            return RunningProxy.upstream(url, "", tls);
        }

        SSLSocket accept() throws IOException {
            plain = listener.accept();
            plain.setSoTimeout(20_000);
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, false);
            socket.setUseClientMode(false);
            socket.setNeedClientAuth(asksForCertificate);
            return socket;
        }

        /** Ends the connection below TLS. */
        void cut() throws IOException {
            plain.close();
        }

        @Override
        public void close() throws IOException {
            listener.close();
            if (plain != null) {
                plain.close();
            }
        }
    }
}
