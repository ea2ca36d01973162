package dev.sluice.proxy;

import dev.sluice.api.ErrorBody;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;

/** Refuses a connection beyond the limit: says so at once, whatever the client asks, and closes. */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails closes the channel, and that is seen
final class Overload extends ChannelInboundHandlerAdapter {

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ErrorReply reply = ErrorReply.tooManyConnections();
        byte[] body = ErrorBody.of(null, reply.code(), reply.message());
        HttpResponse answer = new DefaultHttpResponse(HttpVersion.HTTP_1_1, reply.status(), HopByHop.emptyFields());
        reply.addFields(answer.headers());
        answer.headers()
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        ctx.write(HttpBytes.of(answer, ctx.alloc()), ctx.voidPromise());
        ctx.write(Unpooled.wrappedBuffer(body), ctx.voidPromise());
        GentleClose.afterWrites(ctx.channel(), false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
