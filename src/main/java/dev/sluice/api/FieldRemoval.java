package dev.sluice.api;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The edits that take fields out of a body's root, each with one comma. Told of every field of the root in order. A body of
 * which nothing would be left stays as it is, and so does one whose encoding tells no offsets. Confined to its caller.
 */
final class FieldRemoval {

    private static final long NOWHERE = -1;

    private final Set<String> names;
    private final JsonParser json;
    private final List<BodyEdit> edits = new ArrayList<>();

    /** Behind the last field. */
    private long lastEnd = NOWHERE;

    /** Where a removal begins whose end is the next field's name; there is no comma before it. */
    private long openFrom = NOWHERE;

    private boolean isRemoved;
    private boolean anyKept;

    /** @param names of the fields to take out; often none */
    FieldRemoval(Set<String> names, JsonParser json) {
        this.names = names;
        this.json = json;
    }

    /** The parser stands on a field's name. */
    void onName(String name) {
        if (names.isEmpty()) {
            return;
        }
        long at = json.currentTokenLocation().getByteOffset();
        if (openFrom >= 0) {
            remove(openFrom, at);
            openFrom = NOWHERE;
        }
        isRemoved = names.contains(name);
        if (isRemoved && !anyKept) {
            openFrom = at;
        }
    }

    /** The parser stands on the end of that field's value. */
    void onEnd() throws IOException {
        if (names.isEmpty()) {
            return;
        }
        json.finishToken();
        long at = json.currentLocation().getByteOffset();
        if (isRemoved && anyKept) {
            remove(lastEnd, at);
        }
        anyKept |= !isRemoved;
        lastEnd = at;
    }

    /** In their order. */
    List<BodyEdit> edits() {
        return anyKept ? edits : List.of();
    }

    private void remove(long from, long to) {
        if (from >= 0 && to > from) {
            edits.add(new BodyEdit(Math.toIntExact(from), Math.toIntExact(to - from), ""));
        }
    }
}
