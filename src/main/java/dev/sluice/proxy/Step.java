package dev.sluice.proxy;

import dev.sluice.admission.Arrival;
import dev.sluice.agent.Fingerprint;
import dev.sluice.api.BodyEdit;
import dev.sluice.api.RequestFacts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * A governed request whose body is whole: what it says, who asks, and the body as the engine is to get it. Owns the body
 * until it is taken or released. Confined to the client's event loop.
 */
final class Step {

    private final RequestFacts facts;
    private final Arrival arrival;
    private final Fingerprint print;
    private @Nullable ByteBuf body;

    /**
     * @param body as the client sent it; ownership passes here
     */
    Step(RequestFacts facts, Arrival arrival, Fingerprint print, ByteBuf body) {
        this.facts = facts;
        this.arrival = arrival;
        this.print = print;
        this.body = body;
    }

    RequestFacts facts() {
        return facts;
    }

    Arrival arrival() {
        return arrival;
    }

    /** By what its conversation is known again. */
    Fingerprint print() {
        return print;
    }

    /** Size of the body after its edit. */
    int forwardedBytes() {
        BodyEdit edit = facts.usageEdit();
        int sent = body == null ? 0 : body.readableBytes();
        return edit == null ? sent : sent - edit.deleted() + edit.inserted().length();
    }

    /** The body after its edit, nothing copied; the caller owns it. Once. */
    ByteBuf takeBody() {
        ByteBuf whole = body;
        BodyEdit edit = facts.usageEdit();
        if (whole == null) {
            throw new IllegalStateException("body: taken or released (expected: still here)");
        }
        body = null;
        if (edit == null) {
            return whole;
        }
        int rest = edit.offset() + edit.deleted();
        ByteBuf edited = whole.alloc()
                .compositeBuffer(3)
                .addComponent(true, whole.retainedSlice(whole.readerIndex(), edit.offset()))
                .addComponent(true, ByteBufUtil.writeAscii(whole.alloc(), edit.inserted()))
                .addComponent(true, whole.retainedSlice(whole.readerIndex() + rest, whole.readableBytes() - rest));
        whole.release();
        return edited;
    }

    /** Gives the body up if it is still here. Idempotent. */
    void release() {
        if (body != null) {
            body.release();
            body = null;
        }
    }
}
