package dev.sluice.proxy;

import dev.sluice.admission.AgentEnd;
import dev.sluice.agent.BadIdentityException;
import dev.sluice.api.BadRequestException;
import dev.sluice.api.ErrorCode;
import dev.sluice.api.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * {@code POST /programs/release}, by which clients of ThunderAgent say that a program has ended: the agents that its id names
 * under the client's own credential are told to end. Answered here; the engine does not know it. Confined to the client's event
 * loop.
 */
final class ReleaseExchange implements Exchange {

    private static final String PATH = "/programs/release";

    private static final int MAX_BYTES = 64 << 10;

    private final ClientConnection client;
    private final HttpRequest request;
    private final ExchangeFigures figures;
    private final ResponseRelay relay;
    private final BodyCollector collector;
    private boolean over;

    ReleaseExchange(ClientConnection client, HttpRequest request) {
        this.client = client;
        this.request = request;
        figures = new ExchangeFigures(request, client.setup().parts().nanoClock());
        relay = new ResponseRelay(client, request, figures);
        collector = new BodyCollector(
                client.allocator(),
                HttpUtil.getContentLength(request, -1L),
                MAX_BYTES,
                client.setup().bodies(),
                client.setup().config().limits().collectingBytes());
    }

    /** @param target of the request, in origin form */
    static boolean isOne(HttpRequest request, String target) {
        return request.method().equals(HttpMethod.POST) && Route.pathOf(target).equals(PATH);
    }

    void start() {
        relay.continueIfExpected();
    }

    @Override
    public boolean wantsBody() {
        return true;
    }

    @Override
    public void onBody(ByteBuf bytes) {
        figures.countRequest(bytes.readableBytes());
        switch (collector.add(bytes)) {
            case YES -> {}
            case TOO_LARGE -> refuse(ErrorReply.of(ErrorCode.BODY_TOO_LARGE, "the body is larger than " + MAX_BYTES));
            case TOO_MUCH_TOGETHER ->
                refuse(ErrorReply.tooMuchToCollect(
                        client.setup().config().queue().refusalStatus()));
        }
    }

    @Override
    public void onRequestEnd() {
        try {
            StepReader.Release release =
                    client.setup().steps().readRelease(request.headers(), client.certified(), collector.whole());
            List<CompletableFuture<AgentEnd>> ends = release.agentIds().stream()
                    .map(client.setup().parts().gate()::endAgent)
                    .toList();
            CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                    .whenComplete((done, failure) -> client.edge().execute(() -> answer(release, ends)));
        } catch (BadRequestException e) {
            refuse(ErrorReply.of(ErrorCode.BAD_REQUEST, Objects.requireNonNullElse(e.getMessage(), "bad request")));
        } catch (BadIdentityException e) {
            refuse(ErrorReply.of(ErrorCode.BAD_IDENTITY, Objects.requireNonNullElse(e.getMessage(), "bad identity")));
        }
    }

    private void answer(StepReader.Release release, List<CompletableFuture<AgentEnd>> ends) {
        if (over) {
            return;
        }
        boolean isReleased = ends.stream()
                .anyMatch(end -> !end.isCompletedExceptionally() && end.getNow(AgentEnd.UNKNOWN) != AgentEnd.UNKNOWN);
        byte[] body = release.answer(isReleased).getBytes(StandardCharsets.UTF_8);
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        relay.head(head, AnswerFraming.LENGTH, EmptyHttpHeaders.INSTANCE, false);
        figures.countResponse(body.length);
        relay.body(Unpooled.wrappedBuffer(body));
        relay.end(EmptyHttpHeaders.INSTANCE);
        end();
        relay.finish();
    }

    @Override
    public void onMalformedBody(ErrorReply reply) {
        refuse(reply);
    }

    @Override
    public void onReadComplete() {}

    @Override
    public void onClientWritable() {}

    @Override
    public void onClientGone() {
        end();
    }

    private void refuse(ErrorReply reply) {
        relay.error(reply, null, EmptyHttpHeaders.INSTANCE);
        end();
        relay.finish();
    }

    private void end() {
        if (!over) {
            over = true;
            collector.release();
            client.setup().parts().observer().onExchange(figures.passedThrough());
        }
    }
}
