package dev.sluice.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Writes server-sent events into a buffer, which stays its maker's. */
record EventStream(ByteBuf out) {

    void event(ObjectNode data) {
        text("data: ");
        out.writeBytes(Json.bytes(data));
        text("\n\n");
    }

    /** An event that has a name; its data carries it too, as {@code type}. */
    void event(String name, ObjectNode data) {
        text("event: " + name + "\n");
        event(data);
    }

    void done() {
        text("data: [DONE]\n\n");
    }

    private void text(String text) {
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
    }
}
