package dev.sluice.emulator;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * One answer on its way: the engine's tokens in, the client's bytes out. A stream's head goes out before its first token,
 * as vLLM's does; each token is flushed at once. A reader slower than the engine is never waited for: what is pending for
 * it is bounded by the answer itself.
 *
 * <p>Confined to its channel's event loop, except for the listener's calls, which come from the engine loop.
 */
final class Generation implements EngineLoop.Listener {

    private final Channel channel;
    private final GenerationApi api;
    private final Identity identity;
    private final Plan plan;
    private final boolean streamed;
    private final Runnable onEnd;
    private @Nullable AnswerForm form;
    private int written;

    /**
     * @param id in the engine
     * @param text the same as a client sees it
     * @param model that answers
     */
    record Identity(long id, String text, String model) {}

    /** @param onEnd runs on the channel's event loop once the answer is written whole */
    Generation(Channel channel, GenerationApi api, Identity identity, Plan plan, Runnable onEnd) {
        this.channel = channel;
        this.api = api;
        this.identity = identity;
        this.plan = plan;
        this.streamed = plan.body().flag("stream");
        this.onEnd = onEnd;
    }

    long id() {
        return plan.sequence().id();
    }

    EngineLoop.Job job() {
        return new EngineLoop.Job(plan.sequence(), plan.answer().stop(), this);
    }

    void open() {
        if (streamed) {
            HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            head.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
            head.headers().set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE);
            HttpUtil.setTransferEncodingChunked(head, true);
            channel.writeAndFlush(head);
        }
    }

    @Override
    public void onToken(CoreStep.Token token) {
        if (streamed || token.finished()) {
            channel.eventLoop().execute(() -> write(token));
        }
    }

    @Override
    public void onLost() {
        channel.eventLoop().execute(channel::close);
    }

    private void write(CoreStep.Token token) {
        if (!channel.isActive()) {
            return;
        }
        if (streamed) {
            stream(token);
        } else {
            channel.writeAndFlush(
                    Replies.json(HttpResponseStatus.OK, form(token).whole()));
        }
        if (token.finished()) {
            onEnd.run();
        }
    }

    private void stream(CoreStep.Token token) {
        ByteBuf bytes = channel.alloc().buffer();
        EventStream out = new EventStream(bytes);
        AnswerForm form = form(token);
        if (written == 0) {
            form.start(out);
        }
        while (written < token.generated()) {
            form.piece(plan.answer().piece(written++), out);
        }
        if (token.finished()) {
            form.end(out);
        }
        channel.writeAndFlush(new DefaultHttpContent(bytes));
        if (token.finished()) {
            channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private AnswerForm form(CoreStep.Token token) {
        if (form == null) {
            long nowSeconds = System.currentTimeMillis() / 1000;
            form = api.form(
                    new GenerationApi.Told(identity.text(), nowSeconds, identity.model(), token.cachedTokens(), plan));
        }
        return form;
    }
}
