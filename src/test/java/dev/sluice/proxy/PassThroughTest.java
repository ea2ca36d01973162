package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is not governed arrives as it was sent, both ways, but for what ends at a proxy. */
@Timeout(60)
final class PassThroughTest {

    private final FakeEngine engine = FakeEngine.overTcp();
    private final RunningProxy proxy = new RunningProxy(engine, new FakeGate());

    @AfterEach
    void close() {
        proxy.close();
        engine.close();
    }

    @Test
    void fieldsKeepOrderCaseAndBytes() throws Exception {
        Wire client = proxy.client()
                .send(Wire.head(
                        "GET /v1/models?a=%20b&c HTTP/1.1",
                        "Host: example.org:81", "X-ODD-case: a\u00e9\u00ff b", "accept: */*"));
        Wire upstream = engine.accept();
        assertThat(upstream.read().head())
                .isEqualTo(Wire.head(
                        "GET /v1/models?a=%20b&c HTTP/1.1",
                        "Host: example.org:81", "X-ODD-case: a\u00e9\u00ff b", "accept: */*", "via: 1.1 sluice"));

        upstream.send(Wire.head("HTTP/1.1 200 Fine", "server: x", "X-Two: 1", "X-Two: 2", "Content-Length: 2") + "ok");
        Wire.Message answer = client.read();
        assertThat(answer.head())
                .isEqualTo(Wire.head(
                        "HTTP/1.1 200 Fine",
                        "server: x",
                        "X-Two: 1",
                        "X-Two: 2",
                        "Content-Length: 2",
                        "via: 1.1 sluice"));
        assertThat(answer.content()).isEqualTo("ok");

        ExchangeRecord record = proxy.nextRecord();
        assertThat(record.path()).isEqualTo("/v1/models");
        assertThat(record.status()).isEqualTo(200);
        assertThat(record.responseBytes()).isEqualTo(2);
        assertThat(record.ending()).isNull();
    }

    @Test
    void theKeysOfAnOldWebSocketDraftAreFieldsLikeOthers() {
        Wire client = proxy.client()
                .send("GET /1 HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n"
                        + "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        Wire upstream = engine.accept();
        assertThat(upstream.read().firstLine()).isEqualTo("GET /1 HTTP/1.1");
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(200);
        Wire next = engine.accept();
        assertThat(next.read().firstLine()).isEqualTo("GET /2 HTTP/1.1");
        next.send("HTTP/1.1 204 None\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(204);
    }

    @Test
    void hopByHopFieldsEndHereBothWays() {
        Wire client = proxy.client()
                .send(Wire.head(
                        "GET / HTTP/1.1",
                        "Host: a",
                        "Connection: keep-alive, X-Mine, Host",
                        "X-Mine: 1",
                        "Keep-Alive: 5",
                        "TE: trailers, deflate",
                        "Proxy-Authorization: x",
                        "Proxy-Connection: y",
                        "Upgrade: h2c",
                        "HTTP2-Settings: z",
                        "Sluice-Agent: me",
                        "Sluice-Tenant: t",
                        "X-Stays: 2"));
        Wire upstream = engine.accept();
        assertThat(upstream.read().head())
                .isEqualTo(Wire.head(
                        "GET / HTTP/1.1",
                        "Host: a",
                        "X-Stays: 2",
                        "te: trailers",
                        "connection: te",
                        "via: 1.1 sluice"));

        upstream.send(Wire.head(
                "HTTP/1.1 200 OK",
                "Connection: keep-alive, x-hers",
                "x-hers: 1",
                "Keep-Alive: timeout=5",
                "Proxy-Authenticate: b",
                "Content-Length: 0"));
        assertThat(client.read().head()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nvia: 1.1 sluice\r\n\r\n");
    }

    @Test
    void oneConnectionEachServesRequestsInTurn() {
        Wire client = proxy.client();
        client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
        Wire upstream = engine.accept();
        assertThat(upstream.read().firstLine()).isEqualTo("GET /1 HTTP/1.1");
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
        assertThat(client.read().content()).isEqualTo("1");

        client.send("PUT /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        Wire.Message second = upstream.read();
        assertThat(second.firstLine()).isEqualTo("PUT /2 HTTP/1.1");
        assertThat(second.content()).isEqualTo("abc");
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
        assertThat(client.read().content()).isEqualTo("2");
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderOneAtATime() {
        Wire client = proxy.client()
                .send(
                        "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
        Wire upstream = engine.accept();
        assertThat(upstream.read().firstLine()).startsWith("GET /1");
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
        assertThat(client.read().content()).isEqualTo("1");

        Wire next = engine.accept();
        assertThat(next.read().firstLine()).startsWith("HEAD /2");
        next.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
        assertThat(client.readHeadOnly().field("content-length")).contains("99");

        assertThat(upstream.read().firstLine()).startsWith("GET /3");
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3");
        assertThat(client.read().content()).isEqualTo("3");
    }

    @Test
    void answersWithoutBodyLeaveTheConnectionUsable() {
        Wire client = proxy.client();
        client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("HTTP/1.1 204 No Content\r\n\r\n");
        assertThat(client.readHeadOnly().status()).isEqualTo(204);
        client.send("GET /2 HTTP/1.1\r\nHost: a\r\nIf-None-Match: x\r\n\r\n");
        upstream.read();
        upstream.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\nETag: x\r\n\r\n");
        assertThat(client.readHeadOnly().field("etag")).contains("x");
        client.send("HEAD /3 HTTP/1.1\r\nHost: a\r\n\r\n");
        upstream.read();
        upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        assertThat(client.readHeadOnly().status()).isEqualTo(200);
        client.send("GET /4 HTTP/1.1\r\nHost: a\r\n\r\n");
        upstream.read();
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n4");
        assertThat(client.read().content()).isEqualTo("4");
    }

    @Test
    void anAnswersTrailersTravelAndARequestsEndHere() {
        Wire client = proxy.client()
                .send(Wire.head(
                        "POST /x HTTP/1.1", "Host: a", "TE: trailers", "Transfer-Encoding: chunked", "Trailer: X-Sum"))
                .send(Wire.head("3", "abc", "0", "X-Sum: 6", "Authorization: Bearer other", "Sluice-Agent: me"));
        Wire upstream = engine.accept();
        Wire.Message request = upstream.read();
        assertThat(request.has("trailer")).isFalse();
        assertThat(request.content()).isEqualTo("abc");
        assertThat(request.raw()).endsWith("abc\r\n0\r\n\r\n");
        upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Md: 7\r\n\r\n");
        Wire.Message answer = client.read();
        assertThat(answer.content()).isEqualTo("hi");
        assertThat(answer.raw()).endsWith("0\r\nX-Md: 7\r\n\r\n");
    }

    @Test
    void aLengthIsWrittenInOneWay() {
        Wire client = proxy.client().send("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 003\r\n\r\nabc");
        Wire upstream = engine.accept();
        assertThat(upstream.read().field("content-length")).contains("3");
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 02\r\n\r\nhi");
        assertThat(client.read().field("content-length")).contains("2");
    }

    @Test
    void whatHasNoBodyAnnouncesNone() {
        Wire client = proxy.client().send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n"
                + "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n");
        Wire.Message hints = client.read();
        assertThat(hints.status()).isEqualTo(103);
        assertThat(hints.has("content-length")).isFalse();
        Wire.Message answer = client.readHeadOnly();
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.has("content-length")).isFalse();
    }

    @Test
    void aClientOfHttp10NeitherUpgradesNorExpects() {
        proxy.client()
                .send(Wire.head(
                                "POST /x HTTP/1.0",
                                "Host: a",
                                "Connection: upgrade",
                                "Upgrade: websocket",
                                "Expect: 100-continue",
                                "Content-Length: 1")
                        + "b");
        Wire.Message request = engine.accept().read();
        assertThat(request.content()).isEqualTo("b");
        assertThat(request.has("upgrade")).isFalse();
        assertThat(request.has("connection")).isFalse();
        assertThat(request.has("expect")).isFalse();
    }

    @Test
    void forwardsAreCountedWhereTheClientBoundsThem() {
        Wire client = proxy.client().send("OPTIONS /x HTTP/1.1\r\nHost: a\r\nMax-Forwards: 3\r\n\r\n");
        Wire upstream = engine.accept();
        assertThat(upstream.read().field("max-forwards")).contains("2");
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(200);
        client.send("GET /x HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
        assertThat(upstream.read().field("max-forwards")).contains("0");
    }

    @Test
    void optionsOfTheServerAsAWholeStaySo() {
        proxy.client().send("OPTIONS http://a:1 HTTP/1.1\r\nHost: b\r\n\r\n");
        Wire.Message request = engine.accept().read();
        assertThat(request.firstLine()).isEqualTo("OPTIONS * HTTP/1.1");
        assertThat(request.field("host")).contains("a:1");
    }

    @Test
    void theEngineInvitesTheBodyThatIsHeldBackForIt() {
        Wire client = proxy.client()
                .send("POST /up HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        Wire upstream = engine.accept();
        assertThat(upstream.read(1)).isEqualTo("P");
        upstream.send("HTTP/1.1 100 Continue\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(100);
        client.send("body");
        assertThat(upstream.read().content()).isEqualTo("body");
        upstream.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Wire.Message hints = client.read();
        assertThat(hints.status()).isEqualTo(103);
        assertThat(hints.field("link")).contains("</a>");
        assertThat(client.read().content()).isEqualTo("ok");
    }

    @Test
    void anEarlyRefusalOfABodyReachesTheClientAndEndsItsConnection() {
        Wire client = proxy.client().send("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc");
        Wire upstream = engine.accept();
        upstream.read(1);
        upstream.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
        Wire.Message answer = client.read();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.field("connection")).contains("close");
        assertThat(client.seesClose()).isTrue();
    }

    @Test
    void anAnswerThatEndsByClosingIsWholeAndFramedAnew() {
        Wire client = proxy.client().send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("HTTP/1.1 200 OK\r\nX: y\r\n\r\nall of it").close();
        Wire.Message answer = client.read();
        assertThat(answer.field("transfer-encoding")).contains("chunked");
        assertThat(answer.content()).isEqualTo("all of it");
    }

    @Test
    void aClientOfHttp10GetsNoChunks() {
        Wire client = proxy.client().send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        Wire upstream = engine.accept();
        Wire.Message request = upstream.read();
        assertThat(request.firstLine()).isEqualTo("GET /1 HTTP/1.1");
        assertThat(request.has("host")).isTrue();
        assertThat(request.field("via")).contains("1.0 sluice");
        upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
        String answer = client.readToEnd();
        assertThat(answer)
                .contains("connection: close\r\n")
                .doesNotContain("chunked")
                .endsWith("\r\n\r\nabc");
    }

    @Test
    void theAuthorityOfAnAbsoluteTargetCounts() {
        proxy.client().send("GET http://real.example/x?y HTTP/1.1\r\nHost: other\r\n\r\n");
        Wire.Message request = engine.accept().read();
        assertThat(request.firstLine()).isEqualTo("GET /x?y HTTP/1.1");
        assertThat(request.field("host")).contains("real.example");
    }

    @Test
    void anEngineThatIsDownIsSaidSoInOpenAiShape() throws Exception {
        engine.close();
        Wire client = proxy.client().send("GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n");
        Wire.Message answer = client.read();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.field("sluice-reason")).contains("engine_down");
        assertThat(answer.content()).contains("\"error\"").contains("engine_down");
        assertThat(proxy.nextUpstreamError()).isEqualTo("connect_failed");
    }
}
