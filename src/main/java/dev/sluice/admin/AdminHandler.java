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
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers one request after the other: the next is read when this one is answered. Confined to its channel's loop. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private final AdminPages pages;
    private final HostCheck hostCheck;

    AdminHandler(AdminPages pages, HostCheck hostCheck) {
        this.pages = pages;
        this.hostCheck = hostCheck;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the end of the chain: both ways out of it write the answer
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        boolean isLast = request.decoderResult().isFailure();
        ctx.channel().config().setAutoRead(false);
        answer(request, ctx.executor())
                .exceptionally(AdminHandler::broken)
                .thenAccept(page -> write(ctx, page, isLast));
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

    private CompletableFuture<Page> answer(FullHttpRequest request, Executor loop) {
        if (request.decoderResult().isFailure()) {
            return refuse(HttpResponseStatus.BAD_REQUEST, "not HTTP");
        }
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() != 1) {
            return refuse(HttpResponseStatus.BAD_REQUEST, "exactly one Host field is needed");
        }
        if (!hostCheck.accepts(hosts.get(0))) {
            return refuse(HttpResponseStatus.MISDIRECTED_REQUEST, "this port answers to loopback names only");
        }
        String path = path(request.uri());
        boolean isRead =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        return isRead || !AdminPages.isPage(path)
                ? pages.get(path, loop)
                : refuse(HttpResponseStatus.METHOD_NOT_ALLOWED, "GET and HEAD only");
    }

    /** The codec leaves the body of an answer to HEAD away. */
    private void write(ChannelHandlerContext ctx, Page page, boolean isLast) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, page.status(), copiedBuffer(page.body(), UTF_8));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("x-content-type-options", "nosniff");
        if (page.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
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

    private static CompletableFuture<Page> refuse(HttpResponseStatus status, String message) {
        return CompletableFuture.completedFuture(Page.error(status, message));
    }

    private static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }
}
