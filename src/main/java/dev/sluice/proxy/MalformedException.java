package dev.sluice.proxy;

import io.netty.handler.codec.http.HttpResponseStatus;

/** A request that may not go on. Carries the answer; has no stack trace, since whoever sends garbage shall not cost one. */
final class MalformedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient ErrorReply reply;

    MalformedException(ErrorReply reply) {
        super(reply.message(), null, false, false);
        this.reply = reply;
    }

    static MalformedException of(String message) {
        return new MalformedException(ErrorReply.badRequest(HttpResponseStatus.BAD_REQUEST, message));
    }

    ErrorReply reply() {
        return reply;
    }
}
