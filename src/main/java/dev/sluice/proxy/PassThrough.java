package dev.sluice.proxy;

import dev.sluice.admission.Ending;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;

/**
 * An exchange that is not governed: streamed both ways as it comes, never asked about at the gate. {@code Expect:
 * 100-continue} is the engine's to answer, and an upgrade the engine's to grant. Confined to the client's event loop.
 */
final class PassThrough implements Exchange, Forwarding.Owner {

    private final ClientConnection client;
    private final ExchangeFigures figures;
    private final ResponseRelay relay;
    private final Forwarding forwarding;

    PassThrough(ClientConnection client, HttpRequest request) {
        ProxySetup setup = client.setup();
        this.client = client;
        figures = new ExchangeFigures(request, setup.parts().nanoClock());
        relay = new ResponseRelay(client, request, figures);
        forwarding = new Forwarding(
                client,
                ForwardedHead.streamed(request, setup.upstream()),
                setup.config().upstream().wholeAnswer().toNanos(),
                this);
    }

    void start() {
        forwarding.start();
    }

    @Override
    public boolean wantsBody() {
        return forwarding.wantsBody();
    }

    @Override
    public void onBody(ByteBuf bytes) {
        figures.countRequest(bytes.readableBytes());
        forwarding.sendBody(bytes);
    }

    @Override
    public void onRequestEnd() {
        forwarding.sendEnd();
    }

    @Override
    public void onMalformedBody(ErrorReply reply) {
        forwarding.abandon();
        failed(reply);
    }

    @Override
    public void onReadComplete() {
        forwarding.flush();
    }

    @Override
    public void onClientWritable() {
        forwarding.resume();
    }

    @Override
    public void onClientGone() {
        forwarding.abandon();
        over();
    }

    @Override
    public void onForwarded() {}

    @Override
    public void onBodyWanted() {
        client.pump();
        forwarding.flush();
        client.readOn();
    }

    @Override
    public void onInterim(HttpResponse head) {
        relay.interim(head);
    }

    @Override
    public Delivery onHead(HttpResponse head, AnswerFraming framing) {
        return relay.head(head, framing, EmptyHttpHeaders.INSTANCE, false);
    }

    @Override
    public void onAnswerContent(ByteBuf in, int from, int to) {
        figures.countResponse(to - from);
    }

    @Override
    public void onAnswerBody(ByteBuf bytes) {
        relay.body(bytes);
    }

    @Override
    public void onAnswerPause() {
        client.flush();
    }

    @Override
    public void onEnd(HttpHeaders trailers) {
        relay.end(trailers);
        over();
        relay.finish();
    }

    @Override
    public void onSwitched(HttpResponse head, UpstreamConnection engine) {
        figures.responseBegins(head.status().code());
        client.write(HttpBytes.of(ForwardedHead.switching(head), client.allocator()));
        Tunnel.join(client, engine, figures, this::over);
    }

    @Override
    public void onFailed(Ending ending) {
        failed(ErrorReply.engineFailed(ending));
    }

    private void failed(ErrorReply reply) {
        if (relay.isStarted()) {
            over();
            relay.breakOff();
        } else {
            relay.error(reply, null, EmptyHttpHeaders.INSTANCE);
            over();
            relay.finish();
        }
    }

    private void over() {
        client.setup().parts().observer().onExchange(figures.passedThrough());
    }
}
