package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;

/**
 * One request of a client and what comes of it, as its {@link ClientConnection} drives it. Confined to the event loop of the
 * client's channel. It is over when it calls {@link ClientConnection#exchangeOver} or was told {@link #onClientGone}.
 */
interface Exchange {

    /** Whether the next bytes of the body may come; {@link ClientConnection#pump} tells of a change. */
    boolean wantsBody();

    /** The next bytes of the body; the exchange owns them. */
    void onBody(ByteBuf bytes);

    /** The body has ended. */
    void onRequestEnd();

    /** The body breaks the protocol: nothing more of it comes. */
    void onMalformedBody(ErrorReply reply);

    /** All that could be read for now has been handed over. */
    void onReadComplete();

    /** The client's channel takes bytes again. */
    void onClientWritable();

    /** The client has left. Nothing can be sent any more. */
    void onClientGone();
}
