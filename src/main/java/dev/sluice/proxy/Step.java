package dev.sluice.proxy;

import dev.sluice.admission.Arrival;
import dev.sluice.agent.Fingerprint;
import dev.sluice.api.BodyEdit;
import dev.sluice.api.RequestFacts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
    private @Nullable BodyEdit priority;

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

    /** The body tells the engine this priority, unless its client has told one or it has no place for it. Before it is taken. */
    void prioritize(int value) {
        if (facts.priorityPlace() >= 0) {
            priority = new BodyEdit(facts.priorityPlace(), 0, "\"priority\":" + value + ",");
        }
    }

    /** Size of the body after its edits. */
    int forwardedBytes() {
        int sent = body == null ? 0 : body.readableBytes();
        for (BodyEdit edit : edits()) {
            sent += edit.inserted().length() - edit.deleted();
        }
        return sent;
    }

    /** In their order; they do not overlap. */
    private List<BodyEdit> edits() {
        BodyEdit usage = facts.usageEdit();
        if (usage == null && priority == null) {
            return facts.removals();
        }
        List<BodyEdit> edits = new ArrayList<>(3);
        if (priority != null) {
            edits.add(priority);
        }
        if (usage != null) {
            edits.add(usage);
        }
        edits.addAll(facts.removals());
        edits.sort(Comparator.comparingInt(BodyEdit::offset));
        return edits;
    }

    /** The body after its edits, nothing copied; the caller owns it. Once. */
    ByteBuf takeBody() {
        ByteBuf whole = body;
        if (whole == null) {
            throw new IllegalStateException("body: taken or released (expected: still here)");
        }
        List<BodyEdit> edits = edits();
        body = null;
        if (edits.isEmpty()) {
            return whole;
        }
        CompositeByteBuf edited = whole.alloc().compositeBuffer(2 * edits.size() + 1);
        int from = 0;
        for (BodyEdit edit : edits) {
            edited.addComponent(true, whole.retainedSlice(whole.readerIndex() + from, edit.offset() - from));
            edited.addComponent(true, ByteBufUtil.writeAscii(whole.alloc(), edit.inserted()));
            from = edit.offset() + edit.deleted();
        }
        edited.addComponent(true, whole.retainedSlice(whole.readerIndex() + from, whole.readableBytes() - from));
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
