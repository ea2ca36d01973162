package dev.sluice.engine;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ValueType;

/**
 * Reads batches of KV events as vLLM and SGLang publish them in MessagePack: {@code [time, events, rank]}. An event is an array
 * that begins with its type (vLLM up to 0.23, SGLang) or a map with it under {@code type} (vLLM from 0.24). Fields that come
 * behind those we know are passed over. Confined to its caller; remembers the size of a block from batch to batch.
 */
final class KvEventBatch {

    private static final int HASHES = 1;
    private static final int STORED_BLOCK_SIZE = 4;
    private static final int STORED_MEDIUM = 6;
    private static final int REMOVED_MEDIUM = 2;

    private final KvEventListener listener;
    private long blockTokens;

    private String type = "";
    private long blocks;
    private @Nullable String medium;

    KvEventBatch(KvEventListener listener) {
        this.listener = listener;
    }

    /** Tells the listener of every event in it; of a batch that breaks off, of those before. */
    void read(byte[] payload) {
        try (MessageUnpacker in = MessagePack.newDefaultUnpacker(payload)) {
            int fields = in.unpackArrayHeader();
            if (fields < 2) {
                listener.onUnreadable();
                return;
            }
            in.skipValue();
            int events = in.unpackArrayHeader();
            for (int i = 0; i < events; i++) {
                event(in);
            }
        } catch (IOException | MessagePackException e) {
            listener.onUnreadable();
        }
    }

    private void event(MessageUnpacker in) throws IOException {
        type = "";
        blocks = 0;
        medium = null;
        if (in.getNextFormat().getValueType() == ValueType.MAP) {
            int fields = in.unpackMapHeader();
            for (int i = 0; i < fields; i++) {
                field(in, in.unpackString());
            }
        } else {
            int fields = in.unpackArrayHeader();
            for (int i = 0; i < fields; i++) {
                field(in, nameOf(i));
            }
        }
        tell();
    }

    /** What stands at a place of an event in array form. */
    private String nameOf(int place) {
        boolean isStored = type.equals("BlockStored");
        if (place == 0) {
            return "type";
        } else if (place == HASHES) {
            return "block_hashes";
        } else if (isStored && place == STORED_BLOCK_SIZE) {
            return "block_size";
        }
        return place == (isStored ? STORED_MEDIUM : REMOVED_MEDIUM) ? "medium" : "";
    }

    private void field(MessageUnpacker in, String name) throws IOException {
        ValueType found = in.getNextFormat().getValueType();
        if (name.equals("type") && found == ValueType.STRING) {
            type = in.unpackString();
        } else if (name.equals("medium") && found == ValueType.STRING) {
            medium = in.unpackString();
        } else if (name.equals("block_size") && found == ValueType.INTEGER) {
            blockTokens = Math.max(0, in.unpackInt());
        } else if (name.equals("block_hashes") && found == ValueType.ARRAY) {
            blocks = in.unpackArrayHeader();
            for (long i = 0; i < blocks; i++) {
                in.skipValue();
            }
        } else {
            in.skipValue();
        }
    }

    private void tell() {
        switch (type) {
            case "BlockStored" -> listener.onStored(blocks, blocks * blockTokens);
            case "BlockRemoved" ->
                listener.onRemoved(blocks, blocks * blockTokens, medium == null || medium.equalsIgnoreCase("GPU"));
            case "AllBlocksCleared" -> listener.onCleared();
            default -> {}
        }
    }
}
