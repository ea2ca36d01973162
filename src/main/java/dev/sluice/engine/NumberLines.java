package dev.sluice.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a page of JSON lines that read like those of a metrics page, so that the same tables fit: for each number of an
 * object and of the objects in it {@code json:name 7} or {@code json:outer_inner 7}. Of a list of objects the last counts, as
 * the newest. Deeper objects, lists and other values are passed over; what is no JSON to its end gives nothing.
 */
final class NumberLines {

    static final String PREFIX = "json:";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]{1,100}");

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxNumberLength(64)
                    .build())
            .build();

    private final StringBuilder lines = new StringBuilder();

    private NumberLines() {}

    /** Whether {@code page} is a list or an object, at first glance. */
    static boolean isJson(byte[] page) {
        byte first = firstByte(page);
        return first == '[' || first == '{';
    }

    /** Whether {@code page} is a list, at first glance. */
    static boolean isList(byte[] page) {
        return firstByte(page) == '[';
    }

    private static byte firstByte(byte[] page) {
        for (byte b : page) {
            if (b > ' ') {
                return b;
            }
        }
        return 0;
    }

    /** The lines, or null if {@code page} is not JSON. */
    static @Nullable String of(byte[] page) {
        NumberLines numbers = new NumberLines();
        try (JsonParser json = JSON.createParser(page)) {
            JsonToken first = json.nextToken();
            if (first == JsonToken.START_ARRAY) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    numbers.lines.setLength(0);
                    numbers.value(json, "");
                }
            } else {
                numbers.value(json, "");
            }
            return json.nextToken() == null ? numbers.lines.toString() : null;
        } catch (IOException notJson) {
            return null;
        }
    }

    /** @param outer name of the object that this value stands in; empty at the top */
    private void value(JsonParser json, String outer) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = outer + json.currentName();
            JsonToken value = json.nextToken();
            if (value == JsonToken.START_OBJECT && outer.isEmpty()) {
                value(json, name + '_');
            } else if (value.isNumeric() && NAME.matcher(name).matches()) {
                lines.append(PREFIX)
                        .append(name)
                        .append(' ')
                        .append(json.getText())
                        .append('\n');
            }
            json.skipChildren();
        }
    }
}
