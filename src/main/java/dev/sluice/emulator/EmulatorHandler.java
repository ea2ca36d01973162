package dev.sluice.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection: answers its requests one after the other, and aborts the generation that runs when the client goes. A
 * request that comes before the last is answered waits, and no more is read until then. Confined to its channel's event
 * loop.
 */
final class EmulatorHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final int MAX_PIPELINED = 16;
    private static final String COUNT_TOKENS = "/v1/messages/count_tokens";
    private static final MessagesApi MESSAGES = new MessagesApi();
    private static final Map<String, GenerationApi> GENERATIONS = Map.of(
            "/v1/chat/completions", new ChatApi(),
            "/v1/completions", new CompletionsApi(),
            "/v1/messages", MESSAGES,
            "/v1/responses", new ResponsesApi());

    private final Engine engine;
    private final Deque<FullHttpRequest> pipelined = new ArrayDeque<>();
    private @Nullable Generation running;
    private boolean busy;
    private boolean answered;

    /**
     * What all connections share. Thread-safe.
     *
     * @param loop the engine
     * @param plans reads requests
     * @param ids the last one given
     */
    record Engine(EngineLoop loop, Plan.Maker plans, AtomicLong ids) {

        Generation.Identity nextIdentity() {
            long id = ids.incrementAndGet();
            String text = String.format("%016x", TokenChain.mix(id));
            return new Generation.Identity(id, text, plans.model());
        }
    }

    EmulatorHandler(Engine engine) {
        this.engine = engine;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (!busy) {
            serve(ctx, request);
        } else if (pipelined.size() < MAX_PIPELINED) {
            pipelined.add(request.retain());
            ctx.channel().config().setAutoRead(false);
        } else {
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (running != null) {
            engine.loop().abort(running.id());
        }
        pipelined.forEach(FullHttpRequest::release);
        pipelined.clear();
    }

    /** A connection that was used and idles is closed without a word, as uvicorn does. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent && answered && !busy) {
            ctx.close();
        }
    }

    /** The channel's outer edge: nothing to say to a peer that broke the connection. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    private void serve(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            reply(ctx, Replies.text(HttpResponseStatus.BAD_REQUEST, "text/plain", "Invalid HTTP request received."));
            ctx.close();
            return;
        }
        busy = true;
        String path = new QueryStringDecoder(request.uri()).path();
        GenerationApi api = GENERATIONS.get(path);
        HttpMethod allowed = api != null || path.equals(COUNT_TOKENS) ? HttpMethod.POST : HttpMethod.GET;
        if (api == null && !path.equals(COUNT_TOKENS) && !isPage(path)) {
            reply(ctx, Replies.detail(HttpResponseStatus.NOT_FOUND));
        } else if (!request.method().equals(allowed)) {
            FullHttpResponse refusal = Replies.detail(HttpResponseStatus.METHOD_NOT_ALLOWED);
            refusal.headers().set(HttpHeaderNames.ALLOW, allowed.name());
            reply(ctx, refusal);
        } else if (api != null) {
            generate(ctx, api, request);
        } else if (path.equals(COUNT_TOKENS)) {
            countTokens(ctx, request);
        } else {
            page(ctx, path);
        }
    }

    private void generate(ChannelHandlerContext ctx, GenerationApi api, FullHttpRequest request) {
        try {
            if (engine.loop().isDead()) {
                throw BadRequest.engineDead();
            }
            Generation.Identity identity = engine.nextIdentity();
            Plan plan = engine.plans().plan(api, RequestBody.parse(request.content()), identity.id());
            running = new Generation(ctx.channel(), api, identity, plan, () -> onAnswered(ctx));
            running.open();
            engine.loop().submit(running.job());
        } catch (BadRequest refusal) {
            reply(ctx, Replies.json(refusal.status(), api.error(refusal)));
        }
    }

    private void countTokens(ChannelHandlerContext ctx, FullHttpRequest request) {
        try {
            int tokens = engine.plans().countTokens(MESSAGES, RequestBody.parse(request.content()));
            ObjectNode count = Json.object().put("input_tokens", tokens);
            count.putObject("context_management").put("original_input_tokens", tokens);
            reply(ctx, Replies.json(HttpResponseStatus.OK, count));
        } catch (BadRequest refusal) {
            reply(ctx, Replies.json(refusal.status(), MESSAGES.error(refusal)));
        }
    }

    private static boolean isPage(String path) {
        return switch (path) {
            case "/health", "/version", "/v1/models", "/metrics" -> true;
            default -> false;
        };
    }

    private void page(ChannelHandlerContext ctx, String path) {
        switch (path) {
            case "/version" ->
                reply(ctx, Replies.json(HttpResponseStatus.OK, Json.object().put("version", EmulatorServer.VERSION)));
            case "/v1/models" -> reply(ctx, Replies.json(HttpResponseStatus.OK, models()));
            case "/metrics" -> {
                String type = "text/plain; version=0.0.4; charset=utf-8";
                engine.loop()
                        .metricsPage()
                        .thenAcceptAsync(
                                text -> reply(ctx, Replies.text(HttpResponseStatus.OK, type, text)), ctx.executor());
            }
            default -> {
                HttpResponseStatus status =
                        engine.loop().isDead() ? HttpResponseStatus.SERVICE_UNAVAILABLE : HttpResponseStatus.OK;
                reply(ctx, Replies.text(status, "text/plain", ""));
            }
        }
    }

    private ObjectNode models() {
        String model = engine.plans().model();
        ObjectNode one = Json.object()
                .put("id", model)
                .put("object", "model")
                .put("created", 0)
                .put("owned_by", "vllm")
                .put("root", model)
                .putNull("parent")
                .put("max_model_len", engine.plans().maxModelTokens());
        return Json.object().put("object", "list").set("data", Json.array(one));
    }

    private void reply(ChannelHandlerContext ctx, FullHttpResponse reply) {
        ctx.writeAndFlush(reply);
        onAnswered(ctx);
    }

    private void onAnswered(ChannelHandlerContext ctx) {
        running = null;
        busy = false;
        answered = true;
        FullHttpRequest next = pipelined.poll();
        if (next == null) {
            ctx.channel().config().setAutoRead(true);
            return;
        }
        try {
            serve(ctx, next);
        } finally {
            next.release();
        }
    }
}
