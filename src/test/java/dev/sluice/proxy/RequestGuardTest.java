package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Heads that an engine might read differently are answered and disconnected; the engine never sees them. */
@Timeout(60)
final class RequestGuardTest {

    private final FakeEngine engine = FakeEngine.overTcp();
    private final RunningProxy proxy = new RunningProxy(
            RunningProxy.upstream(engine.url()), RunningProxy.limits(1_000, 200, 2_000, 2), new FakeGate());

    @AfterEach
    void close() {
        proxy.close();
        engine.close();
    }

    @ParameterizedTest
    @CsvSource({
        "400, GET / HTTP/1.1||",
        "400, GET / HTTP/1.1|Host: a|Host: a||",
        "400, GET / HTTP/1.1|Host: a b||",
        "400, GET / HTTP/1.1|Host: u@a||",
        "400, GET / HTTP/1.1|Host: a|Content-Length: 1|Content-Length: 1||x",
        "400, GET / HTTP/1.1|Host: a|Content-Length: 1|Content-Length: 2||xx",
        "400, GET / HTTP/1.1|Host: a|Content-Length: +1||x",
        "400, GET / HTTP/1.1|Host: a|Content-Length: -1||x",
        "400, POST / HTTP/1.1|Host: a|Content-Length: 3|Transfer-Encoding: chunked||0||",
        "400, POST / HTTP/1.0|Host: a|Transfer-Encoding: chunked||0||",
        "400, POST / HTTP/1.1|Host: a|Transfer-Encoding : chunked||0||",
        "400, GET / HTTP/1.1|Host: a|X: y| folded||",
        "400, GET / HTTP/1.1|Host: a/b||",
        "400, GET  / HTTP/1.1|Host: a||",
        "400, GET / http/1.1|Host: a||",
        "400, GET relative HTTP/1.1|Host: a||",
        "400, GET * HTTP/1.1|Host: a||",
        "400, GET /a#b HTTP/1.1|Host: a||",
        "400, GET ftp://a/ HTTP/1.1|Host: a||",
        "400, GET / HTTP/1.1|Host: a|no colon||",
        "417, POST / HTTP/1.1|Host: a|Expect: more|Content-Length: 0||",
        "501, CONNECT a:1 HTTP/1.1|Host: a||",
        "501, TRACE / HTTP/1.1|Host: a|Max-Forwards: 0||",
        "501, OPTIONS / HTTP/1.1|Host: a|Max-Forwards: 00||",
        "505, GET / HTTP/2.0|Host: a||",
    })
    void oddHeadsAreRefused(int status, String head) {
        Wire client = proxy.client().send(head.replace("|", "\r\n"));
        Wire.Message answer = client.read();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.field("connection")).contains("close");
        assertThat(answer.field("sluice-reason")).contains("bad_request");
        assertThat(client.seesClose()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "501, 'gzip, chunked'",
        "501, ', chunked'",
        "400, 'chunked, gzip'",
        "400, 'chunked, chunked'",
        "400, 'chunked,'",
        "400, xchunked",
        "400, identity",
    })
    void otherTransferCodingsAreRefused(int status, String coding) {
        Wire client =
                proxy.client().send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(status);
        assertThat(client.seesClose()).isTrue();
    }

    @Test
    void aLongLineAndLargeFieldsHaveTheirOwnStatus() {
        Wire longLine = proxy.client().send("GET /" + "x".repeat(300) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(longLine.read().status()).isEqualTo(414);
        Wire largeFields = proxy.client().send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(3_000) + "\r\n\r\n");
        Wire.Message answer = largeFields.read();
        assertThat(answer.status()).isEqualTo(431);
        assertThat(answer.field("sluice-reason")).contains("fields_too_large");
    }

    @Test
    void aRequestBehindARefusedOneIsNotRead() {
        Wire client = proxy.client().send("GET / HTTP/1.1\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(400);
        assertThat(client.seesClose()).isTrue();
    }

    @Test
    void anErrorForHeadHasNoBody() {
        Wire client = proxy.client().send("HEAD / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
        assertThat(client.readHeadOnly().status()).isEqualTo(400);
        assertThat(client.seesClose()).isTrue();
    }

    @Test
    void aGovernedStepWithABrokenChunkIsRefusedUnasked() {
        Wire client = proxy.client()
                .send("POST /v1/messages HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\rx");
        Wire.Message answer = client.read();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.content()).contains("\"type\":\"error\"");
        assertThat(client.seesClose()).isTrue();
    }

    @Test
    void aBrokenChunkIsAnsweredAndEndsTheEnginesRequest() {
        Wire client =
                proxy.client().send("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        Wire upstream = engine.accept();
        client.send("zz\r\n");
        upstream.readUntilClosed();
        assertThat(client.read().status()).isEqualTo(400);
        assertThat(client.seesClose()).isTrue();
    }

    @Test
    void oneConnectionTooManyIsToldSo() {
        Wire first = proxy.client().send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        Wire upstream = engine.accept();
        assertThat(upstream.read().firstLine()).isEqualTo("OPTIONS * HTTP/1.1");
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(first.read().status()).isEqualTo(200);
        Wire second = proxy.client().send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        upstream.read();
        Wire oneTooMany = proxy.client();
        assertThat(oneTooMany.read().status()).isEqualTo(503);
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(second.read().status()).isEqualTo(200);
    }
}
