package dev.sluice.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;

/** By what an answer's body ends (RFC 9112 §6.3). */
enum AnswerFraming {
    /** There is no body, whatever the head announces. */
    NONE,
    LENGTH,
    CHUNKED,
    /** The connection's end is the body's. */
    UNTIL_CLOSE;

    /**
     * How an answer is framed.
     *
     * @param answersHead whether the request was a {@code HEAD}
     * @throws MalformedException if its fields frame it in two ways, or in one that we do not know
     */
    static AnswerFraming of(HttpResponse head, boolean answersHead) throws MalformedException {
        ErrorReply refusal = RequestGuard.checkFraming(head.headers(), head.protocolVersion());
        if (refusal != null) {
            throw new MalformedException(refusal);
        }
        if (answersHead || isAlwaysEmpty(head.status().code())) {
            return NONE;
        }
        if (head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return CHUNKED;
        }
        return head.headers().contains(HttpHeaderNames.CONTENT_LENGTH) ? LENGTH : UNTIL_CLOSE;
    }

    private static boolean isAlwaysEmpty(int status) {
        return status < 200 || status == 204 || status == 304;
    }
}
