package dev.sluice.admin;

import static io.netty.buffer.Unpooled.copiedBuffer;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers one request after the other: the next is read when this one is answered. Confined to its channel's loop. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private final AdminPages pages;
    private final AdminChanges changes;
    private final LiveFeed feed;
    private final HostCheck hostCheck;
    private boolean listens;

    AdminHandler(AdminPages pages, AdminChanges changes, LiveFeed feed, HostCheck hostCheck) {
        this.pages = pages;
        this.changes = changes;
        this.feed = feed;
        this.hostCheck = hostCheck;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the end of the chain: both ways out of it write the answer
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (listens) {
            close(ctx); // an answer that does not end can have no next one
            return;
        }
        boolean isLast = request.decoderResult().isFailure();
        Page refusal = refusal(request);
        Target target = refusal == null ? Target.of(request.uri()) : new Target(Target.Kind.NONE, "");
        if (target.kind() == Target.Kind.EVENTS && feed.join(ctx.channel())) {
            listens = true;
            return;
        }
        ctx.channel().config().setAutoRead(false);
        (refusal == null ? answer(target, request, ctx) : CompletableFuture.completedFuture(refusal))
                .exceptionally(AdminHandler::broken)
                .thenAcceptAsync(page -> write(ctx, page, isLast), ctx.executor());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            close(ctx);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("Admin connection broke cause={}", cause.toString());
        close(ctx);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // nobody is left to be told
    private static void close(ChannelHandlerContext ctx) {
        ctx.close();
    }

    private CompletableFuture<Page> answer(Target target, FullHttpRequest request, ChannelHandlerContext ctx) {
        if (target.kind() == Target.Kind.EVENTS) {
            return CompletableFuture.completedFuture(Page.error(
                            HttpResponseStatus.SERVICE_UNAVAILABLE,
                            "as many listen already as may: " + LiveFeed.MOST_LISTENERS)
                    .with("retry-after", "10"));
        }
        boolean isRead =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        return isRead
                ? pages.get(target, ctx.executor())
                : changes.perform(target, request, String.valueOf(ctx.channel().remoteAddress()));
    }

    /** Why the request is not looked at any further; null if it is. */
    private @Nullable Page refusal(FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return Page.error(HttpResponseStatus.BAD_REQUEST, "not HTTP");
        }
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() != 1) {
            return Page.error(HttpResponseStatus.BAD_REQUEST, "exactly one Host field is needed");
        }
        if (!hostCheck.accepts(hosts.get(0))) {
            return Page.error(HttpResponseStatus.MISDIRECTED_REQUEST, "this port answers to loopback names only");
        }
        Target.Kind kind;
        try {
            kind = Target.of(request.uri()).kind();
        } catch (IllegalArgumentException e) {
            return Page.error(HttpResponseStatus.BAD_REQUEST, "the path is not percent-encoded as it should be");
        }
        if (kind == Target.Kind.NONE) {
            return Page.error(HttpResponseStatus.NOT_FOUND, "no such page");
        }
        return kind.allows(request.method())
                ? null
                : Page.error(HttpResponseStatus.METHOD_NOT_ALLOWED, kind.allowed() + " only")
                        .with("allow", kind.allowed());
    }

    /** The codec leaves the body of an answer to HEAD away. */
    private void write(ChannelHandlerContext ctx, Page page, boolean isLast) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, page.status(), copiedBuffer(page.body(), UTF_8));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("x-content-type-options", "nosniff")
                .set("referrer-policy", "no-referrer");
        page.fields().forEach((name, value) -> response.headers().set(name, value));
        var written = ctx.writeAndFlush(response);
        if (isLast) {
            written.addListener(ChannelFutureListener.CLOSE);
        } else {
            ctx.channel().config().setAutoRead(true);
        }
    }

    private static Page broken(Throwable failure) {
        LOG.error("An admin page could not be made, which is a bug of Sluice: please report it", failure);
        return Page.error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "a bug of Sluice: see its log");
    }
}
